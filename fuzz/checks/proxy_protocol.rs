//! Any bytes as a PROXY protocol header.

/// A header is within the input, and read the same without what follows it.
pub(crate) fn check(input: &[u8]) {
    if let Ok(Some(header)) = wire::proxy_protocol::parse(input) {
        assert!(header.length <= input.len());
        assert_eq!(wire::proxy_protocol::parse(&input[..header.length]), Ok(Some(header)));
    }
}
