//! What was seen before: whether nearly the same message was sent lately, and by whom; whether a message is like its
//! sender's past.
//!
//! Facts only, no points. Synchronous and pure: no I/O, no clock; time is handed in, and memory is bounded by the
//! settings, whatever is sent. Hashes and counts are kept, never text. What only a sender's mail box would tell, such as
//! whether he answers somebody, can't be known: Portreeve sees outgoing mail only.
//!
//! Security: a thief can read this. He can alter a template beyond recognition, when every copy differs from the others in
//! more than about a quarter of its words, or send each copy from another account. He can send harmless mail first, which
//! becomes habit only when a day has passed without a block. He can't make another's newsletter bad: that takes two blocked
//! accounts, or five that send it as spam, and most of its copies being spam; or a person.

mod codec;
mod gateways;
mod habits;
mod hash;
mod keep;
mod print;
mod sameness;
mod settings;
mod table;

use model::circumstances::{Confirmation, HabitFacts, SamenessFacts};
use model::{Envelope, Features, Identity, SubjectKey, Timestamp};

pub use gateways::GatewayNetwork;
pub use habits::portrait::{Portrait, Seen, WEEK};
pub use print::Prints;
pub use sameness::confirmed::{ConfirmRefused, ConfirmedPrint};
pub use settings::RecallSettings;

use gateways::Gateways;
use habits::Habits;
use habits::record::{Manner, Sending};
use sameness::entry::Copy;
use sameness::{Sameness, locked};

/// More recipients of one message are not looked at one by one.
const MAX_RECIPIENTS: usize = 200;

/// Everything that is remembered. Shared by all sessions.
pub struct Recall {
    sameness: Sameness,
    habits: Habits,
    gateways: Gateways,
}

/// A message as it was looked up, to be noted when its verdict is known.
#[derive(Debug, Clone)]
pub struct Sighting {
    sender: u64,
    prints: Prints,
    manner: Manner,
    recipients: Vec<u32>,
    leads: Vec<u32>,
    recipient_count: u32,
    refused: u32,
    at: Timestamp,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// Whether it was let through (or would have been, in monitor mode).
    pub delivered: bool,
    /// Whether its score was that of spam.
    pub spam: bool,
    /// Whether it would have been without the points for what was seen before: only that is held against the next
    /// copies, else the memory would feed itself.
    pub spam_itself: bool,
}

impl Recall {
    /// An empty memory.
    pub fn new(settings: &RecallSettings) -> Self {
        Self {
            sameness: Sameness::new(settings),
            habits: Habits::new(settings),
            gateways: Gateways::new(&settings.gateways),
        }
    }

    /// What is known of a message's like, and how it is unlike its sender's past. Changes nothing. `None` for a message
    /// that nobody is charged with.
    pub fn see(
        &self,
        features: &Features,
        identity: &Identity,
        envelope: &Envelope,
        at: Timestamp,
    ) -> Option<(Sighting, SamenessFacts, HabitFacts)> {
        let (prints, leads) = print::of(features);
        let sighting = Sighting {
            sender: sender_of(&identity.subjects().next()?),
            prints,
            manner: Manner::of(features, identity.network, &prints, &self.gateways),
            recipients: hashes(envelope),
            leads,
            recipient_count: envelope.recipient_count,
            refused: envelope.refused_count,
            at,
        };
        let sender = hash::short(sighting.sender);
        let sameness = self.sameness.facts(&prints, sender, &sighting.recipients, at);
        let habits = self.habits.facts(sighting.sender, &sighting.sending());
        Some((sighting, sameness, habits))
    }

    /// Notes a message whose verdict is known. What was neither delivered nor spam (a rate was reached: it comes again) is
    /// no copy; what was not delivered, or was spam, is nobody's habit.
    pub fn note(&self, seen: &Sighting, outcome: Outcome) {
        let good = outcome.delivered && !outcome.spam;
        self.habits.note(seen.sender, &seen.sending(), good);
        if outcome.delivered || outcome.spam {
            let Outcome { spam, spam_itself, .. } = outcome;
            let (sender, at) = (hash::short(seen.sender), seen.at);
            self.sameness.note(&seen.prints, &Copy { sender, recipients: &seen.recipients, spam, spam_itself, at });
        }
    }

    /// Notes that a sender was blocked for spam: what he sent of it counts against others, and what is new about him today
    /// does not become his habit. Walks over all fingerprints (about a millisecond).
    pub fn condemn(&self, subject: &SubjectKey, at: Timestamp) {
        let sender = sender_of(subject);
        self.sameness.condemn(hash::short(sender), at);
        self.habits.disown(sender, at);
    }

    /// A person says what a message is; its like is known from now on. What is returned has to be written down.
    ///
    /// # Errors
    /// [`ConfirmRefused`]
    pub fn confirm(
        &self,
        prints: Prints,
        word: Confirmation,
        by: &str,
        at: Timestamp,
    ) -> Result<ConfirmedPrint, ConfirmRefused> {
        let confirmed = ConfirmedPrint::new(prints, word, by, at)?;
        locked(&self.sameness.confirmed).add(confirmed.clone())?;
        Ok(confirmed)
    }

    /// Takes back what a person said; `None` when there is none of that name.
    pub fn forget(&self, id: &str) -> Option<ConfirmedPrint> {
        locked(&self.sameness.confirmed).remove(id)
    }

    /// What was confirmed, latest first.
    pub fn confirmed(&self) -> Vec<ConfirmedPrint> {
        locked(&self.sameness.confirmed).all()
    }

    /// A sender's past as a person reads it; `None` of somebody who never sent. Habits are those of the account, or of the
    /// address where nobody logs in. Changes nothing.
    pub fn portrait(&self, subject: &SubjectKey, at: Timestamp) -> Option<Portrait> {
        self.habits.portrait(sender_of(subject), at)
    }

    /// How much is remembered, for metrics.
    pub fn figures(&self) -> Figures {
        Figures {
            fingerprints: locked(&self.sameness.recent).len(),
            confirmed: locked(&self.sameness.confirmed).len(),
            senders: self.habits.len(),
            evicted_senders: self.habits.evicted(),
        }
    }
}

/// How much is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// Fingerprints of recent messages.
    pub fingerprints: usize,
    /// Confirmed ones.
    pub confirmed: usize,
    /// Senders with habits.
    pub senders: usize,
    /// Senders forgotten because there were too many.
    pub evicted_senders: u64,
}

impl Sighting {
    fn sending(&self) -> Sending<'_> {
        Sending {
            manner: self.manner,
            recipients: &self.recipients,
            leads: &self.leads,
            recipient_count: self.recipient_count,
            refused: self.refused,
            at: self.at,
        }
    }
}

fn sender_of(subject: &SubjectKey) -> u64 {
    let own = hash::of(&subject.to_string());
    let domain = match subject {
        SubjectKey::Account(account) => account.domain(),
        _ => None,
    };
    domain.map_or(own, |domain| hash::within(hash::of(domain), own))
}

fn hashes(envelope: &Envelope) -> Vec<u32> {
    envelope.recipients.iter().take(MAX_RECIPIENTS).map(|path| hash::folded(path.as_str())).collect()
}
