//! The address of a listener as it is written in the configuration: ours, or in the manner of libmilter.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use settings::{Setting, Value};

/// Where to listen.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ListenAddr {
    /// `inet:127.0.0.1:7625`, `127.0.0.1:7625`, `inet:7625@127.0.0.1`, `inet6:[::1]:7625`. Port 0 lets the system choose.
    Inet(SocketAddr),
    /// `unix:/run/portreeve/milter.sock`, `local:/…`, `/…`.
    Unix(PathBuf),
    /// `systemd:NAME`: sockets that systemd opened, by their `FileDescriptorName=`.
    Systemd(String),
}

impl ListenAddr {
    /// Reads an address.
    ///
    /// # Errors
    /// A sentence that follows the option's name.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parsed = match text.split_once(':') {
            _ if text.starts_with('/') => Some(Self::Unix(text.into())),
            Some(("inet", rest)) => inet(rest, Ipv4Addr::LOCALHOST.into()),
            Some(("inet6", rest)) => inet(rest, Ipv6Addr::LOCALHOST.into()),
            Some(("unix" | "local", path)) => path.starts_with('/').then(|| Self::Unix(path.into())),
            Some(("systemd", name)) => (!name.is_empty()).then(|| Self::Systemd(name.to_owned())),
            _ => inet(text, Ipv4Addr::LOCALHOST.into()),
        };
        parsed.ok_or_else(|| format!("expected {}, found \"{text}\"{}", Self::allowed(), hint(text)))
    }
}

/// `host:port`, or libmilter's `port@host`.
fn inet(text: &str, localhost: IpAddr) -> Option<ListenAddr> {
    let (host, port) = match text.split_once('@') {
        Some((port, host)) => (host, port),
        None => text.rsplit_once(':')?,
    };
    let address = match host.trim_start_matches('[').trim_end_matches(']') {
        "localhost" => localhost,
        literal => literal.parse().ok()?,
    };
    Some(ListenAddr::Inet(SocketAddr::new(address, port.parse().ok()?)))
}

/// libmilter takes a bare port for every address there is; a filter that is open to the world must be asked for.
fn hint(text: &str) -> &'static str {
    let port = text.strip_prefix("inet6:").or(text.strip_prefix("inet:")).unwrap_or(text);
    if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) {
        "; write \"inet:0.0.0.0:PORT\" to listen on every address"
    } else {
        ""
    }
}

impl fmt::Display for ListenAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inet(address) if address.is_ipv6() => write!(f, "inet6:{address}"),
            Self::Inet(address) => write!(f, "inet:{address}"),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Systemd(name) => write!(f, "systemd:{name}"),
        }
    }
}

impl Setting for ListenAddr {
    fn allowed() -> String {
        "\"inet:ADDRESS:PORT\", \"inet6:[ADDRESS]:PORT\", \"unix:/PATH\" or \"systemd:NAME\"".into()
    }
    fn read(value: &Value<'_>) -> Result<Self, String> {
        Self::parse(&String::read(value).map_err(|_| format!("expected {}", Self::allowed()))?)
    }
    fn show(&self) -> String {
        self.to_string().show()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_manner_of_writing_is_understood() {
        for (text, shown) in [
            ("127.0.0.1:7625", "inet:127.0.0.1:7625"),
            ("inet:127.0.0.1:7625", "inet:127.0.0.1:7625"),
            ("inet:7625@127.0.0.1", "inet:127.0.0.1:7625"),
            ("inet:7625@localhost", "inet:127.0.0.1:7625"),
            ("inet:localhost:0", "inet:127.0.0.1:0"),
            ("inet6:7625@localhost", "inet6:[::1]:7625"),
            ("inet6:[2001:db8::1]:7625", "inet6:[2001:db8::1]:7625"),
            ("inet6:7625@2001:db8::1", "inet6:[2001:db8::1]:7625"),
            ("[::1]:7625", "inet6:[::1]:7625"),
            ("unix:/run/portreeve/milter.sock", "unix:/run/portreeve/milter.sock"),
            ("local:/run/milter.sock", "unix:/run/milter.sock"),
            ("/run/milter.sock", "unix:/run/milter.sock"),
            ("systemd:portreeve-milter", "systemd:portreeve-milter"),
        ] {
            let address = ListenAddr::parse(text).unwrap();
            assert_eq!(address.to_string(), shown, "{text}");
            assert_eq!(ListenAddr::parse(shown), Ok(address), "{text} shown and read again");
        }
    }

    #[test]
    fn a_mistake_says_what_is_allowed() {
        for text in ["", "7625", "inet:", "inet:7625", "inet:127.0.0.1", "inet:127.0.0.1:x", "inet:99999@127.0.0.1"]
            .into_iter()
            .chain(["unix:", "unix:relative", "systemd:", "mx.example:25", "inet:127.0.0.1:70000", "@", ":"])
        {
            let why = ListenAddr::parse(text).unwrap_err();
            assert!(why.contains("expected \"inet:ADDRESS:PORT\""), "{text}: {why}");
            assert!(why.contains(&format!("found \"{text}\"")), "{text}: {why}");
        }
        assert!(ListenAddr::parse("inet:7625").unwrap_err().ends_with("to listen on every address"));
    }
}
