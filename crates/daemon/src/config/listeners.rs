//! Every place where connections are taken, seen together: no two in one place, and nothing we send leads back to us.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use frontends::{HopAddress, ListenAddr};

use super::Config;

/// Where connections are taken, and the option that says so.
struct Door {
    option: String,
    place: Place,
}

#[derive(PartialEq)]
enum Place {
    Tcp(SocketAddr),
    Unix(PathBuf),
}

impl Door {
    fn tcp(option: &str, address: SocketAddr) -> Self {
        Self { option: option.to_owned(), place: Place::Tcp(address) }
    }

    /// Sockets that systemd hands in are its business.
    fn of(option: &str, address: &ListenAddr) -> Option<Self> {
        let place = match address {
            ListenAddr::Inet(address) => Place::Tcp(*address),
            ListenAddr::Unix(path) => Place::Unix(path.clone()),
            ListenAddr::Systemd(_) => return None,
        };
        Some(Self { option: option.to_owned(), place })
    }

    fn is_where(&self, other: &Self) -> bool {
        match (&self.place, &other.place) {
            (Place::Tcp(one), Place::Tcp(other)) => overlap(*one, *other),
            (one, other) => one == other,
        }
    }

    /// Whether mail is taken here.
    fn takes_mail(&self) -> bool {
        self.option.starts_with("proxy.") || self.option.starts_with("intercept[")
    }

    fn shown(&self) -> String {
        match &self.place {
            Place::Tcp(address) => address.to_string(),
            Place::Unix(path) => path.display().to_string(),
        }
    }
}

/// A wildcard takes every address of its family, and that of IPv6 those of IPv4 too. Port 0 is another one each time.
fn overlap(one: SocketAddr, other: SocketAddr) -> bool {
    let covers = |wide: IpAddr, narrow: IpAddr| match wide {
        IpAddr::V4(wide) => wide.is_unspecified() && narrow.is_ipv4(),
        IpAddr::V6(wide) => wide.is_unspecified(),
    };
    let (a, b) = (one.ip().to_canonical(), other.ip().to_canonical());
    one.port() != 0 && one.port() == other.port() && (a == b || covers(a, b) || covers(b, a))
}

fn doors(config: &Config) -> Vec<Door> {
    let mut doors: Vec<Door> = Vec::new();
    let mut add = |option: &str, addresses: &[ListenAddr]| {
        doors.extend(addresses.iter().filter_map(|address| Door::of(option, address)));
    };
    add("milter.listen", &config.milter.listen);
    add("proxy.listen", &config.proxy.listen);
    for (index, rule) in config.intercept.iter().enumerate() {
        add(&format!("intercept[{}].listen", index + 1), &rule.listen);
    }
    add("lmtp.listen", &config.lmtp.listen);
    for (option, addresses) in
        [("http.listen", &config.http.listen), ("web.listen", &config.web.listen), ("scan.listen", &config.scan.listen)]
    {
        doors.extend(addresses.iter().map(|address| Door::tcp(option, *address)));
    }
    doors
}

/// The Unix sockets of the configuration, each with its option.
pub(super) fn unix_sockets(config: &Config) -> Vec<(String, PathBuf)> {
    let unix = |door: Door| match door.place {
        Place::Unix(path) => Some((door.option, path)),
        Place::Tcp(_) => None,
    };
    doors(config).into_iter().filter_map(unix).collect()
}

/// What contradicts itself, as `(option, sentence)`. `stands` says whether an option stands in the file: where one of two is a
/// default, the other is told of.
pub(super) fn contradictions(config: &Config, stands: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    let doors = doors(config);
    let mut found = Vec::new();
    for (index, door) in doors.iter().enumerate() {
        let before = doors.iter().take(index).find(|other| door.is_where(other));
        let Some(other) = before else { continue };
        let (told, other) = if stands(&door.option) { (door, other) } else { (other, door) };
        let also = if told.option == other.option { "twice".to_owned() } else { format!("by {} too", other.option) };
        found.push((told.option.clone(), format!("{} is listened on {also}", told.shown())));
    }
    for (option, host, port) in destinations(config) {
        let back = doors.iter().find(|door| matches!(door.place, Place::Tcp(at) if leads_to(&host, port, at)));
        found.extend(back.map(|door| (option.to_owned(), circle(option, door))));
    }
    found
}

/// Where mail of ours and of our clients goes, as host and port.
fn destinations(config: &Config) -> Vec<(&'static str, String, u16)> {
    let hops = |option, hops: &[HopAddress]| {
        let known = hops.iter().filter(|hop| !hop.by_mx);
        known.map(|hop| (option, hop.host.clone(), hop.port)).collect::<Vec<_>>()
    };
    let mut all = hops("proxy.next_hops", &config.proxy.next_hops);
    all.extend(hops("proxy.suspicious_hops", &config.proxy.suspicious_hops));
    let relay = config.alerts.relay.parse::<HopAddress>().ok().filter(|_| config.alerts.enabled);
    all.extend(relay.map(|relay| ("alerts.relay", relay.host, relay.port)));
    all
}

/// Names are not looked up; a wildcard is reached by this host's own addresses, of which loopback ones are known.
fn leads_to(host: &str, port: u16, door: SocketAddr) -> bool {
    let addresses = match host.parse::<IpAddr>() {
        Ok(address) => vec![address.to_canonical()],
        Err(_) if host == "localhost" => vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
        Err(_) => Vec::new(),
    };
    let here = |address: &IpAddr| {
        let local = address.is_loopback() || address.is_unspecified();
        *address == door.ip().to_canonical() || (local && overlap(SocketAddr::new(*address, port), door))
    };
    port == door.port() && addresses.iter().any(here)
}

fn circle(option: &str, door: &Door) -> String {
    let (at, there) = (door.shown(), &door.option);
    match (option, door.takes_mail()) {
        (_, false) => format!("{at} is our own {there}, which takes no mail"),
        ("alerts.relay", true) => {
            format!("{at} is our own {there}: letters quote what was flagged, and must not pass this filter")
        }
        (_, true) => format!("{at} is our own {there}: mail would go round in circles"),
    }
}

/// Whether the folder of a socket is there.
pub(super) fn has_folder(socket: &Path) -> bool {
    socket.parent().is_none_or(|folder| folder.as_os_str().is_empty() || folder.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_take_what_they_cover() {
        for (one, other, expected) in [
            ("127.0.0.1:25", "127.0.0.1:25", true),
            ("127.0.0.1:25", "127.0.0.1:26", false),
            ("127.0.0.1:0", "127.0.0.1:0", false),
            ("0.0.0.0:25", "192.0.2.1:25", true),
            ("192.0.2.1:25", "0.0.0.0:25", true),
            ("0.0.0.0:25", "[::1]:25", false),
            ("[::]:25", "127.0.0.1:25", true),
            ("[::ffff:127.0.0.1]:25", "127.0.0.1:25", true),
        ] {
            assert_eq!(overlap(one.parse().unwrap(), other.parse().unwrap()), expected, "{one} {other}");
        }
    }

    #[test]
    fn what_leads_back_is_found() {
        for (host, port, door, expected) in [
            ("127.0.0.1", 25, "127.0.0.1:25", true),
            ("localhost", 25, "0.0.0.0:25", true),
            ("localhost", 25, "[::1]:25", true),
            ("192.0.2.9", 25, "0.0.0.0:25", false),
            ("relay.example", 25, "127.0.0.1:25", false),
            ("127.0.0.1", 26, "0.0.0.0:25", false),
        ] {
            assert_eq!(leads_to(host, port, door.parse().unwrap()), expected, "{host} {port} {door}");
        }
    }
}
