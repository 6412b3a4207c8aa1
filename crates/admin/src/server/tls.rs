//! The certificate that clients are shown, replaced without a restart.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum WebTlsError {
    /// A file can't be read, or holds no PEM of that kind.
    #[error("{path} holds no {what} in PEM: {error}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What was looked for in it.
        what: &'static str,
        /// Why it wasn't found.
        error: rustls::pki_types::pem::Error,
    },
    /// Certificate and key don't fit, or rustls takes neither.
    #[error("the certificate can't be used: {0}")]
    Unusable(#[from] rustls::Error),
}

/// Certificate and key of the `[web]` listener. New connections get what was read last.
pub struct WebTls {
    current: ArcSwap<ServerConfig>,
}

impl WebTls {
    /// Reads both files.
    ///
    /// # Errors
    /// When one can't be read, or they don't fit.
    pub fn load(certificate: &Path, key: &Path) -> Result<Self, WebTlsError> {
        Ok(Self { current: ArcSwap::new(read(certificate, key)?) })
    }

    /// Reads both files again. After an error the earlier ones stay in force.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn reload(&self, certificate: &Path, key: &Path) -> Result<(), WebTlsError> {
        self.current.store(read(certificate, key)?);
        Ok(())
    }

    /// Shakes hands, for so long at most; a client that does it wrong is no news for an operator.
    pub(super) async fn accept<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
        patience: Duration,
    ) -> Option<TlsStream<S>> {
        let shaken = timeout(patience, TlsAcceptor::from(self.current.load_full()).accept(stream)).await;
        match shaken {
            Ok(Ok(stream)) => Some(stream),
            Ok(Err(error)) => {
                tracing::debug!(error = %error, "a TLS handshake failed");
                None
            }
            Err(_) => None,
        }
    }
}

fn read(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, WebTlsError> {
    let chain = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain = chain.map_err(|error| unreadable(certificate, "certificate", error))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable(key, "private key", error))?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let mut config = builder.with_no_client_auth().with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn unreadable(path: &Path, what: &'static str, error: rustls::pki_types::pem::Error) -> WebTlsError {
    WebTlsError::Unreadable { path: path.to_owned(), what, error }
}
