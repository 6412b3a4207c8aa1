//! Any bytes as a PROXY protocol header.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../checks/proxy_protocol.rs"]
mod proxy_protocol;

fuzz_target!(|input: &[u8]| proxy_protocol::check(input));
