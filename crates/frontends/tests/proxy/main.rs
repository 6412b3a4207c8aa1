//! The proxy as its clients and next hops see it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can't set its stage must stop"
)]

mod dialogue;
mod differential;
mod judge;
mod limits;
mod sink;
mod stage;
mod talk;
mod tls;

use std::path::Path;

/// Every file in tests/proxy/dialogues; its first lines say which rule it is about.
#[tokio::test]
async fn dialogues() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/proxy/dialogues");
    let mut files: Vec<_> = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 20, "the dialogues are missing");
    let only = std::env::var("DIALOGUE").unwrap_or_default();
    let mut failed = Vec::new();
    for file in files.iter().filter(|file| file.to_string_lossy().contains(&only)) {
        let text = std::fs::read_to_string(file).unwrap();
        if let Err(error) = dialogue::run(&text).await {
            failed.push(format!("{}: {error}", file.file_name().unwrap().to_string_lossy()));
        }
    }
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}
