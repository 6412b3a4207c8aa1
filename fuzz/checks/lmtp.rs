//! Any bytes as what an LMTP client sends: commands, and content after DATA.

use wire::lmtp::{Content, Dialogue, Limits, Step};
use wire::smtp::line::MAX_COMMAND;
use wire::smtp::take_line;

/// The largest message here, in bytes.
const SIZE: u64 = 64;

/// Each message has as many recipients as were accepted, at least one and at most two, and is never larger than its bound.
pub(crate) fn check(input: &[u8]) {
    let mut input: bytes::BytesMut = input.into();
    let mut dialogue = Dialogue::new("mx.example", Limits { size: SIZE, recipients: 2 });
    while let Ok(Some(line)) = take_line(&mut input, MAX_COMMAND) {
        let knows = |address: &str| address.ends_with("@example.com").then(|| address.to_owned());
        match dialogue.hear(&line, knows) {
            Step::Say(reply) => assert!(reply.as_bytes().ends_with(b"\r\n")),
            Step::End(_) => return,
            Step::Content(_) => {
                let recipients = dialogue.transaction().map(|transaction| transaction.recipients.len());
                assert!(matches!(recipients, Some(1..=2)));
                let mut content = Content::new(SIZE);
                let taken = content.read(&input);
                assert!(content.has_ended() || taken == input.len());
                let _ = input.split_to(taken);
                assert!(content.into_message().is_none_or(|message| message.len() as u64 <= SIZE));
            }
        }
    }
}
