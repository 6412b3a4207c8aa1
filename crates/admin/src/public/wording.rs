//! What a block's page says, in the visitor's language and in the words of the console.

use console::Words;
use model::{Block, BlockState, WayOut};

/// A block in words.
pub(super) struct Wording<'b> {
    words: &'static Words,
    block: &'b Block,
    /// Whether nobody is refused, or was, because of it: monitor mode. The page doesn't claim it.
    noted: bool,
}

impl<'b> Wording<'b> {
    pub(super) fn new(words: &'static Words, block: &'b Block, monitor: bool) -> Self {
        Self { words, block, noted: block.reason.monitored || (monitor && block.is_active()) }
    }

    /// What kind of subject it is, as a person calls it.
    pub(super) fn kind(&self) -> String {
        self.of_kind("kind")
    }

    /// The page's headline.
    pub(super) fn headline(&self) -> &'static str {
        self.words.say(match self.block.state {
            BlockState::BlockedForSpam if self.noted => "status.would",
            _ if self.noted => "status.noted",
            BlockState::BlockedForSpam => "status.blocked",
            BlockState::Unblocking => "status.unblocking",
            BlockState::Unblocked => "status.unblocked",
        })
    }

    /// Its state in a word.
    pub(super) fn state(&self) -> &'static str {
        self.words.say(match self.block.state {
            BlockState::BlockedForSpam if self.noted => "state.would",
            _ if self.noted => "state.noted",
            BlockState::BlockedForSpam => "state.blocked",
            BlockState::Unblocking => "state.unblocking",
            BlockState::Unblocked => "state.unblocked",
        })
    }

    /// The sentence under the headline.
    pub(super) fn lead(&self) -> String {
        let reason = self.reason();
        let gaps = [("name", &*self.block.subject.name()), ("reason", &reason)];
        match self.block.state {
            BlockState::BlockedForSpam if self.noted => self.filled("case.lead.would", &gaps),
            _ if self.noted => self.filled("case.lead.noted", &gaps),
            BlockState::BlockedForSpam => self.filled("case.lead.blocked", &gaps),
            BlockState::Unblocking => self.filled("case.lead.unblocking", &gaps),
            BlockState::Unblocked => self.filled("case.lead.unblocked", &gaps),
        }
    }

    /// Why it began.
    pub(super) fn reason(&self) -> String {
        alerts::reason_in(self.words.language(), &self.block.reason)
    }

    /// Until when, or how it ended.
    pub(super) fn until(&self) -> String {
        let (block, at) = (self.block, |key, time| self.words.fill(key, &[("time", &console::moment(time))]));
        if let Some((time, _)) = &block.released {
            return at("status.released", *time);
        }
        match block.way_out {
            _ if block.awaits_owner() => self.words.say("status.until.awaited").to_owned(),
            WayOut::Ticket => self.words.say("status.until.ticket").to_owned(),
            WayOut::Password => self.words.say("status.until.password").to_owned(),
            WayOut::Time if block.automatic_release => at("status.until.time", block.until()),
            WayOut::Time => at("status.until.owner", block.until()) + &self.used_up(),
        }
    }

    fn used_up(&self) -> String {
        let Some(quota) = self.block.used_up() else { return String::new() };
        let (most, window) = (quota.most.to_string(), self.words.length(quota.window));
        format!(" {}", self.words.fill("status.used_up", &[("most", &most), ("window", &window)]))
    }

    /// What still works, and what has become of the rest.
    pub(super) fn receiving(&self) -> String {
        let returned = if self.noted { "" } else { self.words.say("status.returned") };
        format!("{} {returned}", self.of_kind("case.receiving"))
    }

    fn of_kind(&self, key: &str) -> String {
        self.filled(key, &[])
    }

    /// The words of a key for its kind of subject.
    fn filled(&self, key: &str, gaps: &[(&str, &str)]) -> String {
        self.words.fill(&format!("{key}.{}", self.block.subject.kind()), gaps)
    }
}
