//! The `[reputation]` table, and what contradicts itself.

use std::net::IpAddr;
use std::time::Duration;

use model::circumstances::{Asked, Listed};

use super::list::DnsListRule;
use super::signed::SignedFor;

settings::settings! {
    /// What DNS knows of the names in a message. All of it is off as long as nothing is set here and no [[dns_list]] is
    /// there; no verdict needs it.
    pub table ReputationSettings = "reputation" {
        /// The addresses that mail leaves from, such as ["192.0.2.25"]: the mail server's, not this filter's. They are looked up
        /// in every [[dns_list]] that asks for "own_address", and mail_authentication asks whether a sender's domain knows them.
        own_addresses: Vec<IpAddr> = Vec::new();
        /// How often.
        own_check_every: Duration = Duration::from_secs(3600), in Duration::from_secs(60)..=Duration::from_secs(86_400);
        /// Whether it is looked up if the domains of From and of links exist at all.
        domains_exist: bool = false;
        /// Whether it is looked up what receivers will find: if the domain of MAIL FROM lets mail come from own_addresses (SPF), if
        /// DKIM signatures hold, and if From's domain has mail refused for which neither is so (DMARC). The look-ups
        /// are as many as the domains' records ask for, ten or so for the first message, and share dns.budget.
        mail_authentication: bool = false;
        /// The domains of From that your mail server signs for (DKIM) when this filter has seen the message, as milters of
        /// signers that stand behind it do: "*" for all, or domains, those below them included. Their mail counts as signed.
        dkim_signed_later_for: Vec<SignedFor> = Vec::new();
    }
}

/// Options with what is wrong with them.
pub fn check(reputation: &ReputationSettings, lists: &[DnsListRule]) -> Vec<(String, String)> {
    let mut found: Vec<_> = lists.iter().zip(1..).flat_map(|(list, number)| misfits(list, number)).collect();
    let asks_own = |list: &DnsListRule| list.asks.contains(&Asked::OwnAddress);
    if reputation.own_addresses.is_empty()
        && let Some(index) = lists.iter().position(asks_own)
    {
        let message = "asks for \"own_address\", but reputation.own_addresses names none";
        found.push((format!("dns_list[{}].asks", index + 1), message.into()));
    }
    found.extend(authentication(reputation));
    found
}

fn authentication(reputation: &ReputationSettings) -> Option<(String, String)> {
    let (key, message) = if reputation.mail_authentication {
        let message = "asks whether senders' domains know the addresses mail leaves from, but reputation.own_addresses names none";
        reputation.own_addresses.is_empty().then_some(("mail_authentication", message))
    } else {
        let message = "says who signs, but signatures are not looked at: reputation.mail_authentication is false";
        (!reputation.dkim_signed_later_for.is_empty()).then_some(("dkim_signed_later_for", message))
    }?;
    Some((format!("reputation.{key}"), message.to_owned()))
}

fn misfits(list: &DnsListRule, number: usize) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut note = |key: &str, message: &str| found.push((format!("dns_list[{number}].{key}"), message.to_owned()));
    if list.asks.is_empty() {
        note("asks", "nothing would be looked up in this list");
    }
    let of_domains = |asked: &Asked| !matches!(asked, Asked::UrlAddress | Asked::Client | Asked::OwnAddress);
    if list.listed == Listed::Young && !list.asks.iter().all(of_domains) {
        note("listed", "only domains are \"young\", and this list is asked for addresses");
    }
    if list.says.trim().is_empty() {
        note("says", "a listing must say what it means");
    }
    found
}
