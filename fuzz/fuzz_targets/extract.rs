//! Whatever the bytes of a message, extraction ends.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use model::{Envelope, Message, Session, Submission, Timestamp, Via};

fuzz_target!(|raw: &[u8]| {
    let session = Arc::new(Session::new(Via::Command));
    let submission = Submission { session, envelope: Envelope::default(), message: Message::whole(raw.to_vec()) };
    features::extract(&submission, Timestamp::default(), &features::FeatureLimits::default());
});
