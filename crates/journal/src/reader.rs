//! Reading a journal back. Lines that are none are counted and passed over.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::entry::Entry;
use crate::files::numbered;

/// A longer line is none of ours: 1000 recipients take 20 KB.
const LONGEST: u64 = 1 << 20;

/// Whether a path is a journal: a directory with its files, or one of them.
pub fn is_journal(path: &Path) -> bool {
    let is_file = path.extension().is_some_and(|extension| extension == "jsonl") && path.is_file();
    is_file || path.is_dir() && numbered(path).is_ok_and(|files| !files.is_empty())
}

/// Reads a journal: all files of a directory in their order, or one file.
///
/// # Errors
/// When the directory can't be read or holds no journal.
pub fn read(path: &Path) -> io::Result<Journal> {
    let files =
        if path.is_dir() { numbered(path)?.into_iter().map(|(_, file)| file).collect() } else { vec![path.to_owned()] };
    of(files)
}

fn of(files: Vec<PathBuf>) -> io::Result<Journal> {
    if files.is_empty() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "there is no journal in it"));
    }
    let bytes = files.iter().filter_map(|file| Some(file.metadata().ok()?.len())).sum();
    Ok(Journal { files: files.into_iter(), open: None, damaged: 0, bytes, done: 0 })
}

/// Reads the newest files of a journal's directory, of so many bytes in all at most, but the newest one whatever its size. Every
/// file begins with what was in force.
///
/// # Errors
/// When the directory can't be read or holds no journal.
pub fn read_newest(directory: &Path, most: u64) -> io::Result<Journal> {
    let mut room = most;
    let mut files = Vec::new();
    for (_, file) in numbered(directory)?.into_iter().rev() {
        let fits = room.checked_sub(file.metadata()?.len());
        if fits.is_none() && !files.is_empty() {
            break;
        }
        room = fits.unwrap_or(0);
        files.push(file);
    }
    files.reverse();
    of(files)
}

/// The entries of a journal, in order; ends with an error when a file can't be read.
#[derive(Debug)]
pub struct Journal {
    files: std::vec::IntoIter<PathBuf>,
    open: Option<BufReader<File>>,
    damaged: u64,
    bytes: u64,
    done: u64,
}

impl Journal {
    /// How many lines could not be read so far: cut off by a crash, or damaged.
    pub fn damaged(&self) -> u64 {
        self.damaged
    }

    /// How many bytes there are in all, and how many have been read.
    pub fn progress(&self) -> (u64, u64) {
        (self.bytes, self.done)
    }

    fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            if self.open.is_none() {
                let Some(file) = self.files.next() else { return Ok(None) };
                self.open = Some(BufReader::new(File::open(file)?));
            }
            let Some(reader) = &mut self.open else { continue };
            let mut line = Vec::new();
            let length = reader.by_ref().take(LONGEST).read_until(b'\n', &mut line)?;
            self.done += length as u64;
            match length {
                0 => self.open = None,
                _ => return Ok(Some(line)),
            }
        }
    }
}

impl Iterator for Journal {
    type Item = io::Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let line = match self.next_line() {
                Ok(line) => line?,
                Err(error) => return Some(Err(error)),
            };
            match serde_json::from_slice(&line) {
                Ok(entry) => return Some(Ok(entry)),
                Err(_) if line.trim_ascii().is_empty() => {}
                Err(_) => self.damaged += 1,
            }
        }
    }
}
