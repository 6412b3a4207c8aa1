//! DNS lists in the running daemon: a listed link reaches the score, a silent resolver holds up no mail.

use std::time::Duration;

use tokio::time::Instant;

use crate::harness::{Mail, Milter, Site};

const LIST: &str = r#"
[dns]
budget = "500ms"
[reputation]
own_addresses = ["192.0.2.25"]
[[dns_list]]
zone = "list.example"
asks = ["url", "own_address"]
says = "phishing"
"#;

fn mail_with_link(host: &str) -> Mail {
    let text = format!(
        "From: Anna <anna@shop.example>\r\nTo: bob@far.example\r\nSubject: Friday\r\n\
         Date: Mon, 03 Mar 2025 10:00:00 +0000\r\nMessage-ID: <{host}@shop.example>\r\n\r\n\
         Hello Bob,\r\n\r\nsee https://{host}/ on Friday.\r\n"
    );
    Mail::new(text.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listed_link_is_in_the_score_and_an_own_listing_is_told() {
    let site = Site::new(LIST).await;
    site.dns.address_of("evil.example.list.example", "127.0.0.2").address_of("25.2.0.192.list.example", "127.0.0.2");
    let daemon = site.start().await;
    let mut session = Milter::session(&site.socket(), "anna@shop.example", "198.51.100.23").await;
    session.send("anna@shop.example", "bob@far.example", &mail_with_link("www.evil.example")).await;
    daemon.metric_reaches("portreeve_signal_hits_total", "listed_url", 1.0).await;
    let listed = |line: &serde_json::Value| line["signals"].as_str().is_some_and(|seen| seen.contains("listed_url=80"));
    daemon.logged("the listing in the score", listed).await;
    daemon.metric_reaches("portreeve_dns_lookups_total", "found", 1.0).await;
    daemon.metric_reaches("portreeve_degraded", "own_addresses", 1.0).await;
    let ready = daemon.page("/readyz").await;
    assert!(ready.body.contains("192.0.2.25 in list.example (phishing)"), "{}", ready.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_resolver_holds_up_no_mail() {
    let site = Site::new(&LIST.replace("\"own_address\"", "\"from\"")).await;
    site.dns.silence("evil.example.list.example").silence("shop.example.list.example");
    let daemon = site.start().await;
    let mut session = Milter::session(&site.socket(), "anna@shop.example", "198.51.100.23").await;
    let started = Instant::now();
    let answer = session.send("anna@shop.example", "bob@far.example", &mail_with_link("www.evil.example")).await;
    assert!(matches!(answer.command, 'a' | 'c'), "{answer:?}");
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    daemon.metric_reaches("portreeve_dns_lookups_total", "timed_out", 2.0).await;
    daemon.metric_reaches("portreeve_degraded", "resolver", 1.0).await;
}
