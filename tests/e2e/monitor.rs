//! Monitor mode: everything happens but the refusal.

use crate::harness::{Milter, Site, samples};

#[tokio::test(flavor = "multi_thread")]
async fn monitor_mode_refuses_nothing_and_counts_everything() {
    let site = Site::new("[node]\nmode = \"monitor\"\n[score]\nreject = 100\n").await;
    let daemon = site.start().await;
    let mut session = Milter::session(&site.socket(), "bob@shop.example", "198.51.100.23").await;
    let spam = samples("spam");
    let sent = 12_u16;
    for count in 0..sent {
        let mail = spam[usize::from(count) % spam.len()].renumbered(&format!("<{count}@shop.example>"));
        let answer = session.send("bob@shop.example", "victim@far.example", &mail).await;
        assert!(matches!(answer.command, 'a' | 'c'), "message {count} was refused: {answer:?}");
    }
    daemon.metric_reaches("portreeve_messages_total", "", sent.into()).await;
    daemon.metric_reaches("portreeve_spam_messages_total", "", sent.into()).await;
    daemon.metric_reaches("portreeve_blocks_opened_total", "account", 1.0).await;
    daemon.logged("what would have been", |line| line["would"] == "reject").await;
    let said = |arguments: &[&str]| String::from_utf8(site.run(arguments).stdout).unwrap();
    let list = said(&["blocks", "list"]);
    let line = list.lines().find(|line| line.contains("bob@shop.example")).unwrap_or_default().to_owned();
    assert!(line.contains("would be") && !list.contains("blockedForSpam"), "{list}");
    let show = said(&["blocks", "show", line.split_whitespace().next().unwrap()]);
    assert!(show.contains("would be blocked; monitor mode: nothing is refused"), "{show}");
    let standing = said(&["standing", "account", "bob@shop.example"]);
    assert!(standing.contains("were this not monitor mode"), "{standing}");
}
