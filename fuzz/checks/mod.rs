//! What holds for any bytes: driven by the fuzzer (fuzz_targets) and, for a bounded number of inputs, by every test run
//! (crates/wire/tests/fuzz_smoke.rs).

pub(crate) mod imap;
pub(crate) mod lmtp;
pub(crate) mod proxy_protocol;
pub(crate) mod smtp_chunks;
pub(crate) mod smtp_commands;
pub(crate) mod smtp_content;
