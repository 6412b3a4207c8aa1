//! Which name servers are asked, and how.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;

use rustls::{ClientConfig, RootCertStore};

use crate::settings::{DnsSettings, NameServer};

/// The resolver can't be set up.
#[derive(Debug, thiserror::Error)]
#[error("the DNS resolver can't be set up: {0}")]
pub struct DnsError(NetError);

/// A resolver for the configured servers, or the system's, that remembers `cache` answers of its own.
pub(crate) fn resolver(settings: &DnsSettings, cache: u64) -> Result<TokioResolver, DnsError> {
    let (config, mut options) = servers(&settings.servers)?;
    // One question and its repetition fit into the time for all.
    options.timeout = settings.timeout / 2;
    options.attempts = 1;
    options.cache_size = cache;
    options.use_hosts_file = ResolveHosts::Never;
    let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
    *builder.options_mut() = options;
    builder.with_tls_config(no_tls()?).build().map_err(DnsError)
}

/// Nobody is asked over TLS. Without this the resolver would look for the system's certificates, which a host may lack.
fn no_tls() -> Result<ClientConfig, DnsError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = versions.map_err(|error| DnsError(NetError::from(error.to_string())))?;
    Ok(config.with_root_certificates(RootCertStore::empty()).with_no_client_auth())
}

fn servers(configured: &[NameServer]) -> Result<(ResolverConfig, ResolverOpts), DnsError> {
    if !configured.is_empty() {
        return Ok((config(configured), ResolverOpts::default()));
    }
    match hickory_resolver::system_conf::read_system_conf() {
        Ok(found) => Ok(found),
        // resolv.conf(5): without the file, the name server is on this host.
        Err(NetError::Io(_)) => Ok((config(&[NameServer((Ipv4Addr::LOCALHOST, 53).into())]), ResolverOpts::default())),
        Err(error) => Err(DnsError(error)),
    }
}

fn config(servers: &[NameServer]) -> ResolverConfig {
    ResolverConfig::from_parts(None, Vec::new(), servers.iter().map(|NameServer(address)| server(address)).collect())
}

fn server(address: &SocketAddr) -> NameServerConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
        connection.port = address.port();
        connection
    });
    NameServerConfig::new(address.ip(), true, connections.into())
}
