//! How a connection to a next hop comes about: address, greeting, EHLO, TLS, and EHLO again.
//!
//! Security: anything that came in plain text behind the reply to STARTTLS was put there by somebody else
//! (CVE-2021-38371); the connection is given up. What was offered before TLS is forgotten.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::pki_types::ServerName;
use tokio::net::lookup_host;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use wire::smtp::Capabilities;

use super::super::address::HopAddress;
use super::super::channel::Channel;
use super::super::settings::HopTls;
use super::super::transport::Transport;
use super::Terms;
use super::connection::{HopConnection, positive};
use super::error::HopError;

/// Addresses of one next hop that are tried.
const MAX_ADDRESSES: usize = 16;

/// Connects to the first of the host's addresses that answers; of mail exchangers, the best one's first.
pub(super) async fn connect(hop: usize, address: &HopAddress, terms: &Terms) -> Result<HopConnection, HopError> {
    let mut last = HopError::Unreachable;
    for peer in addresses(address, terms).await? {
        match dial(hop, peer, address, terms).await {
            Ok(connection) => return Ok(connection),
            Err(error) => {
                tracing::debug!(%address, %peer, %error, "next hop address fails");
                last = error;
            }
        }
    }
    Err(last)
}

async fn addresses(address: &HopAddress, terms: &Terms) -> Result<Vec<SocketAddr>, HopError> {
    if !address.by_mx {
        return resolved(&address.host, address.port, terms).await;
    }
    let looking = timeout(terms.connect, terms.exchangers.exchangers(&address.host)).await;
    let hosts = looking.map_err(std::io::Error::from)?.ok_or(HopError::NoExchanger)?;
    let mut all = Vec::new();
    for host in hosts.iter().take(MAX_ADDRESSES) {
        // An exchanger without an address is passed over, as one that is down.
        all.extend(resolved(host, address.port, terms).await.unwrap_or_default());
    }
    all.truncate(MAX_ADDRESSES);
    Ok(all)
}

async fn resolved(host: &str, port: u16, terms: &Terms) -> Result<Vec<SocketAddr>, HopError> {
    let found = timeout(terms.connect, lookup_host((host, port))).await;
    Ok(found.map_err(std::io::Error::from)??.take(MAX_ADDRESSES).collect())
}

/// Where TLS is only welcome, a handshake that fails is followed by a plain connection.
async fn dial(hop: usize, peer: SocketAddr, address: &HopAddress, terms: &Terms) -> Result<HopConnection, HopError> {
    match greeted(hop, peer, address, terms, terms.tls).await {
        Err(HopError::Handshake(_)) if terms.tls == HopTls::Opportunistic => {
            greeted(hop, peer, address, terms, HopTls::Off).await
        }
        other => other,
    }
}

async fn greeted(
    hop: usize,
    peer: SocketAddr,
    address: &HopAddress,
    terms: &Terms,
    tls: HopTls,
) -> Result<HopConnection, HopError> {
    let tcp = timeout(terms.connect, terms.dialling.connect(peer)).await.map_err(std::io::Error::from)??;
    tcp.set_nodelay(true)?;
    let mut connection = HopConnection {
        channel: Channel::new(Transport::Plain(tcp)),
        capabilities: Arc::default(),
        peer,
        hop,
        messages: 0,
        is_bound: false,
        is_stained: false,
        has_refused: false,
        is_reused: false,
    };
    positive(connection.reply(terms.greeting).await?)?;
    hello(&mut connection, terms).await?;
    if tls == HopTls::Off {
        return Ok(connection);
    }
    match (connection.capabilities.starttls, tls) {
        (true, _) => start_tls(connection, address, terms).await,
        (false, HopTls::Required | HopTls::Verified) => Err(HopError::NoTls),
        (false, _) => Ok(connection),
    }
}

/// EHLO, or HELO where EHLO isn't known: then nothing is offered.
pub(super) async fn hello(connection: &mut HopConnection, terms: &Terms) -> Result<(), HopError> {
    let reply = connection.command(&format!("EHLO {}\r\n", terms.name), terms.command).await?;
    if reply.is_positive() {
        connection.capabilities = Arc::new(Capabilities::of(&reply));
        return Ok(());
    }
    connection.capabilities = Arc::default();
    positive(connection.command(&format!("HELO {}\r\n", terms.name), terms.command).await?)?;
    // Not to know EHLO is nobody's fault.
    connection.has_refused = false;
    Ok(())
}

async fn start_tls(
    mut connection: HopConnection,
    address: &HopAddress,
    terms: &Terms,
) -> Result<HopConnection, HopError> {
    positive(connection.command("STARTTLS\r\n", terms.command).await?)?;
    if !connection.channel.input.is_empty() {
        return Err(HopError::Injected);
    }
    let tcp = connection.channel.stream.take_plain().ok_or(HopError::Unreachable)?;
    let name = ServerName::try_from(address.host.clone()).map_err(std::io::Error::other)?;
    let handshake = TlsConnector::from(Arc::clone(&terms.client_config)).connect(name, tcp);
    let stream = timeout(terms.connect, handshake).await.map_err(|_| HopError::Silent)?.map_err(HopError::Handshake)?;
    connection.channel = Channel::new(Transport::Client(Box::new(stream)));
    hello(&mut connection, terms).await?;
    // Behind the handshake it isn't offered any more; that it was still says what can be asked of this server.
    Arc::make_mut(&mut connection.capabilities).starttls = true;
    Ok(connection)
}
