//! Blocks that begin while the provider's directory is down, until it is up again: over both stores, on a driven clock, with
//! crashes between.
#![cfg(test)]

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arc_swap::ArcSwap;
use customers::ticket::TicketStore;
use customers::{
    Asking, Customer, CustomerRecord, CustomerSettings, Directory, Elsewhere, LiveDirectory, OwnersTerms, Said, Source,
};
use ground::{Straight, policy};
use limits::{AlertJob, FollowUpStore, Holdings, Ledger, Releaser, Rules, Terms, WebhookStore};
use model::event::NoEvents;
use model::standing::Transition;
use model::time::ManualClock;
use model::{AccountName, Block, ClientAddr, Clock, Identity, SubjectKey, Timestamp, WayOut};
use pipeline::{AdoptionCaller, Adoptions, Blocking, Desk};
use proptest::prelude::*;
use store::{MemoryStore, SqliteStore};

const HOUR: Duration = Duration::from_secs(3600);
const MINUTE: Duration = Duration::from_secs(60);

trait Everything: TicketStore + FollowUpStore + WebhookStore {}
impl<T: TicketStore + FollowUpStore + WebhookStore> Everything for T {}

/// A directory that says what it is told to say, when it is asked.
#[derive(Debug)]
struct Panel {
    says: Mutex<Said>,
    asked: AtomicU64,
}

impl Elsewhere for Panel {
    fn said(&self, _: &SubjectKey) -> Said {
        self.says.lock().unwrap().clone()
    }

    fn ask<'a>(&'a self, subject: &'a SubjectKey) -> Asking<'a> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { self.said(subject) })
    }

    fn customer(&self, _: &str) -> Option<Arc<Customer>> {
        None
    }

    fn holdings(&self, _: &str) -> Option<Holdings> {
        None
    }
}

fn owner(kind: &str) -> Said {
    let record = CustomerRecord {
        service: "hosting-4711".into(),
        contact: vec!["owner@owner.example".into()],
        kind: kind.to_owned(),
        automatic_releases: Some(1),
        ..CustomerRecord::default()
    };
    Said::Owner(Arc::new(record.customer(Source::Directory).unwrap()))
}

/// The daemon over what is kept.
struct World {
    clock: ManualClock,
    panel: Arc<Panel>,
    store: Arc<dyn Everything>,
    ledger: Arc<Ledger>,
    desk: Desk,
    adoptions: Adoptions,
}

impl World {
    fn at(clock: ManualClock, panel: Arc<Panel>, store: Arc<dyn Everything>) -> Self {
        let clocks: Arc<dyn Clock> = Arc::new(clock.clone());
        let directory = Directory::nobody(&CustomerSettings::default()).asking(Some(Arc::clone(&panel) as _));
        let live = LiveDirectory::new(Arc::new(directory));
        let next = AtomicU64::new(store.blocks(false, usize::MAX).unwrap().len() as u64 + 1);
        let rules = Rules { terms: Terms::new(OwnersTerms(live.clone())), ..Rules::default() };
        let ledger = Arc::new(Ledger::new(rules, move || u128::from(next.fetch_add(1, Ordering::Relaxed))));
        ledger.restore(store.load_blocks(Timestamp(0)).unwrap(), Vec::new(), clock.now());
        let journal = Arc::new(Straight(Arc::clone(&store)));
        let blocking = Blocking::new(Arc::clone(&journal) as _, Arc::new(NoEvents));
        let kept = Arc::clone(&store) as _;
        let desk = Desk::new(Arc::clone(&ledger), kept, journal, Arc::new(NoEvents), Arc::clone(&clocks));
        let policy = Arc::new(ArcSwap::from_pointee(policy()));
        let caller = AdoptionCaller::default();
        let adoptions = Adoptions::new(Arc::clone(&ledger), live, blocking, policy, clocks, caller);
        Self { clock, panel, store, ledger, desk, adoptions }
    }

    fn crash(self) -> Self {
        Self::at(self.clock, self.panel, self.store)
    }

    fn says(&self, said: Said) {
        *self.panel.says.lock().unwrap() = said;
    }

    /// Spam until somebody is blocked.
    fn trip(&self, who: &Identity) -> Block {
        let changes = (0..40).find_map(|_| {
            Some(self.ledger.observe(who, &ground::spam(None), self.clock.now())).filter(|changes| !changes.is_empty())
        });
        for change in changes.unwrap() {
            match change {
                Transition::Blocked { block, evidence } => {
                    let alert = AlertJob::first(&block, "node.example");
                    self.store.open_block(&block, &evidence, Some(&alert)).unwrap();
                }
                Transition::Changed { block } => self.store.update_block(&block).unwrap(),
            }
        }
        self.block(who)
    }

    fn block(&self, who: &Identity) -> Block {
        let block = self.ledger.block(&subject(who)).unwrap();
        let mut written = self.store.block(&block.reference).unwrap().unwrap();
        written.attempts = block.attempts;
        assert_eq!(written, *block, "what is shown is what is enforced");
        assert_eq!(self.ledger.blocked(who, self.clock.now()).is_some(), written.is_active());
        written
    }

    async fn round(&self) -> bool {
        self.adoptions.round().await
    }

    fn sweep(&self) {
        for change in self.ledger.sweep(self.clock.now()) {
            let Transition::Changed { block } = change else { panic!("a sweep blocks nobody") };
            self.store.update_block(&block).unwrap();
        }
    }

    fn kinds(&self, block: &Block) -> Vec<&'static str> {
        self.store.happenings(&block.reference, 99).unwrap().iter().map(|happening| happening.kind.as_str()).collect()
    }
}

fn bob() -> Identity {
    Identity { account: AccountName::from_login("bob@shop.example"), ..Identity::default() }
}

fn address() -> Identity {
    Identity { network: ClientAddr::parse("192.0.2.7").map(ClientAddr::network), ..Identity::default() }
}

fn subject(who: &Identity) -> SubjectKey {
    who.subjects().next().unwrap()
}

async fn each(test: impl AsyncFn(World)) {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Arc::new(SqliteStore::open(folder.path()).unwrap());
    for store in [Arc::new(MemoryStore::default()) as Arc<dyn Everything>, sqlite] {
        let panel = Arc::new(Panel { says: Mutex::new(Said::Nothing), asked: AtomicU64::new(0) });
        test(World::at(ManualClock::at(Timestamp::from_secs(1_700_000_000)), panel, store)).await;
    }
}

#[tokio::test]
async fn each_kind_of_owner_gets_his_way_out_when_the_directory_answers() {
    for (who, kind, way_out, automatic) in [
        (bob(), "exchange", WayOut::Ticket, false),
        (bob(), "pro", WayOut::Ticket, false),
        (bob(), "mxplan", WayOut::Ticket, false),
        (bob(), "mxplan-legacy", WayOut::Password, false),
        (address(), "dedicated", WayOut::Time, true),
        (address(), "exchange", WayOut::Time, true),
    ] {
        each(async |world: World| {
            let begun = world.trip(&who);
            assert_eq!((begun.awaits_owner(), begun.automatic_release), (true, false), "no end is promised");
            assert!(world.round().await, "one is left");
            let world = world.crash();
            assert_eq!(world.block(&who), begun);
            world.clock.advance(MINUTE);
            world.says(owner(kind));
            assert!(!world.round().await);
            let block = world.block(&who);
            assert_eq!((block.way_out, block.automatic_release), (way_out, automatic), "{kind}");
            assert_eq!((block.adopted(), block.until()), (Some(world.clock.now()), begun.until()), "as long as before");
            let tickets = usize::from(way_out == WayOut::Ticket);
            assert_eq!(world.store.tickets(true, 9).unwrap().len(), tickets);
            assert_eq!(world.kinds(&block)[..2], ["block.blocked", "block.owner_found"]);
            let world = world.crash();
            assert!(!world.round().await);
            assert_eq!((world.block(&who), world.store.tickets(true, 9).unwrap().len()), (block, tickets), "once");
        })
        .await;
    }
}

#[tokio::test]
async fn what_nobody_owns_is_settled_at_once_and_what_nobody_says_when_its_time_is_over() {
    each(async |world: World| {
        world.trip(&bob());
        world.says(Said::Nobody);
        assert!(!world.round().await);
        let block = world.block(&bob());
        assert_eq!((block.awaits_owner(), block.way_out, block.automatic_release), (false, WayOut::Time, true));

        world.says(Said::Nothing);
        let silent = world.trip(&address());
        world.clock.advance(HOUR - MINUTE);
        world.sweep();
        assert!(world.round().await && world.block(&address()) == silent);
        world.clock.advance(MINUTE);
        world.sweep();
        assert!(world.block(&address()).is_active(), "nothing ends it before it is settled");
        assert!(!world.round().await);
        world.sweep();
        assert!(!world.block(&address()).is_active(), "then it is like anybody's");
    })
    .await;
}

#[tokio::test]
async fn a_password_that_is_changed_meanwhile_is_to_be_told_again() {
    each(async |world: World| {
        world.trip(&bob());
        world.clock.advance(MINUTE);
        let changed = world.desk.password_changed(&subject(&bob()), world.clock.now()).await.unwrap_err().to_string();
        assert!(changed.contains("its owner could not be looked up: try again later"), "{changed}");
        world.says(owner("mxplan-legacy"));
        world.round().await;
        world.desk.password_changed(&subject(&bob()), world.clock.now()).await.unwrap();
        assert!(!world.block(&bob()).is_active());
    })
    .await;
}

#[tokio::test]
async fn an_operator_releases_without_waiting_and_nobody_is_asked_about_it_any_more() {
    each(async |world: World| {
        let block = world.trip(&bob());
        world.desk.release(&block.reference, Releaser::Operator).await.unwrap();
        world.says(owner("pro"));
        assert!(!world.round().await);
        assert_eq!(world.panel.asked.load(Ordering::Relaxed), 0);
        assert_eq!(world.store.tickets(false, 9).unwrap(), []);
    })
    .await;
}

#[derive(Debug, Clone)]
enum Step {
    Spam,
    Say(u8),
    Round,
    Wait(u64),
    Sweep,
    Release,
    Crash,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Spam),
        3 => (0u8..4).prop_map(Step::Say),
        4 => Just(Step::Round),
        3 => (1u64..5000).prop_map(Step::Wait),
        2 => Just(Step::Sweep),
        1 => Just(Step::Release),
        2 => Just(Step::Crash),
    ]
}

async fn story(mut world: World, steps: &[Step]) {
    for step in steps {
        match step {
            Step::Spam if world.ledger.blocked(&bob(), world.clock.now()).is_none() => drop(world.trip(&bob())),
            Step::Spam => {}
            Step::Say(which) => world.says(match which {
                0 => Said::Nothing,
                1 => Said::Nobody,
                2 => owner("pro"),
                _ => owner("mxplan-legacy"),
            }),
            Step::Round => drop(world.round().await),
            Step::Wait(seconds) => world.clock.advance(Duration::from_secs(*seconds)),
            Step::Sweep => world.sweep(),
            Step::Release => {
                let latest = world.ledger.block(&subject(&bob())).map(|block| block.reference.clone());
                if let Some(reference) = latest {
                    // Refused where it is over already.
                    let _ = world.desk.release(&reference, Releaser::Operator).await;
                }
            }
            Step::Crash => world = world.crash(),
        }
        agree(&world);
    }
}

/// What is shown is what is enforced, and each block has the ticket, the events and the letter that it must have.
fn agree(world: &World) {
    for block in world.store.blocks(false, 99).unwrap() {
        let live = world.ledger.block(&block.subject).unwrap();
        if live.reference == block.reference {
            assert_eq!((live.state, live.way_out, live.adoption), (block.state, block.way_out, block.adoption));
            assert_eq!(world.ledger.blocked(&bob(), world.clock.now()).is_some(), block.is_active());
        }
        let count = |kind| world.kinds(&block).iter().filter(|known| **known == kind).count();
        let has_ticket = world.store.ticket_of(&block.reference).unwrap().is_some();
        assert_eq!(has_ticket, block.way_out == WayOut::Ticket);
        assert_eq!(count("ticket.opened"), usize::from(has_ticket));
        assert_eq!(count("block.owner_found"), usize::from(block.adopted().is_some()));
        assert!(world.store.alert(&block.reference).unwrap().is_some());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn however_the_directory_comes_and_goes_what_is_shown_is_enforced(steps in prop::collection::vec(step(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(each(async |world: World| story(world, &steps).await));
    }
}
