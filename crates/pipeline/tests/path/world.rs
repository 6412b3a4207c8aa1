//! A judge and everything behind it, with a store in memory.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};

use limits::{AlertJob, BlockSettings, Ledger, RateRule, Rules, Store, TripRule};
use model::envelope::Path;
use model::time::ManualClock;
use model::{
    AccountName, Block, ClientAddr, Envelope, Event, EventSink, Evidence, Login, Message, Session, Submission,
    Timestamp, Verdict, Via,
};
use pipeline::{Admission, Blocking, Durably, IdentitySettings, Journal, Judge, Mode, OnFailure, Policy, Reeve, Stage};
use recall::{Recall, RecallSettings};
use scoring::{Engine, ScoreSettings};
use store::MemoryStore;

const START: Timestamp = Timestamp::from_secs(1_790_000_000);

pub(crate) fn session(login: Option<&str>, via: Via) -> Session {
    let account = login.and_then(AccountName::from_login);
    Session {
        client: Some(ClientAddr::new(Ipv4Addr::new(198, 51, 100, 7).into())),
        login: account.map(|account| Login { account, mechanism: "PLAIN".into() }),
        ..Session::new(via)
    }
}

pub(crate) fn rules() -> Rules {
    Rules {
        trips: TripRule::defaults(),
        rates: RateRule::defaults(),
        overrides: Vec::new(),
        blocks: BlockSettings::default(),
        monitor: false,
        ..Rules::default()
    }
}

/// A judge and everything behind it.
pub(crate) struct World {
    pub(crate) reeve: Reeve,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) journal: Arc<TestJournal>,
    pub(crate) events: Arc<Seen>,
    pub(crate) clock: ManualClock,
}

impl World {
    pub(crate) fn new(change: impl FnOnce(&mut Policy)) -> Self {
        Self::with_rules(rules(), change)
    }

    pub(crate) fn with_rules(rules: Rules, change: impl FnOnce(&mut Policy)) -> Self {
        let store = Arc::new(MemoryStore::default());
        let journal = Arc::new(TestJournal { store: Arc::clone(&store), fails: Mutex::new(false) });
        let events = Arc::new(Seen::default());
        let clock = ManualClock::at(START);
        let mut policy = Policy {
            mode: Mode::Enforce,
            node: "node.example".into(),
            score: ScoreSettings::default(),
            identity: IdentitySettings::default(),
            blocks: rules.blocks.clone(),
            link: "https://help.example/b/{ref}".into(),
            on_store_failure: OnFailure::Continue,
            on_scorer_failure: OnFailure::Continue,
            alerts: true,
        };
        change(&mut policy);
        let engine = Engine::new(&policy.score);
        let seed = std::sync::atomic::AtomicU64::new(1);
        let entropy =
            move || u128::from(seed.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) * 0x9e37_79b9_7f4a_7c15;
        let ledger = Arc::new(Ledger::new(rules, entropy));
        let blocking = Blocking::new(Arc::clone(&journal) as _, Arc::clone(&events) as _);
        let reeve = Reeve::new(
            policy,
            engine,
            Arc::clone(&ledger),
            blocking,
            Arc::clone(&events) as _,
            Arc::new(clock.clone()),
        )
        .remembering(Arc::new(Recall::new(&RecallSettings::default())));
        Self { reeve, ledger, store, journal, events, clock }
    }

    pub(crate) async fn send(&self, login: &str, text: &str) -> Verdict {
        self.judge(session(Some(login), Via::Milter), text).await
    }

    pub(crate) async fn judge(&self, session: Session, text: &str) -> Verdict {
        let mut envelope = Envelope { sender: Path::new("<someone@shop.example>"), ..Envelope::default() };
        envelope.add_recipient(Path::new("<friend@recipient.example>"));
        let message = Message::whole(text.as_bytes().to_vec());
        self.reeve.judge(Submission { session: Arc::new(session), envelope, message }).await
    }

    /// The reply line at MAIL, when there is one.
    pub(crate) fn refusal(&self, login: &str) -> Option<String> {
        let session = session(Some(login), Via::Milter);
        match self.reeve.admit(&session, Stage::Mail(&Path::new("<someone@shop.example>"))) {
            Admission::Proceed => None,
            Admission::Refuse(refusal) => Some(refusal.line()),
        }
    }
}

pub(crate) struct TestJournal {
    store: Arc<MemoryStore>,
    fails: Mutex<bool>,
}

impl TestJournal {
    pub(crate) fn fail(&self, fails: bool) {
        *self.fails.lock().expect("no test panics here") = fails;
    }
}

impl Journal for TestJournal {
    fn open_block(&self, block: Block, evidence: Vec<Evidence>, alert: Option<AlertJob>) -> Durably {
        let written = self.store.open_block(&block, &evidence, alert.as_ref());
        Box::pin(std::future::ready(written))
    }

    fn update_block(&self, block: Block) -> Durably {
        Box::pin(std::future::ready(self.store.update_block(&block)))
    }

    fn keep(&self, record: model::Kept) -> Durably {
        Box::pin(std::future::ready(self.store.save_kept(&[record])))
    }

    fn forget(&self, shelf: model::Shelf, name: String) -> Durably {
        Box::pin(std::future::ready(self.store.forget_kept(shelf, &name)))
    }

    fn is_healthy(&self) -> bool {
        !*self.fails.lock().expect("no test panics here")
    }
}

#[derive(Default)]
pub(crate) struct Seen(Mutex<Vec<String>>);

impl Seen {
    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().expect("no test panics here").clone()
    }
}

impl EventSink for Seen {
    fn emit(&self, event: &Event<'_>) {
        let Event::Judged(judged) = event else { return };
        let line = format!("judged {} would {}", judged.verdict.action.as_str(), judged.would);
        self.0.lock().expect("no test panics here").push(line);
    }
}
