//! A decision about a report, with an axe: what was acknowledged is in force after the start, what was cut short is done then or
//! asked for again.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::harness::{Daemon, Milter, Site, link_in, samples, until};
use crate::reports::{STRICT, letter_with, newsletter};

const BOB: &str = "bob@shop.example";
const HOST: &str = "198.51.100.23";
const DECIDE: [&str; 9] =
    ["reports", "decide", "1", "--ham", "--exempt", "fingerprint", "--release", "--reason", "A newsletter."];

/// A blocked sender of newsletters, one of which was reported; killed as soon as the report was taken.
async fn reported() -> (Site, Daemon) {
    let site = Site::new(STRICT).await;
    let daemon = site.start().await;
    let mut session = Milter::session(&site.socket(), BOB, HOST).await;
    let mut number = 0;
    while link_in(&session.send(BOB, "friend@far.example", &newsletter(number)).await.text()).is_none() {
        number += 1;
        assert!(number < 40, "40 newsletters and no block");
    }
    let eml = site.path("newsletter.eml");
    std::fs::write(&eml, &newsletter(0).raw).expect("our own directory");
    let added = site.run(&["reports", "add", "account", BOB, &eml.display().to_string()]);
    assert_eq!(added.status.code(), Some(0), "{added:?}");
    daemon.kill();
    let daemon = site.start().await;
    assert_eq!(state(&site), "open");
    assert!(site.refuses(BOB).await, "a report alone releases nobody");
    (site, daemon)
}

/// Where the report stands.
fn state(site: &Site) -> String {
    let shown: Value = serde_json::from_slice(&site.run(&["reports", "show", "1", "--json"]).stdout).expect("JSON");
    shown["state"].as_str().expect("a state").to_owned()
}

/// What one more correction says of those there are, and the exemptions in force.
fn corrections(site: &Site) -> (String, usize) {
    let other = site.path("other.eml");
    let letter = samples("spam").into_iter().find(|mail| mail.body().len() > 200).expect("one of some length");
    std::fs::write(&other, &letter.raw).expect("our own directory");
    let learnt = site.run(&["learn", "spam", "--no-fingerprint", &other.display().to_string()]);
    assert_eq!(learnt.status.code(), Some(0), "{learnt:?}");
    let exemptions = site.run(&["exemptions", "list", "--json"]);
    let exemptions: Value = serde_json::from_slice(&exemptions.stdout).unwrap_or_default();
    (String::from_utf8_lossy(&learnt.stdout).into_owned(), exemptions["items"].as_array().map_or(0, Vec::len))
}

/// Newsletters leave, far more of them than led to the block.
async fn newsletters_leave(site: &Site) {
    let mut session = Milter::session(&site.socket(), BOB, HOST).await;
    for number in 60..80 {
        let answer = session.send(BOB, "friend@far.example", &newsletter(number)).await;
        assert!(matches!(answer.command, 'a' | 'c'), "newsletter {number}: {}", answer.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_that_was_acknowledged_is_in_force_after_kill_9() {
    let (site, daemon) = reported().await;
    let decided = site.run(&DECIDE);
    daemon.kill();
    assert_eq!(decided.status.code(), Some(0), "{decided:?}");
    let _daemon = site.start().await;
    assert_eq!(state(&site), "confirmed");
    newsletters_leave(&site).await;
    letter_with(&site, "A newsletter.").await;
    let (said, exemptions) = corrections(&site);
    assert!(said.contains("1 spam and 1 ham corrections"), "{said}");
    assert_eq!(exemptions, 1);
    assert_eq!(site.run(&DECIDE).status.code(), Some(1), "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_that_was_cut_short_is_finished_or_asked_for_again() {
    let (site, daemon) = reported().await;
    let mut asked = Command::new(env!("CARGO_BIN_EXE_portreeve"));
    asked.args(DECIDE).arg("--config").arg(site.config()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut asked = asked.spawn().expect("the binary runs");
    until("the decision is on disk, or refused", || {
        let over = state(&site) == "confirmed" || asked.try_wait().expect("our child").is_some();
        async move { over }
    })
    .await;
    daemon.kill();
    asked.wait().expect("it is our child");
    let _daemon = site.start().await;
    if state(&site) == "open" {
        assert_eq!(site.run(&DECIDE).status.code(), Some(0));
    }
    until("the errands are done", || async { !site.refuses(BOB).await }).await;
    newsletters_leave(&site).await;
    letter_with(&site, "A newsletter.").await;
    let (said, exemptions) = corrections(&site);
    assert!(said.contains("1 spam and ") && !said.contains(" 0 ham"), "{said}");
    assert_eq!(exemptions, 1);
}
