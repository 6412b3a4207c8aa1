//! Mail to send: the project's own samples, and the corpora beside the checkout where they are present.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A message as a wire carries it: CRLF, no end-of-data dot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mail {
    pub(crate) raw: Vec<u8>,
}

impl Mail {
    /// Any line ends become CRLF; a stray CR within a line is dropped, as no MTA would carry it unchanged.
    pub(crate) fn new(text: &[u8]) -> Self {
        let mut lines: Vec<Vec<u8>> = text.split(|byte| *byte == b'\n').map(without_cr).collect();
        if lines.last().is_some_and(Vec::is_empty) {
            lines.pop();
        }
        let raw = lines.into_iter().flat_map(|line| [line, b"\r\n".to_vec()].concat()).collect();
        Self { raw }
    }

    /// The same mail under another Message-ID, as a sender of many would write it.
    pub(crate) fn renumbered(&self, id: &str) -> Self {
        let text = String::from_utf8_lossy(&self.raw).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let others = head.split("\r\n").filter(|line| !line.to_ascii_lowercase().starts_with("message-id:"));
        let head: Vec<_> = others.collect();
        Self { raw: format!("{}\r\nMessage-ID: {id}\r\n\r\n{body}", head.join("\r\n")).into_bytes() }
    }

    pub(crate) fn message_id(&self) -> Option<String> {
        let text = String::from_utf8_lossy(&self.raw).into_owned();
        let head = text.split("\r\n\r\n").next()?.replace("\r\n ", " ").replace("\r\n\t", " ");
        let field = head.split("\r\n").find(|line| line.to_ascii_lowercase().starts_with("message-id:"))?;
        Some(field.split_once(':')?.1.trim().to_owned())
    }

    /// All after the first empty line.
    pub(crate) fn body(&self) -> &[u8] {
        body_of(&self.raw)
    }
}

/// All after the first empty line of a message with CRLF.
pub(crate) fn body_of(raw: &[u8]) -> &[u8] {
    let end = raw.windows(4).position(|window| window == b"\r\n\r\n");
    end.map_or(&[], |end| &raw[end + 4..])
}

fn without_cr(line: &[u8]) -> Vec<u8> {
    line.iter().copied().filter(|byte| *byte != b'\r').collect()
}

/// The project's own samples: `ham` or `spam`.
pub(crate) fn samples(kind: &str) -> Vec<Mail> {
    let found = folder(&root().join("tests/mail").join(kind), usize::MAX);
    assert!(!found.is_empty(), "tests/mail/{kind} has no samples");
    found
}

/// At most `most` messages of a corpus, such as `household/spam`; `None`, with a message, where the corpora are absent.
pub(crate) fn corpus(name: &str, most: usize) -> Option<Vec<Mail>> {
    let set = name.split('/').next().unwrap_or(name);
    let archive = root().join("../shared/corpora").join(format!("{set}.tar.xz"));
    if !archive.exists() {
        eprintln!("skipped: corpus {set} is not beside the checkout ({})", archive.display());
        return None;
    }
    let unpacked = tempfile::tempdir().expect("a temporary directory");
    let mut tar = Command::new("tar");
    tar.arg("-xJf").arg(&archive).arg("-C").arg(unpacked.path()).arg(name);
    assert!(tar.status().is_ok_and(|status| status.success()), "tar could not unpack {name}");
    let found = folder(&unpacked.path().join(name), most);
    assert!(!found.is_empty(), "{name} is empty");
    Some(found)
}

/// The messages of a folder, evenly spread over it when there are more than `most`.
fn folder(path: &Path, most: usize) -> Vec<Mail> {
    let entries = std::fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a directory entry").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "eml"));
    files.sort();
    let step = files.len().div_ceil(most.min(files.len()).max(1)).max(1);
    let read = |file: &PathBuf| Mail::new(&std::fs::read(file).expect("a readable sample"));
    files.iter().step_by(step).map(read).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
