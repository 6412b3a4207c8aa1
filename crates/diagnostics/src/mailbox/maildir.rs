//! A Maildir: `new` and `cur`, the header of each message.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// How much of a message is read: a header is no longer.
const HEADER: u64 = 32 * 1024;
/// More messages of one folder are not looked at, latest names first: they begin with the time of delivery.
const MOST: usize = 2000;

/// Whether a message with that Message-ID is there.
pub(super) async fn holds(folder: PathBuf, id: String) -> Result<bool, String> {
    let looked = tokio::task::spawn_blocking(move || {
        let found = ["new", "cur"].iter().map(|part| in_folder(&folder.join(part), &id));
        let found: io::Result<Vec<bool>> = found.collect();
        found.map(|found| found.contains(&true)).map_err(|error| format!("{}: {error}", folder.display()))
    });
    looked.await.unwrap_or_else(|error| Err(error.to_string()))
}

fn in_folder(folder: &Path, id: &str) -> io::Result<bool> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect();
    paths.sort_unstable_by(|a, b| b.cmp(a));
    // A message may be moved from new to cur while we look: the next look finds it.
    Ok(paths.iter().take(MOST).any(|path| has_id(path, id).unwrap_or(false)))
}

fn has_id(path: &Path, id: &str) -> io::Result<bool> {
    let mut text = Vec::new();
    File::open(path)?.take(HEADER).read_to_end(&mut text)?;
    let text = String::from_utf8_lossy(&text);
    let mut header = text.lines().take_while(|line| !line.is_empty());
    Ok(header.any(|line| line.split_once(':').is_some_and(|(name, value)| is_it(name, value, id))))
}

fn is_it(name: &str, value: &str, id: &str) -> bool {
    name.eq_ignore_ascii_case("message-id") && value.trim() == id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_header_alone_counts() {
        let maildir = tempfile::tempdir().unwrap();
        for part in ["new", "cur"] {
            fs::create_dir(maildir.path().join(part)).unwrap();
        }
        let find = || holds(maildir.path().to_owned(), "<1@shop.example>".into());
        fs::write(maildir.path().join("new/1.a"), "Subject: x\n\nMessage-ID: <1@shop.example>\n").unwrap();
        assert_eq!(find().await, Ok(false));
        fs::write(maildir.path().join("cur/2.b:2,S"), "Message-Id: <1@shop.example>\r\n\r\nx").unwrap();
        assert_eq!(find().await, Ok(true));
        let missing = holds(maildir.path().join("none"), "<1@shop.example>".into()).await.unwrap_err();
        assert!(missing.contains("none"), "{missing}");
    }
}
