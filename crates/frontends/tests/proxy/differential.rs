//! What the next hop receives, decoded, is byte for byte what the client sent, or the message was refused.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

use crate::sink::{Arrived, Sink};
use crate::stage::Stage;
use crate::talk::Talk;

/// Content that servers have disagreed on, and some that they haven't.
fn content() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => Just(&b"\r\n"[..]), 3 => Just(&b"."[..]), 1 => Just(&b"\r"[..]), 1 => Just(&b"\n"[..]), 1 => Just(&b"\0"[..]),
        2 => Just(&b"\r\n.\r\n"[..]), 1 => Just(&b"\n.\r\n"[..]), 4 => Just(&b"Subject: x"[..]), 2 => Just(&b"\xff\xfe"[..]),
        1 => Just(&b"MAIL FROM:<eve@shop.example>\r\n"[..]),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn is_clean(content: &[u8]) -> bool {
    let text: String = content.iter().map(|byte| char::from(*byte)).collect();
    !text.replace("\r\n", "").contains(['\r', '\n', '\0'])
}

/// Line by line: a dot is put in front of each line that begins with one.
fn stuffed(content: &[u8]) -> Vec<u8> {
    let mut wire = Vec::new();
    for line in content.split_inclusive(|byte| *byte == b'\n') {
        // Behind a bare LF there is no line start, neither for a correct client nor for us.
        let starts = wire.is_empty() || wire.ends_with(b"\r\n");
        wire.extend_from_slice(if starts && line.starts_with(b".") { b"." } else { b"" });
        wire.extend_from_slice(line);
    }
    wire
}

async fn client(stage: &Stage) -> Talk<TcpStream> {
    let mut client = Talk::new(TcpStream::connect(stage.address).await.unwrap());
    client.reply().await;
    client.ask("EHLO client.test").await;
    client
}

async fn envelope(client: &mut Talk<TcpStream>) {
    assert_eq!(client.ask("MAIL FROM:<bob@shop.example>").await, "250 2.0.0 ok");
    assert_eq!(client.ask("RCPT TO:<ann@example.net>").await, "250 2.0.0 ok");
}

/// What a correct receiver makes of the wire format.
fn unstuffed(wire: &[u8]) -> Vec<u8> {
    let content = wire.strip_suffix(b".\r\n").expect("it ends in CRLF.CRLF");
    content
        .split_inclusive(|byte| *byte == b'\n')
        .flat_map(|line| line.strip_prefix(b".").unwrap_or(line))
        .copied()
        .collect()
}

/// Sends one message; the answer, and what has arrived.
async fn send(stage: &Stage, sink: &Sink, content: &[u8], cut: Option<usize>) -> (String, Vec<Arrived>) {
    let mut client = client(stage).await;
    envelope(&mut client).await;
    let answer = match cut {
        None => {
            assert!(client.ask("DATA").await.starts_with("354 "));
            client.raw(&[&stuffed(content), &b".\r\n"[..]].concat()).await;
            client.reply().await
        }
        Some(cut) => {
            let (first, second) = content.split_at(cut.min(content.len()));
            let (begin, end) = (format!("BDAT {}\r\n", first.len()), format!("BDAT {} LAST\r\n", second.len()));
            client.raw(&[begin.as_bytes(), first, end.as_bytes(), second].concat()).await;
            let answers = [client.reply().await, client.reply().await];
            // A chunk that is refused refuses the message, whatever the next one is answered.
            answers.into_iter().find(|answer| !answer.starts_with("250 ")).unwrap_or_else(|| "250 both".into())
        }
    };
    // Nothing of the content was taken for a command, and no command for content.
    assert_eq!(client.ask("NOOP").await, "250 2.0.0 Ok");
    assert_eq!(client.ask("QUIT").await, "221 2.0.0 Bye");
    (answer, sink.take())
}

fn holds(test: impl AsyncFn(&Stage, &Sink, Vec<u8>, usize)) {
    let runtime = Runtime::new().unwrap();
    let (stage, sink) = runtime.block_on(async {
        let sink = Sink::start().await;
        (Stage::new(&format!("next_hops = [\"{}\"]", sink.address)).await, sink)
    });
    let config = Config { cases: 300, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&(content(), 0usize..40), |(content, cut)| {
        runtime.block_on(test(&stage, &sink, content, cut));
        Ok(())
    });
    result.unwrap();
}

#[test]
fn by_data() {
    holds(async |stage, sink, mut content, _| {
        if !content.is_empty() && !content.ends_with(b"\r\n") {
            content.extend_from_slice(b"\r\n");
        }
        let (answer, arrived) = send(stage, sink, &content, None).await;
        if !is_clean(&content) {
            assert!(answer.starts_with("554 5.6.0 "), "{answer}");
            assert_eq!(arrived, []);
            return;
        }
        assert_eq!(answer, "250 2.0.0 kept");
        let [Arrived::Data(wire)] = arrived.as_slice() else { panic!("{arrived:?}") };
        assert_eq!(unstuffed(wire), content);
    });
}

#[test]
fn by_bdat() {
    holds(async |stage, sink, content, cut| {
        let (answer, arrived) = send(stage, sink, &content, Some(cut)).await;
        if !is_clean(&content) {
            assert!(answer.starts_with("554 5.6.0 "), "{answer}");
            assert_eq!(arrived, []);
            return;
        }
        assert_eq!(answer, "250 both");
        assert_eq!(arrived, [Arrived::Chunks(content)]);
    });
}

/// Larger than what stays in memory: through the disk and back.
#[test]
fn a_large_message() {
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let sink = Sink::start().await;
        let options = format!("next_hops = [\"{}\"]\nmemory = \"4KiB\"", sink.address);
        let stage = Stage::new(&options).await;
        let content: Vec<u8> = (0..30_000).flat_map(|line| format!(".line {line}\r\n").into_bytes()).collect();
        let (answer, arrived) = send(&stage, &sink, &content, None).await;
        assert_eq!(answer, "250 2.0.0 kept");
        assert_eq!(stage.proxy.stats().messages_spooled.get(), 1);
        assert!(matches!(arrived.as_slice(), [Arrived::Data(wire)] if unstuffed(wire) == content));
        let seen = stage.judge.seen();
        let judged = &seen[0].message;
        assert_eq!((judged.size, judged.truncated), (content.len() as u64, true));
        assert!((4096..=4096 + model::Intake::REST).contains(&judged.raw.len()));
        assert!(judged.raw.starts_with(&content[..4000]) && judged.raw.ends_with(&content[content.len() - 4000..]));
    });
}
