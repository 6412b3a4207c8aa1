//! What is written: templates of this folder, and real mail where a folder of it is named.

use std::path::Path;

use model::Timestamp;

use super::compose::{Head, date, fields};
use super::forms::leads_anywhere;
use super::rng::Rng;

/// The texts that senders draw from.
#[derive(Debug)]
pub(crate) struct Material {
    /// What thieves send.
    pub(crate) spam: Vec<Spam>,
    /// Real letters for ordinary senders, by set; empty: they write from `words.rs`.
    pub(crate) ham: Vec<Vec<Vec<u8>>>,
    /// The longest list that a newsletter goes to; the shortest is a quarter.
    pub(crate) subscribers: u64,
}

/// The collection of mail servers' reports: nobody sends those from his account.
const REPORTS: &str = "bounces";
/// The real letters are dealt out to so many accounts, those of a small collection to the first of them only.
const SHARES: usize = 199;
/// Nobody has fewer different letters.
const SHARE: usize = 10;
/// Tens of thousands.
const SUBSCRIBERS: u64 = 20_000;

/// One text of a thief.
#[derive(Debug)]
pub(crate) enum Spam {
    /// With `{this|that}` and `%placeholders%`.
    Template(&'static str),
    /// A message as somebody received it.
    Real(Vec<u8>),
}

macro_rules! templates {
    ($($name:literal),* $(,)?) => { [$(include_str!(concat!("../spam/", $name, ".eml"))),*] };
}

const TEMPLATES: [&str; 14] = templates!(
    "advance-fee-en",
    "coin-de",
    "document-share",
    "extortion-en",
    "invoice-attachment",
    "job-es",
    "link-only",
    "loan-fr",
    "mailbox-full-en",
    "parcel-de",
    "pharma-en",
    "picture",
    "seo-en",
    "tax-fr",
);

impl Material {
    /// Our own templates.
    pub(crate) fn own() -> Self {
        Self { spam: TEMPLATES.into_iter().map(Spam::Template).collect(), ham: Vec::new(), subscribers: SUBSCRIBERS }
    }

    /// Every `<set>/spam/*` and `<set>/ham/*` below a folder, in the order of their names.
    pub(crate) fn real(folder: &Path) -> std::io::Result<Self> {
        let mut found = Self { spam: Vec::new(), ham: Vec::new(), subscribers: SUBSCRIBERS };
        for set in sorted(folder)? {
            for file in sorted(&set.join("spam")).unwrap_or_default() {
                found.spam.push(Spam::Real(std::fs::read(file)?));
            }
            if set.ends_with(REPORTS) {
                continue;
            }
            let ham = sorted(&set.join("ham")).unwrap_or_default();
            let letters: Vec<_> = ham.into_iter().map(std::fs::read).collect::<Result<_, _>>()?;
            if !letters.is_empty() {
                found.ham.push(letters);
            }
        }
        Ok(found)
    }

    /// The first text from that one on that says how to get to its author.
    pub(crate) fn leading(&self, text: usize) -> usize {
        let count = self.spam.len().max(1);
        let leads = |index: &usize| {
            let spam = self.spam.get(index % count);
            spam.is_some_and(|spam| {
                leads_anywhere(&spam.write("a@host.example", "b@recipient.example", Timestamp::default(), 1))
            })
        };
        (text..text + count).find(leads).unwrap_or(text)
    }

    /// A real letter: each account has its own, so that nobody seems to send what another has sent.
    pub(crate) fn letter(&self, account: usize, rng: &mut Rng) -> &[u8] {
        let first = account % SHARES;
        let shares = |set: &Vec<Vec<u8>>| (set.len() / SHARE).clamp(1, SHARES);
        let small = self.ham.iter().find(|set| (first + 1..SHARES).contains(&shares(set)));
        let set = small.unwrap_or_else(|| rng.pick(&self.ham));
        let share: Vec<&Vec<u8>> = set.iter().skip(first % shares(set)).step_by(shares(set)).collect();
        let letter: &&Vec<u8> = rng.pick(&share);
        letter
    }
}

impl Spam {
    /// The message as a thief sends it from an account. The same `spin` gives the same words.
    pub(crate) fn write(&self, from: &str, to: &str, at: Timestamp, spin: u64) -> Vec<u8> {
        match self {
            Self::Template(template) => from_template(template, from, to, at, spin),
            Self::Real(raw) => readdressed(raw, None, to, at, spin),
        }
    }
}

fn from_template(template: &str, from: &str, to: &str, at: Timestamp, spin: u64) -> Vec<u8> {
    let text = spun(template, &mut Rng::new(spin)).replace("%to%", to).replace('\n', "\r\n");
    let (name, text) = match text.strip_prefix("Name: ").and_then(|rest| rest.split_once("\r\n")) {
        Some((name, rest)) => (name, rest),
        None => ("", text.as_str()),
    };
    let (subject, rest) = text.split_once("\r\n").unwrap_or((text, ""));
    let subject = subject.strip_prefix("Subject: ").unwrap_or(subject);
    let head = Head { name, from, to, more: "", at, id: spin };
    format!("{}MIME-Version: 1.0\r\n{rest}", fields(&head, subject)).into_bytes()
}

/// A real message under a date of today and an id of its own; under another From when one is given.
pub(crate) fn readdressed(raw: &[u8], from: Option<&str>, to: &str, at: Timestamp, id: u64) -> Vec<u8> {
    let split = raw.windows(2).position(|pair| pair == b"\n\n").map(|at| at + 1);
    let split = split.or_else(|| raw.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 2));
    let (head, body) = raw.split_at(split.unwrap_or(raw.len()));
    let mut kept = Vec::new();
    let mut keeps = true;
    for line in head.split_inclusive(|byte| *byte == b'\n') {
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            keeps = !replaced(line, from.is_some());
        }
        if keeps {
            kept.extend_from_slice(line);
        }
    }
    let author = from.map(|from| format!("From: {from}\r\n")).unwrap_or_default();
    let host = from.and_then(|from| from.rsplit('@').next()).unwrap_or("host.example");
    let ours = format!("{author}To: {to}\r\nDate: {}\r\nMessage-ID: <{id:x}.{}@{host}>\r\n", date(at), at.0);
    [ours.as_bytes(), &kept, body].concat()
}

fn replaced(line: &[u8], from_too: bool) -> bool {
    let name = line.split(|byte| *byte == b':').next().unwrap_or(line).to_ascii_lowercase();
    let ours: &[&[u8]] = &[b"to", b"date", b"message-id", b"received", b"return-path", b"delivered-to"];
    ours.contains(&name.as_slice()) || from_too && (name == b"from" || name == b"reply-to")
}

/// `{a|b}` becomes one of them; `%n%` and `%word%` are the same throughout a message.
fn spun(template: &str, rng: &mut Rng) -> String {
    const WORDS: [&str; 8] = ["secure", "online", "service", "cloud", "info", "portal", "center", "access"];
    let (number, word) = (rng.between(10_000, 99_999).to_string(), rng.word(&WORDS));
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, choice, after)) = next_choice(rest) {
        out.push_str(before);
        out.push_str(rng.word(&choice.split('|').collect::<Vec<_>>()));
        rest = after;
    }
    out.push_str(rest);
    out.replace("%n%", &number).replace("%word%", word)
}

fn next_choice(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (choice, after) = rest.split_once('}')?;
    Some((before, choice, after))
}

fn sorted(folder: &Path) -> std::io::Result<Vec<std::path::PathBuf>> {
    let mut entries: Vec<_> = std::fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    entries.sort();
    Ok(entries)
}
