//! What receivers will find when they authenticate a message, asked before they do.
//!
//! Whoever sends the message chooses its signatures and most of the names asked for. So what is read is bounded before it is
//! parsed, one message asks one question at a time, and messages in number; the whole check runs in a task that is dropped at
//! the budget. Known limit: for bounces (no MAIL FROM) SPF would be asked for the mail server's own name, which isn't known here.

mod counted;
mod dkim;
mod dmarc;
mod letter;
mod sending;
mod spf;

use std::sync::Arc;

use mail_auth::MessageAuthenticator;
use model::circumstances::AuthenticationFacts;
use tokio::sync::Semaphore;

pub(crate) use letter::Letter;
pub use sending::SpfSays;

use counted::Counted;

use crate::servers::{self, DnsError};
use crate::settings::DnsSettings;
use crate::stats::Stats;

/// Checks messages as receivers do. One for the daemon, shared.
pub(crate) struct Authenticator {
    resolver: MessageAuthenticator,
    slots: Semaphore,
    stats: Arc<Stats>,
}

/// What was found out.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) facts: AuthenticationFacts,
    /// Whether DNS told anything.
    pub(crate) answered: bool,
    /// Whether it was asked something that it didn't tell.
    pub(crate) unanswered: bool,
}

impl Found {
    fn note(&mut self, is_answer: bool) {
        self.answered |= is_answer;
        self.unanswered |= !is_answer;
    }
}

impl Authenticator {
    /// Asks the servers that everything else asks. The library asks by itself, so the answers are remembered by the resolver.
    pub(crate) fn new(settings: &DnsSettings, stats: Arc<Stats>) -> Result<Self, DnsError> {
        let resolver = servers::resolver(settings, settings.remembered.into())?;
        let slots = Semaphore::new(usize::try_from(settings.parallel).unwrap_or(1));
        Ok(Self { resolver: MessageAuthenticator(resolver), slots, stats })
    }

    /// Asks what receivers will.
    pub(crate) async fn check(&self, letter: &Letter) -> Found {
        let _slot = self.slots.acquire().await;
        let counted = Counted::new(&self.stats);
        let mut found = Found::default();
        let spf = spf::ask(&self.resolver, &counted, letter).await;
        if let Some(spf) = &spf {
            found.note(spf::is_answer(spf));
            found.facts.spf = spf::denial(letter, spf);
        }
        if let Some(message) = letter.parse() {
            let signatures = self.resolver.verify_dkim(counted.look_at(&message)).await;
            let checked = dkim::Checked::of(&signatures, letter);
            signatures.iter().filter_map(dkim::is_answer).for_each(|is_answer| found.note(is_answer));
            if !letter.signed_later && !checked.unknown {
                let asked = dmarc::parameters(letter, &message, spf.as_ref(), &signatures);
                if let Some(asked) = asked {
                    dmarc::ask(&self.resolver, counted.look_at(asked), &mut found).await;
                }
            }
            found.facts.dkim = checked.broken;
        }
        found
    }
}
