//! What of a list is wanted: whose it is, of what kind, and from when.

use access::Principal;
use model::{SubjectKey, SubjectKind, Timestamp};
use serde::Deserialize;

use super::paging::{PLACE, Slice};
use super::parameters::{CUSTOMER, KIND, LIMIT, Parameter, SINCE, UNTIL};
use super::problem::Problem;
use super::types::{Limit, Moment, Name, Word};
use super::{Native, own_service};

/// What is left out lets everything through.
#[derive(Debug, Clone, Default)]
pub(super) struct Sieve {
    pub(super) kind: Option<Word<SubjectKind>>,
    pub(super) customer: Option<Name>,
    pub(super) since: Option<Moment>,
    pub(super) until: Option<Moment>,
}

impl Sieve {
    /// Whether something about this subject, of that time, is wanted.
    pub(super) fn lets(&self, native: &Native, subject: &SubjectKey, at: Timestamp) -> bool {
        self.kind.is_none_or(|kind| kind.0 == subject.kind())
            && self.lets_time(at)
            && self.customer.as_ref().is_none_or(|customer| native.service_of(subject) == customer.0)
    }

    /// Whether something of that time is wanted.
    pub(super) fn lets_time(&self, at: Timestamp) -> bool {
        self.since.is_none_or(|since| at >= since.0) && self.until.is_none_or(|until| at < until.0)
    }

    /// A customer asks for what is his.
    pub(super) fn may(&self, principal: &Principal) -> Result<(), Problem> {
        own_service(principal, self.customer.as_ref().map(|customer| customer.0.as_str()))
    }

    /// The rows, latest first, up to the first one that is too old: there the list ends.
    pub(super) fn recent<R>(&self, rows: Vec<R>, at: impl Fn(&R) -> Timestamp) -> Vec<R> {
        match self.since {
            Some(since) => rows.into_iter().take_while(|row| at(row) >= since.0).collect(),
            None => rows,
        }
    }
}

/// What may stand behind the question mark of a list of subjects that is read whole.
pub(super) const SIFTED: &[Parameter] = &[KIND, CUSTOMER, SINCE, UNTIL, PLACE, LIMIT];

/// Which page of such a list.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Sifted {
    kind: Option<Word<SubjectKind>>,
    customer: Option<Name>,
    since: Option<Moment>,
    until: Option<Moment>,
    after: Option<String>,
    limit: Option<Limit>,
}

impl Sifted {
    /// What is wanted, and which page of it.
    pub(super) fn parts(self) -> (Sieve, Slice) {
        let Self { kind, customer, since, until, after, limit } = self;
        (Sieve { kind, customer, since, until }, Slice { after, limit })
    }
}
