//! Exim, which sends BDAT, and Sendmail as clients of the proxy.

use testkit::Relay;

use super::{all_arrive, each_arrived_once, hand_in, site};
use crate::harness::{Exim, Postfix, Sendmail, free_port, loopback, samples};

/// The next hop offers CHUNKING, so Exim sends BDAT, and the proxy hands BDAT on.
#[tokio::test(flavor = "multi_thread")]
async fn exim_sends_chunks_through_the_proxy() {
    let (outside, port, ham) = (Relay::start().await, free_port(), samples("ham"));
    let Some(next_hop) = Postfix::with(outside.address(), "").await else { return };
    let site = site(port, next_hop.unfiltered, "").await;
    let daemon = site.start().await;
    let Some(exim) = Exim::start(loopback(port)).await else { return };
    hand_in(exim.submission, &ham).await;
    exim.deliver();
    all_arrive(&outside, &ham).await;
    each_arrived_once(&outside, &ham);
    assert_eq!(daemon.metric("portreeve_proxy_messages_relayed_total", "").await, ham.len() as f64);
    let log = exim.log();
    let deliveries: Vec<_> = log.lines().filter(|line| line.contains(" => friend")).collect();
    assert!(deliveries.iter().all(|line| line.contains(" K ")), "not every delivery used BDAT:\n{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sendmail_relays_through_the_proxy() {
    let (outside, port, ham) = (Relay::start().await, free_port(), samples("ham"));
    let site = site(port, outside.address(), "").await;
    let daemon = site.start().await;
    let Some(sendmail) = Sendmail::unfiltered(loopback(port)).await else { return };
    hand_in(sendmail.submission, &ham).await;
    all_arrive(&outside, &ham).await;
    each_arrived_once(&outside, &ham);
    assert_eq!(daemon.metric("portreeve_proxy_messages_relayed_total", "").await, ham.len() as f64);
}
