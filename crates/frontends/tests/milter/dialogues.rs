//! Dialogues with the milter server, written as text in `tests/dialogues/*.milter` and played over a real Unix socket.
//!
//! One line is one step:
//!
//! | line | meaning |
//! |---|---|
//! | `C host 4 4711 192.0.2.1` | the MTA sends a packet; the letter is the command's byte, `\0 \n \r \xNN` are escapes, `*N` at the end repeats |
//! | `raw 00 00 00 00` | the MTA sends bytes |
//! | `<- y 550 5.7.1 no` | the milter's next packet; fields are separated by a bar |
//! | `<- close` | the milter closes |
//! | `hang up` | the MTA closes |
//! | `judge refuse connect 192.0.2.9 550 5.7.1 no` | the judge's answer at `connect`, `mail` or `rcpt` to an address, login or recipient |
//! | `judge verdict reject 550 5.7.1 no` | the judge's verdict from now on; also `accept`, `defer`, `hold WHY`, `tag NAME: VALUE` |
//! | `judge takes 12s`, `judge analyses 100` | how long it takes, how many bytes it looks at |
//! | `judged login=bob raw=…` | what the judge was given, compared where named |
//! | `asked connect 192.0.2.1, mail -` | what the judge was asked before the content since the last such line |
//! | `event {client_addr}` | the alarm that was raised; `event none` |
//! | `count malformed 1` | how many connections were closed for that fault |
//!
//! Packets are sent together up to the next line that waits. A packet that the milter sends and the dialogue does not
//! expect fails it.

use std::path::PathBuf;

use crate::script::Script;

/// Every dialogue in the directory, so that a new file is a new test.
#[tokio::test(start_paused = true)]
async fn every_dialogue_goes_as_written() {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/dialogues");
    let mut files: Vec<_> = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut failed = Vec::new();
    for file in &files {
        let text = std::fs::read_to_string(file).unwrap();
        if let Err(why) = Script::play(&text).await {
            failed.push(format!("{}:{why}", file.file_name().unwrap().to_string_lossy()));
        }
    }
    assert!(files.len() >= 20, "the dialogues are gone");
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn a_wrong_dialogue_fails() {
    let negotiation = "O 6 1ff 1fffff\n";
    for (text, why) in [
        ("O 6 1ff 1fffff\n<- c", "2: expected `c`"),
        ("C host U\n<- c", "2: expected `c`, the milter closed"),
        ("O 6 1ff 1fffff\n<- O\nC host U\n<- c\n<- c", "5: expected `c`, the milter said nothing"),
        ("O 6 1ff 1fffff\n<- O\nC host U\n", "3: the milter also said `c`"),
        (&format!("{negotiation}<- O\njudged login=bob"), "3: nothing was judged"),
        ("nonsense", "1: no such step"),
    ] {
        let failed = Script::play(text).await.unwrap_err();
        assert!(failed.starts_with(why), "{failed}");
    }
}
