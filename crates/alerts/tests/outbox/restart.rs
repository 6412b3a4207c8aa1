//! What a crash, a lost answer or a store that fails leave.

use std::sync::Arc;

use store::SqliteStore;
use testkit::{Relay, Stage};

use crate::{Bench, MINUTE};

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
async fn who_has_got_it_is_remembered_beyond_the_process() {
    let mut bench = Bench::new().await;
    bench.relay.answer_recipient("bob@shop.example", "450 4.2.1 mailbox busy");
    bench.block("one");
    bench.outbox.flush().await;
    assert_eq!(bench.job("one").told, ["postmaster"]);
    bench.restart().await;
    bench.relay.work();
    bench.after(MINUTE).await;
    let told: Vec<_> = bench.relay.mails().into_iter().map(|mail| mail.to).collect();
    assert_eq!(told, [["postmaster"], ["bob@shop.example"]]);
}

#[tokio::test]
async fn a_restart_begins_no_new_count_of_letters() {
    let few = |settings| alerts::AlertSettings { operator_letters: 2, ..settings };
    let mut bench = Bench::over(Arc::new(store::MemoryStore::default()), Relay::start().await, few).await;
    let to_operators =
        |bench: &Bench| bench.relay.mails().iter().filter(|mail| mail.to.iter().any(|to| to == "postmaster")).count();
    for name in ["one", "two"] {
        bench.block(name);
        bench.outbox.flush().await;
    }
    assert_eq!(to_operators(&bench), 2);
    bench.restart().await;
    bench.block("three");
    bench.outbox.flush().await;
    assert_eq!((to_operators(&bench), bench.job("three").owed.operators), (2, true), "a third is one too many");
    // Who had too many is told of the rest in one letter, after another restart, too.
    bench.restart().await;
    bench.block("four");
    bench.outbox.flush().await;
    assert_eq!((to_operators(&bench), bench.job("four").owed.operators), (2, true));
    bench.after(MINUTE * 10).await;
    assert_eq!(to_operators(&bench), 3, "one digest about both");
    bench.restart().await;
    bench.after(MINUTE * 11).await;
    bench.block("five");
    bench.outbox.flush().await;
    assert_eq!((to_operators(&bench), bench.job("five").owed.operators), (4, false), "all is as ever");
}

#[tokio::test]
async fn a_clock_that_is_set_back_by_a_year_delays_no_letter_by_one() {
    let bench = Bench::new().await;
    bench.relay.close_at(Stage::Greeting);
    bench.block("tried");
    bench.outbox.flush().await;
    bench.block("new");
    bench.clock.set(model::Timestamp(crate::START).before(MINUTE * 60 * 24 * 365));
    bench.relay.work();
    bench.outbox.flush().await;
    assert_eq!(bench.relay.mails().len(), 2);
    bench.after(MINUTE).await;
    assert_eq!(bench.relay.mails().len(), 2, "each once");
}
