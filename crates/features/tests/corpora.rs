//! Edge cases that other mail parsers collected, when the corpora lie beside the checkout.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may fail loudly"
)]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::{features_of, workspace};

#[test]
fn the_edge_cases_of_other_parsers_are_read() {
    let archive = workspace().join("../shared/corpora/edge.tar.xz");
    if !archive.exists() {
        println!("skipped: the corpora are not here");
        return;
    }
    let folder = std::env::temp_dir().join(format!("portreeve-edge-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let unpacked = Command::new("tar").arg("-xJf").arg(&archive).arg("-C").arg(&folder).status();
    if unpacked.is_ok_and(|status| status.success()) {
        let files = files_below(&folder);
        assert!(files.len() > 100);
        files.iter().for_each(|file| drop(features_of(&std::fs::read(file).unwrap())));
    } else {
        println!("skipped: tar can't unpack the corpora");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files
}
