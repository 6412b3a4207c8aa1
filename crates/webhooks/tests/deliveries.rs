//! Webhooks end to end: store, HTTP, and every way a delivery can go wrong, on a driven clock.
#![cfg(test)]

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use customers::{CustomerSettings, Directory};
use limits::{Delivery, DeliveryState, HappeningKind, Lockout, LockoutStore, Store};
use model::time::ManualClock;
use model::{Block, Timestamp};
use rustls::ServerConfig;
use store::MemoryStore;
use tempfile::TempDir;
use testkit::samples::{account, block, evidence, released};
use testkit::{Receiver, TAKEN, Told};
use webhooks::{Teller, WebhookRule, Webhooks, hooks};

/// 2026-11-21 10:15:00 UTC
const START: i64 = 1_795_256_100_000;
const SECRET: &str = "a secret of more than 24 bytes";
const DAY: Duration = Duration::from_secs(86_400);

struct Bench {
    store: Arc<MemoryStore>,
    clock: ManualClock,
    told: Arc<Told>,
    webhooks: Webhooks,
    folder: TempDir,
}

fn teller() -> Teller {
    Teller {
        node: "mx1.provider.example".into(),
        link: "https://portreeve.example/b/{ref}".into(),
        directory: Arc::new(Directory::nobody(&CustomerSettings::default())).into(),
    }
}

impl Bench {
    fn new() -> Self {
        let (clock, told) = (ManualClock::at(Timestamp(START)), Arc::new(Told::default()));
        let store = Arc::new(MemoryStore::default());
        let webhooks =
            Webhooks::new(Arc::clone(&store) as _, Arc::new(clock.clone()), Arc::clone(&told) as _, teller());
        Self { store, clock, told, webhooks, folder: tempfile::tempdir().unwrap() }
    }

    fn rule(&self, name: &str, url: String) -> WebhookRule {
        let secret_file = self.file(name, SECRET);
        WebhookRule { name: name.into(), url, secret_file, give_up_after: DAY, ..WebhookRule::examples().remove(0) }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    fn configure(&self, rules: &[WebhookRule]) {
        self.webhooks.configure(hooks(rules).unwrap(), teller()).unwrap();
    }

    /// A bench whose only webhook is that receiver.
    fn with(receiver: &Receiver) -> Self {
        let bench = Self::new();
        bench.configure(&[bench.rule("panel", url(receiver))]);
        bench
    }

    fn block(&self, name: &str, who: &str) {
        let block = Block { subject: account(who), ..block(name, self.now()) };
        self.store.open_block(&block, &[evidence(START - 1)], None).unwrap();
    }

    fn release(&self, name: &str, who: &str) {
        let block = Block { subject: account(who), ..block(name, START) };
        self.store.update_block(&released(block, self.now())).unwrap();
    }

    fn now(&self) -> i64 {
        use model::Clock;
        self.clock.now().0
    }

    async fn after(&self, pause: Duration) {
        self.clock.advance(pause);
        self.webhooks.look().await;
    }

    fn deliveries(&self, state: DeliveryState) -> Vec<Delivery> {
        self.webhooks.list(Some("panel"), Some(state), 99).unwrap()
    }

    fn lines(&self) -> Vec<String> {
        self.told.all()
    }
}

fn url(receiver: &Receiver) -> String {
    format!("http://{}/hooks?from=portreeve", receiver.address())
}

fn kinds(receiver: &Receiver) -> Vec<String> {
    receiver.requests().iter().map(|request| request.kind()).collect()
}

#[tokio::test]
async fn an_event_arrives_signed_and_once() {
    let receiver = Receiver::start().await;
    let bench = Bench::with(&receiver);
    bench.block("k3x9qm2f7c", "bob@shop.example");
    bench.webhooks.look().await;
    bench.after(DAY).await;
    let requests = receiver.requests();
    assert_eq!(requests.len(), 1, "once");
    let request = &requests[0];
    assert_eq!(request.line, "POST /hooks?from=portreeve HTTP/1.1");
    assert_eq!(request.header("host"), receiver.address().to_string());
    assert_eq!(request.header("content-type"), "application/json");
    assert_eq!((request.id(), request.header("webhook-timestamp")), ("evt_k3x9qm2f7c_1", "1795256100"));
    assert!(request.is_signed_with(SECRET.as_bytes()));
    assert!(!request.is_signed_with(b"another secret of 24 bytes and more"));
    assert!(bench.lines().is_empty());
}

#[tokio::test]
async fn a_lockout_comes_back_from_the_dead_letters() {
    let receiver = Receiver::start().await;
    receiver.answer_status(400, "what?\r\n");
    let bench = Bench::with(&receiver);
    let lock = Lockout {
        subject: account("bob@shop.example"),
        since: Timestamp(START),
        until: Timestamp(START).after(Duration::from_secs(900)),
        failures: 20,
        network: model::Network::parse("203.0.113.7"),
    };
    bench.store.begin_lockout(&lock).unwrap();
    bench.webhooks.look().await;
    bench.after(DAY * 2).await;
    assert_eq!(bench.deliveries(DeliveryState::Dead).len(), 1);
    receiver.answer(TAKEN);
    assert_eq!(bench.webhooks.replay("panel", None).unwrap(), 1);
    bench.webhooks.look().await;
    let request = receiver.requests().pop().unwrap();
    assert_eq!((request.kind().as_str(), bench.deliveries(DeliveryState::Delivered).len()), ("lockout.began", 1));
}

#[tokio::test]
async fn a_receiver_that_fails_gets_everything_in_order_when_it_works_again() {
    let receiver = Receiver::start().await;
    receiver.answer_status(503, "not now\r\n");
    let bench = Bench::with(&receiver);
    bench.block("one", "bob@shop.example");
    bench.webhooks.look().await;
    bench.release("one", "bob@shop.example");
    for _ in 0..5 {
        bench.after(Duration::from_secs(1)).await;
    }
    assert!(kinds(&receiver).iter().all(|kind| kind == "block.blocked"), "{:?}", kinds(&receiver));
    let waiting = bench.deliveries(DeliveryState::Waiting);
    assert_eq!(waiting.last().unwrap().last_error.as_deref(), Some("it answered 503: not now"));
    assert_eq!(bench.lines(), ["webhooks retry: webhook \"panel\": it answered 503: not now"], "told once");
    let figures = bench.webhooks.figures();
    assert_eq!((figures.waiting, figures.failing[0].hook.as_str()), (2, "panel"));

    receiver.answer(TAKEN);
    bench.after(Duration::from_secs(3600)).await;
    let tried = kinds(&receiver);
    assert_eq!(tried[tried.len() - 2..], ["block.blocked", "block.unblocked"]);
    let ids: std::collections::BTreeSet<_> = receiver.requests().iter().map(|r| r.id().to_owned()).collect();
    assert_eq!(ids.len(), 2, "a repeated event has the same id");
    assert_eq!(bench.lines().last().map(String::as_str), Some("webhooks works"));
    assert_eq!((bench.webhooks.figures().waiting, bench.deliveries(DeliveryState::Delivered).len()), (0, 2));
}

#[tokio::test]
async fn what_a_receiver_can_do_wrong_is_told_in_words() {
    for (answer, told) in [
        (
            "HTTP/1.1 302 x\r\nlocation: http://127.0.0.1:1/\r\nconnection: close\r\n\r\n",
            "it answered 302: redirects are not followed",
        ),
        ("HTTP/1.1 400 x\r\ncontent-length: 9\r\n\r\nwhat\x1b[2J?", "it answered 400: what [2J?"),
        ("SSH-2.0-OpenSSH\r\n", "did not speak HTTP"),
        ("", "did not speak HTTP"),
        ("HTTP/1.1 200", "did not speak HTTP"),
        (&format!("HTTP/1.1 200 x\r\nx: {}\r\n\r\n", "x".repeat(100_000)), "did not speak HTTP"),
    ] {
        let receiver = Receiver::start().await;
        receiver.answer(answer);
        let bench = Bench::with(&receiver);
        bench.block("one", "bob@shop.example");
        bench.webhooks.look().await;
        let error = bench.deliveries(DeliveryState::Waiting)[0].last_error.clone().unwrap();
        assert!(error.contains(told), "{error}");
        assert_eq!(receiver.requests().len(), 1, "{answer}");
    }
}

#[tokio::test]
async fn a_huge_answer_is_not_read_to_its_end() {
    let receiver = Receiver::start().await;
    receiver.answer(&format!("HTTP/1.1 500 x\r\nconnection: close\r\n\r\n{}", "a".repeat(4 << 20)));
    let bench = Bench::with(&receiver);
    bench.block("one", "bob@shop.example");
    bench.webhooks.look().await;
    let error = bench.deliveries(DeliveryState::Waiting).remove(0).last_error.unwrap();
    assert!(error.starts_with("it answered 500: aaa") && error.len() < 250, "{error}");
}

#[tokio::test]
async fn a_receiver_that_hangs_or_is_gone_holds_no_other() {
    let (hanging, works) = (Receiver::start().await, Receiver::start().await);
    hanging.hang();
    let bench = Bench::new();
    let slow = WebhookRule { timeout: Duration::from_secs(1), ..bench.rule("slow", url(&hanging)) };
    let gone = bench.rule("gone", "http://127.0.0.1:1/".into());
    bench.configure(&[slow, gone, bench.rule("panel", url(&works))]);
    let running = tokio::spawn(bench.webhooks.clone().run());
    for number in 0..20 {
        bench.block(&format!("block{number}"), &format!("user{number}@shop.example"));
    }
    bench.webhooks.wake();
    assert_eq!(works.received(20).await.len(), 20);
    assert!(hanging.requests().len() < 20, "it is left alone");
    hanging.received(1).await;
    running.abort();
    let errors = |hook: &str| {
        let all = bench.webhooks.list(Some(hook), Some(DeliveryState::Waiting), 99).unwrap();
        all.into_iter().filter_map(|delivery| delivery.last_error).collect::<Vec<_>>()
    };
    assert!(errors("gone").iter().all(|error| error.starts_with("it can't be reached: ")), "{:?}", errors("gone"));
    let waiting = bench.webhooks.list(Some("gone"), Some(DeliveryState::Waiting), 99).unwrap();
    assert_eq!(waiting.len(), 20);
    assert!(
        waiting.iter().map(|delivery| delivery.tries).sum::<u32>() <= 8,
        "a thousand events are not a thousand time-outs"
    );
}

#[tokio::test]
async fn an_event_that_a_receiver_does_not_like_holds_no_other_subject() {
    let receiver = Receiver::start().await;
    receiver.answer_next("HTTP/1.1 422 x\r\ncontent-length: 0\r\n\r\n");
    let bench = Bench::with(&receiver);
    bench.block("one", "bob@shop.example");
    bench.webhooks.look().await;
    bench.block("two", "ann@shop.example");
    bench.release("one", "bob@shop.example");
    bench.webhooks.look().await;
    let blocks: Vec<_> = receiver.requests().iter().map(|request| request.id().to_owned()).collect();
    assert_eq!(blocks, ["evt_one_1", "evt_two_2"], "bob's release waits behind his block");
    assert!(bench.lines().is_empty(), "the receiver works");
    bench.after(Duration::from_secs(7)).await;
    assert_eq!(receiver.requests().len(), 4);
}

#[tokio::test]
async fn what_is_given_up_is_a_dead_letter_that_can_be_sent_again_or_dropped() {
    let receiver = Receiver::start().await;
    receiver.answer_status(500, "");
    let bench = Bench::with(&receiver);
    bench.block("one", "bob@shop.example");
    bench.webhooks.look().await;
    bench.after(DAY).await;
    let dead = bench.deliveries(DeliveryState::Dead);
    assert_eq!((dead.len(), bench.webhooks.figures().dead), (1, 1));
    let id = dead[0].happening.id();
    let (_, body) = bench.webhooks.show("panel", &id).unwrap();
    assert!(body.contains("\"type\":\"block.blocked\""));

    receiver.answer(TAKEN);
    assert_eq!(bench.webhooks.replay("panel", None).unwrap(), 1);
    bench.after(Duration::from_secs(100)).await;
    assert_eq!(bench.deliveries(DeliveryState::Delivered).len(), 1);
    assert_eq!(bench.webhooks.replay("panel", Some(&id)).unwrap(), 1, "once more, though it was taken");
    bench.after(Duration::from_secs(1)).await;
    assert_eq!(receiver.requests().last().unwrap().id(), id);

    receiver.answer_status(500, "");
    bench.webhooks.replay("panel", Some(&id)).unwrap();
    assert_eq!(bench.webhooks.discard("panel", Some(&id)).unwrap(), 1);
    assert_eq!(bench.webhooks.discard("panel", None).unwrap(), 1);
    assert!(bench.webhooks.show("panel", &id).is_err());
    let unknown = bench.webhooks.replay("other", None).unwrap_err().to_string();
    assert_eq!(unknown, "there is no webhook \"other\" in the configuration in force");
    assert_eq!(
        bench.webhooks.show("panel", "evt_x_1").unwrap_err().to_string(),
        "webhook \"panel\" has no event evt_x_1"
    );
}

#[tokio::test]
async fn each_receiver_gets_what_it_asked_for_and_every_secret_signs() {
    let receiver = Receiver::start().await;
    let bench = Bench::new();
    let rule = WebhookRule { events: vec![HappeningKind::Unblocked], ..bench.rule("panel", url(&receiver)) };
    bench.file("panel", &format!("the new secret of 24 bytes and more\n{SECRET}\n"));
    bench.configure(&[rule]);
    bench.block("one", "bob@shop.example");
    bench.release("one", "bob@shop.example");
    bench.webhooks.look().await;
    assert_eq!(kinds(&receiver), ["block.unblocked"]);
    let request = receiver.requests().remove(0);
    assert!(
        request.is_signed_with(SECRET.as_bytes()) && request.is_signed_with(b"the new secret of 24 bytes and more")
    );
}

#[tokio::test]
async fn a_name_that_comes_back_goes_on_where_it_stopped() {
    let receiver = Receiver::start().await;
    let bench = Bench::with(&receiver);
    bench.configure(&[]);
    bench.block("one", "bob@shop.example");
    bench.webhooks.look().await;
    bench.configure(&[bench.rule("panel", url(&receiver)), bench.rule("new", url(&receiver))]);
    bench.webhooks.look().await;
    assert_eq!(receiver.requests().len(), 1, "the new one begins with what happens next");
}

#[tokio::test]
async fn a_trial_tells_what_the_receiver_says() {
    let receiver = Receiver::start().await;
    let bench = Bench::with(&receiver);
    let tested = bench.webhooks.test("panel").await.unwrap();
    assert_eq!(tested.outcome, Ok(204));
    let request = receiver.requests().remove(0);
    assert!(request.kind() == "test" && request.is_signed_with(SECRET.as_bytes()));
    receiver.answer_status(401, "who are you?");
    let refused = bench.webhooks.test("panel").await.unwrap().outcome.unwrap_err();
    assert_eq!(refused.to_string(), "it answered 401: who are you?");
    assert!(bench.webhooks.test("other").await.is_err());
    assert!(bench.webhooks.list(None, None, 9).unwrap().is_empty());
}

#[tokio::test]
async fn a_certificate_must_be_believed() {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".into()]).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let key = rustls::pki_types::PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key).unwrap();
    let receiver = Receiver::start_at("127.0.0.1:0".parse().unwrap(), Some(Arc::new(config))).await;
    let bench = Bench::new();
    let url = format!("https://localhost:{}/", receiver.address().port());
    let authorities = Some(bench.file("authority.pem", &made.cert.pem()));
    let trusting = WebhookRule { authorities, ..bench.rule("panel", url.clone()) };
    bench.configure(&[trusting]);
    assert_eq!(bench.webhooks.test("panel").await.unwrap().outcome, Ok(204));
    assert!(receiver.requests()[0].is_signed_with(SECRET.as_bytes()));
    // Where the system has no authorities at all, the configuration is refused before.
    let Ok(doubting) = hooks(&[bench.rule("panel", url)]) else { return };
    bench.webhooks.configure(doubting, teller()).unwrap();
    let refused = bench.webhooks.test("panel").await.unwrap().outcome.unwrap_err().to_string();
    assert!(refused.starts_with("TLS failed: "), "{refused}");
}

#[test]
fn every_mistake_of_the_configuration_is_told() {
    let bench = Bench::new();
    let good = bench.rule("panel", "http://panel.example/".into());
    let bad = WebhookRule {
        name: "My Panel".into(),
        url: "panel.example".into(),
        secret_file: "/nowhere/at/all".into(),
        events: Vec::new(),
        ..good.clone()
    };
    let options: Vec<_> = webhooks::check(&[good.clone(), bad, good]).into_iter().map(|(option, _)| option).collect();
    assert_eq!(
        options,
        ["webhook[2].name", "webhook[2].events", "webhook[2].url", "webhook[2].secret_file", "webhook[3].name"]
    );
}
