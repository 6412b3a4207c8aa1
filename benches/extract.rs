//! How long it takes to see what is in a message: the samples of tests/mail, a large one, and messages built to hurt.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use features::{FeatureLimits, extract};
use model::{Envelope, Message, Session, Submission, Timestamp, Via};

fn submission(raw: Vec<u8>) -> Submission {
    let session = Arc::new(Session::new(Via::Milter));
    Submission { session, envelope: Envelope::default(), message: Message::whole(raw) }
}

const RECEIPT: &[u8] = include_bytes!("../tests/mail/ham/receipt.eml");
const PERSON: &[u8] = include_bytes!("../tests/mail/ham/person.eml");
const NEWSLETTER: &[u8] = include_bytes!("../tests/mail/ham/newsletter.eml");

/// multipart/alternative of 8 KB: text and the HTML of a receipt.
fn typical() -> Vec<u8> {
    let receipt = String::from_utf8_lossy(RECEIPT).into_owned();
    let row =
        "<tr><td>Hiking socks, grey, 38-40</td><td align=3D\"center\">2</td><td align=3D\"right\">19.80</td></tr>\n";
    let rows = row.repeat(8192usize.saturating_sub(receipt.len()) / row.len());
    receipt.replacen("<tr><td>Thermos", &format!("{rows}<tr><td>Thermos"), 1).into_bytes()
}

/// A short text with an attachment, 256 KB in all.
fn with_attachment() -> Vec<u8> {
    let line = "JVBERi0xLjcKJeLjz9MKMSAwIG9iago8PC9UeXBlL0NhdGFsb2cvUGFnZXMgMiAwIFI+PgplbmRv\r\n";
    let head = "Subject: the plans\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n\
                Here they are.\r\n--b\r\nContent-Type: application/pdf; name=plans.pdf\r\n\
                Content-Transfer-Encoding: base64\r\n\r\n";
    [head, &line.repeat(256 * 1024 / line.len()), "--b--\r\n"].concat().into_bytes()
}

fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    let html = |tag: &str| ["Content-Type: text/html\r\n\r\n", &tag.repeat(300_000)].concat().into_bytes();
    let text = |text: &str| ["Subject: x\r\n\r\n", &text.repeat(100_000)].concat().into_bytes();
    let field = |name: &str, text: &str| [name, &text.repeat(100_000), "\r\n\r\n"].concat().into_bytes();
    let parts = ["Content-Type: multipart/mixed; boundary=b\r\n\r\n", &"--c\r\n".repeat(100_000)].concat();
    vec![
        ("tags", html("<b>")),
        ("end tags", html("</b>")),
        ("links", html("<a href=http://a.b>")),
        ("styles", html("<p style=color:red;left:0>")),
        ("less-than", html("<")),
        ("style sheet", html("<style>.a{")),
        ("entities", html("&am")),
        ("many texts", html("x<i>")),
        ("schemes", text("http://")),
        ("addresses", text("a.b@")),
        ("no scheme", text("www.a.b/(")),
        ("combining", text("е\u{200B}a")),
        ("encoded words", field("Subject: ", "=?utf-8?q?=")),
        ("open comments", field("To: ", "(")),
        ("recipients", field("To: ", "=?utf-8?b?YQ a@b,")),
        ("parameters", field("Content-Type: a/b", ";a*1*=x")),
        ("fields", field("", "A: =?utf-8?q?a?=\r\n")),
        ("boundaries", parts.into_bytes()),
        ("nesting", "Content-Type: message/rfc822\r\n\r\n".repeat(10_000).into_bytes()),
    ]
}

fn extraction(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("extract");
    let limits = FeatureLimits::default();
    let named = vec![("person", PERSON.to_vec()), ("newsletter", NEWSLETTER.to_vec())];
    let built = vec![("typical 8 KB", typical()), ("attachment 256 KB", with_attachment())];
    for (name, raw) in named.into_iter().chain(built).chain(hostile()) {
        group.throughput(Throughput::Bytes(raw.len().min(limits.analysed_bytes) as u64));
        let submission = submission(raw);
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| extract(black_box(&submission), Timestamp::from_secs(1_700_000_000), &limits));
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).measurement_time(std::time::Duration::from_secs(2));
    targets = extraction
}
criterion_main!(benches);
