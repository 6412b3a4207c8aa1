//! What was seen before: one template from many stolen accounts, and a person's word that outlives `kill -9`.

use serde_json::Value;

use crate::harness::{Daemon, Mail, Milter, Site};

/// Nothing in it is spam for itself: that so many send it is.
const TEMPLATE: &str = "{Dear customer|Hello|Good day},\n\nwe {noticed|detected|have seen} an unusual {login|sign-in} to your mailbox \
    from a device that we do not {know|recognise}. For your own {safety|security} the account has been {limited|restricted} \
    until you {confirm|verify} the details that are stored with us. Please {follow|open} the link below within two days and \
    {enter|type} the password of the mailbox as you {normally|usually} do. If the {details|data} are not confirmed in time, all \
    {messages|mails} in the mailbox will be {removed|deleted} without further notice.\n\nhttp://mailbox-NUMBER.example.net/verify\n";

/// The copy of that number: other alternatives, another link, filler at the end.
fn spun(number: usize) -> Mail {
    let mut text = String::new();
    for (place, piece) in TEMPLATE.split(['{', '}']).enumerate() {
        let choices: Vec<_> = piece.split('|').collect();
        let turn = (number * 7 + place * 3 + number / 5) % choices.len();
        text += if place % 2 == 0 { piece } else { choices[turn] };
    }
    let text = text.replace("NUMBER", &number.to_string());
    let filler: String = (0..6).map(|word| format!("q{}x ", ["ab", "cd", "ef", "gh"][(number + word) % 4])).collect();
    let head = format!(
        "From: Mail service <service{number}@shop.example>\nTo: reader{number}@far.example\nSubject: Your mailbox\n\
         Date: Wed, 25 Nov 2026 10:00:00 +0000\nMessage-ID: <{number}.spun@shop.example>\nMIME-Version: 1.0\n\
         Content-Type: text/plain; charset=utf-8\n"
    );
    Mail::new(format!("{head}\n{text}\n{filler}\n").as_bytes())
}

async fn send(site: &Site, account: usize, number: usize) -> String {
    let login = format!("user{account}@shop{}.example", account % 4);
    let mut session = Milter::session(&site.socket(), &login, &format!("198.51.100.{}", account + 1)).await;
    session.send(&login, &format!("reader{number}@far.example"), &spun(number)).await.text()
}

/// The line that tells of the message's verdict.
async fn verdict(daemon: &Daemon, number: usize) -> Value {
    let id = format!("<{number}.spun@shop.example>");
    daemon.logged("the verdict", |line| line["message_id"] == id.as_str() && !line["score"].is_null()).await
}

fn score_of(line: &Value) -> i64 {
    line["score"].as_i64().expect("a score is a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_from_twenty_stolen_accounts_is_flagged_early() {
    let site = Site::new("").await;
    let daemon = site.start().await;
    let mut scores = Vec::new();
    for number in 0..40 {
        send(&site, number / 2, number).await;
        scores.push(score_of(&verdict(&daemon, number).await));
    }
    let first = scores.iter().position(|score| *score >= 100).expect("the copies are noticed");
    eprintln!("measured: alone {} points, spam from copy {}, at the end {}", scores[0], first + 1, scores[39]);
    assert!(scores[0] < 100, "for itself it is no spam: {scores:?}");
    assert!(first <= 12, "noticed at copy {}: {scores:?}", first + 1);
    let flagged = scores[20..].iter().filter(|score| **score >= 100).count();
    assert!(flagged >= 15, "{flagged} of the last 20: {scores:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_s_word_outlives_kill_9() {
    let site = Site::new("").await;
    let daemon = site.start().await;
    let file = site.path("spam.eml");
    std::fs::write(&file, &spun(100).raw).expect("our own directory");
    let confirmed = site.run(&["fingerprints", "confirm", "spam", &file.display().to_string()]);
    assert!(confirmed.status.success(), "{}", String::from_utf8_lossy(&confirmed.stderr));
    daemon.kill();

    let daemon = site.start().await;
    let listed = String::from_utf8_lossy(&site.run(&["fingerprints", "list"]).stdout).into_owned();
    let id = listed.split_whitespace().next().expect("it is listed").to_owned();
    assert!(listed.contains("spam"), "{listed}");
    send(&site, 50, 101).await;
    assert!(score_of(&verdict(&daemon, 101).await) >= 150);

    assert!(site.run(&["fingerprints", "forget", &id]).status.success());
    send(&site, 51, 102).await;
    assert!(score_of(&verdict(&daemon, 102).await) < 150, "it was taken back");
}
