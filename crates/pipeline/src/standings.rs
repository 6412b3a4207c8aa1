//! How somebody stands: what is counted of him, what stops him, what is remembered, and why, in one sentence. The command
//! line, the API and the console do nothing else.

use std::sync::Arc;

use limits::{Ledger, Lockout, Past, RuleCount};
use model::{Block, BlockState, Clock, DomainName, SubjectKey, Timestamp, WayOut};
use serde::{Deserialize, Serialize};

use crate::logins::Logins;

/// An account, an address or a domain as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectStanding {
    /// Who.
    pub subject: SubjectKey,
    /// When it was looked at.
    pub at: Timestamp,
    /// The block in force, or being released.
    pub block: Option<Block>,
    /// The block in force of the domain of an account, which stops the account too where it sends in the domain's name.
    pub domain_block: Option<Block>,
    /// Whether no rule applies to it.
    pub is_allow_listed: bool,
    /// Strikes and probation.
    pub past: Past,
    /// The lock after failed logins.
    pub lockout: Option<Lockout>,
    /// Its counters against its rules; empty when nothing is counted of it.
    pub counters: Vec<RuleCount>,
}

/// Tells how somebody stands.
pub struct Standings {
    ledger: Arc<Ledger>,
    logins: Arc<Logins>,
    clock: Arc<dyn Clock>,
}

impl Standings {
    /// Over the running ledger and the locks in force.
    pub fn new(ledger: Arc<Ledger>, logins: Arc<Logins>, clock: Arc<dyn Clock>) -> Self {
        Self { ledger, logins, clock }
    }

    /// How the subject stands now. Memory only.
    pub fn of(&self, subject: &SubjectKey) -> SubjectStanding {
        let now = self.clock.now();
        let block = self.ledger.block(subject).filter(|block| block.state != BlockState::Unblocked);
        let domain = blocked_domain(&self.ledger, subject);
        SubjectStanding {
            subject: subject.clone(),
            at: now,
            block: block.map(Arc::unwrap_or_clone),
            domain_block: domain.map(Arc::unwrap_or_clone),
            is_allow_listed: self.ledger.is_allowed(subject),
            past: self.ledger.past(subject, now),
            lockout: self.logins.all().into_iter().find(|lock| lock.subject == *subject),
            counters: self.ledger.counts(subject, now),
        }
    }
}

/// The block in force of an account's domain, which stops the account too. Memory only.
pub fn blocked_domain(ledger: &Ledger, subject: &SubjectKey) -> Option<Arc<Block>> {
    let domain = domain_of(subject)?;
    ledger.block(&domain).filter(|block| block.is_active() && !ledger.is_allowed(&domain))
}

fn domain_of(subject: &SubjectKey) -> Option<SubjectKey> {
    let SubjectKey::Account(name) = subject else { return None };
    name.domain().and_then(DomainName::new).map(SubjectKey::Domain)
}

impl SubjectStanding {
    /// Why it stands so: what stops it, else what could, else how near the nearest rule is.
    pub fn why(&self) -> String {
        let stopped = self.stopped().or_else(|| self.locked()).or_else(|| self.stopped_by_domain());
        stopped.or_else(|| self.watched()).unwrap_or_else(|| self.nearest())
    }

    fn stopped(&self) -> Option<String> {
        let block = self.block.as_ref()?;
        if self.is_allow_listed {
            return Some(format!("It has block {}, but is allow-listed: nothing is refused.", block.reference));
        }
        if !block.is_active() {
            return Some(format!("Its block {} is being released.", block.reference));
        }
        let is =
            if block.reason.monitored { "It would be blocked, were this not monitor mode," } else { "It is blocked" };
        Some(format!("{is} because of {}; {}.", block.reason.sentence, ends(block)))
    }

    fn locked(&self) -> Option<String> {
        let lock = self.lockout.as_ref()?;
        Some(format!("It is not blocked, but may not log in until {}: {} logins failed.", lock.until, lock.failures))
    }

    fn stopped_by_domain(&self) -> Option<String> {
        let block = self.domain_block.as_ref()?;
        let (domain, reason) = (block.subject.name(), &block.reason.sentence);
        let is = if block.is_noted() {
            format!("Were this not monitor mode, it would be blocked because its domain {domain} would be,")
        } else {
            format!("It is blocked because its domain {domain} is,")
        };
        Some(format!("{is} because of {reason}; {}.", ends(block)))
    }

    fn watched(&self) -> Option<String> {
        if self.is_allow_listed {
            return Some("It is allow-listed: no rule applies to it.".to_owned());
        }
        let until = self.past.probation_until?;
        Some(format!(
            "It is on probation after its last block until {until}: one message that looks like spam blocks it."
        ))
    }

    fn nearest(&self) -> String {
        let used = |count: &&RuleCount| count.limit.map_or(0, |limit| count.count.saturating_mul(100) / limit.max(1));
        let blocking = self.counters.iter().filter(|count| !count.is_rate && count.limit.is_some() && count.count > 0);
        match blocking.max_by_key(used) {
            Some(count) => format!("It is not blocked. Nearest is rule {}: {}.", count.rule, count.sentence()),
            None => "It is not blocked, and nothing that could block it is counted of it at present.".to_owned(),
        }
    }
}

fn ends(block: &Block) -> String {
    if block.awaits_owner() {
        return "whose it is could not be asked yet, and with that how it ends is open".to_owned();
    }
    match (block.way_out, block.automatic_release) {
        (_, true) => format!("it ends by itself at {}", block.until()),
        (WayOut::Time, false) => format!("somebody has to release it, its owner may from {} on", block.until()),
        (WayOut::Ticket, false) => "its ticket has to be decided".to_owned(),
        (WayOut::Password, false) => "its password has to be changed".to_owned(),
    }
}
