//! An archive with nothing in it but another archive: one more wrapping for the filter to take off. Backups and packages hold
//! more.

use super::shared::{called, extension};
use crate::{Reading, Seen};

/// An archive with more files than this has a content of its own.
const FEW: usize = 2;

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let mut files = message.features.attachments.iter().filter(|file| file.inner_names.len() <= FEW);
    files.find_map(|file| {
        let inner = file.inner_names.iter().find(|name| is_archive(name))?;
        // `logs.tar.gz` keeps the name `logs.tar`: that is one archive, not two.
        let tarball = inner.to_ascii_lowercase().ends_with(".tar");
        (!tarball).then(|| Seen::of(format!("{inner} in {}", called(file))))
    })
}

fn is_archive(name: &str) -> bool {
    let known = ["zip", "rar", "7z", "ace", "gz", "z", "xz", "bz2", "cab", "arj", "tar", "tgz"];
    extension(name).is_some_and(|extension| known.contains(&extension.as_str()))
}
