//! Lists as they are asked: each zone once, whatever number of meanings its answers have.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use ipnet::Ipv4Net;
use model::DomainName;
use model::circumstances::{Asked, Listed, Listing};

use crate::name::Name;
use crate::resolver::Answer;
use crate::settings::DnsListRule;
use crate::subjects::{Entry, Subject};

/// One zone.
#[derive(Debug)]
pub(crate) struct Zone {
    pub(crate) name: DomainName,
    meanings: Vec<Meaning>,
}

#[derive(Debug)]
struct Meaning {
    asks: Vec<Asked>,
    answers: Vec<Ipv4Net>,
    bits: u8,
    listed: Listed,
    percent: u8,
    says: Arc<str>,
}

/// What a zone's answer amounts to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Said {
    /// These entries; none when it is not listed, or not in a way that counts.
    Listings(Vec<Listing>),
    /// The zone does not want to be asked, or is not what it was: with the answer.
    Refused(IpAddr),
    /// DNS did not tell.
    Unknown,
}

impl Zone {
    /// The zones of the configuration.
    pub(crate) fn compile(rules: &[DnsListRule]) -> Vec<Arc<Self>> {
        let mut zones: Vec<Self> = Vec::new();
        for rule in rules {
            let meaning = Meaning::of(rule);
            match zones.iter_mut().find(|zone| zone.name == rule.zone.0) {
                Some(zone) => zone.meanings.push(meaning),
                None => zones.push(Self { name: rule.zone.0.clone(), meanings: vec![meaning] }),
            }
        }
        zones.into_iter().map(Arc::new).collect()
    }

    /// Whether anything of that kind is looked up here.
    pub(crate) fn asks(&self, asked: Asked) -> bool {
        self.meanings.iter().any(|meaning| meaning.asks.contains(&asked))
    }

    /// The name to ask for (RFC 5782 2.1, 2.4, 3.1).
    pub(crate) fn query(&self, entry: &Entry) -> Option<Name> {
        match entry {
            Entry::Domain(domain) => Name::below(domain.as_str(), &self.name),
            Entry::Address(address) => Name::below(&reversed(*address), &self.name),
        }
    }

    /// What an answer means.
    pub(crate) fn read(&self, subject: &Subject, answer: &Answer) -> Said {
        let codes: Vec<_> = match answer {
            Answer::Unknown(_) => return Said::Unknown,
            answer => answer.addresses().collect(),
        };
        if let Some(refusal) = codes.iter().find(|code| is_refusal(**code)) {
            return Said::Refused(*refusal);
        }
        let codes: Vec<Ipv4Addr> = codes.into_iter().filter_map(v4).collect();
        let meant =
            self.meanings.iter().filter(|meaning| codes.iter().any(|code| meaning.covers(subject.asked, *code)));
        Said::Listings(meant.map(|meaning| self.listing(subject, meaning)).collect())
    }

    fn listing(&self, subject: &Subject, meaning: &Meaning) -> Listing {
        Listing {
            asked: subject.asked,
            entry: subject.entry.to_string(),
            listed: meaning.listed,
            zone: self.name.clone(),
            says: Arc::clone(&meaning.says),
            percent: meaning.percent,
        }
    }
}

impl Meaning {
    fn of(rule: &DnsListRule) -> Self {
        Self {
            asks: rule.asks.clone(),
            answers: rule.answers.iter().map(|answer| answer.0).collect(),
            bits: rule.bits,
            listed: rule.listed,
            percent: rule.percent,
            says: rule.says.as_str().into(),
        }
    }

    fn covers(&self, asked: Asked, code: Ipv4Addr) -> bool {
        let [.., last] = code.octets();
        self.asks.contains(&asked)
            && (self.answers.is_empty() || self.answers.iter().any(|net| net.contains(&code)))
            && (self.bits == 0 || last & self.bits != 0)
    }
}

/// A list that was given up answers with its new owner's web server, a resolver of a captive network with its own; those that
/// refuse, or whose quota is used up, answer within 127.255.255.0/24.
fn is_refusal(code: IpAddr) -> bool {
    let IpAddr::V4(code) = code else { return true };
    !code.is_loopback() || matches!(code.octets(), [127, 255, 255, _])
}

fn v4(address: IpAddr) -> Option<Ipv4Addr> {
    if let IpAddr::V4(address) = address { Some(address) } else { None }
}

/// `2.0.0.127`, or the nibbles of an IPv6 address, last first.
pub(crate) fn reversed(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            format!("{d}.{c}.{b}.{a}")
        }
        IpAddr::V6(address) => {
            let nibbles = address.octets().into_iter().rev().flat_map(|byte| [byte & 0xf, byte >> 4]);
            nibbles.map(|nibble| format!("{nibble:x}")).collect::<Vec<_>>().join(".")
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::resolver::Record;
    use crate::settings::{AnswerNet, Zone as ZoneName};

    fn rule(answers: &[&str], bits: u8, says: &str) -> DnsListRule {
        DnsListRule {
            zone: ZoneName(DomainName::new("list.example").unwrap()),
            asks: vec![Asked::Url],
            answers: answers.iter().map(|net| AnswerNet(net.parse().unwrap())).collect(),
            bits,
            listed: Listed::Bad,
            percent: 50,
            says: says.into(),
        }
    }

    fn said(rules: &[DnsListRule], codes: &[&str]) -> Said {
        let subject = Subject { asked: Asked::Url, entry: Entry::Domain(DomainName::new("shop.example").unwrap()) };
        let records = codes.iter().map(|code| Record::Address(code.parse().unwrap())).collect();
        let answer = if codes.is_empty() { Answer::NoSuchName } else { Answer::Records(records) };
        Zone::compile(rules)[0].read(&subject, &answer)
    }

    fn meanings(rules: &[DnsListRule], codes: &[&str]) -> Vec<String> {
        let Said::Listings(listings) = said(rules, codes) else { panic!("{:?}", said(rules, codes)) };
        listings.into_iter().map(|listing| listing.says.to_string()).collect()
    }

    #[test]
    fn answers_mean_what_the_rules_say() {
        let rules =
            [rule(&["127.0.1.0/24"], 0, "spam"), rule(&["127.0.1.4/32"], 0, "phishing"), rule(&[], 64, "bit six")];
        assert_eq!(meanings(&rules, &["127.0.1.4"]), ["spam", "phishing"]);
        assert_eq!(meanings(&rules, &["127.0.0.2", "127.0.1.9"]), ["spam"]);
        assert_eq!(meanings(&rules, &["127.0.0.72"]), ["bit six"]);
        assert_eq!(meanings(&rules, &["127.0.0.8"]), Vec::<String>::new());
        assert_eq!(meanings(&rules, &[]), Vec::<String>::new());
    }

    #[test]
    fn an_answer_that_no_list_gives_is_a_refusal() {
        for code in ["127.255.255.252", "127.255.255.254", "203.0.113.7", "::1", "2001:db8::1"] {
            assert_eq!(said(&[rule(&[], 0, "x")], &["127.0.0.2", code]), Said::Refused(code.parse().unwrap()));
        }
    }

    #[test]
    fn addresses_are_asked_for_backwards() {
        assert_eq!(reversed("192.0.2.1".parse().unwrap()), "1.2.0.192");
        let v6 = reversed("2001:db8::25".parse().unwrap());
        assert_eq!(v6, "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2");
    }
}
