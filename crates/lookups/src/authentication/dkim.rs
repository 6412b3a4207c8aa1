//! Whether a message's signatures hold (RFC 6376).

use mail_auth::dkim::{Canonicalization, DkimError};
use mail_auth::hickory_resolver::proto::op::ResponseCode;
use mail_auth::{DkimOutput, DkimResult, DnsError, Error};
use model::DomainName;
use model::circumstances::BrokenSignature;

use super::Letter;

/// What all signatures of a message amount to.
pub(super) struct Checked {
    /// The first that does not hold, where none does.
    pub(super) broken: Option<BrokenSignature>,
    /// Whether one may hold that we can't tell of.
    pub(super) unknown: bool,
}

enum Outcome {
    Holds,
    Broken(&'static str),
    Unknown,
}

impl Checked {
    pub(super) fn of(signatures: &[DkimOutput<'_>], letter: &Letter) -> Self {
        let outcomes: Vec<_> = signatures.iter().map(|signature| (signature, outcome(signature, letter))).collect();
        let holds = outcomes.iter().any(|(_, outcome)| matches!(outcome, Outcome::Holds));
        let unknown = !holds && outcomes.iter().any(|(_, outcome)| matches!(outcome, Outcome::Unknown));
        let broken = outcomes.iter().filter(|_| !holds && !unknown).find_map(|(signature, outcome)| {
            let (Outcome::Broken(why), Some(signature)) = (outcome, signature.signature()) else { return None };
            Some(BrokenSignature { domain: DomainName::new(&signature.d)?, why })
        });
        Self { broken, unknown }
    }
}

fn outcome(signature: &DkimOutput<'_>, letter: &Letter) -> Outcome {
    match signature.result() {
        DkimResult::Pass => Outcome::Holds,
        DkimResult::Neutral(Error::Dkim(DkimError::FailedBodyHashMatch)) if letter.ends_in_white_space() => {
            Outcome::Unknown
        }
        DkimResult::Neutral(Error::Dkim(DkimError::FailedBodyHashMatch)) => Outcome::Broken("the body is another"),
        DkimResult::Neutral(Error::Dkim(DkimError::SignatureExpired)) => Outcome::Broken("it has expired"),
        // An MTA without SMFIP_HDR_LEADSPC does not tell the white space that a simple signature covers.
        DkimResult::Fail(Error::Crypto(_)) if !covers_sense_only(signature) => Outcome::Unknown,
        DkimResult::Fail(_) => Outcome::Broken("the header fields are others"),
        DkimResult::PermError(Error::Dns(DnsError::RecordNotFound(code))) if is_absence(*code) => {
            Outcome::Broken("its key is not in DNS")
        }
        DkimResult::PermError(Error::Dkim(DkimError::RevokedPublicKey)) => Outcome::Broken("its key was withdrawn"),
        _ => Outcome::Unknown,
    }
}

/// Whether white space and folding don't matter to the signature.
fn covers_sense_only(signature: &DkimOutput<'_>) -> bool {
    signature.signature().is_some_and(|signature| signature.ch == Canonicalization::Relaxed)
}

fn is_absence(code: ResponseCode) -> bool {
    matches!(code, ResponseCode::NXDomain | ResponseCode::NoError)
}

/// Whether DNS told of a signature; `None` for one that fails by itself, for which nothing is asked.
pub(super) fn is_answer(signature: &DkimOutput<'_>) -> Option<bool> {
    match signature.result() {
        DkimResult::Pass | DkimResult::Fail(_) | DkimResult::PermError(_) => Some(true),
        DkimResult::TempError(_) => Some(false),
        DkimResult::Neutral(_) | DkimResult::None => None,
    }
}
