//! Whether the domain of MAIL FROM lets mail come from our addresses (RFC 7208).

use mail_auth::spf::verify::SpfParameters;
use mail_auth::{MessageAuthenticator, SpfOutput, SpfResult};
use model::circumstances::SpfDenial;

use super::Letter;
use super::counted::Counted;

/// For macros that name the receiver (RFC 7208 7.3), and for the mail server's own name: both unknown here.
const UNKNOWN: &str = "unknown";

/// The mildest answer for any address the message may leave from: which of them it will be isn't known.
pub(super) async fn ask(resolver: &MessageAuthenticator, counted: &Counted<'_>, letter: &Letter) -> Option<SpfOutput> {
    let (path, _) = letter.sender.as_ref()?;
    let mut mildest: Option<SpfOutput> = None;
    for address in &letter.from_addresses {
        let asked = SpfParameters::verify_mail_from(*address, UNKNOWN, UNKNOWN, path.as_str());
        let said = resolver.verify_spf(counted.look_at(asked)).await;
        if mildest.as_ref().is_none_or(|known| severity(&said) < severity(known)) {
            mildest = Some(said);
        }
        if mildest.as_ref().is_some_and(|known| known.result() == SpfResult::Pass) {
            break;
        }
    }
    mildest
}

/// What isn't known may be a pass, so it counts before all others.
fn severity(said: &SpfOutput) -> u8 {
    match said.result() {
        SpfResult::Pass => 0,
        SpfResult::TempError => 1,
        SpfResult::None | SpfResult::Neutral | SpfResult::PermError => 2,
        SpfResult::SoftFail => 3,
        SpfResult::Fail => 4,
    }
}

/// Whether DNS told.
pub(super) fn is_answer(said: &SpfOutput) -> bool {
    said.result() != SpfResult::TempError
}

/// The denial, if it is one.
pub(super) fn denial(letter: &Letter, said: &SpfOutput) -> Option<SpfDenial> {
    let outright = match said.result() {
        SpfResult::Fail => true,
        SpfResult::SoftFail => false,
        _ => return None,
    };
    let (_, domain) = letter.sender.as_ref()?;
    Some(SpfDenial { domain: domain.clone(), outright })
}
