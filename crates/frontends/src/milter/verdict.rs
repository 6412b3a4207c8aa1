//! A verdict in the milter protocol's words.

use model::Action;
use pipeline::TAG_FIELDS;
use wire::milter::{Actions, Agreed, Reply, ReplyText, Steps};

use super::transaction::Forged;

/// Appends the replies that end a message. What the MTA does not let a milter do becomes the nearest that is safe:
/// a message is delivered without its tags rather than refused, and deferred rather than delivered when it is to be held.
///
/// Fields of a tag that the client has written itself are taken out of what is delivered.
pub(super) fn encode(action: &Action, forged: Forged, agreed: &Agreed, out: &mut Vec<u8>) {
    if action.delivers() || matches!(action, Action::Hold(_)) {
        untag(forged, agreed, out);
    }
    match action {
        Action::Accept => Reply::Accept.encode(out),
        Action::Tag(fields) => {
            tag(fields, agreed, out);
            Reply::Accept.encode(out);
        }
        Action::Defer(refusal) | Action::Reject(refusal) => Reply::Refuse(&ReplyText::new(refusal)).encode(out),
        Action::Hold(reason) if agreed.actions.has(Actions::QUARANTINE) => {
            Reply::Quarantine(&plain(reason)).encode(out);
            Reply::Accept.encode(out);
        }
        Action::Hold(_) => Reply::Tempfail.encode(out),
    }
}

/// From the last to the first, so that the numbers of the others stay.
fn untag(forged: Forged, agreed: &Agreed, out: &mut Vec<u8>) {
    if !agreed.actions.has(Actions::CHANGE_HEADERS) {
        return;
    }
    for (name, count) in TAG_FIELDS.into_iter().zip(forged) {
        (1..=count).rev().for_each(|index| Reply::ChangeHeader(index, name, "").encode(out));
    }
}

fn tag(fields: &[(String, String)], agreed: &Agreed, out: &mut Vec<u8>) {
    if !agreed.actions.has(Actions::ADD_HEADERS) {
        return;
    }
    // With SMFIP_HDR_LEADSPC the MTA writes the value right behind the colon.
    let space = if agreed.steps.has(Steps::LEADING_SPACE) { " " } else { "" };
    for (name, value) in fields.iter().filter(|(name, _)| is_field_name(name)) {
        Reply::AddHeader(name, &format!("{space}{}", plain(value))).encode(out);
    }
}

/// RFC 5322 3.6.8.
fn is_field_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':')
}

/// One line: nothing in a value can begin another field.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Refusal;

    fn encoded(action: Action, actions: Actions, steps: Steps) -> Vec<u8> {
        let mut out = Vec::new();
        encode(&action, Forged::default(), &Agreed { version: 6, actions, steps }, &mut out);
        out
    }

    #[test]
    fn tags_are_added_where_the_mta_allows_and_injection_is_not() {
        let tag = || Action::Tag(vec![("X-Spam".into(), "yes\r\nBcc: x".into()), ("Bad:Name".into(), "v".into())]);
        let all = encoded(tag(), Actions::ADD_HEADERS, Steps::LEADING_SPACE);
        assert_eq!(all, b"\0\0\0\x15hX-Spam\0 yes  Bcc: x\0\0\0\0\x01a");
        assert_eq!(encoded(tag(), Actions::default(), Steps::default()), b"\0\0\0\x01a");
    }

    #[test]
    fn holding_needs_the_mta_and_defers_without() {
        let hold = || Action::Hold("why".into());
        assert_eq!(encoded(hold(), Actions::QUARANTINE, Steps::default()), b"\0\0\0\x05qwhy\0\0\0\0\x01a");
        assert_eq!(encoded(hold(), Actions::default(), Steps::default()), b"\0\0\0\x01t");
    }

    #[test]
    fn a_refusal_ends_in_one_nul() {
        let refused = encoded(Action::Reject(Refusal::permanent("100% no")), Actions::default(), Steps::default());
        assert_eq!(refused, b"\0\0\0\x14y550 5.7.1 100%% no\0");
    }
}
