//! State that ends with the process: for tests, `scan` and replay. Same contract as the one on disk, but for survival.

mod archive;
mod customers;
mod deliveries;
mod diagnoses;
mod follow_ups;
mod letters;
mod lockouts;
mod reports;
mod tickets;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ::customers::ticket::Ticket;
use limits::{AlertJob, Before, FollowUpStore, Happening, Lockout, Pruned, Snapshot, Store, StoreError, farewell};
use model::{Block, BlockRef, BlockState, Evidence, Kept, Shelf, SubjectKey, Timestamp, WayOut};

type Result<T> = std::result::Result<T, StoreError>;

/// Everything in maps.
#[derive(Default)]
pub struct MemoryStore(Mutex<State>);

#[derive(Default)]
struct State {
    cases: BTreeMap<BlockRef, Case>,
    counters: BTreeMap<SubjectKey, Snapshot>,
    kept: BTreeMap<(Shelf, String), Kept>,
    /// The number of the latest ticket.
    tickets: u64,
    /// Tickets without a block.
    loose: BTreeMap<u64, tickets::Loose>,
    /// The number of the latest flagged message.
    flagged: u64,
    deliveries: deliveries::Deliveries,
    lockouts: BTreeMap<SubjectKey, Lockout>,
    customers: customers::Customers,
    diagnoses: diagnoses::Shelf,
    shelf: reports::Shelf,
    /// Up to when operators were told in digests.
    digest: Option<Timestamp>,
}

struct Case {
    block: Block,
    evidence: Vec<(u64, Evidence)>,
    letters: letters::Letters,
    ticket: Option<Ticket>,
}

impl Case {
    /// Lets the ticket follow its block; tells what has happened to it.
    fn follow(&mut self) -> Option<Happening> {
        let ticket = self.ticket.as_mut().filter(|ticket| ticket.is_open().is_ok())?;
        let letter = ticket.follow(&self.block);
        let over = ticket.is_open().is_err();
        let happened = over.then(|| ticket.has_stepped(true, letter.as_ref(), Some(&self.block)));
        let at = ticket.updated;
        self.letters.queue(letter, at);
        happened
    }

    /// The block's owner is settled now: its first letter is due once more, and its ticket is opened where that is the way out.
    fn adopted(&mut self, at: Timestamp, tickets: &mut u64) -> Option<Happening> {
        self.letters.renew(at);
        self.ticket = opened(&self.block, tickets);
        self.ticket.as_ref().map(|ticket| ticket.has_opened(Some(&self.block)))
    }

    /// The block has just ended: that is told.
    fn part(&mut self, before: Option<Before>) {
        let was_over = before.is_some_and(|before| before.state == BlockState::Unblocked);
        if let Some((kind, at)) = farewell(&self.block).filter(|_| !was_over) {
            self.letters.queue(Some(kind), at);
        }
    }
}

/// The ticket of a block, where that is its way out; it gets the next number.
fn opened(block: &Block, tickets: &mut u64) -> Option<Ticket> {
    (block.way_out == WayOut::Ticket).then(|| {
        *tickets += 1;
        Ticket::opened(*tickets, block)
    })
}

impl State {
    fn blocks(&self, chosen: impl Fn(&Block) -> bool) -> Vec<Block> {
        let mut blocks: Vec<_> =
            self.cases.values().map(|case| &case.block).filter(|block| chosen(block)).cloned().collect();
        blocks.sort_by(|a, b| (a.since, &a.reference).cmp(&(b.since, &b.reference)));
        blocks
    }

    /// The latest block of each subject, and the one of its highest strike since then.
    fn latest(&self, since: Timestamp) -> BTreeSet<BlockRef> {
        let mut last = BTreeMap::new();
        let by_time = self.blocks(|_| true);
        last.extend(by_time.iter().map(|block| ((&block.subject, false), block)));
        let mut by_strike: Vec<_> = by_time.iter().filter(|block| ended(block) >= since).collect();
        by_strike.sort_by_key(|block| block.strike);
        last.extend(by_strike.iter().map(|block| ((&block.subject, true), *block)));
        last.into_values().map(|block| block.reference.clone()).collect()
    }

    fn numbered(&mut self, evidence: &[Evidence]) -> Vec<(u64, Evidence)> {
        let numbered = (self.flagged + 1..).zip(evidence.iter().cloned()).collect();
        self.flagged += evidence.len() as u64;
        numbered
    }

    fn case(&mut self, reference: &BlockRef) -> Result<&mut Case> {
        self.cases.get_mut(reference).ok_or_else(|| StoreError::Other(format!("there is no block {reference}")))
    }
}

impl MemoryStore {
    /// No call leaves the maps half changed, so a panic elsewhere under the lock does no harm.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn open_block(&self, block: &Block, evidence: &[Evidence], alert: Option<&AlertJob>) -> Result<()> {
        let mut state = self.state();
        if state.cases.contains_key(&block.reference) {
            drop(state);
            return self.update_block(block);
        }
        let ticket = opened(block, &mut state.tickets);
        let letters = letters::Letters::beginning(alert);
        let evidence = state.numbered(evidence);
        let mut case = Case { block: block.clone(), evidence, letters, ticket };
        let opened = case.ticket.as_ref().map(|ticket| ticket.has_opened(Some(block)));
        let happened = [Happening::of_block(None, block), opened, case.follow()];
        state.deliveries.note(happened.into_iter().flatten());
        state.cases.insert(block.reference.clone(), case);
        Ok(())
    }

    fn update_block(&self, block: &Block) -> Result<()> {
        let mut state = self.state();
        let new =
            || Case { block: block.clone(), evidence: Vec::new(), letters: letters::Letters::default(), ticket: None };
        let State { cases, tickets, .. } = &mut *state;
        let before = cases.get(&block.reference).map(|case| Before::of(&case.block));
        if before.is_some_and(|before| before.is_over_for(block)) {
            return Ok(());
        }
        let adopted = before.and_then(|before| before.adopted_by(block));
        let case = cases.entry(block.reference.clone()).or_insert_with(new);
        case.block = block.clone();
        let opened = adopted.and_then(|at| case.adopted(at, tickets));
        let happened = [Happening::of_block(before, block), opened, case.follow()];
        case.part(before);
        state.deliveries.note(happened.into_iter().flatten());
        Ok(())
    }

    fn add_evidence(&self, block: &BlockRef, evidence: &[Evidence]) -> Result<()> {
        let mut state = self.state();
        let numbered = state.numbered(evidence);
        state.case(block)?.evidence.extend(numbered);
        Ok(())
    }

    fn load_blocks(&self, since: Timestamp) -> Result<Vec<Block>> {
        let state = self.state();
        let latest = state.latest(since);
        let counts =
            |block: &Block| block.quota.is_some() && block.released.as_ref().is_some_and(|(_, by)| by == "time");
        let told = |block: &Block| latest.contains(&block.reference) || counts(block);
        let remembered = |block: &Block| told(block) && ended(block) >= since;
        Ok(state.blocks(|block| block.state != BlockState::Unblocked || remembered(block)))
    }

    fn block(&self, reference: &BlockRef) -> Result<Option<Block>> {
        Ok(self.state().cases.get(reference).map(|case| case.block.clone()))
    }

    fn blocks(&self, only_active: bool, limit: usize) -> Result<Vec<Block>> {
        let blocks = self.state().blocks(|block| !only_active || block.is_active());
        Ok(blocks.into_iter().rev().take(limit).collect())
    }

    fn evidence(&self, reference: &BlockRef, limit: usize) -> Result<Vec<Evidence>> {
        let mut evidence = self.state().cases.get(reference).map(|case| case.evidence.clone()).unwrap_or_default();
        evidence.sort_by_key(|(id, evidence)| (evidence.at, *id));
        Ok(evidence.into_iter().map(|(_, evidence)| evidence).take(limit).collect())
    }

    fn set_destinations(&self, reference: &BlockRef, evidence: &[Evidence]) -> Result<()> {
        let mut state = self.state();
        let Some(case) = state.cases.get_mut(reference) else { return Ok(()) };
        for found in evidence {
            let same = |kept: &&mut Evidence| kept.at == found.at && kept.message_id == found.message_id;
            let kept = case.evidence.iter_mut().map(|(_, kept)| kept).filter(same);
            kept.for_each(|kept| kept.destination_ip = found.destination_ip);
        }
        Ok(())
    }

    fn save_counters(&self, snapshots: &[Snapshot]) -> Result<()> {
        let named = snapshots.iter().map(|snapshot| (snapshot.subject.clone(), snapshot.clone()));
        self.state().counters.extend(named);
        Ok(())
    }

    fn load_counters(&self, since: Timestamp) -> Result<Vec<Snapshot>> {
        Ok(self.state().counters.values().filter(|snapshot| snapshot.at >= since).cloned().collect())
    }

    fn save_kept(&self, records: &[Kept]) -> Result<()> {
        let named = records.iter().map(|kept| ((kept.shelf, kept.name.clone()), kept.clone()));
        self.state().kept.extend(named);
        Ok(())
    }

    fn load_kept(&self, shelf: Shelf) -> Result<Vec<Kept>> {
        let mut records: Vec<_> = self.state().kept.values().filter(|kept| kept.shelf == shelf).cloned().collect();
        records.sort_by(|a, b| (a.at, &a.name).cmp(&(b.at, &b.name)));
        Ok(records)
    }

    fn forget_kept(&self, shelf: Shelf, name: &str) -> Result<()> {
        self.state().kept.remove(&(shelf, name.to_owned()));
        Ok(())
    }

    fn prune_kept(&self, before: Timestamp, _most: usize) -> Result<Pruned> {
        self.state().kept.retain(|_, kept| kept.shelf.must_survive() || kept.at >= before);
        Ok(Pruned::All)
    }

    fn pending_alerts(&self) -> Result<Vec<AlertJob>> {
        let mut pending = self.state().letters(AlertJob::waits);
        pending.sort_by_cached_key(|letter| (letter.due, letter.about.to_string(), letter.number));
        Ok(pending)
    }

    fn update_alert(&self, alert: &AlertJob) -> Result<()> {
        self.update_letters(std::slice::from_ref(alert))
    }

    fn alert(&self, block: &BlockRef) -> Result<Option<AlertJob>> {
        Ok(self.state().cases.get(block).and_then(|case| case.letters.written.get(&0).cloned()))
    }

    /// All at once: in memory nobody waits for it.
    fn prune(&self, blocks_before: Timestamp, counters_before: Timestamp, _most: usize) -> Result<Pruned> {
        let mut state = self.state();
        state.cases.retain(|_, case| case.block.state != BlockState::Unblocked || ended(&case.block) >= blocks_before);
        state.counters.retain(|_, snapshot| snapshot.at >= counters_before);
        state.loose.retain(|_, loose| loose.is_kept(blocks_before));
        let State { cases, loose, deliveries, shelf, .. } = &mut *state;
        shelf.retain(|report| cases.contains_key(&report.block));
        deliveries.retain(|happening| match (happening.topic.block(), &happening.ticket) {
            (Some(block), _) => cases.contains_key(&block.reference),
            (None, Some(ticket)) => loose.contains_key(&ticket.number) || happening.at >= blocks_before,
            (None, None) => happening.at >= blocks_before,
        });
        Ok(Pruned::All)
    }

    fn probe(&self) -> Result<()> {
        Ok(())
    }
}

fn ended(block: &Block) -> Timestamp {
    block.released.as_ref().map_or(block.since, |(at, _)| *at)
}
