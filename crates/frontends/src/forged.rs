//! Header fields of a tag that a client has written itself: whoever sorts by them would read the client's.

use std::ops::Range;

use pipeline::TAG_FIELDS;

/// Which of our fields a field of that name is.
pub(crate) fn place(name: &[u8]) -> Option<usize> {
    let name = name.trim_ascii_end();
    TAG_FIELDS.iter().position(|own| own.as_bytes().eq_ignore_ascii_case(name))
}

/// Takes them out of the beginning of a message, as far as the header section stands in it; how many bytes went.
pub(crate) fn strip(head: &mut Vec<u8>) -> usize {
    let ranges = ranges(head);
    if ranges.is_empty() {
        return 0;
    }
    // In one go: a header may hold thousands of them.
    let (mut kept, mut from) = (Vec::with_capacity(head.len()), 0);
    for range in &ranges {
        kept.extend_from_slice(head.get(from..range.start).unwrap_or_default());
        from = range.end;
    }
    kept.extend_from_slice(head.get(from..).unwrap_or_default());
    *head = kept;
    ranges.iter().map(ExactSizeIterator::len).sum()
}

fn ranges(head: &[u8]) -> Vec<Range<usize>> {
    let (mut found, mut at, mut is_within) = (Vec::new(), 0_usize, false);
    for line in head.split_inclusive(|byte| *byte == b'\n').take_while(|line| !line.trim_ascii_end().is_empty()) {
        let end = at.saturating_add(line.len());
        // A line that begins with white space goes on with the field above (RFC 5322 2.2.3).
        let is_folded = line.first().is_some_and(|byte| matches!(byte, b' ' | b'\t'));
        is_within = if is_folded { is_within } else { begins_one(line) };
        if is_within {
            found.push(at..end);
        }
        at = end;
    }
    found
}

fn begins_one(line: &[u8]) -> bool {
    // Nearly no field begins with this letter: the rest is seldom looked at.
    let begins = line.first().is_some_and(|byte| byte.eq_ignore_ascii_case(&b'x'));
    begins && line.split(|byte| *byte == b':').next().is_some_and(|name| place(name).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_fields_of_ours_go_and_only_from_the_header() {
        let mut head = b"x-portreeve-SCORE: -999\r\n folded\r\nSubject: x\r\n folded\r\nX-Portreeve-Scores: 1\r\n\
            X-Portreeve-Signals : none\r\nX-Portreeve-Score:1\r\n\r\nX-Portreeve-Score: 2\r\n"
            .to_vec();
        let before = head.len();
        let gone = strip(&mut head);
        let left = b"Subject: x\r\n folded\r\nX-Portreeve-Scores: 1\r\n\r\nX-Portreeve-Score: 2\r\n";
        assert_eq!(head, left, "{}", head.escape_ascii());
        assert_eq!(gone, before - head.len());
    }

    proptest::proptest! {
        #[test]
        fn nothing_of_ours_is_left_and_nothing_else_is_lost(
            lines in proptest::collection::vec("(X-Portreeve-Score: |x-portreeve-signals:| |\t|Subject: |[a-z:]{0,6})[a-z]{0,4}(\r\n|\n)", 0..12),
        ) {
            let mut head = lines.concat().into_bytes();
            let before = head.len();
            let gone = strip(&mut head);
            proptest::prop_assert_eq!(head.len() + gone, before);
            proptest::prop_assert_eq!(strip(&mut head.clone()), 0, "{}", head.escape_ascii());
        }
    }
}
