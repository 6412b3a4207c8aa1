//! A certificate and its key, looked at before anybody is shown them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::Timestamp;
use rustls::ServerConfig;
use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::prelude::{FromDer, X509Certificate};

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum WebTlsError {
    /// The file of the certificates can't be read, or holds none in PEM.
    #[error("{}", unread(path, "certificate", error))]
    Certificate {
        /// The file.
        path: PathBuf,
        /// Why it can't be used.
        error: PemError,
    },
    /// The file of the key can't be read, or holds none in PEM.
    #[error("{}", unread(path, "private key", error))]
    Key {
        /// The file.
        path: PathBuf,
        /// Why it can't be used.
        error: PemError,
    },
    /// Another certificate's key.
    #[error("{} is not the key of the certificate in {}", key.display(), certificate.display())]
    Strangers {
        /// The file of the certificates.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
    },
    /// rustls takes neither.
    #[error("the certificate can't be used: {0}")]
    Unusable(rustls::Error),
}

fn unread(path: &Path, what: &str, error: &PemError) -> String {
    match error {
        PemError::Io(error) => format!("{} can't be read: {error}", path.display()),
        PemError::NoItemsFound => format!("{} holds no {what} in PEM", path.display()),
        error => format!("{} holds no {what} in PEM: {error}", path.display()),
    }
}

/// Reads both files as a listener does, and says when the certificate (the first one of the chain) expires; `None` where that
/// can't be read from it. Blocks the thread on the disk.
///
/// # Errors
/// When one can't be read, or they don't fit.
pub fn certificate_expires(certificate: &Path, key: &Path) -> Result<Option<Timestamp>, WebTlsError> {
    let chain = chain(certificate)?;
    let expires = chain.first().and_then(expiry);
    served(chain, certificate, key).map(|_| expires)
}

/// What clients are shown.
pub(super) fn read(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, WebTlsError> {
    let mut config = served(chain(certificate)?, certificate, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, WebTlsError> {
    let unusable = |error| WebTlsError::Certificate { path: path.to_owned(), error };
    let chain = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain = chain.map_err(unusable)?;
    if chain.is_empty() { Err(unusable(PemError::NoItemsFound)) } else { Ok(chain) }
}

fn served(chain: Vec<CertificateDer<'static>>, certificate: &Path, key: &Path) -> Result<ServerConfig, WebTlsError> {
    let secret = PrivateKeyDer::from_pem_file(key);
    let secret = secret.map_err(|error| WebTlsError::Key { path: key.to_owned(), error })?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(WebTlsError::Unusable)?;
    builder.with_no_client_auth().with_single_cert(chain, secret).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => {
            WebTlsError::Strangers { certificate: certificate.to_owned(), key: key.to_owned() }
        }
        error => WebTlsError::Unusable(error),
    })
}

fn expiry(certificate: &CertificateDer<'_>) -> Option<Timestamp> {
    let (_, read) = X509Certificate::from_der(certificate).ok()?;
    Some(Timestamp::from_secs(read.validity().not_after.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Pair {
        certificate: PathBuf,
        key: PathBuf,
    }

    fn pair(folder: &Path, name: &str) -> Pair {
        let mut parameters = rcgen::CertificateParams::new([format!("{name}.example")]).unwrap();
        parameters.not_after = rcgen::date_time_ymd(2030, 1, 2);
        let secret = rcgen::KeyPair::generate().unwrap();
        let made = parameters.self_signed(&secret).unwrap();
        let pair = Pair { certificate: folder.join(format!("{name}.pem")), key: folder.join(format!("{name}.key")) };
        std::fs::write(&pair.certificate, made.pem()).unwrap();
        std::fs::write(&pair.key, secret.serialize_pem()).unwrap();
        pair
    }

    #[test]
    fn a_pair_that_fits_says_when_it_expires() {
        let folder = tempfile::tempdir().unwrap();
        let pair = pair(folder.path(), "web");
        let expires = certificate_expires(&pair.certificate, &pair.key).unwrap();
        assert_eq!(expires.map(|at| at.to_string()), Some("2030-01-02T00:00:00Z".to_owned()));
    }

    #[test]
    fn what_cannot_be_used_is_said_in_words() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (pair(folder.path(), "one"), pair(folder.path(), "other"));
        let missing = folder.path().join("missing.pem");
        for (certificate, key, expected) in [
            (&one.certificate, &other.key, "other.key is not the key of the certificate in"),
            (&missing, &one.key, "missing.pem can't be read: "),
            (&one.certificate, &missing, "missing.pem can't be read: "),
            (&one.key, &one.key, "one.key holds no certificate in PEM"),
            (&one.certificate, &one.certificate, "one.pem holds no private key in PEM"),
        ] {
            let told = certificate_expires(certificate, key).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(told.contains(expected), "{told}");
        }
    }
}
