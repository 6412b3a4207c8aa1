//! Any bytes as a PROXY protocol header.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Ok(Some(header)) = wire::proxy_protocol::parse(input) {
        assert!(header.length <= input.len());
        assert_eq!(wire::proxy_protocol::parse(&input[..header.length]), Ok(Some(header)));
    }
});
