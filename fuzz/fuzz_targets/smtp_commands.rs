//! Any bytes as a client's command lines, and as a next hop's replies.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../checks/smtp_commands.rs"]
mod smtp_commands;

fuzz_target!(|input: &[u8]| smtp_commands::check(input));
