//! Look-ups through hickory, bounded in time and number.
//!
//! A look-up opens a UDP socket of its own: without a bound on their number a burst of blocks could take every file
//! descriptor of the daemon.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{
    ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts,
};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::rdata::MX;
use hickory_resolver::proto::rr::{Name, RData};
use model::DomainName;
use tokio::sync::Semaphore;

use crate::destinations::{Looking, Resolver};
use crate::settings::DnsSettings;

/// Look-ups at one time.
const MAX_PARALLEL: usize = 8;

/// The resolver can't be set up.
#[derive(Debug, thiserror::Error)]
#[error("the DNS resolver can't be set up: {0}")]
pub struct DnsError(NetError);

/// Asks the configured name servers.
pub struct Dns {
    resolver: TokioResolver,
    timeout: Duration,
    slots: Semaphore,
}

impl Dns {
    /// Takes the configured servers, or the system's.
    ///
    /// # Errors
    /// When /etc/resolv.conf is there and makes no sense.
    pub fn new(settings: &DnsSettings) -> Result<Self, DnsError> {
        let (config, mut options) = servers(&settings.servers)?;
        // One question and its repetition fit into the time for all.
        options.timeout = settings.timeout / 2;
        options.attempts = 1;
        options.ip_strategy = LookupIpStrategy::Ipv4thenIpv6;
        options.use_hosts_file = ResolveHosts::Never;
        let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        *builder.options_mut() = options;
        let resolver = builder.build().map_err(DnsError)?;
        Ok(Self { resolver, timeout: settings.timeout, slots: Semaphore::new(MAX_PARALLEL) })
    }

    /// RFC 5321 5.1: the exchangers by preference; without any, the domain itself.
    async fn look_up(&self, domain: &DomainName) -> Option<IpAddr> {
        let _slot = self.slots.acquire().await.ok()?;
        let domain = absolute(domain)?;
        let exchangers = self.exchangers(&domain).await?;
        if exchangers.is_empty() {
            return self.address(domain).await;
        }
        for exchanger in exchangers {
            // RFC 7505: the root says that the domain takes no mail.
            if exchanger.exchange.is_root() {
                return None;
            }
            if let Some(found) = self.address(exchanger.exchange).await {
                return Some(found);
            }
        }
        None
    }

    /// Best first; none when the domain has none, `None` when DNS does not tell.
    async fn exchangers(&self, domain: &Name) -> Option<Vec<MX>> {
        match self.resolver.mx_lookup(domain.clone()).await {
            Ok(found) => {
                let records = found.answers().iter().filter_map(|record| match &record.data {
                    RData::MX(exchanger) => Some(exchanger.clone()),
                    _ => None,
                });
                let mut exchangers: Vec<_> = records.collect();
                exchangers.sort_by_key(|exchanger| exchanger.preference);
                Some(exchangers)
            }
            Err(error) if error.is_no_records_found() => Some(Vec::new()),
            Err(_) => None,
        }
    }

    async fn address(&self, host: Name) -> Option<IpAddr> {
        self.resolver.lookup_ip(host).await.ok()?.iter().next()
    }
}

impl Resolver for Dns {
    fn destination<'a>(&'a self, domain: &'a DomainName) -> Looking<'a> {
        Box::pin(async { tokio::time::timeout(self.timeout, self.look_up(domain)).await.ok().flatten() })
    }
}

/// A name that ends in the root is never completed with the system's search domains.
fn absolute(domain: &DomainName) -> Option<Name> {
    let mut name = Name::from_utf8(domain.as_str()).ok()?;
    name.set_fqdn(true);
    Some(name)
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
