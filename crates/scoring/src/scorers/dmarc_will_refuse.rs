//! Neither SPF nor DKIM passes for From's domain, which asks receivers to refuse such mail or to put it aside (RFC 9989).

use model::circumstances::DmarcPolicy;

use crate::{Reading, Seen};

/// Percent where it is put aside.
const ASIDE: usize = 60;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let failure = message.features.circumstances.dns.authentication.dmarc.as_ref()?;
    let seen = Seen::of(format!("{} of {}", failure.policy, failure.domain));
    Some(match failure.policy {
        DmarcPolicy::Reject => seen,
        DmarcPolicy::Quarantine => seen.partly(ASIDE, 100),
    })
}
