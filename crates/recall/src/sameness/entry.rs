//! What is known of one fingerprint: who sent it, to how many, and what became of it.

use std::time::Duration;

use model::Timestamp;
use model::circumstances::Copies;

use crate::hash::house;

/// Senders told apart.
const SENDERS: usize = Copies::MAX_SENDERS;
/// Turns of the table's hand that a fingerprint seen again survives.
const CREDIT: u8 = 2;

/// One copy of a message, as it is noted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Copy<'a> {
    /// The sender's hash.
    pub(crate) sender: u32,
    /// The recipients' hashes.
    pub(crate) recipients: &'a [u32],
    /// Whether it was spam.
    pub(crate) spam: bool,
    /// Whether it was spam without any help of this memory.
    pub(crate) spam_itself: bool,
    /// When.
    pub(crate) at: Timestamp,
}

/// What makes copies bad for others who send them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    /// For how long a block does.
    pub(crate) bad_for: Duration,
    /// From so many senders of spam on without one; 0: never.
    pub(crate) spread_senders: u32,
}

impl Terms {
    fn are_many(self, senders: u32) -> bool {
        self.spread_senders > 0 && senders >= self.spread_senders
    }
}

/// The copies of one fingerprint. Of fixed size, about 180 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Entry {
    pub(crate) senders: [u32; SENDERS],
    pub(crate) copies: [u8; SENDERS],
    /// Bit n: sender n's copy was spam for itself.
    pub(crate) spam: u16,
    /// Bit n: sender n was blocked with it.
    pub(crate) blocked: u16,
    /// A bit by each recipient's hash (linear counting; Whang and others 1990).
    pub(crate) recipients: [u64; 4],
    pub(crate) messages: u32,
    pub(crate) spam_messages: u32,
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
    /// When a sender was last blocked with it.
    pub(crate) blocked_at: Timestamp,
    pub(crate) credit: u8,
}

impl Entry {
    /// The first copy.
    pub(crate) fn new(copy: &Copy<'_>) -> Self {
        let mut entry = Self { first: copy.at, ..Self::default() };
        entry.add(copy);
        entry
    }

    /// Another copy.
    pub(crate) fn add(&mut self, copy: &Copy<'_>) {
        if self.messages > 0 {
            self.credit = CREDIT;
        }
        self.messages = self.messages.saturating_add(1);
        self.spam_messages = self.spam_messages.saturating_add(copy.spam.into());
        self.last = self.last.max(copy.at);
        self.recipients = with(self.recipients, copy.recipients);
        let Some(place) = self.place_of(copy.sender) else { return };
        if let (Some(sender), Some(copies)) = (self.senders.get_mut(place), self.copies.get_mut(place)) {
            *sender = copy.sender;
            *copies = copies.saturating_add(1);
        }
        self.spam |= u16::from(copy.spam_itself) << place;
    }

    /// Notes that a sender was blocked for spam of which this was one; whether it was.
    pub(crate) fn block(&mut self, sender: u32, at: Timestamp) -> bool {
        let sent = self.senders.iter().position(|known| *known == sender);
        let Some(place) = sent.filter(|place| self.spam & 1 << place != 0) else { return false };
        self.blocked |= 1 << place;
        self.blocked_at = at;
        true
    }

    /// What is known before a copy of `sender` to `recipients` is noted.
    pub(crate) fn copies(&self, sender: u32, recipients: &[u32], at: Timestamp, terms: Terms) -> Copies {
        let own = self.senders.iter().position(|known| *known == sender);
        let others = own.map_or(u16::MAX, |place| !(1 << place));
        let blocked = if self.is_bad(at, terms.bad_for) { self.blocked & others } else { 0 };
        let earlier = own.and_then(|place| self.copies.get(place)).copied().unwrap_or_default();
        let again = self.copies.iter().filter(|copies| **copies > 1).count() as u32;
        Copies {
            messages: self.messages,
            spam: self.spam_messages,
            own: earlier.into(),
            senders: self.senders.iter().filter(|known| **known != 0).count() as u32
                + u32::from(own.is_none() && self.place_of(sender).is_some()),
            one_domain: self.senders.iter().filter(|known| **known != 0).all(|known| house(*known) == house(sender)),
            repeating: again + u32::from(earlier == 1),
            recipients: estimate(with(self.recipients, recipients)),
            spam_senders: (self.spam & others).count_ones(),
            spread_spam: self.is_mostly_spam() && terms.are_many((self.spam & others).count_ones()),
            blocked_senders: blocked.count_ones(),
            age: at.since(self.first),
        }
    }

    /// Whether somebody was blocked with it lately, and most of its copies were spam: what everybody sends (a link to a
    /// search engine) does not become bad because a thief sent it too.
    pub(crate) fn is_bad(&self, at: Timestamp, bad_for: Duration) -> bool {
        let lately = self.blocked != 0 && at.since(self.blocked_at) < bad_for;
        lately && self.is_mostly_spam()
    }

    fn is_mostly_spam(&self) -> bool {
        self.spam_messages.saturating_mul(2) >= self.messages
    }

    /// Whether it was seen within the window.
    pub(crate) fn is_within(&self, window: Duration, at: Timestamp) -> bool {
        at.since(self.last) < window
    }

    /// Whether it stays while the table's hand passes this time.
    pub(crate) fn stays(&mut self, at: Timestamp, window: Duration, bad_for: Duration) -> bool {
        let credited = self.credit > 0 && self.is_within(window, at);
        self.credit = self.credit.saturating_sub(1);
        credited || self.is_bad(at, bad_for)
    }

    /// The sender's place, or a free one.
    fn place_of(&self, sender: u32) -> Option<usize> {
        let known = self.senders.iter().position(|known| *known == sender);
        known.or_else(|| self.senders.iter().position(|known| *known == 0))
    }
}

fn with(mut bits: [u64; 4], recipients: &[u32]) -> [u64; 4] {
    for hash in recipients {
        if let Some(word) = bits.get_mut((hash >> 6 & 3) as usize) {
            *word |= 1 << (hash & 63);
        }
    }
    bits
}

/// How many different things set so many of 256 bits.
fn estimate(bits: [u64; 4]) -> u32 {
    let set = bits.iter().map(|word| word.count_ones()).sum::<u32>();
    let empty = 256u32.saturating_sub(set).max(1);
    (256.0 * (256.0 / f64::from(empty)).ln()).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    const TERMS: Terms = Terms { bad_for: DAY, spread_senders: 5 };

    fn copy(sender: u32, recipient: &[u32], spam: bool) -> Copy<'_> {
        Copy { sender, recipients: recipient, spam, spam_itself: spam, at: Timestamp::from_secs(1000) }
    }

    #[test]
    fn senders_and_recipients_are_counted_with_the_message_in_hand() {
        let mut entry = Entry::new(&copy(1, &[10], false));
        entry.add(&copy(1, &[11], false));
        entry.add(&copy(2, &[12], true));
        let seen = entry.copies(2, &[13], Timestamp::from_secs(1060), TERMS);
        assert_eq!((seen.messages, seen.senders, seen.repeating, seen.own), (3, 2, 2, 1));
        assert_eq!((seen.recipients, seen.spam_senders, seen.age), (4, 0, Duration::from_secs(60)));
        let other = entry.copies(3, &[10], Timestamp::from_secs(1060), TERMS);
        assert_eq!((other.senders, other.repeating, other.recipients, other.spam_senders), (3, 1, 3, 1));
    }

    #[test]
    fn many_recipients_are_estimated() {
        let many: Vec<u32> = (0..500u32).map(|n| n.wrapping_mul(0x9e37_79b1) >> 3).collect();
        let seen = Entry::new(&copy(1, &many, false)).copies(1, &[], Timestamp::from_secs(1000), TERMS).recipients;
        assert!(seen.abs_diff(500) < 100, "{seen}");
    }

    #[test]
    fn a_block_makes_it_bad_for_others_and_for_a_time() {
        let mut entry = Entry::new(&copy(1, &[10], true));
        assert!(!entry.block(2, Timestamp::from_secs(1000)), "who never sent it was not blocked for it");
        assert!(entry.block(1, Timestamp::from_secs(1000)));
        let blocked = |entry: &Entry, sender, at| entry.copies(sender, &[], at, TERMS).blocked_senders;
        assert_eq!(blocked(&entry, 2, Timestamp::from_secs(2000)), 1);
        assert_eq!(blocked(&entry, 1, Timestamp::from_secs(2000)), 0, "his own block is not news");
        assert_eq!(blocked(&entry, 2, Timestamp::from_secs(1000).after(DAY)), 0);
        (10..20).for_each(|sender| entry.add(&copy(sender, &[10], false)));
        assert_eq!(blocked(&entry, 2, Timestamp::from_secs(2000)), 0, "what many send without harm is not bad");
    }
    #[test]
    fn spam_from_many_is_bad_without_a_block() {
        let mut entry = Entry::new(&copy(1, &[10], true));
        (2..=5).for_each(|sender| entry.add(&copy(sender, &[10], true)));
        let spread = |entry: &Entry, sender| entry.copies(sender, &[], Timestamp::from_secs(2000), TERMS).spread_spam;
        assert!(!spread(&entry, 5), "four others");
        assert!(spread(&entry, 6));
        let never = Terms { spread_senders: 0, ..TERMS };
        assert!(!entry.copies(6, &[], Timestamp::from_secs(2000), never).spread_spam);
        (10..20).for_each(|sender| entry.add(&copy(sender, &[10], false)));
        assert!(!spread(&entry, 6), "most copies are harmless");
    }
}
