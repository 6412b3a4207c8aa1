//! Looking at what arrived at a relay of the test kit.

use testkit::Relay;

/// What tests ask of a relay that plays the outside world.
pub(crate) trait Outside {
    /// The mail so far for recipients of a domain.
    fn to_domain(&self, domain: &str) -> Vec<testkit::Mail>;
}

impl Outside for Relay {
    fn to_domain(&self, domain: &str) -> Vec<testkit::Mail> {
        let ours = |mail: &testkit::Mail| mail.to.iter().any(|to| to.ends_with(&format!("@{domain}")));
        self.mails().into_iter().filter(ours).collect()
    }
}
