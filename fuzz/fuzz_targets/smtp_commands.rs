//! Any bytes as a client's command lines, and as a next hop's replies.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::smtp::{Capabilities, Command, line::MAX_COMMAND, take_line, take_reply};

fuzz_target!(|input: &[u8]| {
    let mut lines = input.into();
    while let Ok(Some(line)) = take_line(&mut lines, MAX_COMMAND) {
        let Ok(Command::Mail(mail)) = Command::parse(&line) else { continue };
        // What is relayed is understood again as what it was.
        let all = Capabilities { size: Some(None), ..Capabilities::default() };
        let relayed = mail.encode(&all);
        assert_eq!(Command::parse(relayed.trim_end().as_bytes()), Ok(Command::Mail(mail)));
    }
    let mut replies = input.into();
    while let Ok(Some(reply)) = take_reply(&mut replies) {
        let _ = Capabilities::of(&reply).offered(1000).lines();
        assert_eq!(take_reply(&mut reply.as_bytes().into()), Ok(Some(reply)));
    }
});
