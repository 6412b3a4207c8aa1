//! Signatures of requests: `$1$` and SHA-1 in hexadecimal, over what was really sent.
//!
//! Security: SHA-1 is the wire format's; it signs with a secret of 128 bits before and after, so collisions don't help. A
//! signature can be replayed while its timestamp is good: only TLS helps there.

use access::Visitor;
use aws_lc_rs::{constant_time, digest};
use axum::http::HeaderMap;

/// What a client signs, as far as it doesn't depend on which address it believes to talk to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signed<'s> {
    pub(super) secret: &'s str,
    pub(super) consumer_key: &'s str,
    pub(super) method: &'s str,
    /// Path and query as they stood in the request line.
    pub(super) target: &'s str,
    pub(super) body: &'s [u8],
    pub(super) timestamp: &'s str,
}

/// The signature over one address.
fn signature(signed: &Signed<'_>, base: &str) -> String {
    let head = [signed.secret, signed.consumer_key, signed.method, ""].join("+");
    let mut text = head.into_bytes();
    text.extend_from_slice(base.as_bytes());
    text.extend_from_slice(signed.target.as_bytes());
    text.push(b'+');
    text.extend_from_slice(signed.body);
    text.push(b'+');
    text.extend_from_slice(signed.timestamp.as_bytes());
    let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &text);
    let digits: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("$1${digits}")
}

/// Whether it is right for one of the addresses that we are reached by.
pub(super) fn is_right(given: &str, signed: &Signed<'_>, bases: &[String]) -> bool {
    bases.iter().any(|base| {
        let right = signature(signed, base);
        constant_time::verify_slices_are_equal(right.as_bytes(), given.as_bytes()).is_ok()
    })
}

/// The addresses we may be reached by: scheme and host as the request says, with the port and without it, since one client
/// leaves it out; and the public address, with its path (a proxy may have taken that away) and without.
pub(super) fn bases(visitor: &Visitor, headers: &HeaderMap, public: &str) -> Vec<String> {
    let scheme = if visitor.https { "https" } else { "http" };
    let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    let bare = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => name,
        _ => host,
    };
    let port = if visitor.https { 443 } else { 80 };
    let hosts = [host.to_owned(), bare.to_owned(), format!("{bare}:{port}")];
    let mut bases: Vec<_> = hosts.iter().map(|host| format!("{scheme}://{host}")).collect();
    bases.extend([origin(public).to_owned(), public.trim_end_matches('/').to_owned()]);
    bases
}

/// An address without its path.
fn origin(url: &str) -> &str {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url.get(start..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| start + at);
    url.get(..end).unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGNED: Signed<'_> = Signed {
        secret: "secret",
        consumer_key: "consumer",
        method: "GET",
        target: "/1.0/ip/192.0.2.0%2F24/spam?state=blockedForSpam",
        body: b"",
        timestamp: "1700000000",
    };

    fn right(signed: &Signed<'_>, base: &str) -> String {
        signature(signed, base)
    }

    #[test]
    fn the_vector_is_that_of_sha1sum() {
        // printf %s 'secret+consumer+GET+http://127.0.0.1:7681/1.0/auth/time++1700000000' | sha1sum
        let vector = Signed { target: "/1.0/auth/time", ..SIGNED };
        assert_eq!(signature(&vector, "http://127.0.0.1:7681"), "$1$7a9a01b558a5761443035dd1d3b38f1e3cd2bb50");
        // printf %s 'secret+consumer+POST+https://isp.example/v1/a?b=%20c+{"a":"é"}+1700000000' | sha1sum
        let body = r#"{"a":"é"}"#.as_bytes();
        let vector = Signed { method: "POST", target: "/v1/a?b=%20c", body, ..SIGNED };
        assert_eq!(signature(&vector, "https://isp.example"), "$1$a83ad282f911b974cd1978784793cb4115241082");
    }

    #[test]
    fn every_part_is_signed() {
        let bases = ["http://isp.example".to_owned()];
        let good = right(&SIGNED, &bases[0]);
        assert!(is_right(&good, &SIGNED, &bases));
        for other in [
            Signed { secret: "x", ..SIGNED },
            Signed { consumer_key: "x", ..SIGNED },
            Signed { method: "POST", ..SIGNED },
            Signed { target: "/1.0/ip/192.0.2.0/24/spam?state=blockedForSpam", ..SIGNED },
            Signed { body: b"{}", ..SIGNED },
            Signed { timestamp: "1700000001", ..SIGNED },
        ] {
            assert!(!is_right(&good, &other, &bases), "{other:?}");
        }
        assert!(!is_right("", &SIGNED, &bases));
        assert!(!is_right(&good, &SIGNED, &["https://isp.example".to_owned()]));
    }

    #[test]
    fn the_host_is_taken_with_its_port_and_without() {
        let mut headers = HeaderMap::new();
        headers.insert("host", "isp.example:7681".parse().unwrap());
        let plain = Visitor { client: None, https: false };
        let bases = bases(&plain, &headers, "https://portreeve.isp.example/x");
        for base in [
            "http://isp.example:7681",
            "http://isp.example",
            "http://isp.example:80",
            "https://portreeve.isp.example",
            "https://portreeve.isp.example/x",
        ] {
            assert!(bases.contains(&base.to_owned()), "{base} {bases:?}");
        }
        headers.insert("host", "[2001:db8::1]".parse().unwrap());
        assert!(super::bases(&plain, &headers, "").contains(&"http://[2001:db8::1]".to_owned()));
    }
}
