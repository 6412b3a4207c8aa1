//! Tickets and blocks together on a driven clock: no sequence of events makes what is displayed differ from what is enforced.
#![cfg(test)]

use ground::Straight;
use std::sync::Arc;
use std::time::Duration;

use customers::ticket::{Author, TicketState, TicketStore};
use limits::{AlertJob, BlockSettings, FollowUpStore, Ledger, LetterKind, Releaser, Rules, Terms, WebhookStore};
use model::event::NoEvents;
use model::standing::Transition;
use model::time::ManualClock;
use model::{AccountName, Block, Clock, Identity, SubjectKey, Timestamp, WayOut};
use pipeline::{Desk, Tickets};
use proptest::prelude::*;
use store::{MemoryStore, SqliteStore};

/// All that is kept of blocks.
trait Everything: TicketStore + FollowUpStore + WebhookStore {}
impl<T: TicketStore + FollowUpStore + WebhookStore> Everything for T {}

struct World {
    clock: ManualClock,
    way_out: WayOut,
    /// Whether bob is on the allow-list.
    allowed: bool,
    store: Arc<dyn Everything>,
    ledger: Arc<Ledger>,
    desk: Arc<Desk>,
    tickets: Tickets,
}

impl World {
    fn new(way_out: WayOut, store: Arc<dyn Everything>) -> Self {
        Self::at(ManualClock::at(Timestamp::from_secs(1_700_000_000)), (way_out, false), store)
    }

    /// The daemon as it starts over what is kept.
    fn at(clock: ManualClock, (way_out, allowed): (WayOut, bool), store: Arc<dyn Everything>) -> Self {
        let clocks: Arc<dyn Clock> = Arc::new(clock.clone());
        let rules = rules(way_out, allowed);
        let known = store.blocks(false, usize::MAX).unwrap().len() as u64;
        let references = std::sync::atomic::AtomicU64::new(known + 1);
        let next = move || u128::from(references.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        let ledger = Arc::new(Ledger::new(rules, next));
        let memory = clock.now().before(BlockSettings::default().strike_memory);
        ledger.restore(store.load_blocks(memory).unwrap(), Vec::new(), clock.now());
        let journal = Arc::new(Straight(Arc::clone(&store)));
        let kept = Arc::clone(&store) as _;
        let desk = Arc::new(Desk::new(Arc::clone(&ledger), kept, journal, Arc::new(NoEvents), Arc::clone(&clocks)));
        let tickets = Tickets::new(Arc::clone(&desk), Arc::clone(&store) as _, clocks, || {});
        Self { clock, way_out, allowed, store, ledger, desk, tickets }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn spam(&self) {
        let seen = ground::spam(None);
        for _ in 0..40 {
            self.write(self.ledger.observe(&bob(), &seen, self.now()));
        }
    }

    fn write(&self, transitions: Vec<Transition>) {
        for transition in transitions {
            match transition {
                Transition::Blocked { block, evidence } => {
                    let alert = AlertJob::first(&block, "node.example");
                    self.store.open_block(&block, &evidence, Some(&alert)).unwrap();
                }
                Transition::Changed { block } => self.store.update_block(&block).unwrap(),
            }
        }
    }

    fn is_blocked(&self) -> bool {
        self.ledger.blocked(&bob(), self.now()).is_some()
    }

    /// Killed, and started again over what it had written.
    fn restart(&mut self) {
        *self = Self::at(self.clock.clone(), (self.way_out, self.allowed), Arc::clone(&self.store));
    }

    async fn take(&mut self, step: &Step) {
        let latest = self.tickets.list(false, 1).unwrap().first().map_or(0, |file| file.ticket.id);
        let block = self.ledger.block(&subject());
        match step {
            Step::Spam => self.spam(),
            Step::Killed => self.restart(),
            Step::Back(hours) => self.clock.set(self.now().before(Duration::from_secs(hours * 3600))),
            Step::Allow(allowed) => {
                self.allowed = *allowed;
                self.ledger.reload(rules(self.way_out, self.allowed));
            }
            Step::ByHand => {
                let begun = self.ledger.block_by_hand(&subject(), "a stolen password", None, self.now());
                self.write(begun.unwrap_or_default());
            }
            Step::Wait(hours) => {
                self.clock.advance(Duration::from_secs(hours * 3600));
                (0..3).for_each(|_| self.write(self.ledger.sweep(self.now())));
            }
            Step::Reply(text) => drop(self.tickets.replied(latest, text)),
            Step::Refuse => drop(self.tickets.refuse(latest, "Change the password first.")),
            Step::Approve => drop(self.tickets.approve(latest).await),
            Step::Close => drop(self.tickets.close(latest)),
            Step::Reopen(by) => drop(self.tickets.reopen(latest, *by, "Please look again.")),
            Step::Password(ago) => {
                drop(self.desk.password_changed(&subject(), self.now().before(Duration::from_secs(*ago))).await);
            }
            Step::Release(by) => {
                if let Some(block) = block {
                    drop(self.desk.release(&block.reference, *by).await);
                }
            }
        }
    }
}

fn rules(way_out: WayOut, allowed: bool) -> Rules {
    let allow_accounts = Vec::from_iter(allowed.then(|| "bob@shop.example".to_owned()));
    let blocks = BlockSettings { automatic_releases: 9, allow_accounts, ..BlockSettings::default() };
    Rules { blocks, terms: Terms::by_way_out(move |_| way_out), ..Rules::default() }
}

fn bob() -> Identity {
    Identity { account: AccountName::from_login("bob@shop.example"), ..Identity::default() }
}

fn subject() -> SubjectKey {
    SubjectKey::Account(AccountName::from_login("bob@shop.example").unwrap())
}

#[derive(Debug, Clone)]
enum Step {
    Spam,
    Killed,
    /// The clock is set back by so many hours.
    Back(u64),
    Allow(bool),
    ByHand,
    Wait(u64),
    Reply(&'static str),
    Refuse,
    Approve,
    Close,
    Reopen(Author),
    Password(u64),
    Release(Releaser),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Spam),
        1 => Just(Step::Killed),
        1 => (0u64..50).prop_map(Step::Back),
        1 => any::<bool>().prop_map(Step::Allow),
        1 => Just(Step::ByHand),
        2 => (0u64..2000).prop_map(Step::Wait),
        2 => prop_oneof![Just("1. no"), Just("no, no, yes"), Just("?")].prop_map(Step::Reply),
        1 => Just(Step::Refuse),
        1 => Just(Step::Approve),
        1 => Just(Step::Close),
        1 => prop_oneof![Just(Author::Customer), Just(Author::Support)].prop_map(Step::Reopen),
        1 => (0u64..7200).prop_map(Step::Password),
        2 => prop_oneof![Just(Releaser::Operator), Just(Releaser::Customer)].prop_map(Step::Release),
    ]
}

fn way_out() -> impl Strategy<Value = WayOut> {
    prop_oneof![3 => Just(WayOut::Ticket), 1 => Just(WayOut::Password), 1 => Just(WayOut::Time)]
}

fn story(store: Arc<dyn Everything>, way_out: WayOut, steps: Vec<Step>) -> Result<(), TestCaseError> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut world = World::new(way_out, store);
    for step in steps {
        let (was_blocked, last) = (world.is_blocked(), world.ledger.block(&subject()));
        runtime.block_on(world.take(&step));
        tickets_agree(&world, way_out)?;
        only_who_may_ends_a_block(&world, way_out, &step, was_blocked)?;
        the_ladder_goes_up(&world, last.as_deref())?;
        what_is_kept_is_what_is_enforced(&world)?;
    }
    Ok(())
}

fn tickets_agree(world: &World, way_out: WayOut) -> Result<(), TestCaseError> {
    let files = world.tickets.list(false, 1000).unwrap();
    prop_assert!(way_out == WayOut::Ticket || files.is_empty());
    for file in &files {
        let block = file.block.as_ref().unwrap();
        let by = block.released.as_ref().map(|(_, by)| by.as_str());
        match file.ticket.state {
            TicketState::Approved => prop_assert_eq!(by, Some("ticket")),
            TicketState::Closed => prop_assert_ne!(by, Some("ticket")),
            _ => prop_assert!(block.is_active(), "an open ticket of a block that is over"),
        }
    }
    let shown = files.iter().filter(|file| file.block.as_ref().is_some_and(Block::is_active)).count();
    prop_assert!(way_out != WayOut::Ticket || shown == usize::from(world.is_blocked()));
    Ok(())
}

fn only_who_may_ends_a_block(world: &World, way_out: WayOut, step: &Step, was: bool) -> Result<(), TestCaseError> {
    let may_end = matches!(
        (step, way_out),
        (Step::Release(Releaser::Operator), _)
            | (Step::Wait(_) | Step::Release(_), WayOut::Time)
            | (Step::Approve, WayOut::Ticket)
            | (Step::Password(_), WayOut::Password)
    ) || (world.allowed && matches!(step, Step::Wait(_)));
    prop_assert!(!was || world.is_blocked() || may_end, "{:?} has ended a block", step);
    Ok(())
}

/// No strike is lost while it is remembered, and no block is shorter than its step.
fn the_ladder_goes_up(world: &World, last: Option<&Block>) -> Result<(), TestCaseError> {
    let settings = BlockSettings::default();
    let Some(block) = world.ledger.block(&subject()) else { return Ok(()) };
    let step = usize::try_from(block.strike - 1).unwrap().min(settings.ladder.len() - 1);
    prop_assert_eq!(block.length, settings.ladder[step]);
    if let Some(last) = last.filter(|last| last.reference != block.reference) {
        let ended = last.released.as_ref().map_or(last.since, |(at, _)| *at);
        let remembered = block.since.since(ended) <= settings.strike_memory;
        prop_assert_eq!(block.strike, if remembered { last.strike + 1 } else { 1 });
    }
    Ok(())
}

/// States, events and letters on disk are those of the blocks in force.
fn what_is_kept_is_what_is_enforced(world: &World) -> Result<(), TestCaseError> {
    let kept = world.store.blocks(false, usize::MAX).unwrap();
    let active: Vec<_> = kept.iter().filter(|block| block.is_active()).collect();
    prop_assert_eq!(active.len(), usize::from(world.is_blocked()));
    for block in &kept {
        let happened = world.store.happenings(&block.reference, 99).unwrap();
        let mut states = happened.iter().filter(|happened| happened.ticket.is_none());
        prop_assert_eq!(
            states.next_back().map(|happened| happened.topic.block().map(|block| block.state)),
            Some(Some(block.state))
        );
        let letters = world.store.letters_of(&limits::Matter::Block(block.reference.clone())).unwrap();
        let ends = letters.iter().filter(|one| matches!(one.kind, LetterKind::Approved | LetterKind::Released)).count();
        prop_assert_eq!(ends, usize::from(!block.is_active()), "each end is told once");
    }
    Ok(())
}

proptest! {
    #[test]
    fn displayed_and_enforced_never_differ(way_out in way_out(), steps in prop::collection::vec(step(), 1..40)) {
        story(Arc::new(MemoryStore::default()), way_out, steps)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn nor_do_they_on_disk(way_out in way_out(), steps in prop::collection::vec(step(), 1..40)) {
        let directory = tempfile::tempdir().unwrap();
        story(Arc::new(SqliteStore::open(directory.path()).unwrap()), way_out, steps)?;
    }
}
