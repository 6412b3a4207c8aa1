//! Whether a domain lets mail come from an address, without a message at hand.

use std::net::IpAddr;

use mail_auth::SpfResult;
use mail_auth::spf::verify::SpfParameters;
use model::DomainName;

use super::Authenticator;
use super::counted::Counted;
use crate::dns::Dns;

/// What a domain's SPF record says of an address (RFC 7208 2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpfSays {
    /// Mail may come from there.
    Pass,
    /// It may not ("-all").
    Fail,
    /// It should not ("~all").
    SoftFail,
    /// The domain does not say.
    Neutral,
    /// There is no record.
    None,
    /// The record can't be used: it is wrong, or asks for too many look-ups.
    Broken,
    /// DNS does not tell.
    Unknown,
}

impl Dns {
    /// What the domain's record says of mail from `postmaster@domain` that comes from the address. `None` over a resolver
    /// that authenticates nothing. The look-ups are as many as the record asks for; bound the whole in time.
    pub async fn spf(&self, domain: &DomainName, address: IpAddr) -> Option<SpfSays> {
        Some(self.authenticator()?.covers(domain, address).await)
    }
}

impl Authenticator {
    async fn covers(&self, domain: &DomainName, address: IpAddr) -> SpfSays {
        let _slot = self.slots.acquire().await;
        let sender = format!("postmaster@{domain}");
        let asked = SpfParameters::verify_mail_from(address, domain.as_str(), domain.as_str(), &sender);
        let counted = Counted::new(&self.stats);
        match self.resolver.verify_spf(counted.look_at(asked)).await.result() {
            SpfResult::Pass => SpfSays::Pass,
            SpfResult::Fail => SpfSays::Fail,
            SpfResult::SoftFail => SpfSays::SoftFail,
            SpfResult::Neutral => SpfSays::Neutral,
            SpfResult::None => SpfSays::None,
            SpfResult::PermError => SpfSays::Broken,
            SpfResult::TempError => SpfSays::Unknown,
        }
    }
}
