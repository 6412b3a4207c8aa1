//! A single message that is refused, its sender not blocked: he reads whom to ask, and what to name; whoever is asked finds it by
//! that in the log, with its score and what it was made of.

use crate::harness::{Milter, Site, link_in, samples};

#[tokio::test(flavor = "multi_thread")]
async fn its_reference_leads_to_its_line_in_the_log() {
    let site = Site::new("[blocks]\ncontact = \"Not spam? Forward it to desk@provider.example.\"\n").await;
    let daemon = site.start().await;
    let mut session = Milter::session(&site.socket(), "bob@shop.example", "198.51.100.7").await;
    let mut refused = None;
    for (number, mail) in samples("spam").iter().enumerate() {
        let mail = mail.renumbered(&format!("<{number}.refused@shop.example>"));
        let answer = session.send("bob@shop.example", "friend@far.example", &mail).await.text();
        if answer.contains("This message was not sent") {
            refused = Some(answer);
            break;
        }
    }
    let answer = refused.expect("one of the samples is refused by itself");
    assert!(link_in(&answer).is_none(), "nobody is blocked: {answer}");
    assert!(answer.contains("Not spam? Forward it to desk@provider.example. Reference: <"), "{answer}");
    let reference = answer.rsplit(' ').next().unwrap_or_default().to_owned();
    let line = daemon.logged("the message", |line| line["message_id"] == reference.as_str()).await;
    assert_eq!((line["verdict"].as_str(), line["reason"].as_str()), (Some("reject"), Some("spam")));
    assert!(line["score"].as_i64() >= Some(100) && line["signals"].as_str().is_some_and(|signals| !signals.is_empty()));
}
