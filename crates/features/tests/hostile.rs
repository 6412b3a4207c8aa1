//! Messages built to exhaust whoever reads them. Each must come back bounded, on the small stack of a test's thread, in
//! a debug build; `benches/extract.rs` has the times.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod common;

use common::features_of;
use model::features::{Bound, MimeDefect};

#[test]
fn a_message_of_25_megabytes_is_cut_where_analysis_ends() {
    let raw = ["Subject: x\r\n\r\n", &"All work and no play.\r\n".repeat(1_100_000)].concat();
    let features = features_of(raw.as_bytes());
    assert!(features.size > 25_000_000);
    assert!(features.text.plain.len() <= 64 * 1024);
    assert_eq!(features.bounds_hit, [Bound::Size, Bound::Text]);
}

#[test]
fn a_hundred_thousand_parts_are_not_read() {
    let raw = ["Content-Type: multipart/mixed; boundary=b\r\n\r\n", &"--b\r\n\r\n".repeat(100_000)].concat();
    let features = features_of(raw.as_bytes());
    assert_eq!(features.structure.parts.len(), 200);
    assert!(features.bounds_hit.contains(&Bound::Parts));
}

#[test]
fn deep_nesting_does_not_use_the_stack() {
    let messages = "Content-Type: message/rfc822\r\n\r\n".repeat(10_000);
    let multiparts: String =
        (0..10_000).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n")).collect();
    for raw in [messages, multiparts] {
        let features = features_of(raw.as_bytes());
        assert_eq!(features.structure.depth, 32);
        assert!(features.structure.defects.contains(&MimeDefect::TooDeep));
        assert!(features.bounds_hit.contains(&Bound::Parts));
    }
}

#[test]
fn a_million_tags_are_read_as_a_stream() {
    for tag in ["<b>", "</b>", "<a href=x>", "<div style='color:#fff'>", "<", "<!--", "<td><p>", "<style>.a{", "&"] {
        let raw = ["Content-Type: text/html\r\n\r\n", &tag.repeat(300_000), "end"].concat();
        let features = features_of(raw.as_bytes());
        let read = features.html.unwrap().bytes;
        assert!((256 * 1024 - 27..=(256 + 128) * 1024).contains(&read), "{tag}: {read}");
    }
}

#[test]
fn a_header_line_of_a_megabyte_and_a_hundred_thousand_fields_are_bounded() {
    let line = ["Subject: ", &"x".repeat(1_000_000), "\r\n\r\nbody"].concat();
    let features = features_of(line.as_bytes());
    assert!(features.headers.subject.unwrap().len() <= 4096);
    assert!(features.bounds_hit.contains(&Bound::Headers));
    let fields = ["X-A: y\r\n".repeat(100_000), "\r\nbody".into()].concat();
    let features = features_of(fields.as_bytes());
    assert_eq!(features.headers.names.len(), 200);
    assert!(features.bounds_hit.contains(&Bound::Headers));
}

#[test]
fn floods_of_boundaries_words_addresses_and_parameters_are_bounded() {
    let parameters: String = (0..50_000).map(|n| format!("; boundary=b{n}; name*{n}*=utf-8''x")).collect();
    for raw in [
        ["Content-Type: multipart/mixed; boundary=b\r\n\r\n", &"--c\r\n".repeat(60_000)].concat(),
        ["Content-Type: multipart/mixed", &parameters, "\r\n\r\nx"].concat(),
        ["Subject: ", &"=?utf-8?q?=".repeat(20_000), "\r\n\r\n"].concat(),
        ["Subject: ", &"=?utf-8?b?YQ ".repeat(20_000), "\r\n\r\n"].concat(),
        ["To: ", &"(".repeat(200_000), "\r\n\r\n"].concat(),
        ["To: ", &"a@example.com, ".repeat(20_000), "\r\n\r\n"].concat(),
        ["Subject: x\r\n\r\n", &"http://".repeat(40_000)].concat(),
        ["Subject: x\r\n\r\n", &"a.b@".repeat(60_000)].concat(),
        ["Subject: x\r\n\r\n", &"www.a.b/(".repeat(30_000)].concat(),
    ] {
        let features = features_of(raw.as_bytes());
        assert!(features.urls.len() <= 200 && features.headers.to.len() <= 100);
    }
}

#[test]
fn encoded_bombs_are_decoded_only_in_part() {
    let head = "Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    let clean = [head, &"UEsDBA".repeat(500_000)].concat();
    let dirty = [head, &"UEs!DBA=".repeat(500_000)].concat();
    for raw in [clean, dirty] {
        let features = features_of(raw.as_bytes());
        assert_eq!(features.attachments.len(), 1);
        assert!(features.attachments[0].inner_names.len() <= 50);
    }
    let text = ["Content-Transfer-Encoding: base64\r\n\r\n", &"QUFB".repeat(100_000)].concat();
    assert_eq!(features_of(text.as_bytes()).text.plain.len(), 64 * 1024);
}

#[test]
fn nothing_at_all_is_a_message_too() {
    for raw in ["", "\n", "\r\n\r\n", ":", "=?", "--", "\0"] {
        features_of(raw.as_bytes());
    }
}
