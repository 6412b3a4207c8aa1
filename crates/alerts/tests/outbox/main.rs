//! The outbox end to end: store, DNS, relay, and every way a delivery can go wrong.
#![cfg(test)]

mod desk;
mod many;

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use alerts::{AlertSettings, Concern, Figures, Outbox, OutboxHandle, OutboxStore, Post, Surroundings, Tls};
use customers::Directory;
use limits::AlertJob;
use lookups::{Dns, DnsSettings};
use model::time::ManualClock;
use model::{Event, EventSink, Timestamp};
use store::{MemoryStore, SqliteStore};
use testkit::{DnsServer, Relay, Stage, samples};
use tokio::task::JoinHandle;

/// 2026-11-21 10:15:00 UTC
const START: i64 = 1_795_256_100_000;
const MINUTE: Duration = Duration::from_secs(60);

#[derive(Default)]
struct Told(Mutex<Vec<String>>);

impl EventSink for Told {
    fn emit(&self, event: &Event<'_>) {
        let line = match event {
            Event::Degraded { part, policy, error } => format!("{part} {policy}: {error}"),
            Event::Recovered { part } => format!("{part} works"),
            _ => return,
        };
        self.0.lock().unwrap().push(line);
    }
}

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
        let settings = AlertSettings { relay: relay.address().to_string(), ..AlertSettings::default() };
        let settings = change(settings);
        let post = post(&settings);
        let servers =
            DnsSettings { servers: vec![dns.address()], timeout: Duration::from_millis(500), ..DnsSettings::default() };
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
        let servers = DnsSettings { servers: vec![self.dns.address()], ..DnsSettings::default() };
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
        self.told.0.lock().unwrap().clone()
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
async fn destinations_that_dns_does_not_tell_are_unknown() {
    for hide in [
        (|_| ()) as fn(&DnsServer),
        |dns| drop(dns.mx("recipient.example", 0, ".").clone()),
        |dns| drop(dns.fail("recipient.example").clone()),
        |dns| drop(dns.silence("recipient.example").clone()),
        |dns| drop(dns.mx("recipient.example", 10, "mx.recipient.example").silence("mx.recipient.example").clone()),
    ] {
        let bench = Bench::new().await;
        hide(&bench.dns);
        bench.block("one");
        bench.outbox.flush().await;
        let mails = bench.relay.mails();
        assert!(
            samples_of(&mails[0].text).iter().all(|line| line.starts_with("Destination IP: unknown - Message-ID: <"))
        );
    }
}

#[tokio::test]
async fn a_domain_without_exchanger_is_its_own() {
    let bench = Bench::new().await;
    bench.dns.address_of("recipient.example", "2001:db8::25");
    bench.block("one");
    bench.outbox.flush().await;
    assert!(samples_of(&bench.relay.mails()[0].text)[0].starts_with("Destination IP: 2001:db8::25 - "));
}

#[tokio::test]
async fn an_exchanger_that_is_gone_is_passed_over() {
    let bench = Bench::new().await;
    bench.dns.mx("recipient.example", 1, "gone.recipient.example").mx("recipient.example", 2, "mx.recipient.example");
    bench.dns.address_of("mx.recipient.example", "192.0.2.8");
    bench.block("one");
    bench.outbox.flush().await;
    assert!(samples_of(&bench.relay.mails()[0].text)[0].starts_with("Destination IP: 192.0.2.8 - "));
}

#[tokio::test]
async fn a_relay_that_is_down_gets_it_later() {
    let bench = Bench::new().await;
    let address = bench.relay.address();
    bench.relay.close_at(Stage::Greeting);
    bench.block("one");
    bench.outbox.flush().await;
    let failed = bench.job("one");
    assert_eq!((failed.tries, failed.due), (1, Timestamp(START).after(MINUTE)));
    assert_eq!(failed.last_error, Some(format!("the relay {address}: broke off or did not speak SMTP")));
    assert_eq!(bench.outbox.figures(), Figures { depth: 1, failed: 1, ..Figures::default() });
    bench.outbox.flush().await;
    assert_eq!(bench.relay.connections(), 1, "not before it is due");
    bench.after(MINUTE).await;
    assert_eq!(bench.outbox.figures().oldest, MINUTE);
    bench.relay.work();
    bench.after(5 * MINUTE).await;
    assert_eq!(bench.relay.mails().len(), 1);
    assert_eq!(bench.job("one").tries, 3);
    assert_eq!(
        bench.lines(),
        [format!("alerts retry: the relay {address}: broke off or did not speak SMTP"), "alerts works".into()]
    );
}

#[tokio::test]
async fn a_relay_that_is_not_there_gets_it_when_it_is() {
    let relay = Relay::start().await;
    let address = relay.address();
    let bench = Bench::over(Arc::new(MemoryStore::default()), relay, |settings| settings).await;
    drop(bench.relay);
    let bench = Bench { relay: Relay::start().await, ..bench };
    bench.block("one");
    bench.outbox.flush().await;
    let error = bench.job("one").last_error.unwrap();
    assert!(error.starts_with(&format!("the relay {address}: I/O error: ")), "{error}");
    let settings = AlertSettings { relay: bench.relay.address().to_string(), ..AlertSettings::default() };
    bench.outbox.reconfigure(Post::new(&settings, "mx1.provider.example", "").unwrap());
    bench.after(MINUTE).await;
    assert_eq!(bench.relay.mails().len(), 1);
}

#[tokio::test]
async fn an_answer_of_later_at_any_stage_is_obeyed() {
    for stage in [Stage::Greeting, Stage::Hello, Stage::Mail, Stage::Rcpt, Stage::Data, Stage::Message] {
        let bench = Bench::new().await;
        bench.relay.answer(stage, "451 4.3.0 later");
        bench.block("one");
        bench.outbox.flush().await;
        let error = bench.job("one").last_error.unwrap();
        assert!(error.contains("451 4.3.0 later"), "{stage:?}: {error}");
        assert!(bench.relay.mails().is_empty());
        bench.relay.work();
        bench.after(MINUTE).await;
        assert_eq!(bench.relay.mails().len(), 1, "{stage:?}");
    }
}

#[tokio::test]
async fn one_refused_recipient_does_not_stop_the_other() {
    let bench = Bench::new().await;
    bench.relay.answer_recipient("bob@shop.example", "550 5.1.1 no such user");
    bench.block("one");
    bench.outbox.flush().await;
    assert_eq!(bench.relay.mails()[0].to, ["postmaster"]);
    let job = bench.job("one");
    assert!(job.sent.is_some());
    assert_eq!(job.last_error.as_deref(), Some("bob@shop.example: 550 5.1.1 no such user"));
}

#[tokio::test]
async fn a_deferred_recipient_gets_it_later_and_the_other_not_again() {
    let bench = Bench::new().await;
    bench.relay.answer_recipient("bob@shop.example", "450 4.2.1 mailbox busy");
    bench.block("one");
    bench.outbox.flush().await;
    bench.after(MINUTE).await;
    bench.relay.work();
    bench.after(5 * MINUTE).await;
    let told: Vec<_> = bench.relay.mails().into_iter().map(|mail| mail.to).collect();
    assert_eq!(told, [["postmaster"], ["bob@shop.example"]]);
    assert!(bench.job("one").sent.is_some());
}

#[tokio::test]
async fn an_alert_nobody_takes_is_given_up_and_told() {
    let bench = Bench::new().await;
    bench.relay.answer(Stage::Mail, "550 5.7.1 not you");
    bench.block("one");
    bench.outbox.flush().await;
    bench.after(Duration::from_secs(5 * 86_400)).await;
    bench.after(Duration::from_secs(86_400)).await;
    let job = bench.job("one");
    assert_eq!((job.tries, job.sent, job.given_up.is_some()), (2, None, true));
    assert_eq!(bench.outbox.figures(), Figures { failed: 1, given_up: 1, ..Figures::default() });
    let last = bench.lines().pop().unwrap();
    assert!(last.starts_with("alerts give up: the alert of block one is given up: the relay"), "{last}");
}

#[tokio::test]
async fn a_lost_answer_means_once_more_with_the_same_message_id() {
    let bench = Bench::new().await;
    bench.relay.close_at(Stage::Message);
    bench.block("one");
    bench.outbox.flush().await;
    bench.relay.work();
    bench.after(MINUTE).await;
    let mails = bench.relay.mails();
    assert_eq!(mails.len(), 2, "at least once");
    assert!(mails.iter().all(|mail| mail.text.contains("\r\nMessage-ID: <block-one@mx1.provider.example>\r\n")));
}

#[tokio::test]
async fn a_mark_that_can_not_be_written_does_not_send_twice() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(directory.path()).unwrap());
    let bench = Bench::over(Arc::clone(&store) as _, Relay::start().await, |settings| settings).await;
    bench.block("one");
    store.refuse_writes(true).unwrap();
    bench.outbox.flush().await;
    bench.outbox.flush().await;
    assert_eq!(bench.relay.mails().len(), 1);
    assert!(bench.job("one").sent.is_none());
    store.refuse_writes(false).unwrap();
    bench.outbox.flush().await;
    assert!(bench.job("one").sent.is_some());
    assert_eq!(bench.relay.mails().len(), 1);
}

#[tokio::test]
async fn an_outbox_that_was_killed_is_resumed() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(directory.path()).unwrap());
    let first = Bench::over(Arc::clone(&store) as _, Relay::start().await, |settings| settings).await;
    first.relay.answer(Stage::Message, "451 4.3.0 later");
    first.block("one");
    first.block("two");
    first.outbox.flush().await;
    let Bench { running, outbox, store: shared, .. } = first;
    running.abort();
    running.await.unwrap_err();
    drop((outbox, shared, store));
    let store = Arc::new(SqliteStore::open(directory.path()).unwrap());
    let second = Bench::over(store, Relay::start().await, |settings| settings).await;
    second.after(MINUTE).await;
    let mut ids: Vec<_> = second
        .relay
        .mails()
        .iter()
        .filter_map(|mail| mail.text.lines().find(|line| line.starts_with("Message-ID: ")).map(str::to_owned))
        .collect();
    ids.sort();
    assert_eq!(ids, ["Message-ID: <block-one@mx1.provider.example>", "Message-ID: <block-two@mx1.provider.example>"]);
    assert_eq!(second.job("one").tries, 2, "the tries are remembered");
}

#[tokio::test]
async fn tls_is_used_when_it_is_offered_whatever_the_certificate() {
    let bench = Bench::new().await;
    bench.relay.offer_tls();
    bench.block("one");
    bench.outbox.flush().await;
    assert!(bench.relay.mails()[0].tls);
}

#[tokio::test]
async fn required_tls_waits_for_tls_that_can_be_trusted() {
    let required = |settings| AlertSettings { tls: Tls::Required, ..settings };
    let bench = Bench::over(Arc::new(MemoryStore::default()), Relay::start().await, required).await;
    bench.block("one");
    bench.outbox.flush().await;
    let error = bench.job("one").last_error.unwrap();
    assert!(error.contains("offers no STARTTLS") || error.contains("TLS can't be used"), "{error}");
    bench.relay.offer_tls();
    bench.after(MINUTE).await;
    let error = bench.job("one").last_error.unwrap();
    assert!(error.contains("TLS"), "{error}");
    assert!(bench.relay.mails().is_empty());
}

#[tokio::test]
async fn tls_is_not_used_when_it_is_switched_off() {
    let never = |settings| AlertSettings { tls: Tls::Never, ..settings };
    let bench = Bench::over(Arc::new(MemoryStore::default()), Relay::start().await, never).await;
    bench.relay.offer_tls();
    bench.block("one");
    bench.outbox.flush().await;
    assert!(!bench.relay.mails()[0].tls);
}

#[tokio::test]
async fn a_silent_relay_is_given_up_in_time() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let bench = Bench::new().await;
    let settings = AlertSettings {
        relay: silent.local_addr().unwrap().to_string(),
        timeout: Duration::from_millis(100),
        ..AlertSettings::default()
    };
    bench.outbox.reconfigure(Post::new(&settings, "mx1.provider.example", "").unwrap());
    bench.block("one");
    bench.outbox.flush().await;
    assert!(bench.job("one").last_error.unwrap().contains("did not take the alert within"));
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
