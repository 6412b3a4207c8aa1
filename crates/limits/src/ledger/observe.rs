//! Counting a message or a connection, and tripping.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use dashmap::mapref::one::{Ref, RefMut};
use model::standing::Transition;
use model::{Evidence, Identity, SubjectKey, Timestamp};

use super::{Ledger, Report};
use crate::plan::{Plan, Plans, Trip};
use crate::record::{Observation, Passage, Record, Seen};
use crate::rules::{Sessions, TripAction};
use crate::trip::Tripped;

/// What is counted with what is the same for all of its subjects.
struct Sighting<'a> {
    seen: Seen<'a>,
    evidence: Option<Arc<Evidence>>,
    authenticated: bool,
    now: Timestamp,
}

impl Ledger {
    /// Counts a message for all subjects of its identity, and returns the blocks it trips.
    pub fn observe(&self, identity: &Identity, seen: &Observation<'_>, now: Timestamp) -> Vec<Transition> {
        self.sight(identity, Seen::Message(seen), seen.evidence.as_ref(), now)
    }

    /// Counts an intercepted connection, or a part of it, for all subjects of its identity, and returns the blocks it trips.
    pub fn observe_passage(&self, identity: &Identity, passage: &Passage, now: Timestamp) -> Vec<Transition> {
        self.sight(identity, Seen::Passage(passage), passage.evidence.as_ref(), now)
    }

    fn sight(
        &self,
        identity: &Identity,
        seen: Seen<'_>,
        evidence: Option<&Evidence>,
        now: Timestamp,
    ) -> Vec<Transition> {
        let plans = self.plans.load();
        let evidence = evidence.cloned().map(Arc::new);
        let sighting = Sighting { seen, evidence, authenticated: identity.is_authenticated(), now };
        let mut transitions = Vec::new();
        for subject in identity.subjects() {
            self.count(&plans, &subject, &sighting, &mut transitions);
        }
        transitions
    }

    fn count(&self, plans: &Plans, subject: &SubjectKey, sighting: &Sighting<'_>, into: &mut Vec<Transition>) {
        let plan = plans.of(subject.kind());
        if !plan.counts(sighting.authenticated) {
            return;
        }
        let mut record = self.record(plans, plan, subject, sighting.now);
        let before = reached(plan, &record, subject, sighting, TripAction::Report);
        record.observe(sighting.seen, sighting.authenticated, sighting.now);
        // The register is asked under the record's lock: of many sessions that reach a limit, one opens the block.
        if plan.allows(subject) || self.register.active(subject).is_some() {
            return;
        }
        if let Some(evidence) = &sighting.evidence {
            record.keep(Arc::clone(evidence), plans.blocks.evidence as usize);
        }
        self.report(plan, &record, subject, sighting, &before);
        if let Some(trip) = reached(plan, &record, subject, sighting, TripAction::Block).first() {
            let tripped = trip.tripped(&record, sighting.now);
            self.trip(plans, tripped, &mut record, subject, sighting.now, into);
        } else if let Some(tripped) = self.relapse(plans, plan, &record, subject, sighting) {
            self.trip(plans, tripped, &mut record, subject, sighting.now, into);
        }
    }

    /// Spam from a subject that was released not long ago; of an address, only what it is charged with.
    fn relapse(
        &self,
        plans: &Plans,
        plan: &Plan,
        record: &Record,
        subject: &SubjectKey,
        sighting: &Sighting<'_>,
    ) -> Option<Tripped> {
        let charged = Sessions::Charged.resolved(subject.kind()).cover(sighting.authenticated);
        if !sighting.seen.is_spam() || !charged || !plan.blocks() {
            return None;
        }
        let released = self.register.released_within(subject, plans.blocks.probation, sighting.now)?;
        Some(Tripped::relapse(record, sighting.now.since(released)))
    }

    /// The subject's record under the plan in force, to read; `None` when there is none.
    pub(super) fn aligned(&self, plan: &Arc<Plan>, subject: &SubjectKey) -> Option<Ref<'_, SubjectKey, Record>> {
        let record = self.records.get(subject)?;
        if record.is_under(plan) {
            return Some(record);
        }
        // Only the first to come after a reload gets here; the read lock is given up before the write lock is taken.
        drop(record);
        let mut record = self.records.get_mut(subject)?;
        record.align(plan, self.sketch_key);
        Some(record.downgrade())
    }

    /// Begins a block of what tripped, under its record's lock.
    pub(super) fn trip(
        &self,
        plans: &Plans,
        mut tripped: Tripped,
        record: &mut Record,
        subject: &SubjectKey,
        now: Timestamp,
        into: &mut Vec<Transition>,
    ) {
        into.extend(self.finish_release(subject, now));
        let Some(reference) = self.reference() else { return };
        let since = now.before(tripped.reason.window);
        tripped.reason.monitored = plans.monitor;
        tripped.owner = plans.at_block(subject);
        let Some(block) = self.register.open(subject, tripped, reference, &plans.blocks, now) else { return };
        let evidence = record.evidence().filter(|kept| kept.at >= since).map(|kept| (**kept).clone()).collect();
        record.drop_evidence();
        into.push(Transition::Blocked { block: Box::new(block), evidence });
    }

    fn report(&self, plan: &Plan, record: &Record, subject: &SubjectKey, sighting: &Sighting<'_>, before: &[&Trip]) {
        let now = sighting.now;
        let reached = reached(plan, record, subject, sighting, TripAction::Report);
        for trip in reached.iter().filter(|trip| !before.iter().any(|known| std::ptr::eq(*known, **trip))) {
            self.reports.add(Report { subject: subject.clone(), at: now, reason: trip.tripped(record, now).reason });
        }
    }

    /// The subject's record under the plan in force; made when there is none.
    pub(super) fn record(
        &self,
        plans: &Plans,
        plan: &Arc<Plan>,
        subject: &SubjectKey,
        now: Timestamp,
    ) -> RefMut<'_, SubjectKey, Record> {
        if let Some(mut record) = self.records.get_mut(subject) {
            record.align(plan, self.sketch_key);
            return record;
        }
        self.make_room(plans);
        let mut record = self.records.entry(subject.clone()).or_insert_with(|| Record::new(plan, self.sketch_key, now));
        record.align(plan, self.sketch_key);
        record
    }

    /// What report rules have found since the last call; at most 1000, the latest.
    pub fn reports(&self) -> Vec<Report> {
        self.reports.take()
    }

    /// How many subjects' counters were forgotten because there were more than `blocks.max_subjects`.
    pub fn evicted(&self) -> u64 {
        self.evicted.load(Ordering::Relaxed)
    }
}

/// The rules of an action that the subject has reached, of those that count such a session; hardly ever any.
fn reached<'p>(
    plan: &'p Plan,
    record: &Record,
    subject: &SubjectKey,
    sighting: &Sighting<'_>,
    action: TripAction,
) -> Vec<&'p Trip> {
    let counting = |trip: &&Trip| trip.rule.action == action && trip.sessions.cover(sighting.authenticated);
    let reached = |trip: &&Trip| trip.is_reached(record, subject, sighting.now);
    plan.trips.iter().filter(counting).filter(reached).collect()
}
