//! The outbox end to end: store, DNS, relay, and every way a delivery can go wrong.
#![cfg(test)]

mod adopted;
mod by_hand;
mod desk;
mod destinations;
mod many;
mod notices;
mod relay;
mod restart;
mod secure;
mod tickets;

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use alerts::{AlertSettings, Concern, Figures, Outbox, OutboxHandle, OutboxStore, Post, Surroundings};
use customers::Directory;
use limits::AlertJob;
use lookups::{Dns, DnsSettings};
use model::time::ManualClock;
use model::{Event, EventSink, Timestamp};
use store::MemoryStore;
use testkit::{DnsServer, Relay, Stage, Told, samples};
use tokio::task::JoinHandle;

/// 2026-11-21 10:15:00 UTC
const START: i64 = 1_795_256_100_000;
const MINUTE: Duration = Duration::from_secs(60);

/// A running outbox and the world around it.
struct Bench {
    store: Arc<dyn OutboxStore>,
    clock: ManualClock,
    told: Arc<Told>,
    dns: DnsServer,
    relay: Relay,
    outbox: OutboxHandle,
    running: JoinHandle<()>,
    settings: AlertSettings,
    customers: Option<Arc<Directory>>,
    /// Attempts refused until now, of every block.
    tried: Arc<AtomicU64>,
    concern: Arc<Mutex<Option<Concern>>>,
}

impl Bench {
    async fn new() -> Self {
        Self::over(Arc::new(MemoryStore::default()), Relay::start().await, |settings| settings).await
    }

    async fn over(store: Arc<dyn OutboxStore>, relay: Relay, change: fn(AlertSettings) -> AlertSettings) -> Self {
        let clock = ManualClock::at(Timestamp(START));
        let (told, dns) = (Arc::new(Told::default()), DnsServer::start().await);
        let relay_address = relay.address().to_string();
        // One mail for each letter; notices are tested by themselves.
        let settings = AlertSettings { relay: relay_address, trust_account: true, ..AlertSettings::default() };
        let settings = change(settings);
        let post = post(&settings);
        let servers = DnsSettings {
            servers: vec![dns.address().into()],
            timeout: Duration::from_millis(500),
            ..DnsSettings::default()
        };
        let resolver = Arc::new(Dns::new(&servers, Arc::new(clock.clone())).unwrap());
        let (tried, concern) = (Arc::new(AtomicU64::new(0)), Arc::default());
        let around = surroundings(&tried, &concern);
        let (task, outbox) =
            Outbox::new(Arc::clone(&store), Arc::new(clock.clone()), Arc::clone(&told) as _, resolver, post, around);
        let running = tokio::spawn(task.run());
        let customers = None;
        Self { store, clock, told, dns, relay, outbox, running, settings, customers, tried, concern }
    }

    /// As the settings and customers are.
    fn post(&self) -> Post {
        let post = post(&self.settings);
        match &self.customers {
            Some(customers) => post.with_customers(Arc::clone(customers)),
            None => post,
        }
    }

    /// The outbox is killed, and another one takes over its store.
    async fn restart(&mut self) {
        self.running.abort();
        let servers = DnsSettings { servers: vec![self.dns.address().into()], ..DnsSettings::default() };
        let resolver = Arc::new(Dns::new(&servers, Arc::new(self.clock.clone())).unwrap());
        let (store, clock) = (Arc::clone(&self.store), Arc::new(self.clock.clone()));
        let around = surroundings(&self.tried, &self.concern);
        let (task, outbox) = Outbox::new(store, clock, Arc::clone(&self.told) as _, resolver, self.post(), around);
        (self.running, self.outbox) = (tokio::spawn(task.run()), outbox);
    }

    /// A block with two flagged messages and its alert, as the pipeline writes them.
    fn block(&self, name: &str) {
        let evidence = [samples::evidence(START - 2), samples::evidence(START - 1)];
        self.store.open_block(&samples::block(name, START), &evidence, Some(&job(name))).unwrap();
    }

    fn job(&self, name: &str) -> AlertJob {
        self.store.alert(&samples::reference(name)).unwrap().unwrap()
    }

    async fn after(&self, pause: Duration) {
        self.clock.advance(pause);
        self.outbox.flush().await;
    }

    fn lines(&self) -> Vec<String> {
        self.told.all()
    }
}

fn post(settings: &AlertSettings) -> Post {
    Post::new(settings, "mx1.provider.example", "https://portreeve.example/b/{ref}").unwrap()
}

fn surroundings(tried: &Arc<AtomicU64>, concern: &Arc<Mutex<Option<Concern>>>) -> Surroundings {
    let (tried, concern) = (Arc::clone(tried), Arc::clone(concern));
    Surroundings {
        current: Box::new(move |mut block| {
            block.attempts = tried.load(std::sync::atomic::Ordering::Relaxed);
            block
        }),
        concerns: Box::new(move || concern.lock().unwrap().iter().cloned().collect()),
        dead_events: Box::new(|| 0),
    }
}

/// What is kept is what was read by somebody who speaks the language; `PORTREEVE_BLESS=1` keeps what there is now.
fn assert_golden(name: &str, made: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("PORTREEVE_BLESS").is_some() {
        std::fs::write(&path, made).unwrap();
    }
    assert_eq!(made, std::fs::read_to_string(&path).unwrap_or_default(), "{name}");
}

fn job(name: &str) -> AlertJob {
    AlertJob::first(&samples::block(name, START), "mx1.provider.example")
}

fn samples_of(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.starts_with("Destination IP: ")).collect()
}

#[tokio::test]
async fn one_alert_goes_out_for_a_block_with_its_messages_and_where_they_went() {
    let bench = Bench::new().await;
    bench.dns.mx("recipient.example", 20, "far.recipient.example").mx(
        "recipient.example",
        10,
        "near.recipient.example",
    );
    bench.dns.address_of("far.recipient.example", "192.0.2.99").address_of("near.recipient.example", "192.0.2.7");
    bench.block("one");
    bench.outbox.flush().await;
    bench.after(MINUTE).await;
    let mails = bench.relay.mails();
    assert_eq!(mails.len(), 1, "one alert for each block");
    assert_eq!(mails[0].from, "portreeve@mx1.provider.example");
    assert_eq!(mails[0].to, ["bob@shop.example", "postmaster"]);
    assert!(mails[0].text.contains("\r\nMessage-ID: <block-one@mx1.provider.example>\r\n"));
    assert!(mails[0].text.contains("is sent once for each block.\r\n"), "{}", mails[0].text);
    assert_eq!(
        samples_of(&mails[0].text),
        [
            format!("Destination IP: 192.0.2.7 - Message-ID: <{}@shop.example> - Spam score: 410", START - 2),
            format!("Destination IP: 192.0.2.7 - Message-ID: <{}@shop.example> - Spam score: 410", START - 1),
        ]
    );
    assert_eq!(bench.dns.asked().iter().filter(|asked| asked.starts_with("MX")).count(), 1, "asked once a domain");
    let kept = bench.store.evidence(&samples::reference("one"), 9).unwrap();
    assert!(kept.iter().all(|message| message.destination_ip == Some("192.0.2.7".parse().unwrap())));
    let job = bench.job("one");
    assert_eq!((job.sent, job.tries, job.last_error), (Some(Timestamp(START)), 1, None));
    let figures = Figures { sent: 1, ..Figures::default() };
    assert_eq!(bench.outbox.figures(), figures);
    assert!(bench.lines().is_empty());
}

#[tokio::test]
async fn a_block_that_begins_wakes_the_outbox() {
    let bench = Bench::new().await;
    bench.outbox.flush().await;
    bench.block("one");
    bench.outbox.emit(&Event::BlockChanged { block: &samples::block("one", START), monitored: false });
    assert_eq!(bench.relay.received(1).await.len(), 1);
}

#[tokio::test]
async fn switched_off_means_that_alerts_wait() {
    let off = |settings| AlertSettings { enabled: false, ..settings };
    let bench = Bench::over(Arc::new(MemoryStore::default()), Relay::start().await, off).await;
    bench.block("one");
    bench.outbox.flush().await;
    assert_eq!(bench.relay.connections(), 0);
    assert_eq!(bench.outbox.figures().depth, 1);
}

#[tokio::test]
async fn the_outbox_ends_with_its_last_handle() {
    let Bench { outbox, running, .. } = Bench::new().await;
    drop(outbox);
    running.await.unwrap();
}
