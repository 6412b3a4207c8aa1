//! Guesses as the audit log tells them: of what one client shows at one door, for one user or key, the first wrong one, the
//! first that was turned away, and when ten minutes are over how many more there were.
//!
//! Bounds: within ten minutes [`MOST`] such series have lines of their own; whatever comes beyond shares one series for each
//! door. So a guesser, or many thousands of them, write about 200 lines at most.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::{Network, Timestamp, WebDoor};

use crate::audit::AuditEntry;

/// What a sum is over.
const INTERVAL: Duration = Duration::from_secs(600);
const MOST: usize = 64;

/// What belongs together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Attempt {
    pub(super) door: WebDoor,
    /// "user ann", where there is one.
    pub(super) on: Option<String>,
    pub(super) network: Option<Network>,
}

#[derive(Default)]
pub(super) struct Attempts(Mutex<Interval>);

/// The interval that runs.
#[derive(Default)]
struct Interval {
    began: Timestamp,
    /// `None` of a door: of all for whom there was no room.
    series: BTreeMap<(WebDoor, Option<Attempt>), Series>,
}

#[derive(Default)]
struct Series {
    client: Option<IpAddr>,
    wrong: Count,
    turned_away: Count,
}

/// How many there were, after the first.
#[derive(Default)]
struct Count(Option<u64>);

impl Attempts {
    /// Counts one; whether it is the first of its kind, and the lines that are due.
    pub(super) fn add(
        &self,
        attempt: Attempt,
        client: Option<IpAddr>,
        turned_away: bool,
        now: Timestamp,
    ) -> (bool, Vec<AuditEntry>) {
        let mut interval = self.lock();
        let mut lines = interval.over(now);
        let key = interval.key(attempt);
        let series = interval.series.entry(key.clone()).or_default();
        series.client = if key.1.is_some() { client } else { None };
        let first = if turned_away { series.turned_away.first() } else { series.wrong.first() };
        if first {
            let told = if turned_away { "turned away: too many within a minute" } else { "wrong" };
            lines.push(line(&key, series.client, now, told.to_owned()));
        }
        (first, lines)
    }

    /// The sums, if the interval is over.
    pub(super) fn over(&self, now: Timestamp) -> Vec<AuditEntry> {
        self.lock().over(now)
    }

    /// The sums.
    pub(super) fn sums(&self, now: Timestamp) -> Vec<AuditEntry> {
        self.lock().sums(now)
    }

    fn lock(&self) -> MutexGuard<'_, Interval> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Interval {
    /// A clock that was set back ends an interval as well.
    fn over(&mut self, now: Timestamp) -> Vec<AuditEntry> {
        let runs = self.began <= now && now.since(self.began) < INTERVAL;
        if runs { Vec::new() } else { self.sums(now) }
    }

    fn sums(&mut self, now: Timestamp) -> Vec<AuditEntry> {
        let ended = std::mem::replace(self, Self { began: now, series: BTreeMap::new() });
        let sum = |(key, series): (_, Series)| Some(line(&key, series.client, now, series.more()?));
        ended.series.into_iter().filter_map(sum).collect()
    }

    fn key(&self, attempt: Attempt) -> (WebDoor, Option<Attempt>) {
        let (door, own) = (attempt.door, (attempt.door, Some(attempt)));
        if self.series.len() < MOST || self.series.contains_key(&own) { own } else { (door, None) }
    }
}

impl Series {
    /// What its lines have not told yet.
    fn more(&self) -> Option<String> {
        match (self.wrong.more(), self.turned_away.more()) {
            (0, 0) => None,
            (wrong, away) => Some(format!("since the line before {wrong} more wrong, {away} more turned away")),
        }
    }
}

impl Count {
    /// One more; whether it is the first.
    fn first(&mut self) -> bool {
        let more = self.0;
        self.0 = Some(more.map_or(0, |more| more.saturating_add(1)));
        more.is_none()
    }

    fn more(&self) -> u64 {
        self.0.unwrap_or(0)
    }
}

fn line(
    (door, attempt): &(WebDoor, Option<Attempt>),
    client: Option<IpAddr>,
    at: Timestamp,
    detail: String,
) -> AuditEntry {
    let on = match attempt {
        Some(Attempt { on: Some(on), .. }) => on.clone(),
        Some(_) => "nobody known".to_owned(),
        None => "several, from several clients".to_owned(),
    };
    AuditEntry {
        id: 0,
        at,
        who: "nobody".into(),
        role: "none".into(),
        client,
        action: AuditEntry::LOGIN_FAILED.into(),
        on,
        detail: format!("{}: {detail}", door.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(attempts: &Attempts, host: u32, at: i64) -> (bool, usize) {
        let client = IpAddr::from(host.to_be_bytes());
        let network = Network::parse(&client.to_string());
        let attempt = Attempt { door: WebDoor::Key, on: None, network };
        let (first, lines) = attempts.add(attempt, Some(client), false, Timestamp::from_secs(at));
        (first, lines.len())
    }

    #[test]
    fn many_guessers_write_few_lines_and_are_all_counted() {
        let attempts = Attempts::default();
        let firsts = (0..100_000).filter(|host| guess(&attempts, *host, 1000).0).count();
        assert_eq!(firsts, MOST + 1, "and one for all others");
        assert_eq!(attempts.lock().series.len(), MOST + 1);
        let sums = attempts.over(Timestamp::from_secs(1600));
        let told: Vec<_> = sums.iter().map(|line| line.detail.as_str()).collect();
        let more = 100_000 - MOST - 1;
        assert_eq!(told, [format!("key: since the line before {more} more wrong, 0 more turned away")]);
        assert_eq!((sums[0].client, sums[0].on.as_str()), (None, "several, from several clients"));
    }

    #[test]
    fn an_interval_ends_by_time_by_a_clock_set_back_and_by_a_stop() {
        let attempts = Attempts::default();
        assert_eq!([guess(&attempts, 1, 1000), guess(&attempts, 1, 1001)], [(true, 1), (false, 0)]);
        assert_eq!(guess(&attempts, 1, 1600), (true, 2), "the sum, and a first one");
        assert_eq!(guess(&attempts, 1, 900), (true, 1));
        guess(&attempts, 1, 901);
        assert_eq!(attempts.sums(Timestamp::from_secs(902)).len(), 1);
        assert_eq!(attempts.sums(Timestamp::from_secs(902)).len(), 0);
    }
}
