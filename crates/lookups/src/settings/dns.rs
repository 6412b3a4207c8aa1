//! The `[dns]` table.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

use settings::{Setting, Value};

/// The port of name servers (RFC 1035 4.2).
const PORT: u16 = 53;

/// A name server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameServer(pub SocketAddr);

impl From<SocketAddr> for NameServer {
    fn from(address: SocketAddr) -> Self {
        Self(address)
    }
}

impl FromStr for NameServer {
    type Err = ();

    /// `192.0.2.53`, `2001:db8::53`, or with a port: `192.0.2.53:53`, `[2001:db8::53]:53`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let bare = |text: &str| text.parse::<IpAddr>().ok().map(|address| SocketAddr::new(address, PORT));
        text.parse().ok().or_else(|| bare(text)).map(Self).ok_or(())
    }
}

impl fmt::Display for NameServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Setting for NameServer {
    fn allowed() -> String {
        "the address of a name server in quotes, like \"127.0.0.1\" or \"127.0.0.1:53\"".into()
    }
    fn read(value: &Value<'_>) -> Result<Self, String> {
        let text = String::read(value).map_err(|_| format!("expected {}", Self::allowed()))?;
        text.parse().map_err(|()| format!("expected {}, found \"{text}\"", Self::allowed()))
    }
    fn show(&self) -> String {
        self.to_string().show()
    }
}

settings::settings! {
    /// Name look-ups: where a flagged message was going, for the alert; and what [reputation] and [[dns_list]] ask for. No
    /// message waits for them unless one of those is set, and then no longer than dns.budget.
    pub table DnsSettings = "dns" {
        /// The name servers, like "127.0.0.1" or "127.0.0.1:53". Empty: those of /etc/resolv.conf. Public lists refuse the questions of public
        /// resolvers: a resolver of your own near this host is faster as well.
        servers: Vec<NameServer> = Vec::new();
        /// One look-up takes no longer than this, retries included; then its answer is "unknown".
        timeout: Duration = Duration::from_secs(5), in Duration::from_millis(100)..=Duration::from_secs(60);
        /// All look-ups for one message together take no longer than this. Answers that come later are dropped, and the
        /// message is scored without them.
        budget: Duration = Duration::from_secs(1), in Duration::from_millis(10)..=Duration::from_secs(10);
        /// Look-ups at one time; each takes a file descriptor. Further ones wait for a place.
        parallel: u32 = 64, in 1..=4096;
        /// Answers that are remembered, each for as long as DNS says, an hour at most; those of names that are not there too.
        remembered: u32 = 20_000, in 0..=1_000_000;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_server_without_a_port_has_the_usual_one() {
        for (text, expected) in [
            ("192.0.2.53", "192.0.2.53:53"),
            ("2001:db8::53", "[2001:db8::53]:53"),
            ("127.0.0.1:5353", "127.0.0.1:5353"),
        ] {
            assert_eq!(text.parse::<NameServer>().unwrap().to_string(), expected);
        }
        assert_eq!("ns.example".parse::<NameServer>(), Err(()));
    }
}
