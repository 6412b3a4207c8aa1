//! Look-ups against a real DNS server on loopback, on a clock that the test drives.
#![cfg(test)]

use std::sync::Arc;
use std::time::Duration;

use lookups::{Answer, Dns, DnsSettings, Exchanger, Figures, Kind, Mx, Name, Question, Trouble};
use model::time::ManualClock;
use model::{DomainName, Timestamp};
use testkit::DnsServer;

fn domain(text: &str) -> DomainName {
    DomainName::new(text).unwrap()
}

fn question(text: &str) -> Question {
    Question { name: Name::of(&domain(text)).unwrap(), kind: Kind::A }
}

fn dns(server: &DnsServer, parallel: u32) -> (Arc<Dns>, ManualClock) {
    let clock = ManualClock::at(Timestamp::from_secs(1_800_000_000));
    let servers = vec![server.address().into()];
    let settings = DnsSettings { servers, timeout: Duration::from_millis(200), parallel, ..DnsSettings::default() };
    (Arc::new(Dns::new(&settings, Arc::new(clock.clone())).unwrap()), clock)
}

#[tokio::test]
async fn each_kind_of_answer_is_told_apart_and_counted() {
    let server = DnsServer::start().await;
    server.address_of("listed.example", "127.0.0.2").mx("mail.example", 10, "mx.mail.example");
    server.fail("failing.example").silence("silent.example");
    let (dns, _) = dns(&server, 8);
    let found = dns.ask(question("listed.example")).await;
    assert_eq!(found.addresses().map(|address| address.to_string()).collect::<Vec<_>>(), ["127.0.0.2"]);
    assert_eq!(dns.ask(question("mail.example")).await, Answer::NoRecords);
    assert_eq!(dns.ask(question("nowhere.example")).await, Answer::NoSuchName);
    assert_eq!(dns.ask(question("failing.example")).await, Answer::Unknown(Trouble::Failed));
    assert_eq!(dns.ask(question("silent.example")).await, Answer::Unknown(Trouble::TimedOut));
    let expected = Figures { remembered: 0, found: 1, absent: 2, timed_out: 1, failed: 1, ..Figures::default() };
    assert_eq!(dns.figures(), expected);
    assert!(server.asked().iter().all(|asked| asked.ends_with('.')), "{:?}", server.asked());
}

#[tokio::test]
async fn answers_are_asked_for_again_when_their_time_is_over() {
    let server = DnsServer::start().await;
    server.address_of("listed.example", "127.0.0.2").fail("failing.example");
    let (dns, clock) = dns(&server, 8);
    let asked = |name: &str| server.asked().iter().filter(|asked| asked.contains(name)).count();
    // The server's records live 60 s; it names no time for names that are not there.
    for (name, lifetime) in [("listed.example", 60), ("nowhere.example", 60), ("failing.example", 5)] {
        let first = dns.ask(question(name)).await;
        let once = asked(name);
        clock.advance(Duration::from_secs(lifetime - 1));
        assert_eq!(dns.ask(question(name)).await, first);
        assert_eq!(asked(name), once, "{name} is remembered");
        clock.advance(Duration::from_secs(1));
        assert_eq!(dns.ask(question(name)).await, first);
        assert!(asked(name) > once, "{name} is asked for again");
    }
}

#[tokio::test]
async fn a_look_up_that_waits_for_a_place_has_no_more_time_than_others() {
    let server = DnsServer::start().await;
    server.silence("silent.example").address_of("listed.example", "127.0.0.2");
    let (dns, _) = dns(&server, 1);
    let hog = tokio::spawn({
        let dns = Arc::clone(&dns);
        async move { dns.ask(question("silent.example")).await }
    });
    while server.asked().is_empty() {
        tokio::task::yield_now().await;
    }
    // Given up before its turn: nothing was asked, and it is counted.
    let given_up = tokio::time::timeout(Duration::ZERO, dns.ask(question("listed.example"))).await;
    assert!(given_up.is_err());
    assert_eq!(dns.figures().timed_out, 1);
    assert_eq!(hog.await.unwrap(), Answer::Unknown(Trouble::TimedOut));
    assert!(matches!(dns.ask(question("listed.example")).await, Answer::Records(_)), "the place is free again");
}

#[tokio::test]
async fn mail_goes_where_the_rfcs_say() {
    let server = DnsServer::start().await;
    server.mx("two.example", 20, "b.two.example").mx("two.example", 10, "a.two.example");
    server.mx("null.example", 0, ".").address_of("plain.example", "2001:db8::25").fail("failing.example");
    let (dns, _) = dns(&server, 8);
    let to = |hosts: &[(u16, &str)]| {
        let exchanger = |(preference, host): &(u16, &str)| Exchanger { preference: *preference, host: (*host).into() };
        Mx::To(hosts.iter().map(exchanger).collect())
    };
    assert_eq!(dns.mx(&domain("two.example")).await, to(&[(10, "a.two.example"), (20, "b.two.example")]));
    assert_eq!(dns.mx(&domain("plain.example")).await, to(&[(0, "plain.example")]));
    assert_eq!(dns.mx(&domain("null.example")).await, Mx::NoMail);
    assert_eq!(dns.mx(&domain("nowhere.example")).await, Mx::NoSuchDomain);
    assert_eq!(dns.mx(&domain("failing.example")).await, Mx::Unknown);
    let address = dns.destination(&domain("plain.example")).await;
    assert_eq!(address.map(|address| address.to_string()).as_deref(), Some("2001:db8::25"));
}

#[tokio::test]
async fn whether_a_domain_exists_is_known_or_unknown() {
    let server = DnsServer::start().await;
    server.mx("mail.example", 10, "mx.mail.example").fail("failing.example");
    let (dns, _) = dns(&server, 8);
    assert_eq!(dns.exists(&domain("mail.example")).await, Some(true));
    assert_eq!(dns.exists(&domain("nowhere.example")).await, Some(false));
    assert_eq!(dns.exists(&domain("failing.example")).await, None);
}
