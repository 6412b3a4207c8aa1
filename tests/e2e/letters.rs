//! Letters that an operator has sent at once or gives up, by the command line: what it says, and what becomes of them.

use serde_json::Value;
use testkit::Stage;

use crate::harness::{Site, until};

const BOB: &str = "bob@shop.example";

/// What `alerts list` tells of the first letter.
fn first(site: &Site) -> Value {
    let all: Value = serde_json::from_slice(&site.run(&["alerts", "list", "--json"]).stdout).unwrap_or_default();
    all["items"][0].clone()
}

fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_default().to_owned()
}

/// What is said on standard output, on standard error, and the exit code.
fn said(site: &Site, step: &str, letter: &str) -> (String, String, i32) {
    let output = site.run(&["alerts", step, letter]);
    let words = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
    (words(&output.stdout), words(&output.stderr), output.status.code().expect("it ends by itself"))
}

/// A letter that the relay doesn't take for now.
async fn waiting(site: &Site) -> String {
    site.relay.answer(Stage::Message, "451 4.3.0 later");
    site.spam_until_blocked(BOB).await;
    until("it was tried", || async { first(site)["tries"] == 1 }).await;
    assert_eq!(text(&first(site), "state"), "waiting");
    text(&first(site), "id")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_was_given_up_is_sent_after_all() {
    let site = Site::new("").await;
    let daemon = site.start().await;
    let id = waiting(&site).await;
    let block = id.strip_suffix(".0").expect("the letter that tells of the block");

    let (told, _, code) = said(&site, "give-up", &id);
    assert_eq!((told, code), (format!("Given up: letter 0 of block {block}."), 0));
    assert_eq!(text(&first(&site), "state"), "given_up");
    daemon.kill();
    let _daemon = site.start().await;
    assert_eq!(text(&first(&site), "state"), "given_up", "the word outlives the daemon");

    let before = site.relay.mails().len();
    site.relay.work();
    let (told, _, code) = said(&site, "send-now", &id);
    let sentence = format!("Tried now: letter 0 of block {block}; `portreeve alerts list` says what comes of it.");
    assert_eq!((told, code), (sentence, 0));
    until("it was sent", || async { text(&first(&site), "state") == "sent" }).await;
    let mails = site.relay.mails();
    assert!(mails.len() > before && mails.iter().all(|mail| mail.message_id().contains(block)));

    for step in ["send-now", "give-up"] {
        let (told, why, code) = said(&site, step, &id);
        assert_eq!((told.as_str(), code), ("", 2), "{step}");
        assert!(why.contains(&format!("letter 0 of block {block} was sent already")), "{why}");
    }
    assert_eq!(text(&first(&site), "state"), "sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_waits_is_tried_at_once() {
    let site = Site::new("").await;
    let _daemon = site.start().await;
    let id = waiting(&site).await;
    site.relay.work();
    assert_eq!(said(&site, "send-now", &id).2, 0, "the next try would be in a minute");
    until("it was sent", || async { text(&first(&site), "state") == "sent" }).await;
    assert_eq!(first(&site)["tries"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_that_are_none_and_a_daemon_that_is_not_there() {
    let site = Site::new("").await;
    let daemon = site.start().await;
    for step in ["send-now", "give-up"] {
        let (told, _, code) = said(&site, step, "the first one");
        assert_eq!(code, 1, "{told}");
        assert!(told.starts_with("There is no letter \"the first one\": expected an ID of"), "{told}");
        let (told, _, code) = said(&site, step, "k3x9qm2f7cabcdef.3");
        assert_eq!((told.as_str(), code), ("block k3x9qm2f7cabcdef has no letter 3.", 1));
    }
    daemon.kill();
    for step in ["send-now", "give-up"] {
        let (told, why, code) = said(&site, step, "k3x9qm2f7cabcdef.0");
        assert_eq!((told.as_str(), code), ("", 2), "{why}");
        assert!(!why.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_letter_can_be_seen_in_every_language_before_any_is_sent() {
    let site = Site::new("").await;
    let none = site.run(&["alerts", "preview", "nothing"]);
    let told = String::from_utf8_lossy(&none.stderr).into_owned();
    let kinds = told.trim_end().split_once("expected one of ").map(|(_, kinds)| kinds.split(", ").collect());
    let kinds: Vec<&str> = kinds.unwrap_or_default();
    assert!(none.status.code() == Some(2) && kinds.len() > 10, "{told}");
    for kind in kinds {
        let mut seen = std::collections::BTreeSet::new();
        for language in ["en", "fr", "de"] {
            let text = site.run(&["alerts", "preview", kind, "--lang", language]);
            let text = String::from_utf8_lossy(&text.stdout).into_owned();
            assert!(text.starts_with("Subject: ") && !text.contains("{{"), "{kind} {language}: {text}");
            assert!(seen.insert(text), "{kind} is the same in two languages");
            let page = site.run(&["alerts", "preview", kind, "--lang", language, "--html"]);
            assert!(String::from_utf8_lossy(&page.stdout).contains(&format!("<html lang=\"{language}\">")), "{kind}");
        }
    }
}
