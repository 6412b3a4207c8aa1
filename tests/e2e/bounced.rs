//! What the mail server of a blocked customer does with the refusal: it returns the message at once, with our sentence and
//! the link, instead of trying on for days at a greeting that says nothing.

use std::net::SocketAddr;

use testkit::Relay;

use crate::harness::{Client, Mail, Outcome, Postfix, Sendmail, Site, free_port, link_in, loopback, samples, until};

/// The customer's address; loopback is a network of clients that needs no set-up.
const CUSTOMER: [u8; 4] = [127, 44, 4, 4];

#[tokio::test(flavor = "multi_thread")]
async fn behind_postfix_the_customers_server_bounces_with_the_link() {
    let (site, outside) = (Site::new("").await, Relay::start().await);
    let _daemon = site.start().await;
    let Some(provider) = Postfix::start(&site.milter(), outside.address()).await else { return };
    the_customers_server_bounces(provider.submission).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_sendmail_the_customers_server_bounces_with_the_link() {
    let (site, outside) = (Site::new("").await, Relay::start().await);
    let _daemon = site.start().await;
    let Some(provider) = Sendmail::start(&site.socket(), outside.address()).await else { return };
    the_customers_server_bounces(provider.submission).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_the_proxy_the_customers_server_bounces_with_the_link() {
    let (outside, port) = (Relay::start().await, free_port());
    let next_hop = outside.address();
    let site = Site::new(&format!("[proxy]\nlisten = [\"127.0.0.1:{port}\"]\nnext_hops = [\"{next_hop}\"]\n")).await;
    let _daemon = site.start().await;
    the_customers_server_bounces(loopback(port)).await;
}

async fn the_customers_server_bounces(provider: SocketAddr) {
    spam_until_blocked(provider).await;
    let from_there = format!("smtp_bind_address = {}\n", std::net::Ipv4Addr::from(CUSTOMER));
    let Some(customer) = Postfix::with(provider, &from_there).await else { return };
    let mail = &samples("ham")[0];
    let mut client = Client::connect(customer.unfiltered).await;
    assert_eq!(client.send("alice@shop.example", "friend@near.example", mail).await, Outcome::Sent);
    until("the customer's server has tried", || async { customer.log().contains("to=<friend@near.example>") }).await;
    let log = customer.log();
    let line = log.lines().find(|line| line.contains("to=<friend@near.example>")).unwrap_or_default();
    for part in ["status=bounced", "said: 550 5.7.1 ", "Sending from the IP address 127.44.4.4 is blocked until "] {
        assert!(line.contains(part), "no \"{part}\" in: {line}");
    }
    assert!(link_in(line).is_some(), "no link in: {line}");
    assert!(line.contains("in reply to MAIL FROM command"), "{line}");
}

async fn spam_until_blocked(provider: SocketAddr) {
    for (count, mail) in samples("spam").iter().cycle().take(40).enumerate() {
        let mail: Mail = mail.renumbered(&format!("<{count}.spam@shop.example>"));
        let mut client = Client::connect_from(CUSTOMER.into(), provider).await;
        if let Outcome::Refused("MAIL", _) = client.send("bob@shop.example", "victim@far.example", &mail).await {
            return;
        }
    }
    panic!("40 spam messages and no block");
}
