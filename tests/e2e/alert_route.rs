//! Alerts leave through the same Postfix, by its listener without a milter: they quote spam, and they go to the very
//! account that is blocked.

use testkit::Relay;

use crate::harness::{Milter, Outside, Postfix, Site, evidence_of, link_in, samples, until};

const THIEF: &str = "bob@shop.example";

#[tokio::test(flavor = "multi_thread")]
async fn the_alert_reaches_the_blocked_account_and_is_not_judged() {
    let mut site = Site::new("").await;
    let outside = Relay::start().await;
    let Some(postfix) = Postfix::start(&site.milter(), outside.address()).await else { return };
    site.set(&format!("[alerts]\nrelay = \"{}\"", postfix.unfiltered));
    let daemon = site.start().await;

    let sent = spam_until_blocked(&site).await;
    until("the alert", || async { !outside.to_domain("shop.example").is_empty() }).await;
    let alerts = outside.to_domain("shop.example");
    assert!(!evidence_of(&alerts[0].text).is_empty(), "{}", alerts[0].text);
    assert_eq!(daemon.metric("portreeve_messages_total", "").await, f64::from(sent), "the alert itself was judged");
}

/// How many messages were sent; the last one tripped the block.
async fn spam_until_blocked(site: &Site) -> u32 {
    let mut session = Milter::session(&site.socket(), THIEF, "198.51.100.23").await;
    for (count, mail) in (0..40).zip(samples("spam").iter().cycle()) {
        let mail = mail.renumbered(&format!("<{count}@shop.example>"));
        if link_in(&session.send(THIEF, "victim@far.example", &mail).await.text()).is_some() {
            return count + 1;
        }
    }
    panic!("40 spam messages and no block");
}
