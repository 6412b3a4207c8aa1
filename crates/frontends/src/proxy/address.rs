//! Where a next hop is, as it stands in the configuration.

use std::fmt;
use std::str::FromStr;

/// A host, by name or address, or the mail exchangers of a domain; and a port.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HopAddress {
    /// A name in DNS or an IP address without brackets.
    pub host: String,
    /// Whether it is a domain whose mail exchangers are meant (RFC 5321 5.1).
    pub by_mx: bool,
    /// The port.
    pub port: u16,
}

impl FromStr for HopAddress {
    type Err = ();

    /// `host:port`, `192.0.2.1:25`, `[2001:db8::1]:25`, `mx:domain:port`, or any of them without the port: 25.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (by_mx, text) = match text.strip_prefix("mx:") {
            // `mx:25` is a host of that name.
            Some(domain) if !domain.bytes().all(|byte| byte.is_ascii_digit()) => (true, domain),
            _ => (false, text),
        };
        let (host, port) = match text.strip_prefix('[') {
            Some(rest) => {
                let (host, port) = rest.split_once(']').ok_or(())?;
                (host, port.strip_prefix(':').unwrap_or(port))
            }
            None => text.split_once(':').unwrap_or((text, "")),
        };
        let port = if port.is_empty() && !text.ends_with(':') { 25 } else { port.parse().map_err(drop)? };
        let is_name = |c: char| c.is_ascii_alphanumeric() || "-._:".contains(c);
        let is_domain = !host.contains(':') && host.parse::<std::net::IpAddr>().is_err();
        let valid = !host.is_empty() && host.chars().all(is_name) && port != 0 && (is_domain || !by_mx);
        if valid { Ok(Self { host: host.to_owned(), by_mx, port }) } else { Err(()) }
    }
}

impl fmt::Display for HopAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.by_mx { "mx:" } else { "" })?;
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

impl settings::Setting for HopAddress {
    fn allowed() -> String {
        "a next hop in quotes, like \"relay.example:25\", \"192.0.2.1:25\", \"[2001:db8::1]:25\" or \"mx:provider.example\"".into()
    }
    fn read(value: &settings::Value<'_>) -> Result<Self, String> {
        let text = String::read(value).map_err(|_| format!("expected {}", Self::allowed()))?;
        text.parse().map_err(|()| format!("expected {}, found \"{text}\"", Self::allowed()))
    }
    fn show(&self) -> String {
        format!("\"{self}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_next_hop_is_a_host_and_perhaps_a_port() {
        for (text, shown) in [
            ("relay.example:2525", "relay.example:2525"),
            ("relay.example", "relay.example:25"),
            ("192.0.2.1:26", "192.0.2.1:26"),
            ("[2001:db8::1]:26", "[2001:db8::1]:26"),
            ("[2001:db8::1]", "[2001:db8::1]:25"),
            ("mx:provider.example", "mx:provider.example:25"),
            ("mx:provider.example:2525", "mx:provider.example:2525"),
            ("mx:26", "mx:26"),
        ] {
            assert_eq!(text.parse::<HopAddress>().map(|hop| hop.to_string()), Ok(shown.to_owned()));
        }
        for text in [
            "",
            ":25",
            "a:b",
            "a:0",
            "a:",
            "2001:db8::1",
            "[2001:db8::1",
            "a b:25",
            "a:70000",
            "mx:192.0.2.1",
            "mx:[2001:db8::1]",
        ] {
            assert_eq!(text.parse::<HopAddress>(), Err(()), "{text}");
        }
    }
}
