//! The provider's directory is down when blocks begin, and comes back: each finds its owner, through kills and restarts.

use testkit::Receiver;

use crate::harness::{Site, until};

const OWNER: &str = r#"{"service":"panel-7","contact":["chef@panel.example"],"language":"fr","kind":"exchange"}"#;

async fn site(directory: &Receiver) -> Site {
    let address = directory.address();
    let settings = format!(
        "[directory]\nurl = \"http://{address}/owner\"\ntry_again_after = \"1s\"\n[alerts]\ntrust_account = false\n"
    );
    Site::new(&settings).await
}

/// What a command says.
fn said(site: &Site, arguments: &[&str]) -> String {
    String::from_utf8_lossy(&site.run(arguments).stdout).into_owned()
}

fn letters_to(site: &Site, reader: &str) -> usize {
    site.relay.mails().iter().filter(|mail| mail.to.iter().any(|to| to == reader)).count()
}

fn tickets(site: &Site) -> usize {
    let told: Option<serde_json::Value> = serde_json::from_str(&said(site, &["tickets", "list", "--json"])).ok();
    told.and_then(|told| told["items"].as_array().map(Vec::len)).unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_made_while_the_directory_is_down_finds_its_owner_through_kills() {
    let directory = Receiver::start().await;
    directory.answer_status(503, "");
    let site = site(&directory).await;
    let daemon = site.start().await;
    site.spam_until_blocked("bob@shop.example").await;
    until("the operators' letter", || async { letters_to(&site, "abuse-desk@filter.test.example") == 1 }).await;
    until("the account's notice", || async { letters_to(&site, "bob@shop.example") == 1 }).await;
    let shown = said(&site, &["blocks", "show", "account", "bob@shop.example"]);
    assert!(shown.contains("The provider's directory has not said whose it is."), "{shown}");
    assert!(daemon.metric("portreeve_blocks_awaiting_owner", "").await >= 1.0);
    let ready = daemon.page("/readyz").await.body;
    assert!(ready.contains("awaits its owner"), "{ready}");
    assert_eq!((tickets(&site), letters_to(&site, "chef@panel.example")), (0, 0));
    daemon.kill();

    let daemon = site.start().await;
    assert!(site.refuses("bob@shop.example").await, "it is blocked all the while");
    assert!(said(&site, &["blocks", "show", "account", "bob@shop.example"]).contains("has not said whose it is"));
    let asked = directory.requests().len();
    until("it is asked again by itself", || async { directory.requests().len() > asked }).await;
    directory.answer_status(200, OWNER);
    until("the ticket", || async { tickets(&site) == 1 }).await;
    until("the owner's letter", || async { letters_to(&site, "chef@panel.example") == 1 }).await;
    let letter =
        site.relay.mails().into_iter().find(|mail| mail.to.contains(&"chef@panel.example".to_owned())).unwrap();
    assert!(letter.text.contains("Q?Compte_bloqu"), "in French, about his ticket: {}", letter.text);
    let shown = said(&site, &["blocks", "show", "account", "bob@shop.example"]);
    assert!(shown.contains("its ticket is approved") && shown.contains("settled 2"), "{shown}");
    assert!(site.refuses("bob@shop.example").await);
    until("all is settled", || async { daemon.metric("portreeve_blocks_awaiting_owner", "").await < 1.0 }).await;
    assert!(
        daemon.metric("portreeve_blocks_opened_total", "kind=\"account\",strike=\"1\"").await < 1.0,
        "none began here"
    );
    daemon.kill();

    let daemon = site.start().await;
    assert!(site.refuses("bob@shop.example").await);
    site.spam_until_blocked("ann@shop.example").await;
    until("the next owner's letter", || async { letters_to(&site, "chef@panel.example") == 2 }).await;
    assert_eq!(tickets(&site), 2, "one for each");
    assert_eq!((letters_to(&site, "bob@shop.example"), letters_to(&site, "abuse-desk@filter.test.example")), (1, 2));
    drop(daemon);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_the_moment_of_the_answer_it_is_adopted_once() {
    let directory = Receiver::start().await;
    let site = site(&directory).await;
    for round in 1..=3 {
        directory.answer_status(503, "");
        let daemon = site.start().await;
        let login = format!("user{round}@shop.example");
        site.spam_until_blocked(&login).await;
        directory.answer_status(200, OWNER);
        // The first answer is on its way to the ledger, the store or the relay: wherever it is, the next start goes on.
        let asked = directory.requests().len();
        until("an answer", || async { directory.requests().len() > asked }).await;
        daemon.kill();
        let daemon = site.start().await;
        until("its ticket", || async { tickets(&site) == round }).await;
        until("its letter", || async { letters_to(&site, "chef@panel.example") >= round }).await;
        assert!(site.refuses(&login).await);
        assert_eq!(tickets(&site), round, "one for each");
        daemon.kill();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_diagnosis_tells_a_silent_directory_from_one_that_knows_nobody() {
    let directory = Receiver::start().await;
    let site = site(&directory).await;
    let _daemon = site.start().await;
    for (login, status, answer, outcome, words) in [
        ("one@shop.example", 503, "", "unknown", "directory of customers did not answer"),
        ("two@shop.example", 404, "", "unknown", "No known customer owns it."),
        ("six@shop.example", 200, OWNER, "pass", "The service panel-7 is in order."),
    ] {
        directory.answer_status(status, answer);
        // A directory that has just failed is left alone for a second.
        until(words, || async {
            let told: serde_json::Value =
                serde_json::from_str(&said(&site, &["diagnose", "account", login, "--json"])).unwrap_or_default();
            let findings = told["findings"].as_array().cloned().unwrap_or_default();
            let found = findings.into_iter().find(|finding| finding["check"] == "suspended").unwrap_or_default();
            assert!(found["outcome"] != "unknown" || !found["advice"].as_str().unwrap_or_default().is_empty());
            found["outcome"] == outcome && found["found"].as_str().is_some_and(|text| text.contains(words))
        })
        .await;
    }
}
