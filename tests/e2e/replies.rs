//! Replies to tickets by mail: a real Postfix routes them to the LMTP listener, an operator approves, mail flows again.

use serde_json::Value;
use std::net::SocketAddr;

use crate::harness::{Client, Mail, Outcome, Postfix, Reply, Site, SmallDisk, samples, until};
use crate::harness::{free_port, loopback};

const SHOP: &str = "[[customer]]\nservice = 'hosting-4711'\nname = 'Shop'\ncontact = ['owner@owner.example']\n\
    kind = 'exchange'\nlanguage = 'de'\naccounts = ['*@shop.example']\n";
const BOB: &str = "bob@shop.example";

/// A site that takes replies there, as it stands in `lmtp.listen`.
async fn site(listen: &str) -> Site {
    let mut site = Site::new("").await;
    let file = site.path("customers.toml");
    std::fs::write(&file, SHOP).unwrap();
    site.set(&format!(
        "[customers]\nfile = \"{}\"\n[lmtp]\nlisten = [\"{listen}\"]\naddress = \"support@reply.provider.example\"\n\
         socket_mode = \"0666\"\nmax_message_size = \"64KiB\"\n",
        file.display()
    ));
    site
}

async fn letter(site: &Site, number: usize) -> String {
    until("the letter", || async { site.relay.mails().len() > number }).await;
    site.relay.mails()[number].text.clone()
}

fn field(letter: &str, name: &str) -> String {
    let found = letter.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
    found.unwrap_or_else(|| panic!("no {name} in {letter}")).trim_matches(['<', '>']).to_owned()
}

fn ticket(site: &Site) -> Value {
    let output = site.run(&["tickets", "show", "1", "--json"]);
    serde_json::from_slice(&output.stdout).unwrap_or_default()
}

fn state(site: &Site) -> String {
    ticket(site)["state"].as_str().unwrap_or_default().to_owned()
}

/// As mail programs write it: two forms of the same text, the letter quoted below.
fn german_reply(to: &str, answers: [&str; 3]) -> Mail {
    let text = format!(
        "From: Bob <{BOB}>\nTo: {to}\nMessage-ID: <antwort@shop.example>\nSubject: AW: Konto gesperrt\nMIME-Version: 1.0\n\
         Content-Type: multipart/alternative; boundary=grenze\n\n--grenze\nContent-Type: text/plain; charset=iso-8859-1\n\
         Content-Transfer-Encoding: quoted-printable\n\nGuten Tag,\n\n3. {}\n1. {}\n2. {}\n\nMit freundlichen Gr=FC=DFen\n\n\
         Am 21.11.2026 um 10:15 schrieb Support:\n> 1. Sind Sie der Absender der Nachrichten?\n> 2. Haben Sie eine Weiterleitung?\n\
         > 3. Haben Sie auf Spam geantwortet?\n-- \nBob\n--grenze\nContent-Type: text/html\n\n<p>Guten Tag</p>\n--grenze--\n",
        answers[2], answers[0], answers[1]
    );
    Mail::new(text.as_bytes())
}

/// A client that has said LHLO; its EHLO was refused.
pub(crate) async fn lmtp(address: SocketAddr) -> Client {
    let mut client = Client::connect(address).await;
    assert_eq!(client.command("LHLO relay.example").await.code, 250);
    client
}

pub(crate) async fn sent(client: &mut Client, from: &str, to: &str, mail: &Mail) -> Reply {
    assert_eq!(client.command(&format!("MAIL FROM:<{from}>")).await.code, 250);
    let answer = client.command(&format!("RCPT TO:<{to}>")).await;
    if answer.code != 250 {
        client.command("RSET").await;
        return answer;
    }
    assert_eq!(client.command("DATA").await.code, 354);
    client.data(mail).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_postfix_brings_the_reply_and_the_account_sends_again() {
    let mut site = site("unix:/nowhere").await;
    let socket = site.path("lmtp.sock");
    site.set(&format!("[lmtp]\nlisten = [\"unix:{}\"]\n", socket.display()));
    let Some(postfix) = Postfix::routing_replies(&site.milter(), site.relay.address(), &socket).await else { return };
    let daemon = site.start().await;
    site.spam_until_blocked(BOB).await;
    let opened = letter(&site, 0).await;
    let reply_to = field(&opened, "Reply-To");
    assert!(reply_to.starts_with("support+t.1.") && reply_to.ends_with("@reply.provider.example"), "{reply_to}");
    assert!(opened.replace("=\r\n", "").contains("Antworten Sie auf diese Nachricht"), "{opened}");

    let mut client = Client::connect(postfix.unfiltered).await;
    let forged = reply_to.replace("+t.1.", "+t.2.");
    let outcome = client.send(BOB, &forged, &german_reply(&forged, ["nein", "nein", "nein"])).await;
    assert!(matches!(&outcome, Outcome::Refused("RCPT", reply) if reply.code == 550), "{outcome:?}");
    let reply = german_reply(&reply_to, ["Nein, nat=FCrlich nicht", "Nein", "Ja, leider"]);
    assert_eq!(client.send(BOB, &reply_to, &reply).await, Outcome::Sent);
    until("the answers", || async { state(&site) == "deciding" }).await;
    let kept = &ticket(&site);
    assert_eq!(kept["questions"][0]["answer"].as_str(), Some("Nein, nat\u{fc}rlich nicht"));
    let body = kept["messages"][0]["body"].as_str().unwrap_or_default();
    assert!(body.starts_with("Guten Tag,") && !body.contains("Weiterleitung"), "quotes are left out: {body}");
    let received = letter(&site, 1).await;
    assert_eq!(field(&received, "In-Reply-To"), field(&opened, "Message-ID"));

    let spam = samples("ham").remove(0);
    let mut bob = Client::connect(postfix.submission).await;
    bob.login(BOB, "198.51.100.23").await;
    assert!(matches!(bob.send(BOB, "friend@far.example", &spam).await, Outcome::Refused("MAIL", _)));
    assert_eq!(site.run(&["tickets", "approve", "1"]).status.code(), Some(0));
    assert_eq!(bob.send(BOB, "friend@far.example", &spam).await, Outcome::Sent);
    until("the account's mail", || async { site.relay.mails().iter().any(|mail| mail.from == BOB) }).await;
    assert_eq!(daemon.metric("portreeve_replies_total", "taken").await, 1.0);
    assert_eq!(daemon.page("/readyz").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_people_who_have_the_letter_are_heard() {
    let address = loopback(free_port());
    let site = site(&format!("inet:{address}")).await;
    let daemon = site.start().await;
    site.spam_until_blocked(BOB).await;
    let to = field(&letter(&site, 0).await, "Reply-To");
    let mut client = lmtp(address).await;
    for unknown in [
        "support@reply.provider.example",
        "postmaster@other.example",
        "support+t.1.aaaaaaaaaaaaaaaa@reply.provider.example",
    ] {
        let answer = sent(&mut client, BOB, unknown, &samples("ham")[0]).await;
        assert!(answer.line().starts_with("550 5.1.1 "), "{unknown}: {}", answer.line());
    }
    let huge = Mail::new(&[b"Subject: x\n\n", &b"0123456789\n".repeat(7000)[..]].concat());
    assert!(sent(&mut client, BOB, &to, &huge).await.line().starts_with("552 5.3.4 "));
    for (from, field) in [
        (BOB, "Auto-Submitted: auto-replied (vacation)"),
        (BOB, "Precedence: bulk"),
        (BOB, "List-Id: <a.shop.example>"),
        ("", "Subject: Undelivered"),
    ] {
        let mail = Mail::new(format!("From: {BOB}\n{field}\nSubject: away\n\n1. no\n2. no\n3. no\n").as_bytes());
        assert_eq!(sent(&mut client, from, &to, &mail).await.code, 250, "{field}");
    }
    assert_eq!(state(&site), "answering", "no program answers for a person");
    assert_eq!(daemon.metric("portreeve_replies_total", "put_aside").await, 4.0);

    let reply = german_reply(&to, ["nein", "nein", "ja"]);
    let shouted = to.to_uppercase();
    assert_eq!(sent(&mut client, BOB, &shouted, &reply).await.code, 250);
    assert_eq!(sent(&mut client, BOB, &to, &reply).await.code, 250, "it comes again when an answer was lost");
    assert_eq!(ticket(&site)["messages"].as_array().map(Vec::len), Some(1));
    let rotated = site.run(&["tickets", "rotate-key"]);
    assert_eq!(rotated.status.code(), Some(0), "{rotated:?}");
    let later = Mail::new(b"Message-ID: <2@shop.example>\n\nAnd please hurry.\n");
    assert_eq!(sent(&mut client, BOB, &to, &later).await.code, 250, "earlier letters can still be answered");
    assert_eq!(site.run(&["tickets", "reply", "1", "We do."]).status.code(), Some(0));
    let received = letter(&site, 1).await;
    let answered = letter(&site, 2).await;
    assert_eq!(field(&received, "Reply-To"), to);
    assert_ne!(field(&answered, "Reply-To"), to, "signed with the new key");
    assert_eq!(site.run(&["tickets", "close", "1"]).status.code(), Some(0));
    let late = sent(&mut client, BOB, &to, &Mail::new(b"Message-ID: <3@shop.example>\n\nHello?\n")).await;
    assert_eq!(late.line(), "550 5.2.1 ticket 1 is closed already");
    assert_eq!(site.relay.mails().len(), 3, "no letter for what a program wrote, none twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_to_the_postmaster_reaches_the_operators_before_it_is_answered() {
    let address = loopback(free_port());
    let site = site(&format!("inet:{address}")).await;
    let daemon = site.start().await;
    let mut client = lmtp(address).await;
    let mail = Mail::new(b"From: eve@far.example\nSubject: your filter\n\nHello.\n");
    for to in ["postmaster", "Postmaster@Reply.Provider.Example"] {
        assert_eq!(sent(&mut client, BOB, to, &mail).await.code, 250, "{to}");
    }
    let came = site.relay.mails();
    assert_eq!(came.len(), 2, "it was handed on when the answer came");
    assert!(came[1].text.contains("Subject: your filter\r\n\r\nHello."), "{}", came[1].text);
    assert!(came[1].text.starts_with("Delivered-To: postmaster@reply.provider.example\r\n"), "{}", came[1].text);
    let back = Mail::new(came[1].text.as_bytes());
    assert_eq!(sent(&mut client, BOB, "postmaster", &back).await.code, 250);
    assert_eq!((site.relay.mails().len(), daemon.metric("portreeve_replies_total", "handed_on").await), (2, 2.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_waits_at_the_mail_server_while_the_disk_is_full() {
    let address = loopback(free_port());
    let site = site(&format!("inet:{address}")).await;
    let Some(disk) = SmallDisk::mount(&site, "size=4m") else { return };
    let daemon = disk.start().await;
    site.spam_until_blocked(BOB).await;
    let to = field(&letter(&site, 0).await, "Reply-To");
    disk.fill();
    let reply = german_reply(&to, ["nein", "nein", "ja"]);
    let mut client = lmtp(address).await;
    let mut refused = None;
    // The write-ahead log has some room left: a few replies fit.
    for count in 0..200 {
        let reply = reply.renumbered(&format!("<{count}@shop.example>"));
        let answer = sent(&mut client, BOB, &to, &reply).await;
        if answer.code != 250 {
            refused = Some((answer.line(), reply));
            break;
        }
    }
    let (line, reply) = refused.expect("the disk is full");
    assert_eq!(line, "451 4.3.0 It can't be kept now: try again later");
    daemon.metric_reaches("portreeve_degraded", "replies", 1.0).await;
    disk.empty();
    assert_eq!(sent(&mut client, BOB, &to, &reply).await.code, 250);
    assert_eq!(daemon.metric("portreeve_degraded", "replies").await, 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_reply_that_was_taken_is_lost_to_kill_9() {
    let address = loopback(free_port());
    let mut site = site(&format!("inet:{address}")).await;
    let relay = site.relay.address();
    let daemon = site.start().await;
    site.spam_until_blocked(BOB).await;
    let to = field(&letter(&site, 0).await, "Reply-To");
    // The letter's mark is on disk, or it would be sent once more.
    daemon.metric_reaches("portreeve_alerts_total", "sent", 1.0).await;
    daemon.kill();
    // A relay that never greets: each letter is under way when the daemon dies.
    let mute = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    site.set(&format!("[alerts]\nrelay = \"{}\"\n", mute.local_addr().unwrap()));

    let daemon = site.start().await;
    let part = Mail::new(b"Message-ID: <1@shop.example>\n\n2. nein\n");
    assert_eq!(sent(&mut lmtp(address).await, BOB, &to, &part).await.code, 250);
    daemon.kill();
    let daemon = site.start().await;
    assert_eq!(ticket(&site)["questions"][1]["answer"].as_str(), Some("nein"));
    let mut client = lmtp(address).await;
    assert_eq!(sent(&mut client, BOB, &to, &part).await.code, 250, "a mail server that lost our answer tries again");
    assert_eq!(ticket(&site)["messages"].as_array().map(Vec::len), Some(1));
    let rest = Mail::new(b"Message-ID: <2@shop.example>\n\n1. nein\n3. ja\n");
    assert_eq!(sent(&mut client, BOB, &to, &rest).await.code, 250);
    daemon.kill();
    let daemon = site.start().await;
    assert_eq!(state(&site), "deciding");
    assert_eq!(site.run(&["tickets", "approve", "1"]).status.code(), Some(0));
    daemon.kill();

    site.set(&format!("[alerts]\nrelay = \"{relay}\"\n"));
    let _daemon = site.start().await;
    assert_eq!(state(&site), "approved");
    letter(&site, 3).await;
    let letters: Vec<_> = site.relay.mails().into_iter().map(|mail| mail.text).collect();
    let counted = |word: &str| letters.iter().filter(|letter| letter.contains(word)).count();
    assert_eq!((letters.len(), counted("In-Reply-To: ")), (4, 3), "opened, missing, received, approved: once each");
}

/// What a mail system sends back (RFC 3464).
fn delivery_report(recipient: &str, action: &str) -> Mail {
    let text = format!(
        "From: MAILER-DAEMON@mx.owner.example\nSubject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nIt did not arrive.\n--b\n\
         Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.owner.example\n\nFinal-Recipient: rfc822; {recipient}\n\
         Action: {action}\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no such user\n\n--b--\n"
    );
    Mail::new(text.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_comes_back_is_noted_and_not_answered() {
    let address = loopback(free_port());
    let site = site(&format!("inet:{address}")).await;
    let daemon = site.start().await;
    site.spam_until_blocked(BOB).await;
    letter(&site, 0).await;
    let back = site.relay.mails()[0].from.clone();
    assert!(back.starts_with("support+b.") && back.ends_with("@reply.provider.example"), "{back}");
    assert_eq!(site.run(&["alerts", "list", "--bounced"]).status.code(), Some(1));
    let mut client = lmtp(address).await;
    let vacation = Mail::new(b"Auto-Submitted: auto-replied\nSubject: away\n\n1. no 2. no 3. no\n");
    assert_eq!(sent(&mut client, "", &back, &vacation).await.code, 250);
    assert_eq!(sent(&mut client, "", &back, &delivery_report("owner@owner.example", "delayed")).await.code, 250);
    assert_eq!(site.run(&["alerts", "list", "--bounced"]).status.code(), Some(1), "neither tells that it failed");
    for _ in 0..2 {
        assert_eq!(sent(&mut client, "", &back, &delivery_report("owner@owner.example", "failed")).await.code, 250);
    }
    let forged = back.replace(".0.", ".1.");
    let unknown = sent(&mut client, "", &forged, &delivery_report("owner@owner.example", "failed")).await;
    assert!(unknown.line().starts_with("550 5.1.1 "), "{}", unknown.line());

    let listed = site.run(&["alerts", "list", "--json"]);
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    let letters = &listed["items"];
    assert_eq!((letters[0]["state"].as_str(), letters.as_array().map(Vec::len)), (Some("bounced"), Some(1)));
    assert_eq!(letters[0]["bounces"].as_array().map(Vec::len), Some(1), "told twice, noted once");
    assert_eq!(letters[0]["bounces"][0]["status"].as_str(), Some("5.1.1"));
    assert_eq!(ticket(&site)["bounces"][0]["recipient"].as_str(), Some("owner@owner.example"));
    let owner = String::from_utf8(site.run(&["customers", "owner", "account", BOB]).stdout).unwrap();
    assert!(owner.contains("owner@owner.example did not get a letter of"), "{owner}");
    assert_eq!(daemon.metric("portreeve_alert_bounces_total", "").await, 2.0);
    assert_eq!(state(&site), "answering");
    assert_eq!(site.relay.mails().len(), 1, "nobody is written to");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_postfix_returns_a_letter_and_the_bounce_is_noted() {
    let mut site = site("unix:/nowhere").await;
    let socket = site.path("lmtp.sock");
    let Some(postfix) = Postfix::routing_replies(&site.milter(), site.relay.address(), &socket).await else { return };
    let settings =
        format!("[lmtp]\nlisten = [\"unix:{}\"]\n[alerts]\nrelay = \"{}\"\n", socket.display(), postfix.unfiltered);
    site.set(&settings);
    site.relay.answer_recipient("owner@owner.example", "550 5.1.1 no such user here");
    let daemon = site.start().await;
    site.spam_until_blocked(BOB).await;
    daemon.metric_reaches("portreeve_alert_bounces_total", "", 1.0).await;
    let bounce = &ticket(&site)["bounces"][0];
    assert_eq!(bounce["recipient"].as_str(), Some("owner@owner.example"));
    assert_eq!(bounce["status"].as_str(), Some("5.1.1"));
    assert!(bounce["said"].as_str().is_some_and(|said| said.contains("no such user here")), "{bounce}");
    let told = letter(&site, 0).await;
    assert!(told.contains("[ticket 1]") || told.contains("Ticket 1"), "the others got it: {told}");
}
