//! Searches as people and programs write them. Every mistake is told, not the first alone.

use std::net::IpAddr;

use customers::Directory;
use ipnet::IpNet;
use limits::{
    BlockFilter, BlockPosition, EvidenceFilter, EvidencePosition, Holdings, MAX_PAGE, Order, PageAsk, Wanted,
};
use model::{BlockRef, BlockState, MessageId, SubjectKey, SubjectKind, Timestamp};
use serde::{Deserialize, Serialize};

/// A search that can't be understood: every mistake, as a field and a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", sentences(.0))]
pub struct Misasked(pub Vec<(&'static str, String)>);

fn sentences(mistakes: &[(&'static str, String)]) -> String {
    let told: Vec<_> = mistakes.iter().map(|(field, sentence)| format!("{field}: {sentence}")).collect();
    told.join("; ")
}

/// Which blocks. What is left out fits everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BlockAsk {
    /// "blockedForSpam", "unblocking" or "unblocked".
    pub state: Option<String>,
    /// "account", "ip" or "domain".
    pub kind: Option<String>,
    /// An account, an address or a domain; a network such as 192.0.2.0/24; or the beginning of a name and "*".
    pub subject: Option<String>,
    /// A customer's service: what he owns now.
    pub customer: Option<String>,
    /// Begun then or later: RFC 3339, or a day.
    pub since: Option<String>,
    /// Begun before.
    pub until: Option<String>,
    /// The name of the trip rule.
    pub rule: Option<String>,
    /// At this step of the ladder or a higher one.
    pub strike: Option<u32>,
    /// What an earlier page told as `next`.
    pub after: Option<String>,
    /// At most so many, 1 to 1000; 100 when it is left out.
    pub limit: Option<usize>,
    /// Oldest first instead of latest first.
    pub oldest: bool,
}

/// Which flagged messages. What is left out fits everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EvidenceAsk {
    /// The reference of a block.
    pub block: Option<String>,
    /// An account, an address or a domain that was blocked.
    pub subject: Option<String>,
    /// A customer's service: what he owns now.
    pub customer: Option<String>,
    /// Judged then or later: RFC 3339, or a day.
    pub since: Option<String>,
    /// Judged before.
    pub until: Option<String>,
    /// The Message-ID, with or without its angle brackets.
    pub message_id: Option<String>,
    /// The address that it was going to.
    pub destination: Option<String>,
    /// With this score or a higher one.
    pub score: Option<i32>,
    /// What an earlier page told as `next`.
    pub after: Option<String>,
    /// At most so many, 1 to 1000; 100 when it is left out.
    pub limit: Option<usize>,
    /// Oldest first instead of latest first.
    pub oldest: bool,
}

impl BlockAsk {
    /// What is to be found, and which page of it.
    ///
    /// # Errors
    /// Every mistake.
    pub fn read(&self, directory: &Directory) -> Result<(BlockFilter, PageAsk<BlockPosition>), Misasked> {
        let mut reader = Reader::default();
        let kind = reader.field("kind", &self.kind, SubjectKind::from_word, "expected account, ip or domain");
        let (subject, network) = reader.subject(self.subject.as_deref(), kind);
        let owned = reader.holdings(self.customer.as_deref(), directory);
        let filter = BlockFilter {
            state: reader.field("state", &self.state, state, "expected blockedForSpam, unblocking or unblocked"),
            kind,
            subject,
            within: both(owned, network),
            since: reader.time("since", &self.since),
            until: reader.time("until", &self.until),
            rule: reader.field("rule", &self.rule, name, "expected a rule's name"),
            strike: self.strike,
        };
        let after = reader.field("after", &self.after, BlockPosition::parse, "expected what a page told as next");
        let page = reader.page(after, self.limit, self.oldest);
        reader.done((filter, page))
    }
}

impl EvidenceAsk {
    /// What is to be found, and which page of it.
    ///
    /// # Errors
    /// Every mistake.
    pub fn read(&self, directory: &Directory) -> Result<(EvidenceFilter, PageAsk<EvidencePosition>), Misasked> {
        let mut reader = Reader::default();
        let owned = reader.holdings(self.customer.as_deref(), directory);
        let (subject, network) = reader.subject(self.subject.as_deref(), None);
        let subject = subject.and_then(|wanted| match wanted {
            Wanted::Exactly(subject) => Some(subject),
            Wanted::Beginning(_) => reader.wrong("subject", "expected a whole name or a network"),
        });
        let filter = EvidenceFilter {
            block: reader.field("block", &self.block, BlockRef::new, "expected a block's reference"),
            subject,
            within: both(owned, network),
            since: reader.time("since", &self.since),
            until: reader.time("until", &self.until),
            message_id: reader.field("message_id", &self.message_id, message_id, "expected a Message-ID"),
            destination: reader.field("destination", &self.destination, address, "expected an IP address"),
            score: self.score,
        };
        let after = reader.field("after", &self.after, EvidencePosition::parse, "expected what a page told as next");
        let page = reader.page(after, self.limit, self.oldest);
        reader.done((filter, page))
    }
}

/// An address is told by its shape, an account by its `@`; anything else is a domain.
pub fn subject_of(name: &str) -> Option<SubjectKey> {
    let kinds = [SubjectKind::Ip, if name.contains('@') { SubjectKind::Account } else { SubjectKind::Domain }];
    kinds.into_iter().find_map(|kind| SubjectKey::parse(kind, name))
}

/// No name of anything is longer.
const MAX_NAME: usize = 320;

fn name(text: &str) -> Option<String> {
    (1..=MAX_NAME).contains(&text.chars().count()).then(|| text.to_owned())
}

fn state(word: &str) -> Option<BlockState> {
    let all = [BlockState::BlockedForSpam, BlockState::Unblocking, BlockState::Unblocked];
    all.into_iter().find(|state| state.as_str() == word)
}

/// A Message-ID, with or without its angle brackets.
pub fn message_id(text: &str) -> Option<MessageId> {
    let bare = text.trim().trim_start_matches('<').trim_end_matches('>');
    if bare.is_empty() || bare.contains(char::is_control) { None } else { MessageId::new(&format!("<{bare}>")) }
}

fn address(text: &str) -> Option<IpAddr> {
    text.trim().parse().ok()
}

/// A moment as RFC 3339 writes it, or the beginning of a day.
pub fn moment(text: &str) -> Option<Timestamp> {
    // A space stands for a "+" that was not encoded.
    let text = text.trim().replace(' ', "+");
    Timestamp::parse(&text).or_else(|| Timestamp::parse(&format!("{text}T00:00:00Z")))
}

fn both(one: Option<Holdings>, other: Option<Holdings>) -> Option<Holdings> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.common(&other)),
        (one, other) => one.or(other),
    }
}

/// Reads fields and notes what is wrong with them.
#[derive(Default)]
struct Reader(Vec<(&'static str, String)>);

impl Reader {
    fn field<T>(
        &mut self,
        name: &'static str,
        text: &Option<String>,
        read: impl Fn(&str) -> Option<T>,
        expected: &str,
    ) -> Option<T> {
        let text = text.as_deref()?;
        read(text).or_else(|| self.wrong(name, expected))
    }

    fn wrong<T>(&mut self, name: &'static str, sentence: &str) -> Option<T> {
        self.0.push((name, sentence.to_owned()));
        None
    }

    fn time(&mut self, name: &'static str, text: &Option<String>) -> Option<Timestamp> {
        self.field(name, text, moment, "expected a time like 2026-11-25T18:00:00Z, or a day like 2026-11-25")
    }

    /// A name, the beginning of one, or a network.
    fn subject(&mut self, text: Option<&str>, kind: Option<SubjectKind>) -> (Option<Wanted>, Option<Holdings>) {
        let Some(text) = text.map(str::trim) else { return (None, None) };
        if let Some(beginning) = text.strip_suffix('*') {
            return (Some(Wanted::Beginning(beginning.to_lowercase())), None);
        }
        if let Ok(net) = text.parse::<IpNet>() {
            return (None, Some(Holdings::network(net.trunc())));
        }
        let subject = match kind {
            Some(kind) => SubjectKey::parse(kind, text),
            None => subject_of(text),
        };
        let expected = "expected an account, an IP address, a network, a domain, or a beginning and *";
        (subject.map(Wanted::Exactly).or_else(|| self.wrong("subject", expected)), None)
    }

    fn holdings(&mut self, service: Option<&str>, directory: &Directory) -> Option<Holdings> {
        let service = service?;
        directory.holdings(service).or_else(|| self.wrong("customer", "no customer has a service of that name"))
    }

    fn page<P>(&mut self, after: Option<P>, limit: Option<usize>, oldest: bool) -> PageAsk<P> {
        let limit = limit.unwrap_or(100);
        if !(1..=MAX_PAGE).contains(&limit) {
            self.0.push(("limit", format!("expected 1 to {MAX_PAGE}, found {limit}")));
        }
        PageAsk { after, limit, order: if oldest { Order::Oldest } else { Order::Latest } }
    }

    fn done<T>(self, value: T) -> Result<T, Misasked> {
        if self.0.is_empty() { Ok(value) } else { Err(Misasked(self.0)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nobody() -> Directory {
        Directory::nobody(&customers::CustomerSettings::default())
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn every_mistake_of_a_search_is_told() {
        let ask = BlockAsk {
            state: some("blocked"),
            kind: some("host"),
            subject: some("no such name"),
            customer: some("shop"),
            since: some("yesterday"),
            until: some(""),
            after: some("page 2"),
            limit: Some(0),
            ..BlockAsk::default()
        };
        let Err(Misasked(mistakes)) = ask.read(&nobody()) else { panic!("it was understood") };
        let fields: Vec<_> = mistakes.iter().map(|(field, _)| *field).collect();
        assert_eq!(fields, ["kind", "subject", "customer", "state", "since", "until", "after", "limit"]);
    }

    #[test]
    fn a_subject_is_a_name_a_beginning_or_a_network() {
        let read = |text: &str| BlockAsk { subject: some(text), ..BlockAsk::default() }.read(&nobody()).unwrap().0;
        let bob = SubjectKey::parse(SubjectKind::Account, "bob@shop.example").unwrap();
        assert_eq!(read("Bob@shop.example").subject, Some(Wanted::Exactly(bob)));
        assert_eq!(read("Bob@*").subject, Some(Wanted::Beginning("bob@".into())));
        let filter = read("192.0.2.77/24");
        assert_eq!((filter.subject, filter.within), (None, Some(Holdings::network("192.0.2.0/24".parse().unwrap()))));
    }

    #[test]
    fn times_are_days_or_moments_and_a_plus_may_be_lost_on_the_way() {
        assert_eq!(moment("1970-01-02"), Some(Timestamp(86_400_000)));
        assert_eq!(moment("1970-01-01T01:00:00 01:00"), Some(Timestamp(0)));
        assert_eq!(moment("1970-01-01T01:00:00+01:00"), Some(Timestamp(0)));
    }

    #[test]
    fn a_message_id_may_come_without_its_brackets() {
        assert_eq!(message_id("a@b.example"), MessageId::new("<a@b.example>"));
        assert_eq!(message_id("<a@b.example>"), MessageId::new("<a@b.example>"));
        assert_eq!(message_id("<>"), None);
    }
}
