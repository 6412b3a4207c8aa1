//! What receivers will find when they authenticate a message: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 9989).

use crate::address::DomainName;

/// What speaks against a message. `None` where nothing does, where nobody asked, and where it can't be known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthenticationFacts {
    /// SPF: MAIL FROM's domain says that mail does not come from our addresses.
    pub spf: Option<SpfDenial>,
    /// DKIM: the message is signed, and no signature holds.
    pub dkim: Option<BrokenSignature>,
    /// DMARC: neither SPF nor DKIM passes for From's domain, which asks receivers to act on that.
    pub dmarc: Option<DmarcFailure>,
}

/// A domain whose SPF record names none of our addresses and ends in a denial.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpfDenial {
    /// The domain of MAIL FROM.
    pub domain: DomainName,
    /// Whether it denies outright (`-all`), not just probably (`~all`).
    pub outright: bool,
}

/// A DKIM signature that receivers can't verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenSignature {
    /// The domain that signed, or is said to have.
    pub domain: DomainName,
    /// What is wrong with it, for a sentence.
    pub why: &'static str,
}

/// A message that DMARC fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DmarcFailure {
    /// The domain of From.
    pub domain: DomainName,
    /// What it asks receivers to do.
    pub policy: DmarcPolicy,
}

settings::choice! {
    /// What a domain asks receivers to do with mail that fails DMARC, as far as it asks for anything.
    pub enum DmarcPolicy {
        /// Put it aside.
        Quarantine = "quarantine",
        /// Refuse it.
        Reject = "reject",
    }
}
