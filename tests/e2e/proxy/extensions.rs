//! DSN, SMTPUTF8 and 8BITMIME between two real Postfixes: what one asks through the proxy, the other one does.

use testkit::Relay;

use super::site;
use crate::harness::{Client, Outside, Postfix, body_of, free_port, loopback, until};

/// Postfix, the proxy, Postfix, and the world, which knows these extensions.
async fn sent(extensions: &[&str], lines: &[&str], content: &[u8]) -> Option<(Relay, Postfix)> {
    let (outside, port) = (Relay::start().await, free_port());
    for extension in extensions {
        outside.offer(extension);
    }
    let next_hop = Postfix::with(outside.address(), "").await?;
    let site = site(port, next_hop.unfiltered, "").await;
    let daemon = site.start().await;
    let first = Postfix::with(loopback(port), "").await?;
    let mut client = Client::connect(first.unfiltered).await;
    for line in lines.iter().chain(&["DATA"]) {
        let reply = client.command(line).await;
        assert!(reply.code < 400, "{line}: {}", reply.line());
    }
    let mail = crate::harness::Mail { raw: content.to_vec() };
    assert!(client.data(&mail).await.code < 400);
    until("it arrives", || async { !outside.to_domain("near.example").is_empty() }).await;
    assert_eq!(daemon.metric("portreeve_proxy_messages_relayed_total", "").await, 1.0);
    Some((outside, next_hop))
}

/// The world has no DSN: the second Postfix tells the sender that the message was relayed to it, as RFC 3461 5.2.2 asks.
#[tokio::test(flavor = "multi_thread")]
async fn a_notification_that_was_asked_for_comes() {
    let lines = [
        "MAIL FROM:<alice@shop.example> RET=HDRS ENVID=order-4711",
        "RCPT TO:<friend@near.example> NOTIFY=SUCCESS ORCPT=rfc822;friend@near.example",
    ];
    let Some((outside, _next_hop)) = sent(&[], &lines, b"Subject: hello\r\n\r\nx\r\n").await else { return };
    until("the notification", || async { !outside.to_domain("shop.example").is_empty() }).await;
    let notification = &outside.to_domain("shop.example")[0].text;
    for part in
        ["Action: relayed", "Original-Envelope-Id: order-4711", "Original-Recipient: rfc822;friend@near.example"]
    {
        assert!(notification.contains(part), "{part} is not in {notification}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_outside_ascii_passes_with_smtputf8() {
    let lines = ["MAIL FROM:<j\u{f6}rg@shop.example> SMTPUTF8", "RCPT TO:<fr\u{e4}nzi@near.example>"];
    let content = "Subject: gr\u{fc}\u{df}e\r\n\r\nsch\u{f6}n\r\n".as_bytes();
    let Some((outside, _next_hop)) = sent(&["8BITMIME", "SMTPUTF8"], &lines, content).await else { return };
    let mail = &outside.to_domain("near.example")[0];
    assert_eq!((mail.from.as_str(), mail.to[0].as_str()), ("j\u{f6}rg@shop.example", "fr\u{e4}nzi@near.example"));
    assert!(mail.parameters.contains("SMTPUTF8"), "{}", mail.parameters);
    assert_eq!(body_of(&mail.raw), body_of(content));
    assert!(mail.text.contains("with UTF8SMTP"), "{}", mail.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_bits_stay_eight_bits() {
    let lines = ["MAIL FROM:<alice@shop.example> BODY=8BITMIME", "RCPT TO:<friend@near.example>"];
    let content = b"Subject: bits\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\xe9\xff\x80\r\n";
    let Some((outside, _next_hop)) = sent(&["8BITMIME"], &lines, content).await else { return };
    let mail = &outside.to_domain("near.example")[0];
    assert!(mail.parameters.contains("BODY=8BITMIME"), "{}", mail.parameters);
    assert_eq!(body_of(&mail.raw), body_of(content));
}
