//! The files of a journal: numbered, each of a bounded size, the oldest deleted.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The files that are written.
pub(crate) struct Files {
    directory: PathBuf,
    max_file: u64,
    max_files: usize,
    number: u64,
    file: File,
    size: u64,
    /// The line that every file begins with, so that one can be read without the others.
    head: Vec<u8>,
}

impl Files {
    /// Goes on with the latest file when it has room, or begins one.
    pub(crate) fn open(directory: &Path, max_file: u64, max_files: usize) -> io::Result<Self> {
        let number = numbered(directory)?.last().map_or(1, |(number, _)| *number);
        let (file, size) = append(directory, number)?;
        Ok(Self { directory: directory.to_owned(), max_file, max_files, number, file, size, head: Vec::new() })
    }

    /// Writes the line that further files begin with, too.
    pub(crate) fn begin(&mut self, line: &[u8]) -> io::Result<()> {
        self.head = line.to_vec();
        self.write(line)
    }

    /// Writes whole lines: a file ends before them when they don't fit.
    pub(crate) fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        if self.size > 0 && self.size.saturating_add(lines.len() as u64) > self.max_file {
            self.next_file()?;
        }
        self.file.write_all(lines).inspect_err(|_| self.size = self.max_file)?;
        self.size = self.size.saturating_add(lines.len() as u64);
        Ok(())
    }

    fn next_file(&mut self) -> io::Result<()> {
        (self.file, self.size) = append(&self.directory, self.number + 1)?;
        self.number += 1;
        let files = numbered(&self.directory)?;
        let surplus = files.len().saturating_sub(self.max_files);
        for (_, path) in files.iter().take(surplus) {
            std::fs::remove_file(path)?;
        }
        self.file.write_all(&self.head)?;
        self.size = self.size.saturating_add(self.head.len() as u64);
        Ok(())
    }
}

/// Makes the directory, for its owner only.
pub(crate) fn make(directory: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

/// The files by their number, the oldest first.
pub(crate) fn numbered(directory: &Path) -> io::Result<Vec<(u64, PathBuf)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let number = name.and_then(|name| name.strip_prefix("journal-")?.strip_suffix(".jsonl")?.parse().ok());
        found.extend(number.map(|number| (number, path)));
    }
    found.sort();
    Ok(found)
}

/// Opens a file at its end. A line that a crash has cut off is ended first, so that it spoils no other.
fn append(directory: &Path, number: u64) -> io::Result<(File, u64)> {
    let path = directory.join(format!("journal-{number:08}.jsonl"));
    let mut file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path)?;
    let mut size = file.metadata()?.len();
    if size > 0 {
        let mut last = [0];
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
        if last != *b"\n" {
            file.write_all(b"\n")?;
            size += 1;
        }
    }
    Ok((file, size))
}
