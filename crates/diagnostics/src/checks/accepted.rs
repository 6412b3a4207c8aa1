//! Do the domain's exchangers accept a recipient?

use std::net::{IpAddr, SocketAddr};

use customers::Address;
use lookups::{Exchanger, Mx, Name};
use model::DomainName;

use super::{listed_words, no_domain};
use crate::case::Case;
use crate::finding::Cause;
use crate::reach::is_public;
use crate::report::Report;
use crate::smtp::{Probed, probe, said};

/// More exchangers of a domain are not asked.
const MAX_EXCHANGERS: usize = 3;

/// The account's own address.
pub(crate) async fn own(case: &Case) -> Report {
    match case.patient.mailbox() {
        Some(mailbox) => asked(case, &[mailbox], "Look whether the mailbox exists, is full, or was suspended.").await,
        None => no_domain(),
    }
}

/// abuse@ and postmaster@ (RFC 2142).
pub(crate) async fn roles(case: &Case) -> Report {
    let Some(domain) = case.patient.domain() else { return no_domain() };
    let addresses: Vec<Address> =
        ["abuse", "postmaster"].iter().filter_map(|role| Address::parse(&format!("{role}@{domain}"))).collect();
    asked(case, &addresses, "Make these addresses, and let somebody read them: complaints come there first.").await
}

async fn asked(case: &Case, recipients: &[Address], advice: &str) -> Report {
    let Some(domain) = case.patient.domain().filter(|_| !recipients.is_empty()) else { return no_domain() };
    match case.tools.dns.mx(&domain).await {
        Mx::NoSuchDomain | Mx::NoMail => {
            Report::fail(format!("{domain} takes no mail at all."), "See the MX records above.")
        }
        Mx::Unknown => Report::dns_is_silent(&format!("the exchangers of {domain}")),
        Mx::To(exchangers) => first_answer(case, &domain, &exchangers, recipients, advice).await,
    }
}

/// The best exchanger that talks to us says it.
async fn first_answer(
    case: &Case,
    domain: &DomainName,
    exchangers: &[Exchanger],
    recipients: &[Address],
    advice: &str,
) -> Report {
    let mut why = Vec::new();
    for exchanger in exchangers.iter().take(MAX_EXCHANGERS) {
        match one(case, exchanger, recipients).await {
            Ok(probed) => return told(exchanger, &probed, advice),
            Err(error) => why.push(format!("{}: {error}", exchanger.host)),
        }
    }
    Report::unknown(
        format!("No exchanger of {domain} could be asked ({}).", why.join("; ")),
        "Many networks let no connection out to port 25; then this can't be found out from here.",
    )
}

async fn one(case: &Case, exchanger: &Exchanger, recipients: &[Address]) -> Result<Probed, String> {
    let host = Name::of_host(&exchanger.host).ok_or("is no host")?;
    let address = case.tools.dns.address(host).await.ok_or("it has no address, or DNS does not tell")?;
    let peer = peer(case, address)?;
    probe(peer, &case.tools.ehlo, recipients).await.map_err(|error| error.to_string())
}

/// A domain's owner chooses where its exchangers are: into our own network he shall not point us.
fn peer(case: &Case, address: IpAddr) -> Result<SocketAddr, String> {
    if !is_public(address) && !case.settings().private_exchangers {
        return Err(format!(
            "{address} is a private address, which diagnosis.private_exchangers does not allow to ask"
        ));
    }
    Ok(SocketAddr::new(address, case.settings().exchanger_port))
}

fn told(exchanger: &Exchanger, probed: &Probed, advice: &str) -> Report {
    let refusals = |class: u16| -> Vec<String> {
        let refused = probed.iter().filter(|(_, reply)| reply.code() / 100 == class);
        refused.map(|(address, reply)| format!("{address}: {}", said(reply))).collect()
    };
    let (later, never) = (refusals(4), refusals(5));
    if !never.is_empty() {
        let found = format!("{} refuses {}", exchanger.host, never.join("; "));
        return Report::fail(found, advice).because(Cause::Infrastructure);
    }
    if !later.is_empty() {
        let found = format!("{} puts off {}", exchanger.host, later.join("; "));
        return Report::unknown(found, "It may be greylisting: try again in some minutes.");
    }
    Report::pass(format!("{} accepts {}.", exchanger.host, listed_words(probed.iter().map(|(address, _)| address))))
}
