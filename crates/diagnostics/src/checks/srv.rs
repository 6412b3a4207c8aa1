//! Do mail programs find their settings?

use lookups::{Answer, Kind, Service};

use super::{listed_words, no_domain};
use crate::case::Case;
use crate::pattern::HostPattern;
use crate::report::Report;

/// The port of the record.
const HTTPS: u16 = 443;

pub(crate) async fn check(case: &Case) -> Report {
    let Some(domain) = case.patient.domain() else { return no_domain() };
    let Some(target) = &case.settings().autodiscover else {
        return Report::unknown("No host for autodiscovery is configured.", "Set diagnosis.autodiscover.");
    };
    let name = format!("_autodiscover._tcp.{domain}");
    let wanted = format!("Enter in the domain's DNS: {name}. SRV 0 0 443 {target}.");
    let answer = case.ask(&name, Kind::Srv).await;
    if matches!(answer, Answer::Unknown(_)) {
        return Report::dns_is_silent(&name);
    }
    let services: Vec<&Service> = answer.services().collect();
    let shown = || listed_words(services.iter().map(|service| written(service)));
    match services.as_slice() {
        [] => Report::fail(format!("There is no record {name}."), wanted),
        [only] if is_right(only, target) => Report::pass(format!("{name} is {}.", written(only))),
        several if several.iter().any(|service| is_right(service, target)) => {
            Report::warn(format!("{name} is {}: mail programs may take a wrong one.", shown()), wanted)
        }
        _ => Report::fail(format!("{name} is {}.", shown()), wanted),
    }
}

fn is_right(service: &Service, target: &HostPattern) -> bool {
    (service.priority, service.weight, service.port) == (0, 0, HTTPS) && target.fits(&service.target.to_host())
}

fn written(service: &Service) -> String {
    format!("{} {} {} {}", service.priority, service.weight, service.port, service.target)
}
