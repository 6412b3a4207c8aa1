//! What the tests of this crate share: features of raw mail, and the sample messages.
#![allow(dead_code, reason = "each test program uses some of it")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use features::{FeatureLimits, extract};
use model::{Envelope, Features, Message, Session, Submission, Timestamp, Via};

/// What is seen in a raw message.
pub(crate) fn features_of(raw: &[u8]) -> Features {
    let session = Arc::new(Session::new(Via::Command));
    let submission = Submission { session, envelope: Envelope::default(), message: Message::whole(raw.to_vec()) };
    extract(&submission, Timestamp::from_secs(1_700_000_000), &FeatureLimits::default())
}

/// The top of the workspace.
pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The sample messages of `ham` or `spam`, by file name.
pub(crate) fn samples(kind: &str) -> Vec<(String, Vec<u8>)> {
    let folder = workspace().join("tests/mail").join(kind);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut samples: Vec<_> = entries
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).unwrap()))
        .collect();
    samples.sort();
    samples
}

/// One sample message, such as `ham/person.eml`.
pub(crate) fn sample(path: &str) -> Vec<u8> {
    std::fs::read(workspace().join("tests/mail").join(path)).unwrap()
}

/// The message with CR LF line ends, whatever it had.
pub(crate) fn with_crlf(raw: &[u8]) -> Vec<u8> {
    let lines: Vec<&[u8]> =
        raw.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)).collect();
    lines.join(&b"\r\n"[..])
}
