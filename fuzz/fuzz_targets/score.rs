//! Whatever the bytes of a message, it gets a score that is bounded and explains itself.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use model::{Envelope, Message, Session, Submission, Timestamp, Via};
use scoring::{Engine, MAX_HITS, MAX_WHY, ScoreSettings};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new(&ScoreSettings::default()));

fuzz_target!(|raw: &[u8]| {
    let session = Arc::new(Session::new(Via::Milter));
    let submission = Submission { session, envelope: Envelope::default(), message: Message::whole(raw.to_vec()) };
    let limits = features::FeatureLimits::default();
    let score = ENGINE.score(&features::extract(&submission, Timestamp::default(), &limits));
    assert!(score.hits.len() <= MAX_HITS && score.hits.iter().all(|hit| hit.why.len() <= MAX_WHY));
});
