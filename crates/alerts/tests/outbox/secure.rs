//! TLS to the relay.

use std::sync::Arc;

use alerts::{AlertSettings, Tls};
use store::MemoryStore;
use testkit::Relay;

use crate::{Bench, MINUTE};

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
