//! A text is found wherever in a large message it stands.
#![cfg(test)]

mod common;

use common::features_of;

const TEXT: &str = "Verify your account now at http://bank-login.example/x or it will be closed.";

fn mixed(before: &str, kind: &str, body: &str) -> String {
    format!(
        "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{before}--b\r\n\
         Content-Type: {kind}\r\n\r\n{body}\r\n--b--\r\n"
    )
}

fn picture(lines: usize) -> String {
    let base64 = format!("{}\r\n", "QUJD".repeat(19)).repeat(lines);
    format!("--b\r\nContent-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\n\r\n{base64}")
}

fn is_found(raw: &str) -> bool {
    let features = features_of(raw.as_bytes());
    let is_read = [&features.text.plain, &features.text.html].iter().any(|text| text.contains("Verify your account"));
    is_read && features.urls.iter().any(|url| url.url.contains("bank-login.example"))
}

#[test]
fn whatever_stands_in_front_of_a_text_it_is_read() {
    let html = format!("<p>{TEXT}</p>");
    let comment = format!("<!-- {} -->{html}", "x y\r\n".repeat(60_000));
    let calendar = format!("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDESCRIPTION:{TEXT}\r\nEND:VEVENT\r\nEND:VCALENDAR");
    for (what, raw) in [
        ("a picture", mixed(&picture(4000), "text/html", &html)),
        ("twenty pictures", mixed(&picture(4000).repeat(20), "text/plain", TEXT)),
        ("a comment", mixed("", "text/html", &comment)),
        ("a preamble", mixed(&"nothing here\r\n".repeat(30_000), "text/html", &html)),
        ("nothing, as an invitation", mixed("", "text/calendar; method=REQUEST", &calendar)),
        ("nothing, in a subtype that nobody knows", mixed("", "text/richtext", TEXT)),
        (
            "multiparts",
            mixed(&"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n".repeat(5), "text/plain", TEXT),
        ),
    ] {
        assert!(is_found(&raw), "behind {what}");
    }
}
