//! Any bytes as a client's command lines, and as a next hop's replies.

use wire::smtp::{Capabilities, Command, line::MAX_COMMAND, peek_line, take_line, take_reply};

/// What is relayed is understood again as what it was; what is peeked is what is taken.
pub(crate) fn check(input: &[u8]) {
    let mut lines: bytes::BytesMut = input.into();
    loop {
        let peeked = peek_line(&lines, MAX_COMMAND).map(<[u8]>::to_vec);
        let Ok(Some(line)) = take_line(&mut lines, MAX_COMMAND) else {
            assert_eq!(peeked, None);
            break;
        };
        assert_eq!(peeked.as_deref(), Some(&line[..]));
        relayed(&line);
    }
    let mut replies = input.into();
    while let Ok(Some(reply)) = take_reply(&mut replies) {
        let _ = Capabilities::of(&reply).offered(1000).lines();
        assert_eq!(take_reply(&mut reply.as_bytes().into()), Ok(Some(reply)));
    }
}

fn relayed(line: &[u8]) {
    let all = Capabilities { size: Some(None), ..Capabilities::default() };
    let (command, line) = match Command::parse(line) {
        Ok(Command::Mail(mail)) => (Command::Mail(mail.clone()), mail.encode(&all)),
        Ok(Command::Rcpt(recipient)) => (Command::Rcpt(recipient.clone()), recipient.encode()),
        _ => return,
    };
    assert_eq!(Command::parse(line.trim_end().as_bytes()), Ok(command));
}
