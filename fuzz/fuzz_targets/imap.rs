//! Any bytes as what an IMAP server says.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../checks/imap.rs"]
mod imap;

fuzz_target!(|input: &[u8]| imap::check(input));
