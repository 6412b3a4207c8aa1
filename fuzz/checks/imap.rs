//! Any bytes as what an IMAP server says.

use wire::imap::{Line, quoted, read, text};

/// What is shown is printable and was said; only a line that says so finds something, and only its own tag ends a command.
pub(crate) fn check(input: &[u8]) {
    for line in input.split_inclusive(|byte| *byte == b'\n') {
        let line = text(line);
        assert!(!line.chars().any(char::is_control));
        for tag in ["", "a1"] {
            match read(&line, tag) {
                Line::Search(_) => assert!(line.starts_with("* ") && line.to_ascii_uppercase().contains("SEARCH")),
                Line::Done => assert!(tag == "a1" && line.starts_with("a1 ")),
                Line::Refused(why) => assert!(line.ends_with(why)),
                Line::Other | Line::Nonsense => {}
            }
        }
        if let Some(quoted) = quoted(&line) {
            assert_eq!(unquoted(&quoted), Some(line));
        }
    }
}

/// As a server reads it (RFC 3501 4.3); `None` when it ends early or not at all.
fn unquoted(quoted: &str) -> Option<String> {
    let (mut text, mut rest) = (String::new(), quoted.strip_prefix('"')?.chars());
    loop {
        match rest.next()? {
            '"' => return rest.next().is_none().then_some(text),
            '\\' => text.push(rest.next().filter(|c| matches!(c, '"' | '\\'))?),
            other => text.push(other),
        }
    }
}
