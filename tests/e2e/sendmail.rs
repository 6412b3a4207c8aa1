//! Through a real Sendmail: identity by client address, whole messages, refusals word for word.

use testkit::Relay;

use crate::harness::{Client, Mail, Outcome, Outside, Sendmail, Site, body_of, link_in, samples, until};

/// Clients without a login, by their address on loopback.
const THIEF: [u8; 4] = [127, 66, 6, 6];
const HONEST: [u8; 4] = [127, 1, 2, 3];

#[tokio::test(flavor = "multi_thread")]
async fn a_spamming_address_is_blocked_and_others_mail_arrives_whole() {
    let site = Site::new("").await;
    let _daemon = site.start().await;
    let outside = Relay::start().await;
    let Some(sendmail) = Sendmail::start(&site.socket(), outside.address()).await else { return };

    let ham = samples("ham");
    for (count, mail) in ham.iter().enumerate() {
        let mut client = Client::connect_from(HONEST.into(), sendmail.submission).await;
        let outcome = client.send("alice@shop.example", &format!("friend{count}@near.example"), mail).await;
        assert_eq!(outcome, Outcome::Sent, "honest message {count}");
    }
    let (left, refused) = spam_until_refused(&sendmail).await;
    eprintln!("measured: Sendmail: {left} spam left before the address was blocked");
    assert!(left <= 10, "{left}");
    // Sendmail puts the sender's address in front.
    let says = "Sending from the IP address 127.66.6.6 is blocked until ";
    assert!(refused.starts_with("550 5.7.1 ") && refused.contains(says), "{refused}");
    assert!(link_in(&refused).is_some(), "{refused}");
    arrived_whole(&outside, &ham).await;
    until("the alert", || async { site.relay.mails().iter().any(|mail| mail.text.contains("127.66.6.6")) }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_arrives_word_for_word() {
    // A single percent sign makes Sendmail replace the whole text.
    let site = Site::new("[score]\nreject = 100\n[blocks]\ncontact = \"We are there 100% of the time.\"").await;
    let _daemon = site.start().await;
    let outside = Relay::start().await;
    let Some(sendmail) = Sendmail::start(&site.socket(), outside.address()).await else { return };
    let mut client = Client::connect_from(THIEF.into(), sendmail.submission).await;
    match client.send("bob@shop.example", "victim@far.example", &samples("spam")[0]).await {
        Outcome::Refused(".", reply) => {
            assert!(reply.line().starts_with("550 5.7.1 This message was not sent"), "{}", reply.line());
            assert!(reply.text.contains("We are there 100% of the time. Reference: <"), "{}", reply.text);
        }
        other => panic!("not refused at the end of data: {other:?}"),
    }
}

/// One connection for each message; how many were taken, and the refusal of MAIL that ended it.
async fn spam_until_refused(sendmail: &Sendmail) -> (usize, String) {
    let mut left = 0;
    for (count, mail) in samples("spam").iter().cycle().take(40).enumerate() {
        let mail = mail.renumbered(&format!("<{count}.spam@shop.example>"));
        let mut client = Client::connect_from(THIEF.into(), sendmail.submission).await;
        match client.send("bob@shop.example", "victim@far.example", &mail).await {
            Outcome::Sent => left += 1,
            Outcome::Refused("MAIL", refusal) => return (left, refusal.line()),
            Outcome::Refused(verb, reply) => assert_eq!(verb, ".", "{}", reply.line()),
        }
    }
    panic!("40 spam messages and no block");
}

async fn arrived_whole(outside: &Relay, ham: &[Mail]) {
    let arrived = || outside.to_domain("near.example");
    until("honest mail arrives", || async { arrived().len() >= ham.len() }).await;
    for received in arrived() {
        assert!(ham.iter().any(|mail| mail.body() == body_of(&received.raw)), "a body was changed: {:?}", received.to);
    }
}
