//! The certificate that clients are shown, replaced without a restart.

use std::path::Path;
use std::time::Duration;

use arc_swap::ArcSwap;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::certificate::{WebTlsError, read};

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
