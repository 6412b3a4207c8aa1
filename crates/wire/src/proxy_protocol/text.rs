//! Version 1: one line of text.

use std::net::{IpAddr, SocketAddr};

use super::{Header, HeaderError, Origin};

/// The longest line, CRLF included (section 2.1).
const MAX: usize = 107;

pub(super) fn parse(bytes: &[u8]) -> Result<Option<Header>, HeaderError> {
    let prefix = b"PROXY ";
    if !prefix.starts_with(bytes.get(..prefix.len()).unwrap_or(bytes)) {
        return Err(HeaderError::Malformed);
    }
    let Some(end) = bytes.iter().take(MAX).position(|byte| *byte == b'\n') else {
        return if bytes.len() >= MAX { Err(HeaderError::TooLong) } else { Ok(None) };
    };
    let line = bytes.get(prefix.len()..=end).and_then(|line| line.strip_suffix(b"\r\n"));
    let line = line.and_then(|line| std::str::from_utf8(line).ok()).ok_or(HeaderError::Malformed)?;
    let origin = origin(line).ok_or(HeaderError::Malformed)?;
    Ok(Some(Header { origin, length: end + 1 }))
}

fn origin(line: &str) -> Option<Origin> {
    let words: Vec<&str> = line.split(' ').collect();
    match words.as_slice() {
        ["UNKNOWN", ..] => Some(Origin::Local),
        ["TCP4" | "TCP6", source, destination, source_port, destination_port] => {
            let source = endpoint(source, source_port)?;
            let destination = endpoint(destination, destination_port)?;
            let is_v4 = words.first() == Some(&"TCP4");
            let fits = source.is_ipv4() == is_v4 && destination.is_ipv4() == is_v4;
            fits.then_some(Origin::Proxied { source, destination })
        }
        _ => None,
    }
}

fn endpoint(address: &str, port: &str) -> Option<SocketAddr> {
    let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
    let address: IpAddr = address.parse().ok()?;
    is_number.then(|| Some(SocketAddr::new(address, port.parse().ok()?)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_the_client() {
        let line = b"PROXY TCP4 192.0.2.7 198.51.100.1 4711 25\r\n";
        let source = "192.0.2.7:4711".parse().unwrap();
        let destination = "198.51.100.1:25".parse().unwrap();
        let header = Header { origin: Origin::Proxied { source, destination }, length: line.len() };
        assert_eq!(parse(&[line, &b"EHLO"[..]].concat()), Ok(Some(header)));
        assert!(matches!(parse(b"PROXY TCP6 2001:db8::7 2001:db8::1 4711 25\r\n"), Ok(Some(_))));
        assert_eq!(parse(b"PROXY UNKNOWN\r\n").map(|h| h.map(|h| h.origin)), Ok(Some(Origin::Local)));
    }

    #[test]
    fn a_part_of_a_line_waits_and_a_wrong_one_fails() {
        for text in ["", "P", "PROXY TCP4 192.0.2.7"] {
            assert_eq!(parse(text.as_bytes()), Ok(None), "{text}");
        }
        for text in [
            "EHLO a\r\n",
            "PROXY TCP4 192.0.2.7 198.51.100.1 4711\r\n",
            "PROXY TCP6 192.0.2.7 198.51.100.1 1 2\r\n",
            "PROXY TCP4 192.0.2.7 198.51.100.1 4711 70000\r\n",
            "PROXY TCP4 192.0.2.7 198.51.100.1 +1 25\r\n",
            "PROXY UNKNOWN\n",
        ] {
            assert_eq!(parse(text.as_bytes()), Err(HeaderError::Malformed), "{text}");
        }
        assert_eq!(parse(format!("PROXY {}", "x".repeat(MAX)).as_bytes()), Err(HeaderError::TooLong));
    }
}
