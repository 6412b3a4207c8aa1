//! Where messages lie: a file each, in folders and Maildirs, or behind one another in an mbox (RFC 4155).

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Larger messages are read so far.
const LARGEST: u64 = 64 << 20;
/// Folders within folders within folders.
const DEEPEST: usize = 16;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: PathBuf,
    /// In an mbox, where it begins and ends, and the line before it.
    pub(crate) part: Option<(u64, u64, String)>,
    /// The folder that was given, or the one below it that the file lies in.
    pub(crate) folder: String,
}

impl Place {
    /// The message, at most 64 MiB of it.
    pub(crate) fn read(&self) -> io::Result<Vec<u8>> {
        let mut file = File::open(&self.file)?;
        let mut raw = Vec::new();
        match &self.part {
            None => file.take(LARGEST).read_to_end(&mut raw)?,
            Some((start, end, _)) => {
                file.seek(SeekFrom::Start(*start))?;
                file.take(end.saturating_sub(*start).min(LARGEST)).read_to_end(&mut raw)?
            }
        };
        Ok(raw)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.part {
            None => write!(f, "{}", self.file.display()),
            Some((start, ..)) => write!(f, "{} at byte {start}", self.file.display()),
        }
    }
}

/// The messages of a path in the order of their names.
pub(crate) fn places(path: &Path) -> io::Result<Vec<Place>> {
    let mut found = Vec::new();
    collect(path, &mut found, 0)?;
    Ok(found)
}

fn collect(path: &Path, found: &mut Vec<Place>, depth: usize) -> io::Result<()> {
    if !path.is_dir() {
        found.extend(of_file(path)?);
        return Ok(());
    }
    if depth > DEEPEST {
        return Ok(());
    }
    let mut entries: Vec<_> = std::fs::read_dir(path)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    entries.sort();
    for entry in entries.into_iter().filter(|entry| !is_ours_alone(entry)) {
        collect(&entry, found, depth + 1)?;
    }
    Ok(())
}

/// Hidden files and what mail programs keep beside messages. A Maildir's subfolders begin with a dot, too, and count.
fn is_ours_alone(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let kept = ["dovecot", "maildirfolder", "subscriptions", "tmp"];
    let hidden = name.starts_with('.') && !path.is_dir();
    hidden || kept.iter().any(|beginning| name.starts_with(beginning))
}

fn of_file(path: &Path) -> io::Result<Vec<Place>> {
    let mut reader = BufReader::new(File::open(path)?);
    let folder = folder_of(path);
    if !reader.fill_buf()?.starts_with(b"From ") {
        return Ok(vec![Place { file: path.to_owned(), part: None, folder }]);
    }
    let mut found: Vec<Place> = Vec::new();
    let (mut at, mut after_empty) = (0, true);
    let mut line = Vec::new();
    while reader.by_ref().take(LARGEST).read_until(b'\n', &mut line)? > 0 {
        let next = at + line.len() as u64;
        if after_empty && line.starts_with(b"From ") {
            end(&mut found, at);
            let separator = String::from_utf8_lossy(&line).trim_end().chars().take(200).collect();
            found.push(Place {
                file: path.to_owned(),
                part: Some((next, u64::MAX, separator)),
                folder: folder.clone(),
            });
        }
        after_empty = line.trim_ascii().is_empty();
        at = next;
        line.clear();
    }
    end(&mut found, at);
    Ok(found)
}

fn end(found: &mut [Place], at: u64) {
    if let Some((_, end, _)) = found.last_mut().and_then(|place| place.part.as_mut()) {
        *end = at;
    }
}

/// The folder's own name; of a Maildir that of the folder it is.
fn folder_of(path: &Path) -> String {
    let names = path.ancestors().skip(1).filter_map(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    names.into_iter().find(|name| name != "cur" && name != "new").unwrap_or_default()
}
