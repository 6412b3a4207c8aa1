//! Names of accounts, addresses and domains, as a caller has written them.

use diagnostics::Patient;
use model::{SubjectKey, SubjectKind};

use super::problem::Problem;

/// Whom a name in a body means.
pub(super) fn meant(kind: SubjectKind, name: &str) -> Result<SubjectKey, Problem> {
    visible(name, "name")?;
    SubjectKey::parse(kind, name).ok_or_else(|| none(kind, "name"))
}

/// Whom a diagnosis is of.
pub(super) fn patient(kind: SubjectKind, name: &str) -> Result<Patient, Problem> {
    visible(name, "name")?;
    Patient::parse(kind, name).ok_or_else(|| none(kind, "name"))
}

/// What can't be seen is a mistake: a login that comes with a message is kept with "?" in its place, and would be somebody else's.
pub(super) fn visible(name: &str, field: &str) -> Result<(), Problem> {
    match name.chars().find(|letter| letter.is_control()) {
        None => Ok(()),
        Some(letter) => {
            let found = format!("expected a name, found the control character U+{:04X} in it", u32::from(letter));
            Err(Problem::field(field, &found))
        }
    }
}

fn none(kind: SubjectKind, field: &str) -> Problem {
    let expected = match kind {
        SubjectKind::Account => "expected an account's login",
        SubjectKind::Ip => "expected an IP address",
        SubjectKind::Domain => "expected a domain",
    };
    Problem::field(field, expected)
}
