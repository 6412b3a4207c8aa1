//! What the configured lists say of one address or domain that somebody asks about by hand.

use std::net::IpAddr;

use model::DomainName;
use model::circumstances::Asked;

use crate::reputation::{Reputation, listings};
use crate::subjects::Subject;
use crate::zones::Said;

/// Who is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listee {
    /// An address, in every list that is asked for addresses.
    Address(IpAddr),
    /// A domain, in every list that is asked for domains.
    Domain(DomainName),
}

/// One list and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListAnswer {
    /// The list.
    pub zone: DomainName,
    /// Its answer.
    pub says: ListSays,
}

/// What a list says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListSays {
    /// Nothing.
    NotListed,
    /// It is listed; what that means, in the operator's words.
    Listed(Vec<String>),
    /// The list refuses to answer, or DNS does not tell.
    Unknown,
}

impl Reputation {
    /// Asks every list that is asked for such names, one after another. Empty where the configuration has none.
    pub async fn look_up(&self, listee: &Listee) -> Vec<ListAnswer> {
        let mut answers = Vec::new();
        for zone in &self.zones {
            let asked: Vec<Asked> = kinds(listee).iter().copied().filter(|asked| zone.asks(*asked)).collect();
            if asked.is_empty() {
                continue;
            }
            let says = if self.health.may_ask_list(&zone.name) {
                self.ask_zone(zone, &asked, listee).await
            } else {
                ListSays::Unknown
            };
            answers.push(ListAnswer { zone: zone.name.clone(), says });
        }
        answers
    }

    /// The addresses that mail leaves from, as configured.
    pub fn own_addresses(&self) -> &[IpAddr] {
        &self.settings.own_addresses
    }

    async fn ask_zone(&self, zone: &crate::zones::Zone, asked: &[Asked], listee: &Listee) -> ListSays {
        let mut meanings: Vec<String> = Vec::new();
        for asked in asked {
            match listings(&self.dns, &self.health, zone, &subject(*asked, listee)).await {
                Said::Listings(found) => meanings.extend(found.iter().map(|listing| listing.says.to_string())),
                Said::Refused(_) | Said::Unknown => return ListSays::Unknown,
            }
        }
        meanings.sort();
        meanings.dedup();
        if meanings.is_empty() { ListSays::NotListed } else { ListSays::Listed(meanings) }
    }
}

fn kinds(listee: &Listee) -> &'static [Asked] {
    match listee {
        Listee::Address(_) => &[Asked::OwnAddress, Asked::Client, Asked::UrlAddress],
        Listee::Domain(_) => &[Asked::Url, Asked::From, Asked::MailFrom, Asked::ReplyTo],
    }
}

fn subject(asked: Asked, listee: &Listee) -> Subject {
    match listee {
        Listee::Address(address) => Subject::address(asked, *address),
        Listee::Domain(domain) => Subject::domain(asked, domain),
    }
}
