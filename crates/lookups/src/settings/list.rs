//! One `[[dns_list]]` entry: a zone and what its answers mean.

use ipnet::Ipv4Net;
use model::DomainName;
use model::circumstances::{Asked, Listed};
use settings::{Setting, Value};

use crate::name::Name;

/// The zone of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(pub DomainName);

impl Setting for Zone {
    fn allowed() -> String {
        "a DNS zone in quotes, like \"dbl.list.example\"".into()
    }
    fn read(value: &Value<'_>) -> Result<Self, String> {
        let text = String::read(value).map_err(|_| format!("expected {}", Self::allowed()))?;
        let zone = DomainName::new(&text).filter(|zone| Name::of(zone).is_some());
        zone.map(Self).ok_or_else(|| format!("expected {}, found \"{text}\"", Self::allowed()))
    }
    fn show(&self) -> String {
        self.0.as_str().to_owned().show()
    }
    fn blank() -> Option<Self> {
        DomainName::new("invalid").map(Self)
    }
}

/// Answers that count: an address or a network within 127.0.0.0/8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerNet(pub Ipv4Net);

/// What lists answer with (RFC 5782 2.1).
pub(crate) fn answers() -> Ipv4Net {
    Ipv4Net::new_assert([127, 0, 0, 0].into(), 8)
}

impl Setting for AnswerNet {
    fn allowed() -> String {
        "an answer or a network of answers within 127.0.0.0/8, like \"127.0.0.2\" or \"127.0.1.0/24\"".into()
    }
    fn read(value: &Value<'_>) -> Result<Self, String> {
        let text = String::read(value).map_err(|_| format!("expected {}", Self::allowed()))?;
        let net = text.parse::<Ipv4Net>().ok().or_else(|| text.parse::<std::net::Ipv4Addr>().ok().map(Ipv4Net::from));
        let net = net.map(|net| net.trunc()).filter(|net| answers().contains(net));
        net.map(Self).ok_or_else(|| format!("expected {}, found \"{text}\"", Self::allowed()))
    }
    fn show(&self) -> String {
        let text = if self.0.prefix_len() == 32 { self.0.addr().to_string() } else { self.0.to_string() };
        text.show()
    }
}

settings::settings! {
    /// A DNS list to ask, and what an answer of it means. Several entries may name one zone, where its answers mean
    /// different things; the zone is asked once. An answer outside of 127.0.0.0/8, or within 127.255.255.0/24 ("you may not ask"),
    /// is never a hit: it is told as a failure of the part "dns_lists", and the zone is left alone for five minutes.
    /// Mind the terms of use: most lists are free for little mail only, and none answers public resolvers.
    pub row DnsListRule = "dns_list" {
        /// The zone that is asked.
        zone: Zone;
        /// What is looked up in it. Domains: "url" (of links), "from", "mail_from", "reply_to". Addresses: "client", "url_address"
        /// (of the hosts that links name), "own_address" (reputation.own_addresses; tells you, scores nothing). Your customers
        /// sit in dynamic ranges, so don't ask a list of those for "client".
        asks: Vec<Asked>;
        /// The answers that count, addresses or networks. Empty: all.
        answers: Vec<AnswerNet> = Vec::new();
        /// For lists whose last byte is a set of bits: at least one of these must be set. 0: the byte is no set.
        bits: u8 = 0;
        /// What an entry is: "bad", or "young" (registered days ago).
        listed: Listed = Listed::Bad;
        /// How much of the signal's points a hit gives, in percent. The signals are listed_url, listed_sender, listed_client,
        /// listed_address and young_domain.
        percent: u8 = 100, in 1..=100;
        /// What it means, for whoever reads the score.
        says: String = "listed".into();
    }
}

impl DnsListRule {
    /// What stands in the sample.
    pub fn examples() -> Vec<Self> {
        let zone = |name: &str| DomainName::new(name).map(Zone);
        let domains = vec![Asked::Url, Asked::From, Asked::MailFrom, Asked::ReplyTo];
        let row = |zone, asks, listed, says: &str| Self {
            zone,
            asks,
            answers: Vec::new(),
            bits: 0,
            listed,
            percent: 100,
            says: says.into(),
        };
        [
            zone("domains.list.example").map(|zone| row(zone, domains.clone(), Listed::Bad, "spam or phishing")),
            zone("young.list.example").map(|zone| row(zone, domains.clone(), Listed::Young, "registered this week")),
            zone("addresses.list.example")
                .map(|zone| row(zone, vec![Asked::UrlAddress], Listed::Bad, "hosts phishing")),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
