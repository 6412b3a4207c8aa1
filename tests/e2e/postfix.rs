//! The main job: a stolen login sends spam through a real Postfix, is stopped, and nobody else notices.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use testkit::Relay;

use crate::harness::{
    Client, Daemon, Mail, Outcome, Outside, Postfix, Reply, Site, body_of, corpus, evidence_of, link_in, samples, until,
};

/// The thief's login and the host he sends from.
const THIEF: (&str, &str) = ("bob@shop.example", "198.51.100.23");
/// Others who send meanwhile.
const OTHERS: [(&str, &str); 3] = [
    ("alice@shop.example", "203.0.113.5"),
    ("carol@club.example", "203.0.113.77"),
    ("dave@garden.example", "192.0.2.14"),
];
/// A thief's pace that is easy on thresholds: two messages a second.
const PACE: Duration = Duration::from_millis(500);
/// He would go on; a block has to come long before.
const PATIENCE: usize = 60;

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_login_with_sample_spam_is_stopped() {
    let spam = samples("spam");
    let left = play("own samples", varied(&spam, PATIENCE), samples("ham")).await;
    assert!(left.is_none_or(|left| left <= 6), "{left:?} left before the block");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_login_with_household_spam_is_stopped() {
    play_corpus("household/spam", "household/ham").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_login_with_old_spam_is_stopped() {
    play_corpus("spamassassin/spam", "lists-lore/ham").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_login_with_advance_fee_fraud_is_stopped() {
    play_corpus("scam/spam", "lists-r/ham").await;
}

async fn play_corpus(spam: &str, ham: &str) {
    let (Some(stolen), Some(honest)) = (corpus(spam, PATIENCE), corpus(ham, 30)) else { return };
    let left = play(spam, stolen, honest).await;
    // No signal here is trained: the corpora are the measure, and this bound is what must never get worse.
    assert!(left.is_none_or(|left| left <= 20), "{left:?} left before the block");
}

/// The whole story once; how many left before the block, or `None` without Postfix.
async fn play(name: &str, spam: Vec<Mail>, ham: Vec<Mail>) -> Option<usize> {
    let site = Site::new("").await;
    let daemon = site.start().await;
    let outside = Relay::start().await;
    let postfix = Postfix::start(&site.milter(), outside.address()).await?;
    let (stolen, honest) = tokio::join!(steal(postfix.submission, &spam), send_honestly(postfix.submission, &ham));

    let stolen = stolen.unwrap_or_else(|| panic!("{name}: {} messages of spam and no block", spam.len()));
    let Theft { tried, left, refusal } = stolen;
    eprintln!("measured: {name}: {left} of {tried} spam left before the block, {honest} honest messages meanwhile");
    refusal_explains_itself(&refusal);
    stays_refused(postfix.submission, &spam[0], &refusal).await;
    honest_mail_arrived_untouched(&outside, &ham, honest).await;
    one_alert_with_the_causes(&site, &daemon, &spam[..tried], &refusal).await;
    nobody_else_is_blocked(&site);
    Some(left)
}

/// How far the thief came.
struct Theft {
    /// Messages he handed over or tried to, before his login was blocked.
    tried: usize,
    /// Those among them that were taken; the others were refused for themselves.
    left: usize,
    /// What he is told from then on.
    refusal: Reply,
}

/// Sends until the login is blocked.
async fn steal(server: SocketAddr, spam: &[Mail]) -> Option<Theft> {
    let mut pace = tokio::time::interval(PACE);
    let mut left = 0;
    for (tried, mail) in spam.iter().enumerate() {
        pace.tick().await;
        match submit(server, THIEF, &format!("victim{tried}@far.example"), mail).await {
            Outcome::Sent => left += 1,
            Outcome::Refused("MAIL", refusal) => return Some(Theft { tried, left, refusal }),
            Outcome::Refused(verb, reply) => assert_eq!(verb, ".", "{}", reply.line()),
        }
    }
    None
}

async fn submit(server: SocketAddr, who: (&str, &str), to: &str, mail: &Mail) -> Outcome {
    let mut client = Client::connect(server).await;
    client.login(who.0, who.1).await;
    client.send(who.0, to, mail).await
}

/// Everybody else sends all their mail, one after the other; nothing may be refused.
async fn send_honestly(server: SocketAddr, ham: &[Mail]) -> usize {
    for (count, mail) in ham.iter().enumerate() {
        let who = OTHERS[count % OTHERS.len()];
        let outcome = submit(server, who, &honest_recipient(count), mail).await;
        assert_eq!(outcome, Outcome::Sent, "honest message {count} of {}", who.0);
    }
    ham.len()
}

fn honest_recipient(count: usize) -> String {
    format!("friend{count}@near.example")
}

/// What, why, until when, where to go; and no more than that.
fn refusal_explains_itself(refusal: &Reply) {
    assert_eq!(refusal.code, 550);
    assert!(refusal.text.starts_with("5.7.1 "), "{}", refusal.text);
    for part in [THIEF.0, "blocked until 20", " UTC", "because of", "look like spam"] {
        assert!(refusal.text.contains(part), "no \"{part}\" in: {}", refusal.text);
    }
    assert!(link_in(&refusal.text).is_some_and(|link| link.len() > 40), "{}", refusal.text);
}

/// The same words to the next attempt, from another host too: it is the login that is blocked.
async fn stays_refused(server: SocketAddr, mail: &Mail, refusal: &Reply) {
    let again = submit(server, (THIEF.0, "192.0.2.200"), "victim@far.example", mail).await;
    assert_eq!(again, Outcome::Refused("MAIL", refusal.clone()));
}

async fn honest_mail_arrived_untouched(outside: &Relay, ham: &[Mail], count: usize) {
    let arrived = || outside.to_domain("near.example");
    until("honest mail arrives", || async { arrived().len() >= count }).await;
    for (number, mail) in ham.iter().enumerate() {
        let to = honest_recipient(number);
        let found: Vec<_> = arrived().into_iter().filter(|received| received.to == [to.clone()]).collect();
        assert_eq!(found.len(), 1, "message {number}");
        assert!(body_of(&found[0].raw) == mail.body(), "the body of honest message {number} was changed");
    }
}

/// One alert for the block; what it names as causes the thief has sent, and it names some.
async fn one_alert_with_the_causes(site: &Site, daemon: &Daemon, spam: &[Mail], refusal: &Reply) {
    let alerts = || site.relay.mails();
    until("the alert arrives", || async { !alerts().is_empty() }).await;
    // The outbox is empty only when every alert that was due is sent: no second one can follow.
    daemon.metric_reaches("portreeve_alerts_total", "sent", 1.0).await;
    let text = alerts()[0].text.clone();
    assert_eq!(alerts().len(), 1, "one alert for each block, not for each message");
    let link = link_in(&refusal.text).expect("a refusal has a link");
    assert!(text.contains(link) && text.contains(THIEF.0), "{text}");
    let sent: BTreeSet<_> = spam.iter().filter_map(Mail::message_id).collect();
    let named = evidence_of(&text);
    assert!(!named.is_empty(), "no sample lines:\n{text}");
    for id in named {
        assert!(
            id == "none" || sent.contains(&id),
            "the alert names {id}, which this login did not send before the block"
        );
    }
}

fn nobody_else_is_blocked(site: &Site) {
    let output = site.run(&["blocks", "list", "--all"]);
    let list = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(list.contains(THIEF.0), "{list}{}", String::from_utf8_lossy(&output.stderr));
    for (login, address) in OTHERS {
        assert!(!list.contains(login) && !list.contains(address), "{list}");
    }
}

/// As many as wanted, each under its own Message-ID.
fn varied(spam: &[Mail], many: usize) -> Vec<Mail> {
    let numbered = |(number, mail): (usize, &Mail)| mail.renumbered(&format!("<{number}.spam@shop.example>"));
    spam.iter().cycle().take(many).enumerate().map(numbered).collect()
}
