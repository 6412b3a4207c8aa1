//! Reads case files.

mod circumstances;

use std::path::Path as FilePath;
use std::sync::Arc;

use model::circumstances::{Asked, Listed, Listing, Opinion, Word};
use model::envelope::Path;
use model::{
    AccountName, Circumstances, ClientAddr, DomainName, Envelope, Features, Login, Message, Session, Submission,
    Timestamp, Via,
};
use scoring::Engine;
use scoring::classifier::Learned;

/// One message of a case file.
pub(crate) struct Case {
    /// Whether the signal must be seen.
    pub(crate) must_hit: bool,
    /// What the message is.
    pub(crate) what: String,
    /// What an operator called spam (true) or ham before.
    learned: Vec<(bool, String)>,
    submission: Submission,
    at: Timestamp,
    circumstances: Circumstances,
    from_allowed: Option<bool>,
}

/// The case files: signal name and content.
pub(crate) fn case_files() -> std::io::Result<Vec<(String, String)>> {
    let folder = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/signals");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "case") {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            files.push((name, std::fs::read_to_string(path)?));
        }
    }
    Ok(files)
}

impl Case {
    /// All messages of a file; `None` when one is not written as it should be.
    pub(crate) fn read_all(text: &str) -> Option<Vec<Self>> {
        text.split("=== ").skip(1).map(Self::read).collect()
    }

    /// What the features crate makes of it.
    pub(crate) fn features(&self) -> Features {
        let mut features = features::extract(&self.submission, self.at, &features::FeatureLimits::default());
        features.circumstances = self.circumstances.clone();
        features.sender.from_allowed = self.from_allowed;
        features
    }

    /// The layer of corrections after what the case says was learned, if anything.
    pub(crate) fn learned(&self, engine: &Engine) -> Option<Arc<Learned>> {
        let learned = Arc::new(Learned::default());
        for (is_spam, text) in &self.learned {
            let mut features = Features::default();
            features.text.plain = text.clone();
            let layer = learned.after(&engine.correction(&features, *is_spam)).ok()?;
            learned.restore(&layer).ok()?;
        }
        (!self.learned.is_empty()).then_some(learned)
    }

    fn read(block: &str) -> Option<Self> {
        let (title, rest) = block.split_once('\n')?;
        let (kind, what) = title.split_once(": ")?;
        let (options, message) = rest.split_once("---\n")?;
        let mut case = Self {
            must_hit: kind == "hit",
            what: what.to_owned(),
            learned: Vec::new(),
            submission: submission(message),
            at: Timestamp::from_secs(1_741_000_000),
            circumstances: Circumstances::default(),
            from_allowed: None,
        };
        options.lines().try_for_each(|line| case.apply(line.split_once(": ")?))?;
        Some(case)
    }

    fn apply(&mut self, (key, value): (&str, &str)) -> Option<()> {
        match key {
            "login" => {
                let account = AccountName::from_login(value)?;
                let session = Arc::make_mut(&mut self.submission.session);
                session.login = Some(Login { account, mechanism: "PLAIN".into() });
            }
            "mail-from" => self.submission.envelope.sender = Path::new(value),
            "rcpt" => self.submission.envelope.add_recipient(Path::new(value)),
            "client" => Arc::make_mut(&mut self.submission.session).client = Some(ClientAddr::parse(value)?),
            "helo" => Arc::make_mut(&mut self.submission.session).helo = value.to_owned(),
            "listed" => self.circumstances.dns.listings.push(listing(value)?),
            "no-domain" => {
                let (asked, domain) = value.split_once(' ')?;
                self.circumstances.dns.missing.push((Asked::from_word(asked)?, DomainName::new(domain)?));
            }
            "from-allowed" => self.from_allowed = Some(value == "yes"),
            "learned-spam" => self.learned.push((true, value.to_owned())),
            "learned-ham" => self.learned.push((false, value.to_owned())),
            "opinion" => self.circumstances.opinions.push(opinion(value)?),
            "at" => self.at = Timestamp::from_secs(value.parse().ok()?),
            _ => circumstances::apply(&mut self.circumstances, key, value)?,
        }
        Some(())
    }
}

/// `from bad 50 shop.example`: what is listed, as what, how much of the points it deserves, the entry.
fn listing(value: &str) -> Option<Listing> {
    let [asked, listed, percent, entry] = value.split(' ').collect::<Vec<_>>().try_into().ok()?;
    Some(Listing {
        asked: Asked::from_word(asked)?,
        entry: entry.to_owned(),
        listed: Listed::from_word(listed)?,
        zone: DomainName::new("list.example")?,
        says: "listed".into(),
        percent: percent.parse().ok()?,
    })
}

/// `clamav clean`, `clamav virus NAME` or `spamd 750 500 SYMBOL…`: the scanner and its word, figures in hundredths.
fn opinion(value: &str) -> Option<Opinion> {
    let mut words = value.split(' ');
    let scanner = ["clamav", "spamd", "rspamd"].into_iter().find(|name| words.clone().next() == Some(*name))?;
    let word = match (words.nth(1)?, words.next()) {
        ("clean", None) => Word::Clean,
        ("virus", Some(name)) => Word::virus(name),
        (score, Some(threshold)) => Word::Rated { score: score.parse().ok()?, threshold: threshold.parse().ok()? },
        _ => return None,
    };
    Some(Opinion { scanner, word, symbols: Opinion::bounded(words) })
}

/// As a mail server hands it in over a milter connection, with an ordinary envelope until the case says otherwise.
fn submission(message: &str) -> Submission {
    let raw = message.replace('\n', "\r\n").into_bytes();
    let envelope = Envelope { sender: Path::new("anna@shop.example"), ..Envelope::default() };
    Submission { session: Arc::new(Session::new(Via::Milter)), envelope, message: Message::whole(raw) }
}
