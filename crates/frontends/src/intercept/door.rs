//! The listeners that the firewall hands connections to.

use std::net::SocketAddr;
use std::sync::Arc;

use socket2::{Domain, SockRef, Socket, Type};

use super::settings::{InterceptMode, InterceptRule};
use crate::{InheritedSockets, ListenAddr, ListenError, Listener, SocketMode};

/// A listener and the rule it stands for.
#[derive(Debug)]
pub struct InterceptDoor {
    pub(crate) listener: Listener,
    pub(crate) place: Place,
}

/// Where a door is in the configuration.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    address: ListenAddr,
    rule: Arc<InterceptRule>,
}

impl InterceptDoor {
    /// Opens a rule's listeners. Needs a tokio runtime.
    ///
    /// # Errors
    /// [`ListenError`]; among them that a capability is missing, which would else show with the first connection.
    pub async fn bind(rule: &InterceptRule, inherited: &mut InheritedSockets) -> Result<Vec<Self>, ListenError> {
        let shared = Arc::new(rule.clone());
        let mut doors = Vec::new();
        for address in &rule.listen {
            let capable = |result: std::io::Result<()>| {
                result.map_err(|error| ListenError::Incapable { address: address.clone(), error })
            };
            capable(try_mark(rule.mark))?;
            for listener in Listener::bind(address, SocketMode(0o600), inherited).await? {
                if rule.mode == InterceptMode::Tproxy {
                    capable(make_transparent(&listener))?;
                }
                doors.push(Self { listener, place: Place { address: address.clone(), rule: Arc::clone(&shared) } });
            }
        }
        Ok(doors)
    }

    /// The address, with the port the system chose.
    pub fn tcp_address(&self) -> Option<SocketAddr> {
        self.listener.tcp_address()
    }
}

impl Place {
    /// What holds for new connections: the rule of that address among those in force, else the one it was opened with.
    pub(crate) fn rule(&self, in_force: &[InterceptRule]) -> Arc<InterceptRule> {
        let found = in_force.iter().find(|rule| rule.listen.contains(&self.address));
        found.map_or_else(|| Arc::clone(&self.rule), |rule| Arc::new(rule.clone()))
    }
}

/// Lets the listener have connections to addresses that aren't ours.
fn make_transparent(listener: &Listener) -> std::io::Result<()> {
    let Listener::Tcp(tcp) = listener else { return Ok(()) };
    let socket = SockRef::from(tcp);
    match tcp.local_addr()? {
        SocketAddr::V4(_) => socket.set_ip_transparent_v4(true),
        SocketAddr::V6(_) => socket.set_ip_transparent_v6(true),
    }
}

fn try_mark(mark: u32) -> std::io::Result<()> {
    if mark == 0 {
        return Ok(());
    }
    Socket::new(Domain::IPV4, Type::STREAM, None)?.set_mark(mark)
}
