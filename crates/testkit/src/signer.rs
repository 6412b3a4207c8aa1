//! Signs messages (DKIM) with a key made anew.

use mail_auth::common::crypto::Ed25519Key;
use mail_auth::common::headers::HeaderWriter;
use mail_auth::dkim::{Canonicalization, DkimSigner};
use mail_builder::encoders::base64::base64_encode_slice;

/// A key and its selector.
pub struct Signer {
    selector: &'static str,
    pkcs8: Vec<u8>,
}

impl Signer {
    /// Makes the key.
    pub fn new(selector: &'static str) -> Self {
        Self { selector, pkcs8: Ed25519Key::generate_pkcs8().unwrap() }
    }

    /// The name a domain publishes the key under, and the text of the record.
    pub fn record(&self, domain: &str) -> (String, String) {
        let mut text = [0; 64];
        let length = base64_encode_slice(&self.key().public_key(), &mut text);
        let key = str::from_utf8(&text[..length]).unwrap();
        (format!("{}._domainkey.{domain}", self.selector), format!("v=DKIM1; k=ed25519; p={key}"))
    }

    /// The message with a signature of From, Subject and body on top; its header as it stands, or as it reads (relaxed).
    pub fn sign(&self, domain: &str, message: &str, as_it_stands: bool) -> String {
        let how = if as_it_stands { Canonicalization::Simple } else { Canonicalization::Relaxed };
        let signer = DkimSigner::from_key(self.key()).domain(domain).selector(self.selector);
        let signer = signer.headers(["From", "Subject"]).header_canonicalization(how);
        let signature = signer.sign(message.as_bytes()).unwrap();
        format!("{}{message}", signature.to_header())
    }

    fn key(&self) -> Ed25519Key {
        Ed25519Key::from_pkcs8_der(&self.pkcs8).unwrap()
    }
}
