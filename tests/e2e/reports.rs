//! An innocent newsletter is blocked, reported, and let go on: through a real Postfix, with spam of the same login still
//! stopped; and reports that come as an attached message.

use serde_json::Value;
use testkit::Relay;

use crate::harness::{Client, Mail, Milter, Outcome, Postfix, Site, link_in, samples, until};

const BOB: &str = "bob@shop.example";
const HOST: &str = "198.51.100.23";
/// A site where a subject in capitals costs far too much.
pub(crate) const STRICT: &str = "[score]\npoints = { subject_shouting = 120 }\n";

pub(crate) fn newsletter(number: u32) -> Mail {
    let text = format!(
        "From: Concert hall <{BOB}>\nTo: Friend <friend@far.example>\nSubject: NOVEMBER AT THE CONCERT HALL\n\
         Date: Mon, 21 Sep 2026 13:33:20 +0000\nMessage-ID: <news-{number}@shop.example>\n\n\
         Dear friends of music, the leaves are down and the hall is warm: this month we have three evenings for you. On the\n\
         eighteenth the quartet plays Haydn, on the twenty-fourth our youth orchestra shows what it has rehearsed since summer,\n\
         and on the thirtieth the choir sings what everybody knows by heart. Tea and cake for whoever likes to stay.\n"
    );
    Mail::new(text.as_bytes())
}

fn json(site: &Site, arguments: &[&str]) -> (Value, i32) {
    let output = site.run(&[arguments, &["--json"]].concat());
    (serde_json::from_slice(&output.stdout).unwrap_or_default(), output.status.code().unwrap())
}

fn said(site: &Site, arguments: &[&str]) -> (String, i32) {
    let output = site.run(arguments);
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code().unwrap())
}

async fn sent(client: &mut Client, mail: &Mail) -> bool {
    client.send(BOB, "friend@far.example", mail).await == Outcome::Sent
}

pub(crate) async fn letter_with(site: &Site, words: &str) -> String {
    let found = || site.relay.mails().into_iter().find(|mail| mail.text.replace("=\r\n", "").contains(words));
    until(words, || async { found().is_some() }).await;
    found().unwrap().text
}

#[tokio::test(flavor = "multi_thread")]
async fn an_innocent_newsletter_goes_on_and_spam_of_the_same_login_does_not() {
    let site = Site::new(STRICT).await;
    let daemon = site.start().await;
    let outside = Relay::start().await;
    let Some(postfix) = Postfix::start(&site.milter(), outside.address()).await else { return };
    let mut bob = Client::connect(postfix.submission).await;
    bob.login(BOB, HOST).await;
    let mut number = 0;
    while sent(&mut bob, &newsletter(number)).await {
        number += 1;
        assert!(number < 40, "40 newsletters and no block");
    }
    until("a newsletter outside", || async { !outside.mails().is_empty() }).await;
    let eml = site.path("newsletter.eml");
    std::fs::write(&eml, &outside.mails()[0].text).unwrap();
    let eml = eml.to_str().unwrap();

    let (no, code) = said(&site, &["reports", "add", "account", "carol@shop.example", eml]);
    assert!(code == 1 && no.contains("led to a block of another sender"), "{no}");
    let (view, code) = json(&site, &["reports", "add", "account", BOB, eml]);
    assert_eq!((view["state"].as_str(), code), (Some("open"), 0), "{view}");
    assert!(view["score_then"].as_i64() >= Some(120), "{view}");
    assert_eq!(view["remarks"], serde_json::json!([]), "it has left, so it has a Received field");
    let (again, code) = said(&site, &["reports", "add", "account", BOB, eml]);
    assert!(code == 1 && again.contains("was reported before: report 1"), "{again}");
    let (shown, _) = said(&site, &["reports", "show", "1"]);
    assert!(shown.contains("subject_shouting") && shown.contains("What to change"), "{shown}");
    letter_with(&site, "Your report has come in under number 1").await;
    daemon.metric_reaches("portreeve_reports_open", "", 1.0).await;
    assert!(!sent(&mut bob, &newsletter(50)).await, "a report alone releases nobody");

    let decide =
        ["reports", "decide", "1", "--ham", "--exempt", "fingerprint", "--release", "--reason", "A newsletter."];
    let (decided, code) = json(&site, &decide);
    assert_eq!((decided["state"].as_str(), code), (Some("confirmed"), 0), "{decided}");
    assert_eq!(said(&site, &decide).1, 1, "once");
    letter_with(&site, "A newsletter.").await;
    daemon.kill();
    let daemon = site.start().await;
    let mut bob = Client::connect(postfix.submission).await;
    bob.login(BOB, HOST).await;
    for number in 60..75 {
        assert!(sent(&mut bob, &newsletter(number)).await, "newsletter {number}");
    }
    let (list, _) = said(&site, &["exemptions", "list"]);
    assert!(
        list.contains("account bob@shop.example")
            && list.contains("fingerprint (")
            && list.contains("subject_shouting"),
        "{list}"
    );
    daemon.metric_reaches("portreeve_exemptions", "", 1.0).await;

    let mut stopped = false;
    for (number, spam) in (1..15).zip(samples("spam").iter().cycle()) {
        let spam = spam.renumbered(&format!("<{number}.spam@shop.example>"));
        stopped = matches!(bob.send(BOB, "friend@far.example", &spam).await, Outcome::Refused("MAIL", _));
        if stopped {
            break;
        }
    }
    assert!(stopped && !sent(&mut bob, &newsletter(80)).await, "spam of the same login still blocks");
}

/// A site whose customer may answer by mail.
async fn answering() -> Site {
    let mut site = Site::new(STRICT).await;
    let (file, socket) = (site.path("customers.toml"), site.path("lmtp.sock"));
    let customers = "[[customer]]\nservice = 'hosting-4711'\nname = 'Shop'\ncontact = ['owner@owner.example']\n\
        kind = 'exchange'\naccounts = ['*@shop.example']\nnetworks = ['198.51.100.0/24']\n";
    std::fs::write(&file, customers).unwrap();
    site.set(&format!(
        "[customers]\nfile = \"{}\"\n[lmtp]\nlisten = [\"unix:{}\"]\naddress = \"support@reply.provider.example\"\n\
         socket_mode = \"0666\"\n",
        file.display(),
        socket.display()
    ));
    site
}

fn forwarded(to: &str, attached: &Mail) -> Mail {
    let text = format!(
        "From: Bob <{BOB}>\nTo: {to}\nMessage-ID: <complaint@shop.example>\nSubject: Re: blocked\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=grenze\n\n--grenze\nContent-Type: text/plain\n\nThis is no spam.\n\
         --grenze\nContent-Type: message/rfc822\nContent-Disposition: attachment\n\n{}\n--grenze--\n",
        String::from_utf8_lossy(&attached.raw).replace("\r\n", "\n")
    );
    Mail::new(text.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flagged_message_attached_to_a_reply_is_a_report() {
    let site = answering().await;
    let socket = site.path("lmtp.sock");
    let Some(postfix) = Postfix::routing_replies(&site.milter(), site.relay.address(), &socket).await else { return };
    let _daemon = site.start().await;
    let mut session = Milter::session(&site.socket(), BOB, HOST).await;
    let mut number = 0;
    while link_in(&session.send(BOB, "friend@far.example", &newsletter(number)).await.text()).is_none() {
        number += 1;
        assert!(number < 40, "40 newsletters and no block");
    }
    let opened = letter_with(&site, "Subject: Account locked for spam").await;
    let reply_to = opened.lines().find_map(|line| line.strip_prefix("Reply-To: ")).unwrap().trim_matches(['<', '>']);

    let mut client = Client::connect(postfix.unfiltered).await;
    let other = forwarded(reply_to, &newsletter(900));
    assert_eq!(client.send(BOB, reply_to, &other).await, Outcome::Sent, "Postfix takes it");
    letter_with(&site, "is not among those that account bob@shop.example was blocked").await;
    assert_eq!(said(&site, &["reports", "list"]).1, 1);
    assert_eq!(client.send(BOB, reply_to, &forwarded(reply_to, &newsletter(0))).await, Outcome::Sent);
    until("the report", || async { said(&site, &["reports", "list"]).1 == 0 }).await;
    let (view, _) = json(&site, &["reports", "show", "1"]);
    assert_eq!(
        (view["reported_by"].as_str(), view["message_id"].as_str()),
        (Some("customer"), Some("<news-0@shop.example>"))
    );
    letter_with(&site, "Your report has come in under number 1").await;
    let (ticket, _) = json(&site, &["tickets", "show", "1"]);
    assert_eq!(
        ticket["messages"][0]["body"].as_str(),
        Some("This is no spam."),
        "what he writes beside it is his reply"
    );
}

fn reply_address(letter: &str) -> String {
    let found = letter.lines().find_map(|line| line.strip_prefix("Reply-To: "));
    found.unwrap_or_else(|| panic!("no Reply-To in {letter}")).trim_matches(['<', '>']).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_of_a_blocked_address_reports_by_mail_and_is_told_why_not() {
    let site = answering().await;
    let socket = site.path("lmtp.sock");
    let Some(postfix) = Postfix::routing_replies(&site.milter(), site.relay.address(), &socket).await else { return };
    let daemon = site.start().await;
    let mut session = Milter::session(&site.socket(), "", HOST).await;
    let mut number = 0;
    while link_in(&session.send(BOB, "friend@far.example", &newsletter(number)).await.text()).is_none() {
        number += 1;
        assert!(number < 60, "60 newsletters and no block");
    }
    let alert = letter_with(&site, "Subject: The IP address 198.51.100.23 has been blocked").await;
    assert!(alert.contains("forward it as an attachment"), "{alert}");
    let reply_to = reply_address(&alert);
    assert!(reply_to.starts_with("support+r.") && reply_to.ends_with("@reply.provider.example"), "{reply_to}");

    let mut client = Client::connect(postfix.unfiltered).await;
    let vacation = Mail::new(format!("From: {BOB}\nAuto-Submitted: auto-replied\n\nI am away.\n").as_bytes());
    assert_eq!(client.send(BOB, &reply_to, &vacation).await, Outcome::Sent);
    daemon.metric_reaches("portreeve_replies_total", "put_aside", 1.0).await;
    let words = Mail::new(format!("From: {BOB}\nMessage-ID: <1@shop.example>\n\nThis is an outrage.\n").as_bytes());
    assert_eq!(client.send(BOB, &reply_to, &words).await, Outcome::Sent);
    let why = letter_with(&site, "No message is attached to it.").await;
    assert_eq!(reply_address(&why), reply_to);
    let other = forwarded(&reply_to, &newsletter(900)).renumbered("<2@shop.example>");
    assert_eq!(client.send(BOB, &reply_to, &other).await, Outcome::Sent);
    letter_with(&site, "is not among those that led to a block of 198.51.100.23").await;
    assert_eq!(said(&site, &["reports", "list"]).1, 1, "there is none");

    let report = forwarded(&reply_to, &newsletter(0)).renumbered("<3@shop.example>");
    assert_eq!(client.send(BOB, &reply_to, &report).await, Outcome::Sent);
    letter_with(&site, "Your report has come in under number 1").await;
    let (view, _) = json(&site, &["reports", "show", "1"]);
    assert_eq!(view["message_id"].as_str(), Some("<news-0@shop.example>"));
    assert_eq!(daemon.metric("portreeve_replies_total", "answered").await, 2.0);
    let to: Vec<_> = site.relay.mails().into_iter().flat_map(|mail| mail.to).collect();
    assert!(!to.iter().any(|to| to == BOB), "answers go to whoever owns the address: {to:?}");
}
