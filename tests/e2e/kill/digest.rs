//! The operators' digest, with an axe: killed between what it is owed for and its sending, and while it is handed over, it comes
//! all the same; at least once, and no more once the relay's answer was heard.

use serde_json::Value;
use testkit::Mail;

use crate::harness::{Site, until};

const ALERTS: &str =
    "[alerts]\ndigest = \"never\"\noperator_letters = 1\ncollect_within = \"8s\"\ncustomer_letters = 100\n";

/// Letters that are owed to the operators.
fn owed(site: &Site) -> usize {
    let letters: Value = serde_json::from_slice(&site.run(&["alerts", "list", "--json"]).stdout).unwrap_or_default();
    let all = letters["items"].as_array().cloned().unwrap_or_default();
    let is_owed = |letter: &&Value| {
        letter["owed_to"].as_array().is_some_and(|readers| readers.iter().any(|reader| reader == "operators"))
    };
    all.iter().filter(is_owed).count()
}

fn digests(site: &Site) -> Vec<Mail> {
    site.relay.mails().into_iter().filter(|mail| mail.message_id().starts_with("<digest-")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_that_was_owed_comes_after_the_restart() {
    let site = Site::new(ALERTS).await;
    let daemon = site.start().await;
    for login in ["ann@shop.example", "bob@shop.example", "eve@shop.example"] {
        site.spam_until_blocked(login).await;
    }
    until("two letters are owed", || async { owed(&site) == 2 }).await;
    assert!(digests(&site).is_empty(), "it isn't due");
    daemon.kill();
    assert_eq!(owed(&site), 2);

    site.relay.hold_first();
    let daemon = site.start().await;
    until("the digest arrives", || async { digests(&site).len() == 1 }).await;
    daemon.kill();
    assert_eq!(owed(&site), 2, "nobody has heard that it arrived");

    site.relay.work();
    let daemon = site.start().await;
    until("it comes again", || async { digests(&site).len() == 2 }).await;
    until("nothing is owed", || async { owed(&site) == 0 }).await;
    for digest in digests(&site) {
        assert_eq!(digest.to, ["abuse-desk@filter.test.example"]);
        for login in ["bob@shop.example", "eve@shop.example"] {
            assert!(digest.text.contains(login), "no {login} in {}", digest.text);
        }
    }
    daemon.kill();
    let daemon = site.start().await;
    site.spam_until_blocked("dan@shop.example").await;
    until("the next one's copy", || async {
        site.relay.mails().iter().any(|mail| mail.to == ["dan@shop.example"] || mail.text.contains("dan@shop.example"))
    })
    .await;
    assert_eq!((digests(&site).len(), owed(&site)), (2, 0), "what was told is not told a third time");
    drop(daemon);
}
