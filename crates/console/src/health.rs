//! What is told of the daemon's parts: said by those who know, as what it is, and put into the reader's words here.

use std::time::Duration;

use customers::Language;

use crate::words::Words;

/// One thing that is told of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// What went wrong, as it was reported: in nobody's language but that of who reports.
    Failed(String),
    /// The store's last write worked.
    LastWriteWorked,
    /// Blocks are in memory alone meanwhile.
    BlocksInMemory,
    /// Messages are answered 451 meanwhile.
    Answered451,
    /// So many letters wait.
    LettersWait(u64),
    /// The oldest of them waits for so long.
    OldestFor(Duration),
    /// Every message could be scored.
    EverythingScored,
    /// Name servers answer.
    NamesAnswered,
    /// No list refuses to be asked.
    ListsAnswer,
    /// No list names an address that mail leaves from.
    NotListed,
    /// Results of diagnoses could be written.
    DiagnosesWritten,
    /// So many events wait for receivers of webhooks.
    EventsWait(u64),
    /// So many of them were given up.
    DeadEvents(u64),
    /// The configuration that was read last is in force.
    LastReadInForce,
    /// The one before it is; a restart would find nothing to start with.
    FormerInForce,
    /// So many answers of the provider's directory are kept.
    AnswersKept(u64),
    /// So many blocks await their owners.
    AwaitOwners(u64),
    /// The latest of its answers that was no customer.
    LatestUnusable(String),
    /// Where it listens.
    Listens(String),
    /// So many connections are open.
    Connections(u64),
    /// Nothing listens for mail.
    NoEntrance,
    /// So many addresses are in the firewall's sets.
    AddressesInSets(u64),
    /// So many commands wait or run.
    CommandsOpen(u64),
    /// SMTP refuses whom the firewall does not.
    SmtpRefuses,
    /// So many messages were answered for.
    MessagesAnswered(u64),
    /// What the configuration says is done meanwhile.
    Policy(&'static str),
    /// It is not asked for a while.
    LeftAlone,
    /// No next hop is known to fail.
    HopsWork,
    /// The other next hops take the mail.
    OthersTake,
    /// The mailbox that replies are taken for.
    RepliesFor(String),
    /// Replies wait at the mail server.
    RepliesWait,
    /// The daemon is stopping.
    Stopping,
}

/// The key of a remark's words behind `health.`, how many where a count decides, and what fills them.
type Worded<'r> = (&'static str, Option<u64>, Option<(&'static str, String)>);

impl Remark {
    /// In the reader's words, without a capital or a full stop; what was reported stays as it is.
    fn told(&self, words: &Words) -> String {
        if let Self::Failed(error) = self {
            return error.clone();
        }
        let (key, count, gap) = self.worded(words);
        let key = format!("health.{key}");
        let gaps: Vec<_> = gap.iter().map(|(name, value)| (*name, value.as_str())).collect();
        match count {
            Some(count) => words.count(&key, count, &gaps),
            None => words.fill(&key, &gaps),
        }
    }

    fn worded(&self, words: &Words) -> Worded<'_> {
        let plain = |key| (key, None, None);
        let counted = |key, count: &u64| (key, Some(*count), None);
        let named = |key, gap, value: &str| (key, None, Some((gap, value.to_owned())));
        match self {
            Self::Failed(error) => named("failed", "error", error),
            Self::LastWriteWorked => plain("last_write"),
            Self::BlocksInMemory => plain("in_memory"),
            Self::Answered451 => plain("answered_451"),
            Self::LettersWait(count) => counted("letters", count),
            Self::OldestFor(time) => named("oldest", "time", &words.length(*time)),
            Self::EverythingScored => plain("scored"),
            Self::NamesAnswered => plain("names"),
            Self::ListsAnswer => plain("lists"),
            Self::NotListed => plain("not_listed"),
            Self::DiagnosesWritten => plain("diagnoses"),
            Self::EventsWait(count) => counted("events", count),
            Self::DeadEvents(count) => counted("dead", count),
            Self::LastReadInForce => plain("in_force"),
            Self::FormerInForce => plain("former"),
            Self::AnswersKept(count) => counted("answers", count),
            Self::AwaitOwners(count) => counted("owners", count),
            Self::LatestUnusable(why) => named("unusable", "why", why),
            Self::Listens(where_) => named("listens", "addresses", where_),
            Self::Connections(count) => counted("connections", count),
            Self::NoEntrance => plain("no_entrance"),
            Self::AddressesInSets(count) => counted("sets", count),
            Self::CommandsOpen(count) => counted("commands", count),
            Self::SmtpRefuses => plain("smtp_refuses"),
            Self::MessagesAnswered(count) => counted("answered", count),
            Self::Policy(policy) => named("policy", "policy", policy),
            Self::LeftAlone => plain("left_alone"),
            Self::HopsWork => plain("hops"),
            Self::OthersTake => plain("others_take"),
            Self::RepliesFor(address) => named("replies", "address", address),
            Self::RepliesWait => plain("replies_wait"),
            Self::Stopping => plain("stopping"),
        }
    }
}

/// Everything that is told of a part, in one sentence in English, as machines and the command line show it.
pub fn in_english(remarks: &[Remark]) -> String {
    joined(remarks, Words::of(Language::En))
}

/// Remarks in the reader's words.
pub(crate) fn joined(remarks: &[Remark], words: &Words) -> String {
    let told: Vec<_> = remarks.iter().map(|remark| remark.told(words)).collect();
    let sentence = told.into_iter().reduce(|one, other| words.fill("health.and", &[("one", &one), ("other", &other)]));
    sentence.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNT: u64 = 3;

    /// One of each; the match makes a new one miss here before it misses its words.
    fn each() -> Vec<Remark> {
        let mut all = vec![Remark::LastWriteWorked];
        while let Some(next) = behind(all.last().unwrap()) {
            all.push(next);
        }
        all
    }

    fn behind(remark: &Remark) -> Option<Remark> {
        Some(match remark {
            Remark::LastWriteWorked => Remark::BlocksInMemory,
            Remark::BlocksInMemory => Remark::Answered451,
            Remark::Answered451 => Remark::LettersWait(COUNT),
            Remark::LettersWait(_) => Remark::OldestFor(Duration::from_secs(1200)),
            Remark::OldestFor(_) => Remark::EverythingScored,
            Remark::EverythingScored => Remark::NamesAnswered,
            Remark::NamesAnswered => Remark::ListsAnswer,
            Remark::ListsAnswer => Remark::NotListed,
            Remark::NotListed => Remark::DiagnosesWritten,
            Remark::DiagnosesWritten => Remark::EventsWait(COUNT),
            Remark::EventsWait(_) => Remark::DeadEvents(COUNT),
            Remark::DeadEvents(_) => Remark::LastReadInForce,
            Remark::LastReadInForce => Remark::FormerInForce,
            Remark::FormerInForce => Remark::AnswersKept(COUNT),
            Remark::AnswersKept(_) => Remark::AwaitOwners(COUNT),
            Remark::AwaitOwners(_) => Remark::LatestUnusable("WHY".into()),
            Remark::LatestUnusable(_) => Remark::Listens("inet:127.0.0.1:25".into()),
            Remark::Listens(_) => Remark::Connections(COUNT),
            Remark::Connections(_) => Remark::NoEntrance,
            Remark::NoEntrance => Remark::AddressesInSets(COUNT),
            Remark::AddressesInSets(_) => Remark::CommandsOpen(COUNT),
            Remark::CommandsOpen(_) => Remark::SmtpRefuses,
            Remark::SmtpRefuses => Remark::MessagesAnswered(COUNT),
            Remark::MessagesAnswered(_) => Remark::Policy("tempfail"),
            Remark::Policy(_) => Remark::LeftAlone,
            Remark::LeftAlone => Remark::HopsWork,
            Remark::HopsWork => Remark::OthersTake,
            Remark::OthersTake => Remark::RepliesFor("replies@isp.example".into()),
            Remark::RepliesFor(_) => Remark::RepliesWait,
            Remark::RepliesWait => Remark::Stopping,
            Remark::Stopping => Remark::Failed("disk full".into()),
            Remark::Failed(_) => return None,
        })
    }

    #[test]
    fn every_remark_has_its_words_in_every_language() {
        for language in Language::ALL {
            let words = Words::of(*language);
            for remark in each() {
                let told = remark.told(words);
                assert!(!told.contains("health.") && !told.contains('{'), "{language:?}: {remark:?}: {told}");
                if let (_, _, Some((_, value))) = remark.worded(words) {
                    assert!(told.contains(&value), "{language:?}: {remark:?}: {told}");
                }
            }
        }
    }

    #[test]
    fn every_remark_is_told_otherwise_in_every_language() {
        let same = |remark: &Remark| matches!(remark, Remark::Listens(_) | Remark::Failed(_));
        for remark in each().iter().filter(|remark| !same(remark)) {
            let [english, french, german] =
                [Language::En, Language::Fr, Language::De].map(|language| remark.told(Words::of(language)));
            assert!(english != french && english != german && french != german, "{remark:?}: {english}");
        }
    }

    #[test]
    fn every_part_has_a_name_and_what_its_failing_means() {
        let words = Words::of(Language::En);
        for part in telemetry::PARTS {
            assert!(words.knows(&format!("part.{part}")), "{part} has no name");
            assert!(words.knows(&format!("fails.{part}")), "{part} fails without words");
        }
        for part in ["milter", "proxy", "intercept", "scan", "daemon"] {
            assert!(words.knows(&format!("part.{part}")), "{part} has no name");
        }
    }

    #[test]
    fn remarks_make_one_sentence() {
        let remarks = [Remark::Failed("disk full".into()), Remark::Answered451];
        assert_eq!(in_english(&remarks), "disk full; messages are answered 451");
        let waits = [Remark::LettersWait(1), Remark::OldestFor(Duration::from_secs(1200))];
        assert_eq!(joined(&waits, Words::of(Language::De)), "1 Brief wartet; der älteste seit 20 Minuten");
    }
}
