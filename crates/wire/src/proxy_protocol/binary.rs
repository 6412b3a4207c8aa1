//! Version 2: sixteen bytes, then addresses, then what else there is (skipped).

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use super::{Header, HeaderError, Origin};

/// The twelve bytes it begins with (section 2.2).
pub(super) const SIGNATURE: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";
/// The fixed part: signature, version and command, family, length.
const FIXED: usize = 16;
/// The longest variable part that is read; real ones hold addresses and a few TLVs.
const MAX: usize = 4096;

pub(super) fn parse(bytes: &[u8]) -> Result<Option<Header>, HeaderError> {
    let Some([command, family, high, low]) = bytes.get(12..FIXED) else { return Ok(None) };
    let length = usize::from(u16::from_be_bytes([*high, *low]));
    if length > MAX {
        return Err(HeaderError::TooLong);
    }
    let Some(addresses) = bytes.get(FIXED..FIXED + length) else { return Ok(None) };
    let origin = match (command, family) {
        // LOCAL: whatever stands in the rest is to be ignored.
        (0x20, _) => Origin::Local,
        (0x21, 0x11) => v4(addresses).ok_or(HeaderError::Malformed)?,
        (0x21, 0x21) => v6(addresses).ok_or(HeaderError::Malformed)?,
        (0x21, 0x00) => Origin::Local,
        _ => return Err(HeaderError::Malformed),
    };
    Ok(Some(Header { origin, length: FIXED + length }))
}

fn v4(bytes: &[u8]) -> Option<Origin> {
    let (source, rest) = bytes.split_first_chunk::<4>()?;
    let (destination, rest) = rest.split_first_chunk::<4>()?;
    let (source_port, destination_port) = ports(rest)?;
    Some(Origin::Proxied {
        source: SocketAddr::new(Ipv4Addr::from(*source).into(), source_port),
        destination: SocketAddr::new(Ipv4Addr::from(*destination).into(), destination_port),
    })
}

fn v6(bytes: &[u8]) -> Option<Origin> {
    let (source, rest) = bytes.split_first_chunk::<16>()?;
    let (destination, rest) = rest.split_first_chunk::<16>()?;
    let (source_port, destination_port) = ports(rest)?;
    Some(Origin::Proxied {
        source: SocketAddr::new(Ipv6Addr::from(*source).into(), source_port),
        destination: SocketAddr::new(Ipv6Addr::from(*destination).into(), destination_port),
    })
}

fn ports(bytes: &[u8]) -> Option<(u16, u16)> {
    let (source, rest) = bytes.split_first_chunk::<2>()?;
    let (destination, _) = rest.split_first_chunk::<2>()?;
    Some((u16::from_be_bytes(*source), u16::from_be_bytes(*destination)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
        let length = u16::try_from(rest.len()).unwrap().to_be_bytes();
        [&SIGNATURE[..], &[command, family], &length, rest].concat()
    }

    const FOUR: [u8; 12] = [192, 0, 2, 7, 198, 51, 100, 1, 0x12, 0x67, 0, 25];

    #[test]
    fn a_header_tells_the_client_and_skips_the_rest() {
        let bytes = header(0x21, 0x11, &[&FOUR[..], &[4, 0, 1, 9]].concat());
        let source = "192.0.2.7:4711".parse().unwrap();
        let destination = "198.51.100.1:25".parse().unwrap();
        let expected = Header { origin: Origin::Proxied { source, destination }, length: bytes.len() };
        assert_eq!(parse(&[&bytes[..], b"EHLO"].concat()), Ok(Some(expected)));
        let local = header(0x20, 0x11, &FOUR);
        assert_eq!(parse(&local), Ok(Some(Header { origin: Origin::Local, length: local.len() })));
    }

    #[test]
    fn every_part_of_a_header_waits_for_the_rest() {
        let bytes = header(0x21, 0x21, &[7; 36]);
        for end in 0..bytes.len() {
            assert_eq!(super::super::parse(&bytes[..end]), Ok(None), "{end}");
        }
        assert!(matches!(parse(&bytes), Ok(Some(_))));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert_eq!(parse(&header(0x21, 0x11, &FOUR[..11])), Err(HeaderError::Malformed));
        assert_eq!(parse(&header(0x11, 0x11, &FOUR)), Err(HeaderError::Malformed));
        assert_eq!(parse(&header(0x21, 0x31, &FOUR)), Err(HeaderError::Malformed));
        assert_eq!(parse(&header(0x21, 0x11, &[0; MAX + 1])), Err(HeaderError::TooLong));
    }
}
