//! An alert for these tests, beside the blocks and evidence of the test kit.

use limits::AlertJob;
use model::Timestamp;
use testkit::samples::reference;

/// The alert of the block of that name.
pub(crate) fn alert(name: &str) -> AlertJob {
    AlertJob {
        about: limits::Matter::Block(reference(name)),
        number: 0,
        kind: limits::LetterKind::Blocked,
        created: Timestamp(1),
        due: Timestamp(1),
        tries: 0,
        last_error: None,
        sent: None,
        given_up: None,
        message_id: format!("<block-{name}@node.example>"),
        instead: None,
        owed: limits::Owed::default(),
        told: Vec::new(),
    }
}
