//! Any bytes as a BDAT stream: exactly the announced octets are a chunk's.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../checks/smtp_chunks.rs"]
mod smtp_chunks;

fuzz_target!(|input: (u16, u8, Vec<u8>)| smtp_chunks::check(input.0, input.1, &input.2));
