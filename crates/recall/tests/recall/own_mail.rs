//! The project's own samples: no honest message is taken for another's copy.

use std::path::Path;
use std::sync::Arc;

use features::FeatureLimits;
use model::{Envelope, Features, Message, Session, Submission, Via};
use recall::{Recall, RecallSettings};

use crate::world::{HAM, Mail, START, recipients};

fn samples(kind: &str) -> Vec<(String, Features)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/mail").join(kind);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| (path.display().to_string(), features_of(&std::fs::read(&path).unwrap()))).collect()
}

fn features_of(raw: &[u8]) -> Features {
    let session = Arc::new(Session::new(Via::Command));
    let submission = Submission { session, envelope: Envelope::default(), message: Message::whole(raw.to_vec()) };
    features::extract(&submission, START, &FeatureLimits::default())
}

#[test]
fn honest_messages_are_nobody_s_copies() {
    let recall = Recall::new(&RecallSettings::default());
    for (number, (name, features)) in samples("spam").into_iter().chain(samples("ham")).enumerate() {
        let sender = Mail::new(&format!("a{number}@shop.example"), "", recipients(number, 1));
        let (sighting, sameness, _) = recall.see(&features, &sender.identity(), &sender.envelope(), START).unwrap();
        assert_eq!((sameness.text, sameness.files), (None, None), "{name}");
        recall.note(&sighting, HAM);
    }
}
