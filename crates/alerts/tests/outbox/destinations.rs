//! Where the flagged messages went, as DNS tells it.

use testkit::DnsServer;

use crate::{Bench, samples_of};

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
