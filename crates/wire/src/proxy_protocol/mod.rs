//! The PROXY protocol (haproxy proxy-protocol.txt), versions 1 and 2: a load balancer tells whose connection it hands on.
//!
//! Security: the header is believed from listed peers only, and from those it is required; that is the caller's to
//! see to. It is read before anything is answered, and it is bounded.

mod binary;
mod text;

use std::net::SocketAddr;

/// What the header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The connection was made on behalf of this client.
    Proxied {
        /// The client.
        source: SocketAddr,
        /// The address the client had connected to.
        destination: SocketAddr,
    },
    /// The peer speaks for itself (`LOCAL`, `UNKNOWN`): a health check.
    Local,
}

/// A header, and how many bytes it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// What it says.
    pub origin: Origin,
    /// Its length in bytes; SMTP begins behind it.
    pub length: usize,
}

/// Why the bytes are no header; the connection is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// It begins like neither version, or goes on unlike it.
    #[error("no PROXY protocol header")]
    Malformed,
    /// Version 1 beyond 107 bytes, or version 2 beyond 4 KiB.
    #[error("the PROXY protocol header is too long")]
    TooLong,
}

/// Reads a header off the front of `bytes`; `None` while it isn't complete.
///
/// # Errors
/// When the bytes can't become a header any more.
pub fn parse(bytes: &[u8]) -> Result<Option<Header>, HeaderError> {
    if binary::SIGNATURE.starts_with(bytes.get(..12).unwrap_or(bytes)) {
        return binary::parse(bytes);
    }
    text::parse(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        /// No bytes panic, and a header never claims more than there is.
        #[test]
        fn any_bytes_are_survived(
            version in 0usize..3, bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300),
        ) {
            let start = [&b""[..], b"PROXY TCP4 ", &binary::SIGNATURE[..]][version];
            let bytes = [start, &bytes].concat();
            if let Ok(Some(header)) = parse(&bytes) {
                proptest::prop_assert!(header.length <= bytes.len());
            }
        }
    }
}
