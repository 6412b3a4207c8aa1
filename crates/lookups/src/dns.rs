//! The look-ups of the whole daemon: remembered, bounded in time and number, counted.
//!
//! A look-up opens a UDP socket of its own: without a bound on their number a burst of mail could take every file
//! descriptor of the daemon.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use model::{Clock, DomainName};
use tokio::sync::Semaphore;

use crate::authentication::Authenticator;
use crate::cache::Cache;
use crate::hickory::Hickory;
use crate::name::Name;
use crate::resolver::{Answer, Kind, Question, Reply, Resolver, Trouble};
use crate::servers::{self, DnsError};
use crate::settings::DnsSettings;
use crate::stats::{Figures, Stats, Unanswered};

/// Asks DNS. One for the daemon, shared.
pub struct Dns {
    resolver: Arc<dyn Resolver>,
    clock: Arc<dyn Clock>,
    cache: Cache,
    slots: Semaphore,
    timeout: Duration,
    stats: Arc<Stats>,
    authenticator: Option<Arc<Authenticator>>,
}

impl Dns {
    /// Takes the configured servers, or the system's.
    ///
    /// # Errors
    /// When /etc/resolv.conf is there and makes no sense.
    pub fn new(settings: &DnsSettings, clock: Arc<dyn Clock>) -> Result<Self, DnsError> {
        // The answers are remembered here, on our clock; not twice.
        let resolver = Arc::new(Hickory(servers::resolver(settings, 0)?));
        let dns = Self::over(resolver, settings, clock);
        let authenticator = Some(Arc::new(Authenticator::new(settings, Arc::clone(&dns.stats))?));
        Ok(Self { authenticator, ..dns })
    }

    /// Asks this resolver. Messages are not authenticated over it.
    pub fn over(resolver: Arc<dyn Resolver>, settings: &DnsSettings, clock: Arc<dyn Clock>) -> Self {
        let slots = Semaphore::new(usize::try_from(settings.parallel).unwrap_or(1));
        let cache = Cache::new(settings.remembered);
        Self { resolver, clock, cache, slots, timeout: settings.timeout, stats: Arc::default(), authenticator: None }
    }

    /// The answer, from memory or from a name server; unknown after `dns.timeout`. The wait for a free place counts.
    pub async fn ask(&self, question: Question) -> Answer {
        if let Some(known) = self.cache.recall(&question, self.clock.now()) {
            self.stats.remembered();
            return known;
        }
        let unanswered = Unanswered(&self.stats);
        let asked = tokio::time::timeout(self.timeout, self.in_turn(&question)).await;
        let reply = asked.unwrap_or(Reply { answer: Answer::Unknown(Trouble::TimedOut), ttl: None });
        unanswered.answered(&reply.answer);
        self.cache.keep(question, &reply, self.clock.now());
        reply.answer
    }

    async fn in_turn(&self, question: &Question) -> Reply {
        let _slot = self.slots.acquire().await;
        self.resolver.ask(question).await
    }

    /// The first address of a host, IPv4 before IPv6; `None` when it has none or DNS does not tell.
    pub async fn address(&self, host: Name) -> Option<IpAddr> {
        let v4 = self.ask(Question { name: host.clone(), kind: Kind::A }).await;
        let found = v4.addresses().next();
        match v4 {
            Answer::NoRecords => self.ask(Question { name: host, kind: Kind::Aaaa }).await.addresses().next(),
            _ => found,
        }
    }

    /// Whether there is such a name at all; `None` when DNS does not tell.
    pub async fn exists(&self, domain: &DomainName) -> Option<bool> {
        match self.ask(Question { name: Name::of(domain)?, kind: Kind::A }).await {
            Answer::Records(_) | Answer::NoRecords => Some(true),
            Answer::NoSuchName => Some(false),
            Answer::Unknown(_) => None,
        }
    }

    /// Whether a place is free, for what can be left out.
    pub(crate) fn has_room(&self) -> bool {
        self.slots.available_permits() > 0
    }

    /// Who authenticates messages. Its look-ups are its own, and not remembered here.
    pub(crate) fn authenticator(&self) -> Option<Arc<Authenticator>> {
        self.authenticator.clone()
    }

    /// Look-ups by outcome.
    pub fn figures(&self) -> Figures {
        self.stats.figures()
    }

    /// How many answers are held in memory.
    pub fn remembered(&self) -> usize {
        self.cache.len()
    }
}
