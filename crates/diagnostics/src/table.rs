//! Every check: for whom it is made, what it means, and who makes it.

use std::pin::Pin;

use model::SubjectKind::{self, Account, Domain, Ip};

use crate::case::Case;
use crate::checks;
use crate::finding::Check;
use crate::patient::Patient;
use crate::report::Report;

/// A check at work.
pub(crate) type Checking<'c> = Pin<Box<dyn Future<Output = Report> + Send + 'c>>;

/// One check.
pub struct Row {
    /// Which.
    pub check: Check,
    /// Its name for people.
    pub title: &'static str,
    /// For whom it is made.
    pub applies: &'static [SubjectKind],
    /// What its answer means.
    pub means: &'static str,
    pub(crate) run: fn(&Case) -> Checking<'_>,
}

macro_rules! rows {
    ($($check:ident $title:literal, [$($kind:ident),*], $module:ident :: $check_fn:ident, $means:literal;)*) => {
        &[$(Row {
            check: Check::$check,
            title: $title,
            applies: &[$($kind),*],
            means: $means,
            run: |case| Box::pin(checks::$module::$check_fn(case)),
        }),*]
    };
}

const ROWS: &[Row] = rows! {
    Blocked "blocked for spam", [Account, Ip, Domain], blocked::check,
        "What is blocked for spam can't send. An account that is blocked still receives.";
    Suspended "suspended or expired", [Account, Ip, Domain], suspended::check,
        "A suspended service or an expired subscription neither sends nor receives until it is renewed.";
    Locked "locked after failed logins", [Account, Ip], locked::check,
        "Too many failed logins lock an account or an address for a while. The lock ends by itself and has nothing to do with spam.";
    Authentication "log in", [Account], authentication::check,
        "Whoever can't log in can't send. A refused password may also be the sign of a block or a suspension.";
    Sends "test message sent", [Account], sends::check,
        "A message was really submitted, as the account's owner does it.";
    Arrives "test message arrived", [Account], arrives::check,
        "A message that was taken and does not arrive is held up between the submission server and the mailbox.";
    Accepted "mail to it accepted", [Account], accepted::own,
        "The exchangers that receive for the domain were asked whether they accept mail to the address.";
    Mx "mail exchangers (MX)", [Account, Domain], mx::check,
        "The MX records say which servers receive the domain's mail. Mail to others, or to none, does not arrive here.";
    Srv "autodiscovery (SRV)", [Account, Domain], srv::check,
        "Mail programs find the servers to use by this record. Without it people have to enter them by hand.";
    Spf "SPF", [Account, Domain], spf::check,
        "Receivers ask the domain whether mail may come from our addresses. If not, they refuse it or call it spam.";
    Dkim "DKIM key", [Account, Domain], dkim::check,
        "Receivers check the signature of mail with a key in the domain's DNS. Without the key no signature holds.";
    Dmarc "DMARC policy", [Account, Domain], dmarc::check,
        "The policy says what becomes of mail that only pretends to be the domain's. Large receivers demand one.";
    RoleAddresses "abuse@ and postmaster@", [Account, Domain], accepted::roles,
        "Complaints go to these addresses first. Who does not accept them is listed, not asked.";
    ReverseDns "reverse DNS", [Ip], reverse_dns::check,
        "An address that sends mail needs a name that leads back to it. Many receivers refuse mail from others.";
    Listed "blocklists", [Account, Ip, Domain], listed::check,
        "Receivers refuse mail from addresses and domains on such lists.";
};

/// Every check, in the order they are shown.
pub fn rows() -> &'static [Row] {
    ROWS
}

/// The checks that are made for a patient.
pub(crate) fn rows_for(patient: &Patient) -> impl Iterator<Item = &'static Row> {
    let kind = patient.kind();
    ROWS.iter().filter(move |row| row.applies.contains(&kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_json_and_every_check_has_one_row() {
        for row in ROWS {
            assert_eq!(serde_json::to_value(row.check).unwrap(), row.check.as_str());
            assert_eq!(ROWS.iter().filter(|other| other.check == row.check).count(), 1);
        }
        assert!(ROWS.is_sorted_by_key(|row| row.check));
    }
}
