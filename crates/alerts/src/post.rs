//! The settings of alerts, parsed: what a letter and its delivery need.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use customers::ticket::{Addressee, ReplyBox, Whom};
use customers::{Address, Customer, CustomerSettings, Directory, Language, LiveDirectory, Said, is_host};
use limits::{AlertJob, LetterKind};
use minijinja::Value;
use model::{Block, BlockRef, SubjectKey, Timestamp};

use crate::crowd::{Patience, Reader};
use crate::links::Links;
use crate::settings::{AlertSettings, Digest, Tls};
use crate::templates::{Notice, Templates, Words};

/// So long after it was asked in vain the directory's word on a block that has begun long ago is looked for again.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// Who writes to whom, how, through which relay.
#[derive(Debug, Clone)]
pub struct Post {
    pub(crate) enabled: bool,
    pub(crate) relay: RelayAddr,
    pub(crate) tls: Tls,
    pub(crate) helo: String,
    pub(crate) from: Address,
    pub(crate) operators: Vec<Address>,
    pub(crate) notify_account: bool,
    /// Whether a blocked account's own mailbox gets the way out, too.
    trust_account: bool,
    pub(crate) notify_customers: bool,
    /// Whether customers are written to in tickets of theirs, in monitor mode too.
    correspond: bool,
    /// Whether nothing is refused, so that customers aren't told that it is.
    pub(crate) monitor: bool,
    /// How long an owner's letter waits until it is known who he is.
    wait_for_owner: Duration,
    /// Whether customers are told that a block is over.
    pub(crate) released: bool,
    /// How often a customer is reminded, and how many times.
    pub(crate) reminders: (Duration, u32),
    /// How often operators get a digest, in which language.
    pub(crate) digest: (Digest, Language),
    customer_patience: Patience,
    operator_patience: Patience,
    pub(crate) timeout: Duration,
    pub(crate) give_up_after: Duration,
    pub(crate) node: String,
    link: String,
    directory: LiveDirectory,
    templates: Arc<Templates>,
    /// Where replies and bounces are taken.
    replies: Option<Arc<ReplyBox>>,
    /// Where customers have pages of their own.
    links: Option<Links>,
    /// How long blocks last, by their step; empty where that isn't told.
    ladder: Vec<Duration>,
}

/// The relay's name or address, without brackets, and its port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RelayAddr {
    pub(crate) host: String,
    pub(crate) port: u16,
}

/// Options with what is wrong with them.
type Mistakes = Vec<(String, String)>;

impl Post {
    /// The settings of the node of that name. `{ref}` in `link` stands for a block's reference.
    ///
    /// # Errors
    /// Every option that can't be used, as `alerts.key` with a sentence.
    pub fn new(settings: &AlertSettings, node: &str, link: &str) -> Result<Self, Mistakes> {
        let mut mistakes = Mistakes::new();
        let mut note = |option: &str, sentence: String| mistakes.push((format!("alerts.{option}"), sentence));
        let relay = RelayAddr::parse(&settings.relay);
        if relay.is_none() {
            note("relay", format!("expected \"host:port\", found \"{}\"", settings.relay));
        }
        let helo = settings.helo.clone().unwrap_or_else(|| host_of(node));
        if !is_host(&helo) {
            note("helo", format!("expected a host name, found \"{helo}\""));
        }
        let from = settings.from.clone().unwrap_or_else(|| format!("portreeve@{}", host_of(node)));
        let sender = Address::parse(&from);
        if sender.is_none() {
            note("from", format!("expected a mail address like \"abuse@provider.example\", found \"{from}\""));
        }
        let operators: Vec<_> = settings.to.iter().filter_map(|text| Address::parse(text)).collect();
        for text in settings.to.iter().filter(|text| Address::parse(text).is_none()) {
            note("to", format!("expected mail addresses or \"postmaster\", found \"{text}\""));
        }
        if settings.enabled && settings.to.is_empty() {
            note("to", "nobody would be told of a blocked IP address: name an address, or set enabled = false".into());
        }
        let templates = templates(settings.templates.as_deref());
        for mistake in templates.as_ref().err().into_iter().flatten() {
            note("templates", mistake.clone());
        }
        match (relay, sender, templates) {
            (Some(relay), Some(from), Ok(templates)) if mistakes.is_empty() => Ok(Self {
                enabled: settings.enabled,
                relay,
                tls: settings.tls,
                helo,
                from,
                operators,
                notify_account: settings.notify_account,
                trust_account: settings.trust_account,
                notify_customers: settings.notify_customers,
                correspond: settings.notify_customers,
                monitor: false,
                wait_for_owner: settings.wait_for_owner,
                released: settings.released,
                reminders: (settings.reminder_interval, settings.reminders),
                digest: (settings.digest, settings.digest_language),
                customer_patience: patience(settings.customer_letters, settings.collect_within),
                operator_patience: patience(settings.operator_letters, settings.collect_within),
                timeout: settings.timeout,
                give_up_after: settings.give_up_after,
                node: node.to_owned(),
                link: link.to_owned(),
                directory: Arc::new(Directory::nobody(&CustomerSettings::default())).into(),
                templates: Arc::new(templates),
                replies: None,
                links: None,
                ladder: Vec::new(),
            }),
            _ => Err(mistakes),
        }
    }

    /// The same, with customers who are told of what is theirs.
    #[must_use]
    pub fn with_customers(self, directory: impl Into<LiveDirectory>) -> Self {
        Self { directory: directory.into(), ..self }
    }

    /// The same where replies to tickets are taken: letters of a ticket are answered to an address of this mailbox.
    #[must_use]
    pub fn with_replies(self, replies: Option<Arc<ReplyBox>>) -> Self {
        Self { replies, ..self }
    }

    /// The same where customers have pages of their own: `make` signs the link that stands in the letters about a block.
    #[must_use]
    pub fn with_links(self, make: impl Fn(&BlockRef) -> Option<String> + Send + Sync + 'static) -> Self {
        Self { links: Some(Links::new(make)), ..self }
    }

    /// The same where letters tell how long the next block would be.
    #[must_use]
    pub fn with_ladder(self, ladder: Vec<Duration>) -> Self {
        Self { ladder, ..self }
    }

    /// How long the next block of the same subject would be.
    pub(crate) fn next_length(&self, block: &Block) -> Option<Duration> {
        limits::next_length(&self.ladder, block.strike)
    }

    /// Where a ticket is answered; `None` where no replies are taken.
    pub(crate) fn reply_address(&self, ticket: u64) -> Option<Address> {
        self.replies.as_ref()?.address_of(&Addressee::Ticket(ticket))
    }

    /// Where a flagged message of a block without a ticket is reported as no spam; `None` where no replies are taken.
    pub(crate) fn report_address(&self, block: &BlockRef) -> Option<Address> {
        self.replies.as_ref()?.address_of(&Addressee::Report(block.clone()))
    }

    /// The reverse path of a letter: an address of its own where bounces are taken.
    pub(crate) fn reverse_path(&self, letter: &AlertJob) -> Address {
        let own = Addressee::Letter(letter.about.clone(), letter.number);
        self.replies.as_ref().and_then(|replies| replies.address_of(&own)).unwrap_or_else(|| self.from.clone())
    }

    /// The same in monitor mode: nobody is blocked, so customers aren't told that they are; operators are.
    #[must_use]
    pub fn in_monitor_mode(self) -> Self {
        Self { monitor: true, ..self }
    }

    /// Whether nobody was refused because of a block: then customers learn nothing of it, not even its end.
    pub(crate) fn is_noted(&self, block: &Block) -> bool {
        self.monitor || block.reason.monitored
    }

    /// What stands before a subject line about these blocks.
    pub(crate) fn subject_prefix(&self, noted: bool) -> &'static str {
        if self.monitor || noted { "[monitor mode: nothing is refused] " } else { "" }
    }

    /// A letter's words. When an operator's template fails, the built-in one stands in, and the mistake is told.
    pub(crate) fn words(&self, notice: Notice, language: Language, facts: &Value) -> (Words, Option<String>) {
        match self.templates.write(notice, language, facts) {
            Ok(words) => (words, None),
            Err(mistake) => {
                let plain = Templates::embedded().write(notice, language, facts);
                let nothing = Words { subject: notice.to_string(), text: self.node.clone(), html: String::new() };
                (plain.unwrap_or(nothing), Some(mistake))
            }
        }
    }

    /// A letter about a block that never was.
    pub(crate) fn preview(&self, notice: Notice, language: Language) -> Result<Words, String> {
        self.templates.preview(notice, language)
    }

    /// How many letters a reader is sent singly.
    pub(crate) fn patience(&self, reader: &Reader) -> Patience {
        match reader {
            Reader::Operators => self.operator_patience,
            Reader::Customer(_) => self.customer_patience,
        }
    }

    /// What is owed is told this long after it could have been.
    pub(crate) fn collect_within(&self) -> Duration {
        self.customer_patience.within
    }

    /// Those of whoever owns what is blocked; not the blocked account's own mailbox, unless that is trusted.
    pub(crate) fn contacts(&self, block: &Block) -> Vec<Address> {
        if !self.notify_customers || self.is_noted(block) {
            return Vec::new();
        }
        let locked = if self.trust_account { Vec::new() } else { mailbox(&block.subject) };
        self.owner(block).contacts.iter().filter(|contact| !locked.contains(contact)).cloned().collect()
    }

    /// Whose a ticket is.
    pub(crate) fn owner_of(&self, whom: &Whom) -> Arc<Customer> {
        whom.owner(&self.directory.load())
    }

    /// Who is written to in a ticket that no block has opened: the customer, or the account itself where nobody else is known.
    pub(crate) fn correspondents(&self, whom: &Whom) -> Vec<Address> {
        if !self.correspond {
            return Vec::new();
        }
        let contacts = self.owner_of(whom).contacts.clone();
        if contacts.is_empty() { whom.subject().map(mailbox).unwrap_or_default() } else { contacts }
    }

    /// The customer that nobody knows.
    pub(crate) fn nobody(&self) -> Arc<Customer> {
        self.directory.load().unknown()
    }

    /// Who owns what is blocked.
    pub(crate) fn owner(&self, block: &Block) -> Arc<Customer> {
        self.directory.owner(&block.subject)
    }

    /// Until when a letter waits for whoever owns what is blocked; `None` when it does not. The adoption of a block calls it
    /// earlier. After a restart, when what the directory has said is to be asked anew, it looks again soon.
    pub(crate) fn held(&self, block: &Block, job: &AlertJob, now: Timestamp) -> Option<Timestamp> {
        let until = job.created.after(self.wait_for_owner);
        let called = block.awaits_owner() && job.kind == LetterKind::Blocked;
        let silent = called || self.directory.load().said(&block.subject) == Said::Nothing;
        let again = if called { until } else { until.min(now.after(ASK_AGAIN)) };
        (silent && now < until).then_some(again)
    }

    /// The blocked account's own address, where its login is one and is written to: with the way out, or with a notice only.
    pub(crate) fn account(&self, block: &Block) -> (Vec<Address>, Vec<Address>) {
        match (self.notify_account && !self.is_noted(block), self.trust_account) {
            (false, _) => (Vec::new(), Vec::new()),
            (true, true) => (mailbox(&block.subject), Vec::new()),
            (true, false) => (Vec::new(), mailbox(&block.subject)),
        }
    }

    /// The link to one block.
    pub(crate) fn link_to(&self, reference: &BlockRef) -> String {
        let signed = self.links.as_ref().and_then(|links| links.to(reference));
        signed.unwrap_or_else(|| self.link.replace("{ref}", reference.as_str()))
    }
}

/// An account's own address, where its login is one.
fn mailbox(subject: &SubjectKey) -> Vec<Address> {
    let SubjectKey::Account(name) = subject else { return Vec::new() };
    Address::parse(name.as_str()).filter(|address| address.as_str().contains('@')).into_iter().collect()
}

fn patience(most: u32, within: Duration) -> Patience {
    Patience { most: usize::try_from(most).unwrap_or(usize::MAX), within }
}

fn templates(folder: Option<&Path>) -> Result<Templates, Vec<String>> {
    folder.map_or_else(|| Ok(Templates::embedded()), Templates::with_folder)
}

/// A node's name is any text; a host name must be one.
fn host_of(node: &str) -> String {
    if is_host(node) { node.to_owned() } else { "localhost".into() }
}

impl RelayAddr {
    fn parse(text: &str) -> Option<Self> {
        let (host, port) = text.rsplit_once(':')?;
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let port = port.parse().ok().filter(|port| *port != 0)?;
        let usable = is_host(bare) || bare.parse::<std::net::IpAddr>().is_ok();
        usable.then(|| Self { host: bare.to_owned(), port })
    }

    /// `host:port`, as it is dialled and shown.
    pub(crate) fn dialled(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::samples;

    #[test]
    fn every_mistake_is_told() {
        let settings = AlertSettings {
            relay: "mail".into(),
            helo: Some("a b".into()),
            from: Some("me".into()),
            to: vec!["you".into(), "abuse@provider.example".into()],
            ..AlertSettings::default()
        };
        let options: Vec<_> =
            Post::new(&settings, "n", "").unwrap_err().into_iter().map(|(option, _)| option).collect();
        assert_eq!(options, ["alerts.relay", "alerts.helo", "alerts.from", "alerts.to"]);
        let nobody = AlertSettings { to: Vec::new(), ..AlertSettings::default() };
        assert_eq!(Post::new(&nobody, "n", "").unwrap_err().len(), 1);
        assert!(Post::new(&AlertSettings { enabled: false, ..nobody }, "n", "").is_ok());
    }

    #[test]
    fn the_defaults_fit_any_node_name() {
        for (node, from) in [
            ("mx1.example", "portreeve@mx1.example"),
            ("the first", "portreeve@localhost"),
            ("", "portreeve@localhost"),
        ] {
            assert_eq!(Post::new(&AlertSettings::default(), node, "").unwrap().from.as_str(), from);
        }
    }

    #[test]
    fn relays_are_hosts_and_addresses() {
        let parsed = |text| RelayAddr::parse(text).map(|relay| relay.dialled());
        assert_eq!(parsed("192.0.2.1:25").as_deref(), Some("192.0.2.1:25"));
        assert_eq!(parsed("[2001:db8::1]:25").as_deref(), Some("[2001:db8::1]:25"));
        assert_eq!(parsed("mail.example:587").as_deref(), Some("mail.example:587"));
        for wrong in ["mail.example", ":25", "mail.example:0", "mail.example:x", "a b:25"] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_account_is_told_first_and_nobody_twice() {
        let settings = AlertSettings {
            to: vec!["abuse@provider.example".into(), "bob@shop.example".into()],
            trust_account: true,
            ..AlertSettings::default()
        };
        let post = Post::new(&settings, "n", "").unwrap();
        let told = |block: &Block| {
            let audience = crate::audience::Audience::of(&post, block, &limits::LetterKind::Blocked);
            audience.all().iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let mut block = samples::block("one", 1);
        assert_eq!(told(&block), ["bob@shop.example", "abuse@provider.example"]);
        block.subject = samples::account("postmaster");
        assert_eq!(told(&block), ["abuse@provider.example", "bob@shop.example"], "a login is no address by chance");
    }
}
