//! Whatever the bytes, extraction ends without a panic and within its bounds.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod common;

use common::{features_of, samples};
use features::{evidence_headers, header_value, message_id};
use model::Evidence;
use proptest::prelude::*;

/// Pieces that mean something to a reader of mail, to get past its first look.
const PIECES: &[&str] = &[
    "Content-Type: multipart/mixed; boundary=b\r\n",
    "Content-Type: text/html\n",
    "Content-Type: message/rfc822\r\n\r\n",
    "Content-Transfer-Encoding: base64\r\n",
    "Content-Transfer-Encoding: quoted-printable\n",
    "Subject: =?utf-8?q?=C3",
    "From: \"a\\",
    "To: g:(((;",
    "Date: 99 Xxx -9",
    "\r\n\r\n",
    "\n--b\n",
    "\n--b--\n",
    "=\r\n",
    "==",
    "=?x?b?",
    "<a href=http://",
    "<style>.a{@media{",
    "<div style='font-size:-.;color:#ü'>",
    "<!--",
    "&#x",
    "PK\x03\x04",
    "http://[::",
    "http://0x.0/%zz@:",
    "\u{200B}",
    "filename*0*=utf-7''+",
    "charset=utf-16",
    "é",
    "\0",
    " ",
    ";",
    "\"",
];

fn check(raw: &[u8]) {
    let features = features_of(raw);
    assert!(features.urls.len() <= 200 && features.structure.parts.len() <= 200);
    assert!(features.text.plain.len() <= 64 * 1024 && features.text.html.len() <= 64 * 1024);
    assert!(evidence_headers(raw).len() <= Evidence::MAX_HEADERS);
    header_value(raw, "subject");
    message_id(raw);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_are_read(raw in proptest::collection::vec(any::<u8>(), 0..3000)) {
        check(&raw);
    }

    #[test]
    fn pieces_in_any_order_are_read(order in proptest::collection::vec(0..PIECES.len(), 0..60)) {
        let raw: String = order.into_iter().map(|at| PIECES[at]).collect();
        check(raw.as_bytes());
    }

    #[test]
    fn mutated_samples_are_read(
        which in any::<prop::sample::Index>(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..30),
        cut in any::<prop::sample::Index>(),
    ) {
        let samples: Vec<_> = samples("ham").into_iter().chain(samples("spam")).collect();
        let mut raw = which.get(&samples).1.clone();
        changes.iter().for_each(|(at, byte)| *at.get_mut(&mut raw) = *byte);
        check(&raw);
        check(&raw[..cut.index(raw.len())]);
    }
}
