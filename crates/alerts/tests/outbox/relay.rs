//! Every way in which a relay does not take a letter.

use std::sync::Arc;
use std::time::Duration;

use alerts::{AlertSettings, Figures, Post};
use model::Timestamp;
use store::MemoryStore;
use testkit::{Relay, Stage};

use crate::{Bench, MINUTE, START};

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
    let settings = AlertSettings { relay: bench.relay.address().to_string(), ..bench.settings.clone() };
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
    assert_eq!(bench.job("one").told, ["postmaster", "bob@shop.example"]);
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
    assert!(last.starts_with("alerts give up: the letter about block one is given up: the relay"), "{last}");
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
