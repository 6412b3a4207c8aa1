//! Reads a link's host: percent escapes, full-width letters and dots, and every spelling of an IPv4 address that
//! browsers take (WHATWG URL 3.5).

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr};

use model::DomainName;
use model::features::UrlHost;

/// The host, and whether it is an address in an unusual spelling; `None` when it can be no host.
pub(crate) fn read(written: &str) -> Option<(UrlHost, bool)> {
    if let Some(literal) = written.strip_prefix('[') {
        let address = literal.strip_suffix(']')?.parse().ok()?;
        return Some((UrlHost::Address(IpAddr::V6(address)), false));
    }
    let folded = folded(written);
    let name = folded.trim_matches('.');
    match numeric(name) {
        Some(address) => {
            let disguised = written.parse() != Ok(address);
            Some((UrlHost::Address(IpAddr::V4(address)), disguised))
        }
        None => {
            let forbidden = |c: char| "<>\"'\\^`{|}%,;()".contains(c);
            DomainName::new(name)
                .filter(|name| !name.as_str().contains(forbidden))
                .map(|name| (UrlHost::Name(name), false))
        }
    }
}

/// The host as a browser reads it, but for its case; most are written so.
fn folded(written: &str) -> Cow<'_, str> {
    if written.is_ascii() && !written.contains('%') {
        return Cow::Borrowed(written);
    }
    Cow::Owned(percent_decoded(written).chars().map(fold).filter(|c| *c != '\u{AD}').collect())
}

/// The domain that was registered, by the public suffix list.
pub(crate) fn registrable(name: &DomainName) -> Option<DomainName> {
    psl::domain_str(name.as_str()).and_then(DomainName::new)
}

/// Whether a host name written in lower case ends in a suffix of the public suffix list.
pub(crate) fn has_public_suffix(host: &str) -> bool {
    let letters = host.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte));
    letters
        && psl::suffix(host.as_bytes()).is_some_and(|suffix| suffix.is_known() && suffix.as_bytes() != host.as_bytes())
}

/// Full-width letters and the ideographic full stops read as ASCII (UTS 46).
fn fold(c: char) -> char {
    match c {
        '\u{3002}' | '\u{FF0E}' | '\u{FF61}' => '.',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32((c as u32).saturating_sub(0xFEE0)).unwrap_or(c),
        _ => c,
    }
}

fn percent_decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        match (byte, after.first_chunk::<2>().and_then(hex_pair)) {
            (b'%', Some(decoded)) => {
                out.push(decoded);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                out.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn hex_pair(pair: &[u8; 2]) -> Option<u8> {
    let text = std::str::from_utf8(pair).ok()?;
    u8::from_str_radix(text, 16).ok()
}

/// An IPv4 address of one to four numbers, each decimal, octal or hexadecimal; the last fills what is left.
fn numeric(name: &str) -> Option<Ipv4Addr> {
    let numbers: Vec<u32> = name.split('.').take(5).map(number).collect::<Option<_>>()?;
    let (last, first) = numbers.split_last()?;
    if first.len() > 3 || first.iter().any(|number| *number > 255) {
        return None;
    }
    let free_bits = 32u32.saturating_sub(8 * u32::try_from(first.len()).ok()?);
    if free_bits < 32 && *last >> free_bits != 0 {
        return None;
    }
    let high = first.iter().fold(0u32, |sum, number| sum << 8 | number);
    Some(Ipv4Addr::from(high.checked_shl(free_bits).unwrap_or(0) | last))
}

fn number(text: &str) -> Option<u32> {
    let lower = text.to_ascii_lowercase();
    if let Some(digits) = lower.strip_prefix("0x") {
        return if digits.is_empty() { Some(0) } else { digits_of(digits, 16) };
    }
    match lower.strip_prefix('0') {
        Some(digits) if !digits.is_empty() => digits_of(digits, 8),
        _ => digits_of(&lower, 10),
    }
}

/// `from_str_radix` would take a sign.
fn digits_of(text: &str, radix: u32) -> Option<u32> {
    text.chars().all(|c| c.is_digit(radix)).then(|| u32::from_str_radix(text, radix).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(written: &str) -> Option<(String, bool)> {
        read(written).map(|(host, disguised)| match host {
            UrlHost::Name(name) => (name.to_string(), disguised),
            UrlHost::Address(address) => (address.to_string(), disguised),
        })
    }

    #[test]
    fn names_are_folded() {
        for written in ["Evil.Example.", "%65vil.example", "ｅｖｉｌ。example"] {
            assert_eq!(shown(written), Some(("evil.example".into(), false)), "{written}");
        }
        assert_eq!(shown(""), None);
        assert_eq!(shown("a b"), None);
    }

    #[test]
    fn addresses_are_read_in_every_spelling() {
        assert_eq!(shown("192.0.2.1"), Some(("192.0.2.1".into(), false)));
        for written in ["3221225985", "0xC0000201", "0300.0.2.1", "192.0.0x201", "0xc0.0.2.1", "192.0.2.%31"] {
            assert_eq!(shown(written), Some(("192.0.2.1".into(), true)), "{written}");
        }
        assert_eq!(shown("[2001:db8::1]"), Some(("2001:db8::1".into(), false)));
        for name in ["192.0.2.256", "1.2.3.4.5", "4294967296", "+1.2.3.4"] {
            assert!(matches!(read(name), Some((UrlHost::Name(_), false))), "{name}");
        }
    }

    #[test]
    fn the_registrable_domain_follows_the_public_suffix_list() {
        let of = |name: &str| registrable(&DomainName::new(name).unwrap()).map(|name| name.to_string());
        assert_eq!(of("www.shop.example.co.uk").as_deref(), Some("example.co.uk"));
        assert_eq!(of("a.b.bank.example").as_deref(), Some("bank.example"));
        assert_eq!(of("com"), None);
    }
}
