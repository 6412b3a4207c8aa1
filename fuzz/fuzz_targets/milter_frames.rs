//! Any bytes, in two pieces, as a milter connection's stream: frames and commands.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::milter::{Command, Inbox};

fuzz_target!(|input: (Vec<u8>, Vec<u8>)| {
    let mut inbox = Inbox::default();
    for bytes in [input.0, input.1] {
        inbox.push(&bytes);
        while let Ok(Some(frame)) = inbox.next_frame() {
            let _ = Command::parse(frame);
        }
    }
});
