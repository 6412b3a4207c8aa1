//! What only the owner of a token can read again: AES-256-GCM under a key derived from the token.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hmac;

use crate::error::AccessError;
use crate::secret::hex;

const PURPOSE: &[u8] = b"seal of answers";
const REQUEST: &[u8] = b"hash of requests";

/// A hash of parts, each with its length, so that no two lists of parts are the same. A part may be a password: without the
/// token nobody can try guesses against the hash.
pub(crate) fn digest(token: &str, parts: &[&[u8]]) -> String {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, token.as_bytes()));
    context.update(REQUEST);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    hex(context.sign().as_ref())
}

/// Seals a text for the owner of `token`; `bound` must be given again to open it. The nonce comes first.
pub(crate) fn seal(token: &str, bound: &str, mut text: Vec<u8>) -> Result<Vec<u8>, AccessError> {
    let key = key(token).ok_or(AccessError::NoRandomness)?;
    let sealed = key.seal_in_place_append_tag(Aad::from(bound.as_bytes()), &mut text);
    let nonce = sealed.map_err(|_| AccessError::NoRandomness)?;
    Ok([nonce.as_ref().as_slice(), &text].concat())
}

/// Opens what [`seal`] has sealed; `None` with another token, another bound text, or when it was changed.
pub(crate) fn open(token: &str, bound: &str, sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, rest) = sealed.split_at_checked(NONCE_LEN)?;
    let (nonce, mut rest) = (Nonce::try_assume_unique_for_key(nonce).ok()?, rest.to_vec());
    let opened = key(token)?.open_in_place(nonce, Aad::from(bound.as_bytes()), &mut rest);
    opened.ok().map(|text| text.to_vec())
}

fn key(token: &str) -> Option<RandomizedNonceKey> {
    let derived = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, token.as_bytes()), PURPOSE);
    RandomizedNonceKey::new(&AES_256_GCM, derived.as_ref()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_owner_of_the_token_opens_it() {
        let sealed = seal("prk_1", "key", b"secret".to_vec()).unwrap();
        assert_eq!(open("prk_1", "key", &sealed).as_deref(), Some(b"secret".as_slice()));
        assert_eq!(open("prk_2", "key", &sealed), None);
        assert_eq!(open("prk_1", "other", &sealed), None);
        let mut changed = sealed.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert_eq!(open("prk_1", "key", &changed), None);
        assert_eq!(open("prk_1", "key", &sealed[..5]), None);
        assert_ne!(seal("prk_1", "key", b"secret".to_vec()).unwrap(), sealed);
    }

    #[test]
    fn parts_are_told_apart() {
        assert_ne!(digest("prk_1", &[b"ab", b"c"]), digest("prk_1", &[b"a", b"bc"]));
        assert_ne!(digest("prk_1", &[b"ab"]), digest("prk_2", &[b"ab"]));
    }
}
