//! A question to DNS and its answer.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::time::Duration;

use crate::name::Name;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// IPv4 addresses.
    A,
    /// IPv6 addresses.
    Aaaa,
    /// Mail exchangers.
    Mx,
    /// Texts: SPF, DKIM keys, DMARC policies.
    Txt,
    /// Services (RFC 2782).
    Srv,
    /// The name of an address.
    Ptr,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Question {
    /// Of which name.
    pub name: Name,
    /// Which records.
    pub kind: Kind,
}

/// One record of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// A or AAAA.
    Address(IpAddr),
    /// MX: preference and host.
    Exchanger(u16, Name),
    /// TXT: its strings joined (RFC 7208 3.3); what is no UTF-8 is replaced.
    Text(String),
    /// SRV.
    Service(Service),
    /// PTR.
    Pointer(Name),
}

/// Where a service is (RFC 2782).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Lower is tried first.
    pub priority: u16,
    /// Shares among those of one priority.
    pub weight: u16,
    /// The port.
    pub port: u16,
    /// The host; the root says that there is no such service.
    pub target: Name,
}

/// What DNS says to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// These, at least one.
    Records(Vec<Record>),
    /// The name is there and has no such record.
    NoRecords,
    /// There is no such name (NXDOMAIN), nor any below it (RFC 8020).
    NoSuchName,
    /// DNS does not tell.
    Unknown(Trouble),
}

impl Answer {
    /// The addresses among the records; none when DNS has none or does not tell.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> + '_ {
        self.records()
            .iter()
            .filter_map(|record| if let Record::Address(address) = record { Some(*address) } else { None })
    }

    /// The texts among the records.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.records()
            .iter()
            .filter_map(|record| if let Record::Text(text) = record { Some(text.as_str()) } else { None })
    }

    /// The services among the records.
    pub fn services(&self) -> impl Iterator<Item = &Service> {
        self.records().iter().filter_map(|record| if let Record::Service(found) = record { Some(found) } else { None })
    }

    /// The names that an address points to.
    pub fn pointers(&self) -> impl Iterator<Item = &Name> {
        self.records().iter().filter_map(|record| if let Record::Pointer(name) = record { Some(name) } else { None })
    }

    fn records(&self) -> &[Record] {
        if let Self::Records(records) = self { records } else { &[] }
    }
}

/// Why DNS does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// No answer in time.
    TimedOut,
    /// SERVFAIL, REFUSED, an unreachable server, or nonsense.
    Failed,
}

/// An answer and how long it may be remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The answer.
    pub answer: Answer,
    /// Its time to live as DNS gave it; `None` where it gave none.
    pub ttl: Option<Duration>,
}

/// An answer on its way. Dropping it gives up.
pub type Asking<'a> = Pin<Box<dyn Future<Output = Reply> + Send + 'a>>;

/// Asks name servers. It neither remembers nor bounds: [`crate::Dns`] does.
pub trait Resolver: Send + Sync {
    /// Asks one question.
    fn ask<'a>(&'a self, question: &'a Question) -> Asking<'a>;
}
