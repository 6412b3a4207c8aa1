//! Who asks. A proxy that is believed names him; from anyone else the fields are claims.

use std::net::{IpAddr, SocketAddr};

use access::Visitor;
use axum::http::HeaderMap;

/// Whose word on his clients is believed.
pub(crate) type Trust = dyn Fn(IpAddr) -> bool + Send + Sync;

/// Who sent a request that came from `peer`. The last entry of X-Forwarded-For that is no believed proxy is the client.
pub(super) fn visitor(peer: Option<IpAddr>, tls: bool, headers: &HeaderMap, trusts: &Trust) -> Visitor {
    let peer = peer.map(|address| address.to_canonical());
    let Some(proxy) = peer.filter(|peer| trusts(*peer)) else { return Visitor { client: peer, https: tls } };
    let mut client = proxy;
    for entry in entries(headers).rev() {
        let Some(address) = address(entry.trim()) else { break };
        client = address.to_canonical();
        if !trusts(client) {
            break;
        }
    }
    let forwarded = headers.get_all("x-forwarded-proto").iter().next_back();
    let https = forwarded.map_or(tls, |scheme| scheme.as_bytes().eq_ignore_ascii_case(b"https"));
    Visitor { client: Some(client), https }
}

/// Some proxies write a port behind it, and brackets around an IPv6 address, as RFC 7239 6 has them.
fn address(entry: &str) -> Option<IpAddr> {
    let bare = entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(entry);
    bare.parse().ok().or_else(|| entry.parse().ok().map(|with_port: SocketAddr| with_port.ip()))
}

fn entries(headers: &HeaderMap) -> impl DoubleEndedIterator<Item = &str> {
    let fields = headers.get_all("x-forwarded-for").iter().filter_map(|field| field.to_str().ok());
    fields.flat_map(|field| field.split(','))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(fields: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        fields.iter().for_each(|(name, value)| {
            headers.append(*name, value.parse().unwrap());
        });
        headers
    }

    fn from(peer: &str, headers: &HeaderMap) -> String {
        let proxies = |address: IpAddr| address.is_loopback() || address == IpAddr::from([192, 0, 2, 80]);
        visitor(peer.parse().ok(), false, headers, &proxies).client.map(|ip| ip.to_string()).unwrap_or_default()
    }

    #[test]
    fn only_a_proxy_that_is_believed_may_name_the_client() {
        let one = headers(&[("x-forwarded-for", "203.0.113.5, 198.51.100.7")]);
        for (peer, client) in [
            ("127.0.0.1", "198.51.100.7"),
            ("::ffff:127.0.0.1", "198.51.100.7"),
            ("192.0.2.80", "198.51.100.7"),
            ("192.0.2.1", "192.0.2.1"),
            ("", ""),
        ] {
            assert_eq!(from(peer, &one), client, "{peer}");
        }
        let two = headers(&[("x-forwarded-for", "203.0.113.5"), ("x-forwarded-for", "198.51.100.7, 192.0.2.80")]);
        assert_eq!(from("127.0.0.1", &two), "198.51.100.7");
        for (entry, client) in [
            ("198.51.100.7:4711", "198.51.100.7"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
        ] {
            assert_eq!(from("127.0.0.1", &headers(&[("x-forwarded-for", entry)])), client);
        }
        let garbled = headers(&[("x-forwarded-for", "203.0.113.5, unknown")]);
        assert_eq!(from("127.0.0.1", &garbled), "127.0.0.1");
    }

    #[test]
    fn the_scheme_is_a_believed_proxys_word_too() {
        let https = headers(&[("x-forwarded-proto", "HTTPS")]);
        let is_https =
            |peer: [u8; 4], tls| visitor(Some(peer.into()), tls, &https, &|ip: IpAddr| ip.is_loopback()).https;
        assert!(is_https([127, 0, 0, 1], false));
        assert!(!is_https([192, 0, 2, 1], false));
        assert!(is_https([192, 0, 2, 1], true));
    }
}
