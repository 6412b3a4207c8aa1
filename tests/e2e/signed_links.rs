//! Letters lead to the customer's own page where he can reach it, by a link that only the site's key can have made.

use crate::harness::{Milter, Site, get, samples, until};

const BOB: &str = "bob@shop.example";
const PAGES: &str = "https://portreeve.test.example/console/case/";

/// Customers reach the console's listener, not always the one of metrics: a refusal's link works at both.
#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_a_block_is_at_both_listeners() {
    let site = Site::new("").await;
    let daemon = site.start().await;
    let mut session = Milter::session(&site.socket(), BOB, "198.51.100.23").await;
    for (count, mail) in samples("spam").iter().cycle().take(20).enumerate() {
        session.send(BOB, "victim@far.example", &mail.renumbered(&format!("<{count}.{BOB}>"))).await;
    }
    let listed: serde_json::Value =
        serde_json::from_slice(&site.run(&["blocks", "list", "--json"]).stdout).unwrap_or_default();
    let reference = listed.pointer("/0/reference").or_else(|| listed.pointer("/blocks/0/reference"));
    let page = format!("/b/{}", reference.and_then(serde_json::Value::as_str).expect("a block"));
    for listener in [daemon.http(), daemon.web()] {
        let shown = get(listener, &page).await;
        assert!(shown.status == 200 && shown.body.contains(BOB), "{listener}: {} {}", shown.status, shown.body);
        assert_eq!(get(listener, "/b/aaaaaaaaaaaaaaaa").await.status, 404, "{listener}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_carries_a_signed_link() {
    let site = Site::new("[web]\npublic_url = \"https://portreeve.test.example/\"\n").await;
    let _daemon = site.start().await;
    let mut session = Milter::session(&site.socket(), BOB, "198.51.100.23").await;
    for (count, mail) in samples("spam").iter().cycle().take(20).enumerate() {
        session.send(BOB, "victim@far.example", &mail.renumbered(&format!("<{count}.{BOB}>"))).await;
    }
    until("the letter", || async { !site.relay.mails().is_empty() }).await;
    let letter = site.relay.mails().remove(0).text.replace("=\r\n", "");
    let token = letter.split(PAGES).nth(1).expect("a link to the page").split(|c: char| c.is_whitespace() || c == '"');
    let token = token.into_iter().next().unwrap_or_default();
    let listed: serde_json::Value =
        serde_json::from_slice(&site.run(&["blocks", "list", "--json"]).stdout).unwrap_or_default();
    let reference = listed.pointer("/0/reference").or_else(|| listed.pointer("/blocks/0/reference"));
    let reference = reference.and_then(serde_json::Value::as_str).expect("a block");
    let parts: Vec<_> = token.split('.').collect();
    assert_eq!((parts[0], parts.len(), parts[4].len()), (reference, 5, 32), "{token}");
    let keys = std::fs::read_to_string(site.store().join("site.keys")).unwrap();
    assert!(keys.lines().any(|line| line.starts_with("1 ")), "{}", keys.len());
    assert!(site.run(&["links", "revoke", reference]).status.success());
    assert!(site.run(&["links", "rotate"]).status.success());
    let noted = site.run(&["audit", "list"]);
    let noted = String::from_utf8_lossy(&noted.stdout).into_owned();
    assert!(noted.contains(&format!("links of block {reference}")) && noted.contains("rotate"), "{noted}");
}
