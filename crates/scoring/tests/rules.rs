//! The operator's rules: every place, all and any, and what a hit says.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod common;

use std::sync::Arc;

use features::FeatureLimits;
use model::envelope::Path;
use model::{AccountName, ClientAddr, Envelope, Hit, Login, Message, Session, Submission, Timestamp, Via};
use scoring::{RuleBook, RuleRow};

const MAIL: &str = "From: Anna <anna@shop.example>\r\nSubject: =?utf-8?q?Rechnung_f=C3=BCr_M=C3=A4rz?=\r\nX-Tool: A\r\n B\r\n\
    Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nSee http://www.evil.example/pay?x=1 now.\r\n--b\r\n\
    Content-Type: application/x-thing; name=\"Report.PDF\"\r\n\r\n%PDF-1.4\r\n--b--\r\n";

fn hits(conditions: &str) -> Vec<Hit> {
    let text = format!("[[rule]]\nname = \"ours\"\npoints = 7\nsentence = \"Seen: {{}}\"\ntest = \"\"\n{conditions}\n");
    let mut document = settings::Document::parse(&text);
    let rows: Vec<RuleRow> = document.rows().unwrap();
    let problems = document.finish().into_sorted();
    assert!(problems.is_empty(), "{problems:?}");
    let book = RuleBook::compile(&rows).unwrap();
    let limits = FeatureLimits { fields: book.fields(), ..FeatureLimits::default() };
    book.hits(&features::extract(&submission(), Timestamp::default(), &limits))
}

fn submission() -> Submission {
    let mut session = Session::new(Via::Milter);
    session.client = ClientAddr::parse("192.0.2.7");
    session.login = AccountName::from_login("bob").map(|account| Login { account, mechanism: "PLAIN".into() });
    let mut envelope = Envelope { sender: Path::new("anna@shop.example"), ..Envelope::default() };
    envelope.add_recipient(Path::new("carl@home.example"));
    Submission { session: Arc::new(session), envelope, message: Message::whole(MAIL.as_bytes().to_vec()) }
}

fn hit(condition: &str) -> bool {
    !hits(&format!("all = [{condition}]")).is_empty()
}

#[test]
fn every_place_is_looked_at() {
    for condition in [
        "{ in = 'subject', contains = ['FÜR'] }",
        "{ in = 'from', contains = ['anna <anna@'] }",
        "{ in = 'body', regex = 'see\\s+http' }",
        "{ in = 'url', contains = ['evil.example/pay'] }",
        "{ in = 'url.host', is = ['www.evil.example'] }",
        "{ in = 'url.path', regex = '^/pay\\?x=\\d$' }",
        "{ in = 'attachment.name', is = ['report.pdf'] }",
        "{ in = 'attachment.type', is = ['application/x-thing'] }",
        "{ in = 'attachment.kind', is = ['pdf'] }",
        "{ in = 'mail_from', is = ['anna@shop.example'] }",
        "{ in = 'recipient', contains = ['@home.'] }",
        "{ in = 'login', is = ['bob'] }",
        "{ in = 'client', network = ['198.51.100.0/24', '192.0.2.0/29'] }",
        "{ in = 'header:x-TOOL', is = ['a b'] }",
    ] {
        assert!(hit(condition), "{condition}");
    }
    for condition in [
        "{ in = 'url.host', is = ['evil.example'] }",
        "{ in = 'url.host', contains = ['www.evil?example'] }",
        "{ in = 'client', network = ['192.0.2.8'] }",
        "{ in = 'header:x-other', contains = ['a'] }",
        "{ in = 'subject', contains = ['See'] }",
    ] {
        assert!(!hit(condition), "{condition}");
    }
}

#[test]
fn all_must_hold_and_one_of_any() {
    let yes = "{ in = 'subject', contains = ['rechnung'] }";
    let no = "{ in = 'subject', contains = ['invoice'] }";
    let hit = |all: &str, any: &str| !hits(&format!("all = [{all}]\nany = [{any}]")).is_empty();
    assert!(hit(&format!("{yes}, {yes}"), "") && hit("", &format!("{no}, {yes}")) && hit(yes, yes));
    assert!(!hit(&format!("{yes}, {no}"), "") && !hit("", no) && !hit(yes, no) && !hit(no, yes) && !hit("", ""));
}

#[test]
fn a_hit_says_what_was_found() {
    let found = hits("all = [{ in = 'body', contains = ['EVIL.example'] }]");
    assert_eq!(found.len(), 1);
    let hit = &found[0];
    assert_eq!((hit.signal.as_str(), hit.points, hit.why.as_str()), ("ours", 7, "Seen: evil.example"));
    assert!(common::scored(MAIL.as_bytes()).hits.iter().any(|hit| hit.signal.as_str() == "our_text"));
}
