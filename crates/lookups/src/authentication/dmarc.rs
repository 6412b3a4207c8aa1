//! Whether From's domain will have the message refused (RFC 9989).

use mail_auth::dmarc::Policy;
use mail_auth::dmarc::verify::DmarcParameters;
use mail_auth::{AuthenticatedMessage, DkimOutput, DmarcOutput, DmarcResult, MessageAuthenticator, SpfOutput};
use model::DomainName;
use model::circumstances::{DmarcFailure, DmarcPolicy};

use super::counted::Looked;
use super::{Found, Letter};

/// What is to be asked. Without MAIL FROM nothing can be said.
pub(super) fn parameters<'x>(
    letter: &'x Letter,
    message: &'x AuthenticatedMessage<'x>,
    spf: Option<&'x SpfOutput>,
    dkim_output: &'x [DkimOutput<'x>],
) -> Option<DmarcParameters<'x>> {
    let ((_, sender), spf_output) = letter.sender.as_ref().zip(spf)?;
    let rfc5321_mail_from_domain = sender.as_str();
    Some(DmarcParameters { message, dkim_output, dkim2_output: None, rfc5321_mail_from_domain, spf_output })
}

/// Looks the policy up and enters what it says.
pub(super) async fn ask<'x>(
    resolver: &MessageAuthenticator,
    asked: Looked<'x, DmarcParameters<'x>>,
    found: &mut Found,
) {
    let said = resolver.verify_dmarc(asked).await;
    found.note(!matches!(said.result(), DmarcResult::TempError(_)));
    found.facts.dmarc = failure(&said);
}

fn failure(said: &DmarcOutput) -> Option<DmarcFailure> {
    let policy = match said.policy() {
        Policy::Reject => DmarcPolicy::Reject,
        Policy::Quarantine => DmarcPolicy::Quarantine,
        Policy::None | Policy::Unspecified => return None,
    };
    let fails = matches!(said.result(), DmarcResult::Fail(_));
    fails.then(|| DomainName::new(said.domain()).map(|domain| DmarcFailure { domain, policy })).flatten()
}
