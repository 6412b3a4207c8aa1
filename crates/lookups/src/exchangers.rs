//! Where mail for a domain goes (RFC 5321 5.1, RFC 7505).

use std::net::IpAddr;

use model::DomainName;

use crate::dns::Dns;
use crate::name::Name;
use crate::resolver::{Answer, Kind, Question, Record};

/// More exchangers than this are not tried.
const MAX_EXCHANGERS: usize = 16;

/// A host that takes mail for a domain.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exchanger {
    /// Lower is better.
    pub preference: u16,
    /// The host's name, in A-labels without a last dot.
    pub host: String,
}

/// Where mail for a domain goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mx {
    /// To these, best first, at most 16. A domain without MX records is its own exchanger.
    To(Vec<Exchanger>),
    /// Nowhere: the domain says that it takes no mail.
    NoMail,
    /// There is no such domain.
    NoSuchDomain,
    /// DNS does not tell: try later.
    Unknown,
}

impl Dns {
    /// The exchangers of a domain. What `dns.timeout` bounds is each of the look-ups.
    pub async fn mx(&self, domain: &DomainName) -> Mx {
        let Some(name) = Name::of(domain) else { return Mx::NoSuchDomain };
        match self.ask(Question { name: name.clone(), kind: Kind::Mx }).await {
            Answer::Records(records) => route(&records),
            Answer::NoRecords => Mx::To(vec![Exchanger { preference: 0, host: name.to_host() }]),
            Answer::NoSuchName => Mx::NoSuchDomain,
            Answer::Unknown(_) => Mx::Unknown,
        }
    }

    /// The address mail for a domain is sent to first; `None` when it has none, or DNS does not tell in time.
    pub async fn destination(&self, domain: &DomainName) -> Option<IpAddr> {
        let Mx::To(exchangers) = self.mx(domain).await else { return None };
        for exchanger in exchangers {
            let found = match Name::absolute(&exchanger.host) {
                Some(host) => self.address(host).await,
                None => None,
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }
}

fn route(records: &[Record]) -> Mx {
    let exchangers = records.iter().filter_map(|record| match record {
        Record::Exchanger(preference, host) => Some((*preference, host)),
        _ => None,
    });
    let (null, named): (Vec<_>, Vec<_>) = exchangers.partition(|(_, host)| host.is_root());
    let mut named: Vec<_> =
        named.into_iter().map(|(preference, host)| Exchanger { preference, host: host.to_host() }).collect();
    named.sort();
    named.truncate(MAX_EXCHANGERS);
    if named.is_empty() && !null.is_empty() { Mx::NoMail } else { Mx::To(named) }
}
