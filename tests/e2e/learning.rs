//! Corrections by an operator: in force at once in the running daemon, and still there after `kill -9`.

use crate::harness::{Milter, Site, samples};

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_is_in_force_at_once_and_survives_kill_9() {
    let site = Site::new("").await;
    let daemon = site.start().await;
    let letter = samples("ham").into_iter().find(|mail| mail.body().len() > 200).expect("a letter of some length");
    let file = site.path("letter.eml");
    std::fs::write(&file, &letter.raw).expect("our own directory");
    let before = score_of(&site, &daemon, &letter, "<before@shop.example>").await;
    let said = learn(&site, "spam", &file);
    assert!(said.contains("1 spam and 0 ham corrections"), "{said}");
    assert!(!said.contains("fingerprint"), "{said}");
    let after = score_of(&site, &daemon, &letter, "<after@shop.example>").await;
    assert!(after > before + 20, "the running daemon did not learn: {before}, then {after}");
    daemon.kill();
    let daemon = site.start().await;
    let restarted = score_of(&site, &daemon, &letter, "<restarted@shop.example>").await;
    assert_eq!(restarted, after, "a correction was lost");
    let said = learn(&site, "ham", &file);
    assert!(said.contains("1 spam and 1 ham corrections"), "{said}");
    assert!(score_of(&site, &daemon, &letter, "<back@shop.example>").await < after);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_word_reaches_fingerprints_too() {
    let site = Site::new("").await;
    let daemon = site.start().await;
    let letter = samples("ham").into_iter().find(|mail| mail.body().len() > 200).expect("a letter of some length");
    let file = site.path("letter.eml");
    std::fs::write(&file, &letter.raw).expect("our own directory");
    let told = |kind: &str| said(&site, &["learn", kind, &file.display().to_string()]);
    assert!(told("spam").contains("Its copies are known, too"));
    let spam = score_of(&site, &daemon, &letter, "<spam@shop.example>").await;
    assert!(spam > 100, "a confirmed copy scored {spam}");
    told("ham");
    let ham = score_of(&site, &daemon, &letter, "<ham@shop.example>").await;
    assert!(ham < 0, "taken back, it scored {ham}");
}

/// Without the fingerprint, so that the layer of corrections is what is seen.
fn learn(site: &Site, kind: &str, file: &std::path::Path) -> String {
    said(site, &["learn", kind, "--no-fingerprint", &file.display().to_string()])
}

fn said(site: &Site, arguments: &[&str]) -> String {
    let output = site.run(arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The score that the daemon's log tells for the message of that Message-ID.
async fn score_of(site: &Site, daemon: &crate::harness::Daemon, mail: &crate::harness::Mail, id: &str) -> i64 {
    let mut session = Milter::session(&site.socket(), "anna@shop.example", "198.51.100.9").await;
    session.send("anna@shop.example", "bob@far.example", &mail.renumbered(id)).await;
    let line = daemon.logged("the verdict", |line| line["message_id"] == id).await;
    line["score"].as_i64().expect("a score")
}
