//! What is found out about a message, against a real DNS server: hits, silence, refusals, and what they cost.
#![cfg(test)]

use std::sync::Arc;
use std::time::Duration;

use lookups::{Dns, DnsListRule, DnsSettings, Figures, Health, Reputation, ReputationSettings, Zone};
use model::circumstances::{Asked, Listed};
use model::envelope::Path;
use model::features::{UrlFact, UrlHost, UrlSource};
use model::time::ManualClock;
use model::{ClientAddr, DomainName, Features, Mailbox, Message, Session, Timestamp, Via};
use testkit::{DnsServer, Told};
use tokio::time::Instant;

struct Bench {
    server: DnsServer,
    dns: Arc<Dns>,
    clock: ManualClock,
    told: Arc<Told>,
    reputation: Reputation,
}

impl Bench {
    async fn new(settings: ReputationSettings, lists: &[DnsListRule]) -> Self {
        let server = DnsServer::start().await;
        let clock = ManualClock::at(Timestamp::from_secs(1_800_000_000));
        let dns = DnsSettings { servers: vec![server.address().into()], ..DnsSettings::default() };
        let dns = Arc::new(Dns::new(&dns, Arc::new(clock.clone())).unwrap());
        let told = Arc::new(Told::default());
        let health = Arc::new(Health::new(Arc::clone(&told) as _, Arc::new(clock.clone())));
        let reputation = Reputation::new(settings, lists, BUDGET, Arc::clone(&dns), health);
        Self { server, dns, clock, told, reputation }
    }

    /// What was found, a line each.
    async fn found(&self, features: &Features) -> Vec<String> {
        let facts = self.reputation.ask(&Message::default(), features).await;
        let listed = facts
            .listings
            .iter()
            .map(|listing| format!("{} {} {} {}%", listing.asked, listing.entry, listing.listed, listing.percent));
        let missing = facts.missing.iter().map(|(asked, domain)| format!("{asked} {domain} missing"));
        listed.chain(missing).collect()
    }

    /// Waits until that many look-ups are counted as given up: they are dropped when their task next gets its turn.
    async fn given_up(&self, count: u64) {
        let counted = async {
            while self.dns.figures().timed_out < count {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), counted).await.expect("given up and counted");
        assert_eq!(self.dns.figures().timed_out, count);
    }

    fn told(&self) -> Vec<String> {
        self.told.take()
    }
}

const BUDGET: Duration = Duration::from_millis(400);

fn domain(text: &str) -> DomainName {
    DomainName::new(text).unwrap()
}

fn list(zone: &str, asks: &[Asked]) -> DnsListRule {
    DnsListRule {
        zone: Zone(domain(zone)),
        asks: asks.to_vec(),
        answers: Vec::new(),
        bits: 0,
        listed: Listed::Bad,
        percent: 100,
        says: "spam".into(),
    }
}

fn link(host: &str) -> UrlFact {
    UrlFact {
        url: format!("https://{host}/"),
        scheme: "https".into(),
        host: UrlHost::Name(domain(host)),
        registrable: None,
        has_userinfo: false,
        port: None,
        path: "/".into(),
        source: UrlSource::Link,
        disguised_address: false,
    }
}

/// From anna@mail.shop.example, handed in by 192.0.2.66, with a link to www.evil.example.
fn message() -> Features {
    let mut features = Features::default();
    features.sender.client = ClientAddr::parse("192.0.2.66");
    features.sender.mail_from = Some(Path::new("<bounce@bounces.example>"));
    features.headers.from = vec![Mailbox { name: String::new(), address: "anna@mail.shop.example".into() }];
    features.headers.reply_to = vec![Mailbox { name: String::new(), address: "x@reply.example".into() }];
    features.urls = vec![link("www.evil.example"), link("www.evil.example")];
    features
}

const EVERYTHING: &[Asked] =
    &[Asked::Url, Asked::UrlAddress, Asked::From, Asked::MailFrom, Asked::ReplyTo, Asked::Client];

#[tokio::test]
async fn every_name_of_a_message_is_looked_up_once() {
    let bench = Bench::new(ReputationSettings::default(), &[list("list.example", EVERYTHING)]).await;
    bench.server.address_of("shop.example.list.example", "127.0.0.2");
    bench.server.address_of("reply.example.list.example", "127.0.0.2");
    bench.server.address_of("66.2.0.192.list.example", "127.0.0.2");
    bench.server.address_of("www.evil.example", "203.0.113.9").address_of("9.113.0.203.list.example", "127.0.0.2");
    let found = bench.found(&message()).await;
    let expected = [
        "url_address 203.0.113.9 bad 100%",
        "from shop.example bad 100%",
        "reply_to reply.example bad 100%",
        "client 192.0.2.66 bad 100%",
    ];
    assert_eq!(found, expected);
    let asked = bench.server.asked();
    let once = asked.iter().collect::<std::collections::BTreeSet<_>>();
    assert_eq!(asked.len(), once.len(), "{asked:?}");
    assert!(asked.iter().any(|asked| asked == "A bounces.example.list.example."), "{asked:?}");
    assert_eq!(bench.told(), Vec::<String>::new());
    // The same again costs no question.
    assert_eq!(bench.found(&message()).await, expected);
    assert_eq!(bench.server.asked().len(), asked.len());
}

#[tokio::test]
async fn one_zone_with_several_meanings_is_asked_once() {
    let young = DnsListRule {
        answers: vec![lookups::AnswerNet("127.0.2.0/24".parse().unwrap())],
        listed: Listed::Young,
        percent: 50,
        ..list("list.example", &[Asked::From])
    };
    let bad = DnsListRule {
        answers: vec![lookups::AnswerNet("127.0.1.0/24".parse().unwrap())],
        ..list("list.example", &[Asked::From])
    };
    let bench = Bench::new(ReputationSettings::default(), &[bad, young]).await;
    bench.server.address_of("shop.example.list.example", "127.0.2.3");
    assert_eq!(bench.found(&message()).await, ["from shop.example young 50%"]);
    assert_eq!(bench.server.asked(), ["A shop.example.list.example."]);
}

#[tokio::test]
async fn domains_that_do_not_exist_are_told_apart_from_dns_that_fails() {
    let settings = ReputationSettings { domains_exist: true, ..ReputationSettings::default() };
    let bench = Bench::new(settings, &[]).await;
    bench.server.fail("evil.example");
    let asked = bench.found(&message()).await;
    // The sender's domain is looked up as it is registered; www.evil.example has no registrable domain in these features.
    assert_eq!(asked, ["url www.evil.example missing", "from shop.example missing"]);
    bench.server.fail("other.example").mx("there.example", 10, "mx.there.example");
    let mut features = message();
    features.urls = vec![link("other.example"), link("there.example")];
    features.headers.from.clear();
    assert_eq!(bench.found(&features).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_silent_server_costs_the_budget_then_nothing_for_a_while() {
    let bench = Bench::new(ReputationSettings::default(), &[list("list.example", &[Asked::From])]).await;
    bench.server.silence("shop.example.list.example");
    for _ in 0..3 {
        let started = Instant::now();
        assert_eq!(bench.found(&message()).await, Vec::<String>::new());
        let took = started.elapsed();
        assert!(took >= BUDGET && took < BUDGET * 3, "{took:?}");
    }
    bench.given_up(3).await;
    assert_eq!(bench.told().len(), 3, "each is told");
    let started = Instant::now();
    assert_eq!(bench.found(&message()).await, Vec::<String>::new());
    assert!(started.elapsed() < BUDGET, "DNS is left alone");
    assert_eq!(bench.dns.figures().timed_out, 3);
    // Ten seconds later it is tried again, and an answer is the end of it.
    bench.clock.advance(Duration::from_secs(10));
    let mut other = message();
    other.headers.from = vec![Mailbox { name: String::new(), address: "bob@home.example".into() }];
    assert_eq!(bench.found(&other).await, Vec::<String>::new());
    assert_eq!(bench.told(), ["resolver works"]);
}

#[tokio::test]
async fn what_comes_in_time_counts_although_something_else_is_silent() {
    let lists = [list("list.example", &[Asked::From]), list("silent.example", &[Asked::From])];
    let bench = Bench::new(ReputationSettings::default(), &lists).await;
    bench.server.address_of("shop.example.list.example", "127.0.0.2").silence("shop.example.silent.example");
    assert_eq!(bench.found(&message()).await, ["from shop.example bad 100%"]);
    assert_eq!(bench.told(), Vec::<String>::new(), "the resolver works");
    bench.given_up(1).await;
}

#[tokio::test]
async fn a_list_that_refuses_is_no_hit_is_told_and_left_alone() {
    let bench = Bench::new(ReputationSettings::default(), &[list("list.example", &[Asked::From])]).await;
    bench.server.address_of("shop.example.list.example", "127.255.255.254");
    assert_eq!(bench.found(&message()).await, Vec::<String>::new());
    let told = bench.told();
    assert!(told[0].starts_with("dns_lists continue: the list list.example answers 127.255.255.254: "), "{told:?}");
    let mut other = message();
    other.headers.from = vec![Mailbox { name: String::new(), address: "bob@home.example".into() }];
    bench.found(&other).await;
    assert_eq!(bench.server.asked().len(), 1, "it is not asked");
    bench.clock.advance(Duration::from_secs(300));
    bench.found(&other).await;
    assert_eq!(bench.told(), ["dns_lists works"]);
}

#[tokio::test]
async fn an_answer_from_elsewhere_is_no_hit() {
    let bench = Bench::new(ReputationSettings::default(), &[list("list.example", &[Asked::From])]).await;
    bench.server.address_of("shop.example.list.example", "203.0.113.80");
    assert_eq!(bench.found(&message()).await, Vec::<String>::new());
    assert!(bench.told()[0].contains("answers 203.0.113.80"));
}

#[tokio::test]
async fn a_listed_address_of_our_own_is_told_until_it_is_off() {
    let own_addresses = vec!["192.0.2.25".parse().unwrap(), "2001:db8::25".parse().unwrap()];
    let settings = ReputationSettings { own_addresses, ..ReputationSettings::default() };
    let bench = Bench::new(settings, &[list("list.example", &[Asked::OwnAddress])]).await;
    assert!(!bench.reputation.asks(), "no message waits for it");
    bench.server.address_of("25.2.0.192.list.example", "127.0.0.2");
    assert_eq!(bench.reputation.check_own().await, Some(1));
    let told = bench.told();
    assert!(told[0].starts_with("own_addresses continue: "), "{told:?}");
    assert!(told[0].ends_with("192.0.2.25 in list.example (spam)"), "{told:?}");
    bench.server.forget("25.2.0.192.list.example");
    bench.clock.advance(Duration::from_secs(3600));
    assert_eq!(bench.reputation.check_own().await, Some(0));
    assert_eq!(bench.told(), ["own_addresses works"]);
}

#[tokio::test]
async fn what_was_announced_at_mail_is_known_at_the_end() {
    let asks = [Asked::Client, Asked::MailFrom];
    let bench = Bench::new(ReputationSettings::default(), &[list("list.example", &asks)]).await;
    let mut session = Session::new(Via::Milter);
    session.client = ClientAddr::parse("192.0.2.66");
    bench.reputation.announce(&session, &Path::new("<bounce@bounces.example>"));
    while bench.dns.figures().absent < 2 {
        tokio::task::yield_now().await;
    }
    bench.found(&message()).await;
    assert_eq!(bench.dns.figures(), Figures { remembered: 2, absent: 2, ..Figures::default() });
}
