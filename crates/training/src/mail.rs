//! Labelled mail on disk: folders of messages, Maildirs and mboxes.
//!
//! A collection is a folder with `spam` and `ham` in it (or one of them): each a folder of messages, a Maildir, or an mbox
//! (`spam.mbox`, or a file named `spam`). A folder of collections is read as all of them.

use std::path::{Path, PathBuf};

/// Larger messages are left out: nothing is learned from an attachment.
const LARGEST: u64 = 4 << 20;

/// One message with its label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The name of its collection.
    pub collection: String,
    /// What a person said it is.
    pub is_spam: bool,
    /// Its file; in an mbox with its number behind a `#`.
    pub path: String,
    /// As it is sent.
    pub raw: Vec<u8>,
}

/// Why mail could not be read.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The system said no.
    #[error("{path} can't be read: {error}")]
    Unreadable {
        /// What was to be read.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// Neither a collection nor a folder of some.
    #[error("{0} holds no labelled mail: expected folders or mboxes named spam and ham, or folders that hold such")]
    Unlabelled(PathBuf),
}

/// All messages of the folders, in the order of their names.
pub fn read_all(folders: &[PathBuf]) -> Result<Vec<Mail>, MailError> {
    let mut mails = Vec::new();
    for folder in folders {
        let before = mails.len();
        if !read_collection(folder, &mut mails)? {
            for inner in entries(folder)?.iter().filter(|entry| entry.is_dir()) {
                read_collection(inner, &mut mails)?;
            }
        }
        if mails.len() == before {
            return Err(MailError::Unlabelled(folder.clone()));
        }
    }
    Ok(mails)
}

/// Whether the folder was a collection.
fn read_collection(folder: &Path, mails: &mut Vec<Mail>) -> Result<bool, MailError> {
    let name = name_of(&folder.canonicalize().unwrap_or_else(|_| folder.to_owned()));
    let before = mails.len();
    for (label, is_spam) in [("spam", true), ("ham", false)] {
        for place in [folder.join(label), folder.join(format!("{label}.mbox"))] {
            let mut add =
                |path: String, raw: Vec<u8>| mails.push(Mail { collection: name.clone(), is_spam, path, raw });
            read_place(&place, &mut add)?;
        }
    }
    Ok(mails.len() > before)
}

fn read_place(place: &Path, add: &mut impl FnMut(String, Vec<u8>)) -> Result<(), MailError> {
    if place.is_file() {
        return read_file(place, add);
    }
    let maildir = [place.join("cur"), place.join("new")];
    let folders = if maildir.iter().any(|folder| folder.is_dir()) { &maildir[..] } else { &[place.to_owned()] };
    for folder in folders.iter().filter(|folder| folder.is_dir()) {
        for file in entries(folder)?.iter().filter(|entry| entry.is_file()) {
            read_file(file, add)?;
        }
    }
    Ok(())
}

fn read_file(file: &Path, add: &mut impl FnMut(String, Vec<u8>)) -> Result<(), MailError> {
    let unreadable = |error| MailError::Unreadable { path: file.to_owned(), error };
    let is_mbox = file.extension().is_some_and(|extension| extension == "mbox");
    let size = file.metadata().map_err(unreadable)?.len();
    if size > LARGEST && !is_mbox {
        return Ok(());
    }
    let raw = std::fs::read(file).map_err(unreadable)?;
    if !is_mbox && !raw.starts_with(b"From ") {
        add(file.display().to_string(), raw);
        return Ok(());
    }
    for (number, mail) in split_mbox(&raw).into_iter().enumerate() {
        add(format!("{}#{}", file.display(), number + 1), mail);
    }
    Ok(())
}

/// The messages of an mbox: they begin at lines `From ` after an empty line, and such lines inside are quoted (RFC 4155).
fn split_mbox(raw: &[u8]) -> Vec<Vec<u8>> {
    let mut mails: Vec<Vec<u8>> = Vec::new();
    let mut after_empty = true;
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        if after_empty && line.starts_with(b"From ") {
            mails.push(Vec::new());
        } else if let Some(mail) = mails.last_mut() {
            let quoted = line.starts_with(b">From ");
            mail.extend_from_slice(line.get(usize::from(quoted)..).unwrap_or_default());
        }
        after_empty = matches!(line, b"\n" | b"\r\n");
    }
    mails
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, MailError> {
    let unreadable = |error| MailError::Unreadable { path: folder.to_owned(), error };
    let list = std::fs::read_dir(folder).map_err(unreadable)?;
    let mut entries: Vec<PathBuf> = list.filter_map(|entry| Some(entry.ok()?.path())).collect();
    entries.sort();
    Ok(entries)
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn folders_maildirs_and_mboxes_are_read() {
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path);
        for folder in ["one/spam", "one/ham/cur", "one/ham/new", "one/ham/tmp", "two"] {
            fs::create_dir_all(at(folder)).unwrap();
        }
        fs::write(at("one/spam/1.eml"), "Subject: a\n\nx\n").unwrap();
        fs::write(at("one/ham/new/2"), "Subject: b\n\nx\n").unwrap();
        fs::write(at("one/ham/tmp/3"), "half").unwrap();
        fs::write(at("two/ham.mbox"), "From x\nSubject: c\n\n>From here\n\nFrom y\nSubject: d\n\nx\n").unwrap();
        let mails = read_all(&[root.path().to_owned()]).unwrap();
        let seen: Vec<_> = mails.iter().map(|mail| (mail.collection.as_str(), mail.is_spam, mail.raw[9])).collect();
        assert_eq!(seen, [("one", true, b'a'), ("one", false, b'b'), ("two", false, b'c'), ("two", false, b'd')]);
        assert!(mails[2].raw.ends_with(b"\nFrom here\n\n"));
        assert!(mails[3].path.ends_with("two/ham.mbox#2"));
        assert_eq!(read_all(&[at("one")]).unwrap().len(), 2);
    }

    #[test]
    fn a_folder_without_labels_is_told() {
        let root = tempfile::tempdir().unwrap();
        let error = read_all(&[root.path().to_owned()]).unwrap_err();
        assert!(error.to_string().contains("no labelled mail"), "{error}");
    }
}
