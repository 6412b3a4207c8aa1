//! By which ways mail comes in. One of them is enough; without any the daemon is of no use to mail servers, and not ready.

use admin::{PartState, Readiness};
use console::Remark;

/// A way in that is open.
pub(crate) struct Entrance {
    /// "milter", "proxy", "intercept" or "scan".
    pub(crate) kind: &'static str,
    /// Where it listens.
    pub(crate) addresses: Vec<String>,
    /// How many connections it has now, where it counts them.
    pub(crate) connections: Option<Box<dyn Fn() -> u64 + Send + Sync>>,
}

impl Entrance {
    fn is_open(&self) -> bool {
        !self.addresses.is_empty()
    }

    fn state(&self) -> PartState {
        let listens = self.addresses.join(", ");
        let connections = self.connections.as_ref().map(|count| Remark::Connections(count()));
        PartState::working([Remark::Listens(listens)].into_iter().chain(connections))
    }
}

/// Each in a few words, for the service manager.
pub(crate) fn describe(entrances: &[Entrance]) -> String {
    let open = entrances.iter().filter(|entrance| entrance.is_open());
    let open: Vec<_> = open.map(|entrance| format!("{} on {}", entrance.kind, entrance.addresses.join(", "))).collect();
    if open.is_empty() { "no mail comes in".to_owned() } else { open.join("; ") }
}

/// What /readyz says of each that is open.
pub(crate) fn probe(readiness: &mut Readiness, entrances: Vec<Entrance>) {
    let mut open = entrances.into_iter().filter(Entrance::is_open).peekable();
    if open.peek().is_none() {
        readiness.probe("milter", true, || PartState::down([Remark::NoEntrance]));
    }
    for entrance in open {
        readiness.probe(entrance.kind, true, move || entrance.state());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use model::Timestamp;
    use model::time::ManualClock;

    use super::*;

    fn entrance(kind: &'static str, addresses: &[&str]) -> Entrance {
        let connections: Option<Box<dyn Fn() -> u64 + Send + Sync>> = (kind == "proxy").then(|| Box::new(|| 3u64) as _);
        Entrance { kind, addresses: addresses.iter().map(ToString::to_string).collect(), connections }
    }

    fn ready(entrances: Vec<Entrance>) -> (bool, String) {
        let mut readiness = Readiness::new(Arc::new(ManualClock::at(Timestamp(0))));
        probe(&mut readiness, entrances);
        let report = readiness.report();
        let parts: Vec<_> = report.parts.iter().map(|part| format!("{}: {}", part.part, part.sentence)).collect();
        (report.ready, parts.join("; "))
    }

    #[test]
    fn one_way_in_is_enough_and_none_is_told() {
        let proxied =
            || vec![entrance("milter", &[]), entrance("proxy", &["inet:127.0.0.1:25"]), entrance("scan", &[])];
        assert_eq!(ready(proxied()), (true, "proxy: inet:127.0.0.1:25; 3 connections".into()));
        assert_eq!(describe(&proxied()), "proxy on inet:127.0.0.1:25");
        let (is_ready, told) = ready(vec![entrance("milter", &[]), entrance("scan", &[])]);
        assert!(!is_ready && told.contains("no mail can come in"), "{told}");
        assert_eq!(describe(&[]), "no mail comes in");
    }
}
