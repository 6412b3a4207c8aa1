//! What happened, and its deliveries, in maps.

use std::collections::{BTreeMap, BTreeSet};

use limits::{Backlog, Delivery, DeliveryPlace, DeliveryState, Happening, HappeningKind, HappeningLog, WebhookStore};
use model::{BlockRef, Timestamp};

use super::{MemoryStore, Result};

#[derive(Default)]
pub(super) struct Deliveries {
    happenings: BTreeMap<u64, Happening>,
    latest: u64,
    /// How far each receiver is.
    seen: BTreeMap<String, u64>,
    deliveries: BTreeMap<(String, u64), Delivery>,
}

impl Deliveries {
    pub(super) fn note(&mut self, happened: impl IntoIterator<Item = Happening>) {
        for happening in happened {
            self.latest += 1;
            self.happenings.insert(self.latest, Happening { number: self.latest, ..happening });
        }
    }

    /// Forgets what tells of what is forgotten.
    pub(super) fn retain(&mut self, is_kept: impl Fn(&Happening) -> bool) {
        self.happenings.retain(|_, happening| is_kept(happening));
        let known = &self.happenings;
        self.deliveries.retain(|(_, number), _| known.contains_key(number));
    }

    fn queue(&mut self, hook: &str, kinds: &[HappeningKind]) {
        let seen = self.seen.insert(hook.to_owned(), self.latest).unwrap_or(self.latest);
        let unseen = self.happenings.range(seen + 1..).map(|(_, happening)| happening);
        for happening in unseen.filter(|happening| kinds.contains(&happening.kind)) {
            let key = (hook.to_owned(), happening.number);
            self.deliveries.entry(key).or_insert_with(|| Delivery::new(hook, happening.clone()));
        }
    }

    fn of<'s>(&'s self, hook: &str) -> impl Iterator<Item = &'s Delivery> {
        self.deliveries.range((hook.to_owned(), 0)..=(hook.to_owned(), u64::MAX)).map(|(_, delivery)| delivery)
    }

    /// The first of each subject that waits.
    fn first(&self, hook: &str) -> Vec<Delivery> {
        let mut subjects = BTreeSet::new();
        let waiting = self.of(hook).filter(|delivery| delivery.waits());
        waiting.filter(|delivery| subjects.insert(delivery.happening.topic.to_string())).cloned().collect()
    }
}

impl WebhookStore for MemoryStore {
    fn happenings(&self, of: &BlockRef, limit: usize) -> Result<Vec<Happening>> {
        let state = self.state();
        let all = state.deliveries.happenings.values();
        Ok(all
            .filter(|happening| happening.topic.block().is_some_and(|block| block.reference == *of))
            .take(limit)
            .cloned()
            .collect())
    }

    fn queue_deliveries(&self, hook: &str, kinds: &[HappeningKind]) -> Result<()> {
        self.state().deliveries.queue(hook, kinds);
        Ok(())
    }

    fn due_deliveries(&self, hook: &str, now: Timestamp, limit: usize) -> Result<Vec<Delivery>> {
        let mut due = self.state().deliveries.first(hook);
        due.retain(|delivery| delivery.due <= now);
        due.sort_by_key(|delivery| (delivery.due, delivery.happening.number));
        due.truncate(limit);
        Ok(due)
    }

    fn deliveries(&self, hook: Option<&str>, state: Option<DeliveryState>, limit: usize) -> Result<Vec<Delivery>> {
        let kept = self.state();
        let chosen = |delivery: &&Delivery| {
            hook.is_none_or(|hook| hook == delivery.hook) && state.is_none_or(|state| state == delivery.state())
        };
        let mut all: Vec<_> = kept.deliveries.deliveries.values().filter(chosen).cloned().collect();
        all.sort_by(|a, b| (b.happening.number, &a.hook).cmp(&(a.happening.number, &b.hook)));
        all.truncate(limit);
        Ok(all)
    }

    fn deliveries_after(
        &self,
        place: &DeliveryPlace,
        hook: Option<&str>,
        state: Option<DeliveryState>,
        limit: usize,
    ) -> Result<Vec<Delivery>> {
        let mut all = self.deliveries(hook, state, usize::MAX)?;
        all.retain(|delivery| place.is_before(delivery));
        all.truncate(limit);
        Ok(all)
    }

    fn delivery(&self, hook: &str, happening: u64) -> Result<Option<Delivery>> {
        Ok(self.state().deliveries.deliveries.get(&(hook.to_owned(), happening)).cloned())
    }

    fn update_delivery(&self, delivery: &Delivery) -> Result<()> {
        let key = (delivery.hook.clone(), delivery.happening.number);
        if let Some(kept) = self.state().deliveries.deliveries.get_mut(&key) {
            *kept = delivery.clone();
        }
        Ok(())
    }

    fn revive_deliveries(&self, hook: &str, now: Timestamp) -> Result<u64> {
        let mut state = self.state();
        let dead = state.deliveries.deliveries.values_mut().filter(|kept| kept.hook == hook && kept.dead.is_some());
        Ok(dead.map(|kept| (kept.dead, kept.tries, kept.due) = (None, 0, now)).count() as u64)
    }

    fn drop_deliveries(&self, hook: &str) -> Result<u64> {
        let mut state = self.state();
        let before = state.deliveries.deliveries.len();
        state.deliveries.deliveries.retain(|_, kept| kept.hook != hook || kept.dead.is_none());
        Ok((before - state.deliveries.deliveries.len()) as u64)
    }

    fn backlog(&self, hook: &str) -> Result<Backlog> {
        let state = self.state();
        let waiting = || state.deliveries.of(hook).filter(|delivery| delivery.waits());
        Ok(Backlog {
            waiting: waiting().count() as u64,
            dead: state.deliveries.of(hook).filter(|delivery| delivery.dead.is_some()).count() as u64,
            oldest: waiting().map(|delivery| delivery.happening.at).min(),
            due: state.deliveries.first(hook).iter().map(|delivery| delivery.due).min(),
        })
    }
}

impl HappeningLog for MemoryStore {
    fn latest_happening(&self) -> Result<u64> {
        Ok(self.state().deliveries.latest)
    }

    fn happenings_after(&self, number: u64, limit: usize) -> Result<Vec<Happening>> {
        let state = self.state();
        let behind = state.deliveries.happenings.range(number.saturating_add(1)..);
        Ok(behind.map(|(_, happening)| happening.clone()).take(limit).collect())
    }
}
