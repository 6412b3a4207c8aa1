//! Whether From's domain will have the message refused (RFC 9989).

use mail_auth::dmarc::Policy;
use mail_auth::dmarc::verify::DmarcParameters;
use mail_auth::{AuthenticatedMessage, DkimOutput, DmarcOutput, DmarcResult, MessageAuthenticator, SpfOutput};
use model::DomainName;
use model::circumstances::{DmarcFailure, DmarcPolicy};

use super::{Found, Letter};

/// Looks the policy up and enters what it says. Without MAIL FROM nothing can be said.
pub(super) async fn ask(
    resolver: &MessageAuthenticator,
    letter: &Letter,
    message: &AuthenticatedMessage<'_>,
    spf: Option<&SpfOutput>,
    signatures: &[DkimOutput<'_>],
    found: &mut Found,
) {
    let (Some((_, sender)), Some(spf_output)) = (&letter.sender, spf) else { return };
    let asked = DmarcParameters {
        message,
        dkim_output: signatures,
        dkim2_output: None,
        rfc5321_mail_from_domain: sender.as_str(),
        spf_output,
    };
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
