//! Which name servers are asked, and how.

use std::net::{Ipv4Addr, SocketAddr};

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;

use crate::settings::DnsSettings;

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
    builder.build().map_err(DnsError)
}

fn servers(configured: &[SocketAddr]) -> Result<(ResolverConfig, ResolverOpts), DnsError> {
    if !configured.is_empty() {
        return Ok((config(configured), ResolverOpts::default()));
    }
    match hickory_resolver::system_conf::read_system_conf() {
        Ok(found) => Ok(found),
        // resolv.conf(5): without the file, the name server is on this host.
        Err(NetError::Io(_)) => Ok((config(&[(Ipv4Addr::LOCALHOST, 53).into()]), ResolverOpts::default())),
        Err(error) => Err(DnsError(error)),
    }
}

fn config(servers: &[SocketAddr]) -> ResolverConfig {
    ResolverConfig::from_parts(None, Vec::new(), servers.iter().map(server).collect())
}

fn server(address: &SocketAddr) -> NameServerConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
        connection.port = address.port();
        connection
    });
    NameServerConfig::new(address.ip(), true, connections.into())
}
