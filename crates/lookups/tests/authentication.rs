//! What is found out about SPF, DKIM and DMARC, against a real DNS server and signatures made here.
#![cfg(test)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use lookups::{Dns, DnsSettings, Health, Reputation, ReputationSettings, SignedFor};
use model::envelope::Path;
use model::time::ManualClock;
use model::{DomainName, Event, EventSink, Features, Mailbox, Message, Timestamp};
use testkit::{DnsServer, Signer};
use tokio::time::Instant;

const BUDGET: Duration = Duration::from_millis(400);
const REJECT: &str = "v=DMARC1; p=reject";

#[derive(Default)]
struct Told(Mutex<Vec<&'static str>>);

impl EventSink for Told {
    fn emit(&self, event: &Event<'_>) {
        if let Event::Degraded { part, .. } | Event::Recovered { part } = event {
            self.0.lock().unwrap().push(part);
        }
    }
}

struct Bench {
    server: DnsServer,
    dns: Arc<Dns>,
    told: Arc<Told>,
    reputation: Reputation,
}

impl Bench {
    async fn new(settings: ReputationSettings) -> Self {
        Self::within(settings, Duration::from_secs(10)).await
    }

    async fn within(settings: ReputationSettings, budget: Duration) -> Self {
        let server = DnsServer::start().await;
        let clock = Arc::new(ManualClock::at(Timestamp::from_secs(1_800_000_000)));
        let dns = DnsSettings { servers: vec![server.address().into()], ..DnsSettings::default() };
        let dns = Arc::new(Dns::new(&dns, Arc::clone(&clock) as _).unwrap());
        let told = Arc::new(Told::default());
        let health = Arc::new(Health::new(Arc::clone(&told) as _, clock));
        let reputation = Reputation::new(settings, &[], budget, Arc::clone(&dns), health);
        Self { server, dns, told, reputation }
    }

    /// What speaks against a message, a line each.
    async fn found(&self, mail: &Mail) -> Vec<String> {
        let facts = self.reputation.ask(&mail.message, &mail.features).await.authentication;
        let spf = facts.spf.map(|spf| format!("spf {} {}", spf.domain, if spf.outright { "-all" } else { "~all" }));
        let dkim = facts.dkim.map(|dkim| format!("dkim {}: {}", dkim.domain, dkim.why));
        let dmarc = facts.dmarc.map(|dmarc| format!("dmarc {} {}", dmarc.domain, dmarc.policy));
        spf.into_iter().chain(dkim).chain(dmarc).collect()
    }
}

struct Mail {
    message: Message,
    features: Features,
}

fn mail(sender: &str, raw: &str) -> Mail {
    let mut features = Features::default();
    features.sender.mail_from = Some(Path::new(sender));
    let from = raw.lines().find_map(|line| line.strip_prefix("From: ")).unwrap();
    features.headers.from = vec![Mailbox { name: String::new(), address: from.into() }];
    Mail { message: Message::whole(raw.as_bytes().to_vec()), features }
}

const PLAIN: &str = "From: anna@shop.example\r\nSubject: Friday\r\n\r\nHello Bob,\r\n\r\nsee you.\r\n";

fn settings() -> ReputationSettings {
    ReputationSettings {
        own_addresses: vec!["192.0.2.25".parse().unwrap()],
        mail_authentication: true,
        ..ReputationSettings::default()
    }
}

/// The message, signed by that domain, whose key is in DNS from now on.
fn signed(bench: &Bench, signer: &Signer, domain: &str, raw: &str, as_it_stands: bool) -> String {
    let (name, record) = signer.record(domain);
    bench.server.txt(&name, &record);
    signer.sign(domain, raw, as_it_stands)
}

fn relaxed(bench: &Bench, domain: &str, raw: &str) -> String {
    signed(bench, &Signer::new("s1"), domain, raw, false)
}

#[tokio::test]
async fn a_domain_that_knows_our_address_has_nothing_against_its_mail() {
    let bench = Bench::new(settings()).await;
    bench.server.txt("shop.example", "v=spf1 ip4:192.0.2.0/24 -all").txt("_dmarc.shop.example", REJECT);
    assert_eq!(bench.found(&mail("anna@shop.example", PLAIN)).await, Vec::<String>::new());
    assert!(bench.server.asked().iter().any(|asked| asked == "TXT _dmarc.shop.example."), "{:?}", bench.server.asked());
}

#[tokio::test]
async fn what_it_takes_is_counted() {
    let bench = Bench::new(settings()).await;
    bench.server.txt("shop.example", "v=spf1 include:all.shop.example -all").txt("_dmarc.shop.example", REJECT);
    bench.found(&mail("anna@shop.example", PLAIN)).await;
    let figures = bench.dns.figures();
    assert!(bench.server.asked().iter().any(|asked| asked.contains("all.shop.example")));
    assert_eq!((figures.authentication_found, figures.authentication_not_found), (2, 2), "{:?}", bench.server.asked());
}

#[tokio::test]
async fn a_domain_that_does_not_know_us_denies_the_mail_and_has_it_refused() {
    let bench = Bench::new(settings()).await;
    bench.server.txt("shop.example", "v=spf1 ip4:198.51.100.7 -all").txt("_dmarc.shop.example", REJECT);
    let found = bench.found(&mail("anna@shop.example", PLAIN)).await;
    assert_eq!(found, ["spf shop.example -all", "dmarc shop.example reject"]);
    // The policy of the domain above holds for those below it.
    bench.server.txt("news.shop.example", "v=spf1 ~all");
    let below = mail("x@news.shop.example", &PLAIN.replace("shop.example", "news.shop.example"));
    assert_eq!(bench.found(&below).await, ["spf news.shop.example ~all", "dmarc news.shop.example reject"]);
}

#[tokio::test]
async fn what_a_domain_does_not_say_is_no_evidence() {
    let bench = Bench::new(settings()).await;
    assert_eq!(bench.found(&mail("anna@shop.example", PLAIN)).await, Vec::<String>::new());
    bench.server.txt("bank.example", "v=spf1 ?all").txt("_dmarc.bank.example", "v=DMARC1; p=none");
    let neutral = mail("anna@bank.example", &PLAIN.replace("shop", "bank"));
    assert_eq!(bench.found(&neutral).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_foreign_sender_is_not_aligned() {
    let bench = Bench::new(settings()).await;
    bench.server.txt("other.example", "v=spf1 ip4:192.0.2.25 -all");
    bench.server.txt("_dmarc.shop.example", "v=DMARC1; p=quarantine");
    let found = bench.found(&mail("bounce@other.example", PLAIN)).await;
    assert_eq!(found, ["dmarc shop.example quarantine"]);
}

#[tokio::test]
async fn one_address_of_ours_that_is_known_is_enough() {
    let own = ["192.0.2.25", "2001:db8::25", "192.0.2.26"];
    let own_addresses = own.map(|address| address.parse().unwrap()).to_vec();
    let bench = Bench::new(ReputationSettings { own_addresses, ..settings() }).await;
    bench.server.txt("shop.example", "v=spf1 ip6:2001:db8::/32 -all").txt("_dmarc.shop.example", REJECT);
    assert_eq!(bench.found(&mail("anna@shop.example", PLAIN)).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_record_that_sends_us_in_circles_is_given_up() {
    let bench = Bench::new(settings()).await;
    bench.server.txt("shop.example", "v=spf1 include:shop.example -all");
    assert_eq!(bench.found(&mail("anna@shop.example", PLAIN)).await, Vec::<String>::new());
    assert!(bench.server.asked().len() < 30, "{:?}", bench.server.asked());
}

#[tokio::test]
async fn a_signature_that_holds_is_enough_when_it_is_the_authors() {
    let bench = Bench::new(settings()).await;
    bench.server.txt("shop.example", "v=spf1 -all").txt("_dmarc.shop.example", REJECT);
    let own = relaxed(&bench, "shop.example", PLAIN);
    assert_eq!(bench.found(&mail("anna@shop.example", &own)).await, ["spf shop.example -all"]);
    let anothers = relaxed(&bench, "other.example", PLAIN);
    let found = bench.found(&mail("anna@shop.example", &anothers)).await;
    assert_eq!(found, ["spf shop.example -all", "dmarc shop.example reject"]);
}

#[tokio::test]
async fn a_signature_that_does_not_hold_is_told_with_its_reason() {
    let bench = Bench::new(settings()).await;
    let own = relaxed(&bench, "shop.example", PLAIN);
    let body = mail("anna@shop.example", &own.replace("see you", "pay me"));
    assert_eq!(bench.found(&body).await, ["dkim shop.example: the body is another"]);
    let header = mail("anna@shop.example", &own.replace("Subject: Friday", "Subject: Invoice"));
    assert_eq!(bench.found(&header).await, ["dkim shop.example: the header fields are others"]);
    let key = mail("anna@shop.example", &own.replace("s=s1;", "s=s2;"));
    assert_eq!(bench.found(&key).await, ["dkim shop.example: its key is not in DNS"]);
    // One that holds makes up for it.
    let both = relaxed(&bench, "other.example", &own.replace("see you", "pay me"));
    assert_eq!(bench.found(&mail("anna@shop.example", &both)).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_cannot_be_told_of_a_signature_counts_for_nothing() {
    let bench = Bench::new(settings()).await;
    bench.server.txt("_dmarc.shop.example", REJECT).txt("shop.example", "v=spf1 -all");
    let own = relaxed(&bench, "shop.example", PLAIN);
    let only_spf = ["spf shop.example -all"];
    let blank_end = mail("anna@shop.example", &format!("{own} \t\r\n"));
    assert_eq!(bench.found(&blank_end).await, only_spf, "receivers take that line for an empty one");
    let simple = signed(&bench, &Signer::new("s2"), "shop.example", PLAIN, true);
    let spaced = mail("anna@shop.example", &simple.replace("Subject: Friday", "Subject:Friday"));
    assert_eq!(bench.found(&spaced).await, only_spf, "an old MTA does not tell that space");
    let mut cut = mail("anna@shop.example", &own.replace("see you", "pay me"));
    cut.message.truncated = true;
    assert_eq!(bench.found(&cut).await, only_spf);
    bench.server.fail("s9._domainkey.shop.example");
    let unanswered = mail("anna@shop.example", &own.replace("s=s1;", "s=s9;"));
    assert_eq!(bench.found(&unanswered).await, only_spf);
}

#[tokio::test]
async fn mail_that_is_signed_later_counts_as_signed() {
    let covered = SignedFor::Domain(DomainName::new("shop.example").unwrap());
    let bench = Bench::new(ReputationSettings { dkim_signed_later_for: vec![covered], ..settings() }).await;
    bench.server.txt("_dmarc.shop.example", REJECT).txt("_dmarc.bank.example", REJECT).txt("a.example", "v=spf1 -all");
    assert_eq!(bench.found(&mail("x@a.example", PLAIN)).await, ["spf a.example -all"]);
    let uncovered = mail("x@a.example", &PLAIN.replace("shop", "bank"));
    assert_eq!(bench.found(&uncovered).await, ["spf a.example -all", "dmarc bank.example reject"]);
    let all = ReputationSettings { dkim_signed_later_for: vec![SignedFor::All], ..settings() };
    let bench = Bench::new(all).await;
    bench.server.txt("_dmarc.bank.example", REJECT).txt("a.example", "v=spf1 -all");
    assert_eq!(bench.found(&uncovered).await, ["spf a.example -all"]);
}

#[tokio::test]
async fn what_is_signed_later_may_be_signed_wrongly_before() {
    let all = ReputationSettings { dkim_signed_later_for: vec![SignedFor::All], ..settings() };
    let bench = Bench::new(all).await;
    bench.server.txt("_dmarc.shop.example", REJECT).txt("shop.example", "v=spf1 ?all");
    let altered = relaxed(&bench, "shop.example", PLAIN).replace("see you", "pay me");
    let found = bench.found(&mail("anna@shop.example", &altered)).await;
    assert_eq!(found, ["dkim shop.example: the body is another"]);
}

/// Eight signatures that name hundreds of fields, each searched for among the thousands of a header as long as is read.
#[tokio::test]
async fn the_dearest_header_is_checked_in_time() {
    let bench = Bench::new(settings()).await;
    let mut signed = PLAIN.to_owned();
    for _ in 0..8 {
        signed = relaxed(&bench, "shop.example", &signed);
    }
    let names: String = (0x100..0x300).map(|number| format!("{number:x}:")).collect();
    let signatures = signed.strip_suffix(PLAIN).unwrap().replace("h=Subject", &format!("h={names}Subject"));
    let raw = format!("{signatures}{}{PLAIN}", "a:\r\n".repeat(3400));
    assert!(raw.len() > 31_000 && raw.len() < 32 * 1024, "{}", raw.len());
    let started = Instant::now();
    let found = bench.found(&mail("anna@shop.example", &raw)).await;
    assert_eq!(found, ["dkim shop.example: the header fields are others"]);
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_bounce_without_signature_asks_nothing_and_no_failure_is_told() {
    let bench = Bench::new(settings()).await;
    for _ in 0..5 {
        assert_eq!(bench.found(&mail("<>", PLAIN)).await, Vec::<String>::new());
    }
    assert_eq!(bench.server.asked(), Vec::<String>::new());
    assert_eq!(*bench.told.0.lock().unwrap(), Vec::<&str>::new());
}

#[tokio::test]
async fn a_silent_server_keeps_the_budget_and_is_told() {
    let bench = Bench::within(settings(), BUDGET).await;
    bench.server.silence("shop.example").silence("_dmarc.shop.example");
    let started = Instant::now();
    assert_eq!(bench.found(&mail("anna@shop.example", PLAIN)).await, Vec::<String>::new());
    assert!(started.elapsed() < BUDGET * 5, "{:?}", started.elapsed());
    assert_eq!(*bench.told.0.lock().unwrap(), ["resolver"]);
}

#[tokio::test]
async fn a_failing_server_is_told_and_counts_for_nothing() {
    let bench = Bench::new(settings()).await;
    bench.server.fail("shop.example").fail("_dmarc.shop.example").fail("_dmarc.example");
    assert_eq!(bench.found(&mail("anna@shop.example", PLAIN)).await, Vec::<String>::new());
    assert_eq!(*bench.told.0.lock().unwrap(), ["resolver"]);
    // Half of an answer: with SPF unknown, nothing is known of DMARC.
    bench.server.fail("bank.example").txt("_dmarc.bank.example", REJECT);
    assert_eq!(bench.found(&mail("x@bank.example", &PLAIN.replace("shop", "bank"))).await, Vec::<String>::new());
}

#[tokio::test]
async fn switched_off_it_asks_nothing() {
    let bench = Bench::new(ReputationSettings { mail_authentication: false, ..settings() }).await;
    bench.server.txt("shop.example", "v=spf1 -all");
    assert!(!bench.reputation.asks(), "no message waits for it");
    assert_eq!(bench.found(&mail("anna@shop.example", PLAIN)).await, Vec::<String>::new());
    assert_eq!(bench.server.asked(), Vec::<String>::new());
}
