//! Messages inside a message: what somebody attached whole (RFC 2046 5.2.1), such as the mail that he complains of.
//!
//! Security: a list of parts still to be looked at instead of recursion; parts, depth and bytes are bounded.

use crate::bytes;
use crate::header::scan::Section;
use crate::mime::entity::Entity;
use crate::mime::frames::{Frame, Frames};
use crate::mime::transfer;

/// Multiparts nest no deeper here: a mail with an attachment has one, signed two.
const MAX_DEPTH: usize = 4;
/// More parts are not looked at.
const MAX_PARTS: usize = 100;

/// The messages that a message carries, decoded, in order; at most `most`, of at most `max` bytes each. Messages inside of
/// those are theirs.
pub fn attached_messages(raw: &[u8], most: usize, max: usize) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut waiting = vec![(raw, 0)];
    let mut looked_at = 0;
    while let Some((entity, depth)) = waiting.pop() {
        looked_at += 1;
        if looked_at > MAX_PARTS || found.len() >= most {
            break;
        }
        let section = Section::split(entity);
        let head = Entity::read(section.head, depth == 0, &mut Vec::new());
        let divided = head.is_multipart() && depth < MAX_DEPTH;
        if is_message(&head.fact.content_type) {
            found.push(transfer::decode(head.encoding, section.body, max).bytes.into_owned());
        } else if let Some(boundary) = head.boundary.filter(|_| divided) {
            waiting.extend(parts(section.body, boundary).into_iter().rev().map(|part| (part, depth + 1)));
        }
    }
    found
}

/// In whatever encoding: mail programs use base64 though RFC 2046 forbids it.
fn is_message(content_type: &str) -> bool {
    matches!(content_type, "message/rfc822" | "message/global" | "message/news")
}

/// What lies between the delimiters of a multipart.
fn parts(body: &[u8], boundary: Vec<u8>) -> Vec<&[u8]> {
    let frames = Frames(vec![Frame::Multipart { boundary, seen: false }]);
    let mut found = Vec::new();
    let mut start = None;
    let mut delimiter = frames.next_delimiter(body, 0);
    while let Some(next) = delimiter {
        found.extend(start.map(|start| bytes::between(body, start, next.content_end)));
        if next.closes || found.len() >= MAX_PARTS {
            return found;
        }
        start = Some(next.next);
        delimiter = frames.next_delimiter(body, next.next);
    }
    // A multipart that nobody closed ends with the message.
    found.extend(start.map(|start| bytes::from(body, start)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attached(raw: &str) -> Vec<String> {
        attached_messages(raw.as_bytes(), 3, 1000).into_iter().map(|raw| String::from_utf8(raw).unwrap()).collect()
    }

    #[test]
    fn an_attached_message_is_found_whole_whatever_its_encoding() {
        let mail = "Content-Type: multipart/mixed; boundary=o\n\n--o\n\nsee below\n--o\nContent-Type: message/rfc822\n\n\
            Subject: a\nContent-Type: multipart/mixed; boundary=i\n\n--i\nContent-Type: message/rfc822\n\nSubject: b\n\n\n--i--\n\
            --o\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogYwoKaGk=\n--o--\n";
        let [first, second] = &attached(mail)[..] else { panic!("{:?}", attached(mail)) };
        assert!(first.starts_with("Subject: a\n") && first.ends_with("--i--"), "{first}");
        assert_eq!(second, "Subject: c\n\nhi");
    }

    #[test]
    fn it_is_found_in_nested_and_unclosed_multiparts_and_alone() {
        let mail = "Content-Type: multipart/signed; boundary=s\n\n--s\nContent-Type: multipart/mixed; boundary=o\n\n--o\n\
            Content-Type: message/rfc822\n\nSubject: a\n\nhi";
        assert_eq!(attached(mail), ["Subject: a\n\nhi"]);
        assert_eq!(attached("Content-Type: message/rfc822\n\nSubject: a\n\nhi"), ["Subject: a\n\nhi"]);
        assert_eq!(attached("Subject: a\n\nhi"), Vec::<String>::new());
    }

    #[test]
    fn depth_and_number_are_bounded() {
        let nest = "Content-Type: multipart/mixed; boundary=x\n\n--x\n".repeat(20_000);
        assert!(attached(&nest).is_empty());
        let many = format!(
            "Content-Type: multipart/mixed; boundary=x\n\n{}",
            "--x\nContent-Type: message/rfc822\n\na: b\n".repeat(50_000)
        );
        assert_eq!(attached(&many).len(), 3);
    }
}
