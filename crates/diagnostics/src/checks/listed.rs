//! Is it on one of the configured lists?

use lookups::{ListAnswer, ListSays, Listee};

use super::listed_words;
use crate::case::Case;
use crate::patient::Patient;
use crate::report::Report;

pub(crate) async fn check(case: &Case) -> Report {
    let mut said: Vec<(String, ListAnswer)> = Vec::new();
    for listee in listees(case) {
        let name = name(&listee);
        said.extend(case.tools.reputation.look_up(&listee).await.into_iter().map(|answer| (name.clone(), answer)));
    }
    if said.is_empty() {
        return Report::unknown(
            "No list is asked for such names.",
            "Configure the lists that matter to you as [[dns_list]].",
        );
    }
    told(&said)
}

/// The patient itself; with a domain, also the addresses that its mail leaves from.
fn listees(case: &Case) -> Vec<Listee> {
    match &case.patient {
        Patient::Ip(address) => vec![Listee::Address(*address)],
        Patient::Account(_) | Patient::Domain(_) => {
            let own = case.tools.reputation.own_addresses().iter().copied().map(Listee::Address);
            case.patient.domain().map(Listee::Domain).into_iter().chain(own).collect()
        }
    }
}

fn name(listee: &Listee) -> String {
    match listee {
        Listee::Address(address) => address.to_string(),
        Listee::Domain(domain) => domain.to_string(),
    }
}

fn told(said: &[(String, ListAnswer)]) -> Report {
    let listed: Vec<String> = said.iter().filter_map(|(name, answer)| entry(name, answer)).collect();
    let silent: Vec<_> =
        said.iter().filter(|(_, answer)| answer.says == ListSays::Unknown).map(|(_, answer)| &answer.zone).collect();
    if !listed.is_empty() {
        return Report::fail(
            listed.join(" "),
            "Stop what led to it, then ask the list for removal; each tells how on its web site.",
        );
    }
    if !silent.is_empty() {
        let found = format!("{} did not answer.", listed_words(silent));
        return Report::unknown(
            found,
            "Lists refuse the questions of public resolvers: use one of your own ([dns] servers).",
        );
    }
    let mut zones: Vec<_> = said.iter().map(|(_, answer)| answer.zone.as_str()).collect();
    zones.dedup();
    Report::pass(format!("It is not listed by {}.", listed_words(zones)))
}

fn entry(name: &str, answer: &ListAnswer) -> Option<String> {
    let ListSays::Listed(meanings) = &answer.says else { return None };
    Some(format!("{name} is listed by {} ({}).", answer.zone, meanings.join("; ")))
}
