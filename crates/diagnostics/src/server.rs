//! A server of the configuration: host and port.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use settings::{Setting, Value};

/// `submission.provider.example:587`, `192.0.2.1:993` or `[2001:db8::1]:587`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// A name, or an address without brackets.
    pub host: String,
    /// The port, never 0.
    pub port: u16,
}

impl Server {
    /// Whether it is this host by its address: what goes there in clear is seen by nobody else.
    pub(crate) fn is_loopback(&self) -> bool {
        self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

impl FromStr for Server {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if let Ok(address) = text.parse::<SocketAddr>() {
            let server = Self { host: address.ip().to_string(), port: address.port() };
            return if server.port == 0 { Err(()) } else { Ok(server) };
        }
        let (host, port) = text.rsplit_once(':').ok_or(())?;
        let port = port.parse().ok().filter(|port| *port != 0).ok_or(())?;
        if customers::is_host(host) { Ok(Self { host: host.to_owned(), port }) } else { Err(()) }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.parse::<IpAddr>() {
            Ok(address) => SocketAddr::new(address, self.port).fmt(f),
            Err(_) => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

impl Setting for Server {
    fn allowed() -> String {
        "a server and its port, like \"submission.provider.example:587\"".into()
    }
    fn read(value: &Value<'_>) -> Result<Self, String> {
        let text = String::read(value).map_err(|_| format!("expected {}", Self::allowed()))?;
        text.parse().map_err(|()| format!("expected {}, found \"{text}\"", Self::allowed()))
    }
    fn show(&self) -> String {
        self.to_string().show()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_addresses_are_read() {
        for text in ["smtp.provider.example:587", "192.0.2.1:25", "[2001:db8::1]:587"] {
            assert_eq!(text.parse::<Server>().unwrap().to_string(), text);
        }
        for wrong in ["smtp.provider.example", "a b:1", "x:0", "x:99999", ":25", "192.0.2.1:0"] {
            assert!(wrong.parse::<Server>().is_err(), "{wrong}");
        }
    }
}
