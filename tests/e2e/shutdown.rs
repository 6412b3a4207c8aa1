//! SIGTERM in the middle of a message: it is finished, nobody new comes in, and the end is soon and orderly.

use tokio::net::UnixStream;

use crate::harness::{Milter, Site, samples, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_message_in_progress_is_finished() {
    let site = Site::new("").await;
    let mut daemon = site.start().await;
    let mut session = Milter::session(&site.socket(), "alice@shop.example", "203.0.113.5").await;
    assert_eq!(session.mail("alice@shop.example").await.command, 'c');
    assert_eq!(session.milter.ask(b'R', b"<friend@near.example>\0").await.command, 'c');
    session.content(&samples("ham")[0]).await;

    daemon.signal("TERM");
    until("nobody new is let in", || async { !lets_in(&site).await }).await;
    assert!(matches!(session.end_of_data().await.command, 'a' | 'c'), "the message is finished");
    assert!(daemon.ended().await.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_do_not_delay_the_end() {
    let site = Site::new("").await;
    let mut daemon = site.start().await;
    let _negotiated = Milter::connect(&site.socket()).await;
    let _silent = Milter::connect_raw(&site.socket()).await;
    daemon.signal("TERM");
    assert!(daemon.ended().await.success());
}

async fn lets_in(site: &Site) -> bool {
    UnixStream::connect(site.socket()).await.is_ok()
}
