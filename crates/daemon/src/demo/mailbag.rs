//! What the demo's senders write: own samples, or the messages of a folder or mbox that a person names.

use std::path::Path;

use anyhow::{Context, bail};

/// Messages larger than this are left out; the demo is about counting, not about size.
const LARGEST: u64 = 1 << 20;
/// So many are enough.
const MOST: usize = 2000;

macro_rules! samples {
    ($($path:literal),* $(,)?) => {
        &[$(include_bytes!(concat!("../../../../tests/mail/", $path))),*]
    };
}

pub(super) const HAM: &[&[u8]] = samples!(
    "ham/bounce.eml",
    "ham/cron.eml",
    "ham/french.eml",
    "ham/german.eml",
    "ham/invite.eml",
    "ham/japanese.eml",
    "ham/newsletter.eml",
    "ham/password-reset.eml",
    "ham/patch.eml",
    "ham/person.eml",
    "ham/receipt.eml",
    "ham/reply.eml",
);
/// The first two count as spam and are not refused: some leaves before the block, as it does with real mail.
pub(super) const SPAM: &[&[u8]] = samples!(
    "spam/image-only.eml",
    "spam/html-attachment.eml",
    "spam/fake-invoice.eml",
    "spam/hidden-text.eml",
    "spam/advance-fee.eml",
    "spam/extortion.eml",
    "spam/look-alike.eml",
    "spam/phishing.eml",
);

/// The messages the stolen account sends.
pub(super) fn spam(from: Option<&Path>) -> anyhow::Result<Vec<Vec<u8>>> {
    let Some(path) = from else { return Ok(SPAM.iter().map(|raw| raw.to_vec()).collect()) };
    let mails = if path.is_dir() { folder(path)? } else { mbox(path)? };
    if mails.is_empty() {
        bail!("{} holds no message", path.display());
    }
    Ok(mails)
}

fn folder(path: &Path) -> anyhow::Result<Vec<Vec<u8>>> {
    let entries = std::fs::read_dir(path).with_context(|| format!("{} can't be read", path.display()))?;
    let mut files: Vec<_> =
        entries.filter_map(Result::ok).map(|entry| entry.path()).filter(|file| file.is_file()).collect();
    files.sort();
    let small = files.iter().filter(|file| file.metadata().is_ok_and(|about| about.len() <= LARGEST));
    let read =
        small.take(MOST).map(|file| std::fs::read(file).with_context(|| format!("{} can't be read", file.display())));
    read.collect()
}

/// An mbox: messages begin at lines "From " after an empty line (RFC 4155).
fn mbox(path: &Path) -> anyhow::Result<Vec<Vec<u8>>> {
    let raw = std::fs::read(path).with_context(|| format!("{} can't be read", path.display()))?;
    let text = String::from_utf8_lossy(&raw).replace("\r\n", "\n");
    let Some(first) = text.strip_prefix("From ") else { return Ok(vec![raw]) };
    let mails = first.split("\n\nFrom ").take(MOST);
    Ok(mails
        .filter_map(|mail| mail.split_once('\n'))
        .map(|(_, mail)| mail.replace("\n>From ", "\nFrom ").into_bytes())
        .collect())
}
