//! Signed links: whoever has the letter about a block gets to that block, for a while, and to nothing else.
//!
//! `REFERENCE.KEY.ISSUED.EXPIRES.SIGNATURE`: key number and times (seconds since 1970) in hexadecimal; the signature is 128
//! bits of HMAC-SHA-256 under the site's key of that number.

use std::time::Duration;

use model::{BlockRef, Timestamp};

use crate::secret::same;
use crate::site_keys::SiteKeys;

const PURPOSE: &str = "link to a block";
const MAX_LENGTH: usize = 256;

/// Why a link leads nowhere. The messages are for whoever followed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Nobody signed that.
    #[error("this link is not complete, or not ours")]
    Forged,
    /// Its time is over.
    #[error("this link is too old")]
    Expired,
    /// An operator has revoked it.
    #[error("this link was revoked")]
    Revoked,
}

/// What a link says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) block: BlockRef,
    pub(crate) issued: Timestamp,
}

/// The token of a link to the block; `None` without keys.
pub(crate) fn sign(keys: &SiteKeys, block: &BlockRef, now: Timestamp, lifetime: Duration) -> Option<String> {
    let key = keys.newest();
    let (issued, expires) = (now.as_secs(), now.after(lifetime).as_secs());
    let text = format!("{block}.{key:x}.{issued:x}.{expires:x}");
    let signature = keys.sign(key, PURPOSE, &text)?;
    Some(format!("{text}.{signature}"))
}

/// What the token says, if one of the keys has signed it and its time is not over.
pub(crate) fn verify(keys: &SiteKeys, token: &str, now: Timestamp) -> Result<Link, LinkError> {
    let (link, expires) = read(keys, token).ok_or(LinkError::Forged)?;
    if expires <= now { Err(LinkError::Expired) } else { Ok(link) }
}

fn read(keys: &SiteKeys, token: &str) -> Option<(Link, Timestamp)> {
    let (text, signature) = token.rsplit_once('.').filter(|_| token.len() <= MAX_LENGTH)?;
    let mut parts = text.split('.');
    let (block, key, issued, expires) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let signed = keys.sign(u32::from_str_radix(key, 16).ok()?, PURPOSE, text)?;
    let genuine = parts.next().is_none() && same(&signed, signature);
    let moment = |text| i64::from_str_radix(text, 16).ok().map(Timestamp::from_secs);
    let link = Link { block: BlockRef::new(block)?, issued: moment(issued)? };
    Some((link, moment(expires)?)).filter(|_| genuine)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);
    const DAY: Duration = Duration::from_secs(86_400);

    fn block(name: &str) -> BlockRef {
        BlockRef::new(name).unwrap()
    }

    #[test]
    fn a_link_leads_to_its_block_until_it_is_over_and_under_an_older_key() {
        let keys = SiteKeys::generate().unwrap();
        let token = sign(&keys, &block("k3x9qm2f7c"), NOW, DAY).unwrap();
        let later = keys.rotated().unwrap();
        let link = verify(&later, &token, NOW.after(DAY / 2)).unwrap();
        assert_eq!(link, Link { block: block("k3x9qm2f7c"), issued: NOW });
        assert_eq!(verify(&later, &token, NOW.after(DAY)), Err(LinkError::Expired));
        let others = SiteKeys::generate().unwrap();
        assert_eq!(verify(&others, &token, NOW), Err(LinkError::Forged));
    }

    proptest! {
        #[test]
        fn whatever_is_altered_is_forged(at in 0usize..80, with in "[0-9a-z.]", text in ".{0,100}") {
            let keys = SiteKeys::parse(&format!("1 {}", "ab".repeat(32))).unwrap();
            let token = sign(&keys, &block("k3x9qm2f7c"), NOW, DAY).unwrap();
            let at = at % token.len();
            let altered = format!("{}{with}{}", &token[..at], &token[at + 1..]);
            if altered != token {
                prop_assert_eq!(verify(&keys, &altered, NOW), Err(LinkError::Forged));
            }
            prop_assert_eq!(verify(&keys, &text, NOW), Err(LinkError::Forged));
        }
    }
}
