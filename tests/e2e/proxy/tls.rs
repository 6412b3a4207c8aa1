//! TLS on both sides, a certificate changed while the daemon runs, and the example for servers that log in.

use testkit::Relay;

use super::{all_arrive, each_arrived_once, hand_in, site};
use crate::harness::{Certificate, Postfix, Site, free_port, loopback, over_starttls, samples, until};

fn offered(certificate: &Certificate) -> String {
    let (chain, key) = (certificate.certificate.display(), certificate.key.display());
    format!("tls_certificate = \"{chain}\"\ntls_key = \"{key}\"\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_is_encrypted_on_both_sides() {
    let (outside, port, ham) = (Relay::start().await, free_port(), samples("ham"));
    outside.offer_tls();
    let mut site = site(port, outside.address(), "require_tls = true\nnext_hop_tls = \"required\"").await;
    let Some(certificate) = Certificate::make(&site, "proxy") else { return };
    site.set(&format!("[proxy]\n{}", offered(&certificate)));
    let daemon = site.start().await;
    let Some(postfix) = Postfix::with(loopback(port), "smtp_tls_security_level = encrypt\n").await else { return };
    hand_in(postfix.unfiltered, &ham).await;
    all_arrive(&outside, &ham).await;
    each_arrived_once(&outside, &ham);
    assert!(outside.mails().iter().all(|mail| mail.tls), "something left in plain text");
    assert!(outside.mails().iter().all(|mail| mail.text.contains(" with ESMTPS;")));
    assert!(daemon.metric("portreeve_proxy_tls_clients_total", "").await > 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_certificate_is_shown_after_a_reload() {
    let (outside, port) = (Relay::start().await, free_port());
    let mut site = site(port, outside.address(), "").await;
    let (Some(old), Some(new)) = (Certificate::make(&site, "old"), Certificate::make(&site, "new")) else { return };
    std::fs::copy(&old.certificate, site.path("shown.pem")).expect("our own directory");
    std::fs::copy(&old.key, site.path("shown.key")).expect("our own directory");
    let shown = Certificate { certificate: site.path("shown.pem"), key: site.path("shown.key") };
    site.set(&format!("[proxy]\n{}", offered(&shown)));
    let mut daemon = site.start().await;
    assert!(over_starttls(loopback(port), &["QUIT"]).contains(&old.pem()));
    // The same files with other content, as a renewal leaves them.
    std::fs::copy(&new.certificate, &shown.certificate).expect("our own directory");
    std::fs::copy(&new.key, &shown.key).expect("our own directory");
    daemon.signal("HUP");
    until("the new certificate", || async { over_starttls(loopback(port), &["QUIT"]).contains(&new.pem()) }).await;
    assert!(daemon.runs());
}

/// config/examples/proxy-smarthost.toml as it is, but for ports and files: a server logs in and its login is what counts.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_logs_in_through_the_smarthost() {
    let (outside, spare, port) = (Relay::start().await, Relay::start().await, free_port());
    let mut site = Site::new("").await;
    let Some(certificate) = Certificate::make(&site, "proxy") else { return };
    for relay in [&outside, &spare] {
        relay.offer_tls_with(&certificate.certificate, &certificate.key).offer("AUTH PLAIN LOGIN");
    }
    let example = include_str!("../../../config/examples/proxy-smarthost.toml")
        .replace("0.0.0.0:587", &loopback(port).to_string())
        .replace("mx1.provider.example:587", &format!("localhost:{}", outside.address().port()))
        .replace("mx2.provider.example:587", &format!("localhost:{}", spare.address().port()))
        .replace("/etc/portreeve/tls/fullchain.pem", &certificate.certificate.display().to_string())
        .replace("/etc/portreeve/tls/key.pem", &certificate.key.display().to_string());
    site.set(&example);
    site.set(&format!("[proxy]\nnext_hop_authorities = \"{}\"", certificate.certificate.display()));
    let daemon = site.start().await;
    // "bob@shop.example" and "secret".
    let login = "AUTH PLAIN AGJvYkBzaG9wLmV4YW1wbGUAc2VjcmV0";
    let envelope =
        ["MAIL FROM:<bob@shop.example>", "RCPT TO:<friend@near.example>", "DATA", "Subject: x", "", "x", ".", "QUIT"];
    let lines: Vec<_> = ["EHLO exchange.shop.example", login].into_iter().chain(envelope).collect();
    let heard = over_starttls(loopback(port), &lines);
    assert!(heard.contains("235 2.7.0 welcome") && heard.contains("250 2.0.0 kept"), "{heard}");
    let mails = outside.mails();
    assert!(mails.len() == 1 && mails[0].tls && mails[0].text.contains(" with ESMTPSA;"), "{mails:?}");
    daemon.logged("the judged message", |line| line.to_string().contains("bob@shop.example")).await;
    assert_eq!(daemon.metric("portreeve_proxy_logins_total", "").await, 1.0);
}
