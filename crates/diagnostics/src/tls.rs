//! TLS towards the servers that get a password: their certificate is always checked.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::server::Server;

/// Who is trusted, or why nobody can be.
#[derive(Clone)]
pub struct Trust(Result<Arc<ClientConfig>, String>);

impl Trust {
    /// Trusts the authorities of a PEM file; one that can't be used is told by the checks that need it. Blocks the thread on
    /// the disk.
    pub fn authorities(file: &Path) -> Self {
        Self(config(file))
    }
}

fn config(authorities: &Path) -> Result<Arc<ClientConfig>, String> {
    let unreadable = |error: rustls::pki_types::pem::Error| format!("{} can't be read: {error}", authorities.display());
    let certificates = CertificateDer::pem_file_iter(authorities).map_err(unreadable)?;
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(certificates.flatten());
    if roots.is_empty() {
        return Err(format!("{} holds no certificate", authorities.display()));
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| error.to_string())?;
    Ok(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
}

/// Makes a connection secret, with the certificate of that server's name or not at all.
pub(crate) async fn secured(tcp: TcpStream, server: &Server, trust: &Trust) -> Result<TlsStream<TcpStream>, String> {
    let config = trust.0.clone()?;
    let name = ServerName::try_from(server.host.clone()).map_err(|error| error.to_string())?;
    TlsConnector::from(config).connect(name, tcp).await.map_err(|error| error.to_string())
}
