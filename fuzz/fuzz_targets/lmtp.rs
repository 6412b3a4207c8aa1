//! Any bytes as what an LMTP client sends.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../checks/lmtp.rs"]
mod lmtp;

fuzz_target!(|input: &[u8]| lmtp::check(input));
