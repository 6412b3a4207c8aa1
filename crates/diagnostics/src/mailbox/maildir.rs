//! A Maildir: `new` and `cur`, the header of each message.
//!
//! Security: whoever can write into it may put anything there. Only plain files are opened, never what a link points to, and never
//! so that the opening waits for somebody.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

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
    // A message may be moved from new to cur while we look: the next look finds it.
    Ok(latest(folder)?.iter().any(|Reverse(path)| has_id(path, id).unwrap_or(false)))
}

/// The latest names, in no order.
fn latest(folder: &Path) -> io::Result<BinaryHeap<Reverse<PathBuf>>> {
    let mut latest = BinaryHeap::new();
    for entry in fs::read_dir(folder)?.flatten() {
        latest.push(Reverse(entry.path()));
        if latest.len() > MOST {
            latest.pop();
        }
    }
    Ok(latest)
}

fn has_id(path: &Path, id: &str) -> io::Result<bool> {
    let mut text = Vec::new();
    plain(path)?.take(HEADER).read_to_end(&mut text)?;
    let text = String::from_utf8_lossy(&text).replace("\r\n", "\n").replace("\n ", " ").replace("\n\t", " ");
    let mut header = text.lines().take_while(|line| !line.is_empty());
    Ok(header.any(|line| line.split_once(':').is_some_and(|(name, value)| is_it(name, value, id))))
}

/// Opens a plain file. A pipe that nobody writes to would hold its thread for ever.
fn plain(path: &Path) -> io::Result<File> {
    let how = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, how, Mode::empty())?);
    if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::InvalidInput.into()) }
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

    /// A Maildir with nothing in it.
    fn maildir() -> tempfile::TempDir {
        let maildir = tempfile::tempdir().unwrap();
        ["new", "cur"].iter().for_each(|part| fs::create_dir(maildir.path().join(part)).unwrap());
        maildir
    }

    async fn finds(maildir: &tempfile::TempDir) -> Result<bool, String> {
        holds(maildir.path().to_owned(), "<1@shop.example>".into()).await
    }

    #[tokio::test]
    async fn what_is_no_plain_file_is_passed_over_and_nobody_waits() {
        let (maildir, outside) = (maildir(), tempfile::tempdir().unwrap());
        let new = maildir.path().join("new");
        let secret = outside.path().join("secret");
        fs::write(&secret, "Message-ID: <1@shop.example>\n\n").unwrap();
        std::os::unix::fs::symlink(&secret, new.join("9.link")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", new.join("9.endless")).unwrap();
        std::os::unix::fs::symlink(new.join("9.circle"), new.join("9.circle")).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, new.join("9.pipe"), Mode::RWXU).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(new.join("9.socket")).unwrap();
        fs::create_dir(new.join("9.folder")).unwrap();
        assert_eq!(finds(&maildir).await, Ok(false));
        fs::write(new.join("1.a"), "Message-ID: <1@shop.example>\n\n").unwrap();
        assert_eq!(finds(&maildir).await, Ok(true), "and the rest is looked at");
    }

    #[tokio::test]
    async fn a_huge_message_costs_its_header() {
        let maildir = maildir();
        let file = File::create(maildir.path().join("new/1.huge")).unwrap();
        file.set_len(1 << 40).unwrap();
        assert_eq!(finds(&maildir).await, Ok(false));
        let long = format!("X: {}\nMessage-ID: <1@shop.example>\n\n", "x".repeat(40_000));
        fs::write(maildir.path().join("new/2.long"), long).unwrap();
        assert_eq!(finds(&maildir).await, Ok(false), "it stands beyond what is read");
    }

    #[tokio::test]
    async fn of_very_many_messages_the_latest_are_looked_at() {
        let maildir = maildir();
        fs::write(maildir.path().join("new/0.old"), "Message-ID: <1@shop.example>\n\n").unwrap();
        (0..MOST).for_each(|number| fs::write(maildir.path().join(format!("new/1.{number}")), "X: y\n\n").unwrap());
        assert_eq!(finds(&maildir).await, Ok(false));
        fs::write(maildir.path().join("new/2.late"), "Message-ID:\r\n <1@shop.example>\r\n\r\n").unwrap();
        assert_eq!(finds(&maildir).await, Ok(true), "folded or not");
    }

    #[tokio::test]
    async fn a_folder_that_is_none_is_told() {
        let maildir = maildir();
        fs::remove_dir(maildir.path().join("cur")).unwrap();
        fs::write(maildir.path().join("cur"), "").unwrap();
        assert!(finds(&maildir).await.is_err());
    }
}
