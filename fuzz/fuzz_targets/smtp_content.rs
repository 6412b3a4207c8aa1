//! Any bytes as content by DATA: it ends at the first CRLF.CRLF and nowhere else, and what leaves is clean.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../checks/smtp_content.rs"]
mod smtp_content;

fuzz_target!(|input: (bool, Vec<u8>)| smtp_content::check(input.0, &input.1));
