//! Sessions that trip blocks beside whoever releases them, in threads: each block is written in the order in which it went on,
//! with its evidence, its letter and its events.
#![cfg(test)]

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use ground::{Straight, policy};
use limits::{AlertJob, FollowUpStore, Ledger, Releaser, Rules, Store, WebhookStore};
use model::envelope::Path;
use model::event::NoEvents;
use model::time::ManualClock;
use model::{
    AccountName, Block, Clock, Envelope, Evidence, Kept, Login, Message, Session, Shelf, Submission, Timestamp, Via,
};
use pipeline::{Blocking, Desk, Durably, Journal, Judge, Reeve};
use scoring::Engine;
use store::MemoryStore;

/// So many blocks begin and end.
const BLOCKS: usize = 20;
/// How long a session that has tripped lets others go first.
const PATIENCE: usize = 20_000;

/// A journal that takes a block's beginning only after others had their chance to write its end.
struct Late {
    written: Straight<MemoryStore>,
    ended: AtomicUsize,
}

impl Journal for Late {
    fn open_block(&self, block: Block, evidence: Vec<Evidence>, alert: Option<AlertJob>) -> Durably {
        let before = self.ended.load(Ordering::SeqCst);
        for _ in 0..PATIENCE {
            if self.ended.load(Ordering::SeqCst) > before {
                break;
            }
            std::thread::yield_now();
        }
        self.written.open_block(block, evidence, alert)
    }

    fn update_block(&self, block: Block) -> Durably {
        let written = self.written.update_block(block);
        self.ended.fetch_add(1, Ordering::SeqCst);
        written
    }

    fn keep(&self, record: Kept) -> Durably {
        self.written.keep(record)
    }

    fn forget(&self, shelf: Shelf, name: String) -> Durably {
        self.written.forget(shelf, name)
    }

    fn is_healthy(&self) -> bool {
        true
    }
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
}

fn spam() -> Submission {
    let account = AccountName::from_login("bob@shop.example").unwrap();
    let login = Some(Login { account, mechanism: "PLAIN".into() });
    let mut envelope = Envelope { sender: Path::new("<bob@shop.example>"), ..Envelope::default() };
    envelope.add_recipient(Path::new("<victim@far.example>"));
    let text = include_bytes!("../../../tests/mail/spam/phishing.eml");
    let session = Arc::new(Session { login, ..Session::new(Via::Milter) });
    Submission { session, envelope, message: Message::whole(text.to_vec()) }
}

#[test]
fn a_block_is_written_as_it_went_on_however_fast_it_is_released() {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(Timestamp::from_secs(1_700_000_000)));
    let store = Arc::new(MemoryStore::default());
    let journal = Arc::new(Late { written: Straight(Arc::clone(&store)), ended: AtomicUsize::new(0) });
    let ledger: Arc<Ledger> = Arc::new(ground::ledger(Rules::default()));
    let blocking = Blocking::new(Arc::clone(&journal) as _, Arc::new(NoEvents));
    let engine = Engine::new(&policy().score);
    let reeve = Reeve::new(policy(), engine, Arc::clone(&ledger), blocking, Arc::new(NoEvents), Arc::clone(&clock));
    let desk = Desk::new(Arc::clone(&ledger), Arc::clone(&store) as _, journal, Arc::new(NoEvents), clock);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::SeqCst) {
                for block in ledger.active_blocks() {
                    // The other thread may have been faster, with the next block.
                    let _ = wait(desk.release(&block.reference, Releaser::Operator));
                }
                std::thread::yield_now();
            }
        });
        while store.blocks(false, BLOCKS).unwrap().len() < BLOCKS {
            wait(reeve.judge(spam()));
        }
        while !ledger.active_blocks().is_empty() {
            std::thread::yield_now();
        }
        over.store(true, Ordering::SeqCst);
    });
    for block in store.blocks(false, usize::MAX).unwrap() {
        let happened = store.happenings(&block.reference, 9).unwrap();
        let kinds: Vec<_> = happened.iter().map(|happening| happening.kind.as_str()).collect();
        let begun = if block.strike > 1 { "block.blocked_again" } else { "block.blocked" };
        assert_eq!(kinds, [begun, "block.unblocking", "block.unblocked"], "{block:?}");
        assert!(store.alert(&block.reference).unwrap().is_some(), "nobody is told of {block:?}");
        assert!(!store.evidence(&block.reference, 9).unwrap().is_empty(), "nothing is known of {block:?}");
        assert_eq!(store.letters_of(&limits::Matter::Block(block.reference.clone())).unwrap().len(), 2);
    }
}
