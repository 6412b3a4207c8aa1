//! A block begins while nobody can say who owns what it stops: whom it is told to, when, and that nobody is told twice.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use alerts::AlertSettings;
use customers::{Asking, Customer, CustomerSettings, Directory, Elsewhere, Language, Said};
use limits::{AlertJob, Holdings};
use model::{Adoption, Block, Clock, SubjectKey, WayOut};
use store::MemoryStore;
use testkit::{Relay, samples};

use crate::many::customers;
use crate::tickets::mailbox;
use crate::{Bench, MINUTE};

/// A directory that says what it is told to.
#[derive(Debug)]
struct Panel(Mutex<Said>);

impl Panel {
    fn says(&self, said: Said) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = said;
    }
}

impl Elsewhere for Panel {
    fn said(&self, _: &SubjectKey) -> Said {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn ask<'a>(&'a self, subject: &'a SubjectKey) -> Asking<'a> {
        Box::pin(async { self.said(subject) })
    }

    fn customer(&self, _: &str) -> Option<Arc<Customer>> {
        None
    }

    fn holdings(&self, _: &str) -> Option<Holdings> {
        None
    }
}

fn owner() -> Said {
    Said::Owner(customers(Language::Fr).owner(&bob()))
}

fn bob() -> SubjectKey {
    samples::account("bob@shop.example")
}

/// With a contact for what nobody owns.
async fn bench(change: fn(AlertSettings) -> AlertSettings) -> (Bench, Arc<Panel>) {
    let mut bench = Bench::over(Arc::new(MemoryStore::default()), Relay::start().await, change).await;
    let panel = Arc::new(Panel(Mutex::new(Said::Nothing)));
    let settings =
        CustomerSettings { default_contact: vec!["support@isp.example".into()], ..CustomerSettings::default() };
    bench.customers = Some(Arc::new(Directory::nobody(&settings).asking(Some(Arc::clone(&panel) as _))));
    bench.outbox.reconfigure(bench.post().with_replies(Some(mailbox())));
    (bench, panel)
}

impl Bench {
    fn begin_awaiting(&self, name: &str) {
        let awaited = Some(Adoption::Awaited);
        let now = self.clock.now();
        let block =
            Block { subject: bob(), adoption: awaited, automatic_release: false, ..samples::block(name, now.0) };
        let alert = AlertJob::first(&block, "mx1.provider.example");
        self.store.open_block(&block, &[samples::evidence(now.0 - 1)], Some(&alert)).unwrap();
    }

    /// Its owner is found now.
    fn adopt(&self, name: &str, way_out: WayOut) {
        let block = self.store.block(&samples::reference(name)).unwrap().unwrap();
        let adoption = Some(Adoption::Settled(self.clock.now()));
        self.store.update_block(&Block { adoption, way_out, ..block }).unwrap();
    }

    fn told(&self) -> Vec<Vec<String>> {
        self.relay.mails().into_iter().map(|mail| mail.to).collect()
    }
}

fn untrusting(settings: AlertSettings) -> AlertSettings {
    AlertSettings { trust_account: false, ..settings }
}

#[tokio::test]
async fn operators_and_the_account_are_told_at_once_and_the_owner_when_he_is_found() {
    let (bench, panel) = bench(untrusting).await;
    bench.begin_awaiting("one");
    bench.outbox.flush().await;
    assert_eq!(bench.told(), [vec!["postmaster".to_owned()], vec!["bob@shop.example".into()]]);
    let told = bench.relay.mails().remove(0).text;
    assert!(told.contains("Blocked until: not known yet; "), "{told}");
    assert_eq!((bench.job("one").sent, bench.outbox.figures().depth), (None, 1));
    bench.after(MINUTE).await;
    assert_eq!(bench.told().len(), 2, "nobody twice");

    panel.says(owner());
    bench.adopt("one", WayOut::Ticket);
    bench.outbox.flush().await;
    let mails = bench.relay.mails();
    assert_eq!((mails.len(), mails[2].to.as_slice()), (3, &["owner@owner.example".to_owned()][..]));
    let text = &mails[2].text;
    assert!(
        text.contains("Reply-To: ") && text.contains("Subject: =?utf-8?Q?Compte_bloqu"),
        "his ticket, in his language: {text}"
    );
    assert!(bench.job("one").sent.is_some());
}

#[tokio::test]
async fn the_default_contact_is_told_after_a_while_and_the_owner_all_the_same_later() {
    let (bench, panel) = bench(untrusting).await;
    bench.begin_awaiting("one");
    bench.outbox.flush().await;
    bench.after(MINUTE * 14).await;
    assert_eq!(bench.told().len(), 2);
    bench.after(MINUTE).await;
    assert_eq!(bench.told()[2..], [vec!["support@isp.example".to_owned()]]);
    assert!(bench.job("one").sent.is_some());

    panel.says(owner());
    bench.adopt("one", WayOut::Password);
    bench.outbox.flush().await;
    assert_eq!(bench.told()[3..], [vec!["owner@owner.example".to_owned()]]);
}

#[tokio::test]
async fn that_nobody_owns_it_is_told_to_the_default_contact_and_to_nobody_twice() {
    let (bench, panel) = bench(untrusting).await;
    bench.begin_awaiting("one");
    bench.outbox.flush().await;
    panel.says(Said::Nobody);
    bench.adopt("one", WayOut::Time);
    bench.outbox.flush().await;
    bench.after(MINUTE * 20).await;
    assert_eq!(bench.told()[2..], [vec!["support@isp.example".to_owned()]]);
    assert!(bench.job("one").sent.is_some());
}

#[tokio::test]
async fn a_trusted_account_waits_with_its_owner_since_the_way_out_is_not_known() {
    let (bench, panel) = bench(|settings| AlertSettings { trust_account: true, ..settings }).await;
    bench.begin_awaiting("one");
    bench.outbox.flush().await;
    assert_eq!(bench.told(), [vec!["postmaster".to_owned()]]);
    panel.says(owner());
    bench.adopt("one", WayOut::Ticket);
    bench.outbox.flush().await;
    assert_eq!(bench.told()[1..], [vec!["bob@shop.example".to_owned(), "owner@owner.example".into()]]);
}

#[tokio::test]
async fn after_a_restart_the_letter_waits_until_the_directory_has_said_it_again() {
    let (bench, panel) = bench(untrusting).await;
    bench.begin_awaiting("one");
    bench.outbox.flush().await;
    // Adopted, then killed: what the directory had said is gone with the process.
    bench.adopt("one", WayOut::Ticket);
    bench.outbox.flush().await;
    assert_eq!(bench.told().len(), 2, "not to the default contact");
    panel.says(owner());
    bench.after(Duration::from_secs(5)).await;
    assert_eq!(bench.told()[2..], [vec!["owner@owner.example".to_owned()]]);
    assert!(bench.job("one").sent.is_some());
}

#[tokio::test]
async fn a_storm_while_the_directory_is_down_is_one_digest_and_no_letter_is_lost() {
    let (bench, panel) =
        bench(|settings| AlertSettings { operator_letters: 4, notify_account: false, ..settings }).await;
    bench.outbox.flush().await;
    for number in 0..9 {
        bench.begin_awaiting(&format!("b{number}"));
    }
    bench.outbox.flush().await;
    assert_eq!(bench.told(), Vec::<Vec<String>>::new());
    bench.after(MINUTE * 10).await;
    assert_eq!(bench.told(), [vec!["postmaster".to_owned()]], "one digest");
    panel.says(owner());
    for number in 0..9 {
        bench.adopt(&format!("b{number}"), WayOut::Ticket);
    }
    bench.outbox.flush().await;
    bench.after(Duration::from_secs(600)).await;
    let to_owner = bench.told().into_iter().filter(|to| to.contains(&"owner@owner.example".to_owned())).count();
    assert!(
        to_owner >= 1
            && (0..9).all(|number| bench.job(&format!("b{number}")).told.contains(&"owner@owner.example".to_owned()))
    );
    assert_eq!(bench.told().iter().filter(|to| to.contains(&"postmaster".to_owned())).count(), 1, "no second time");
}
