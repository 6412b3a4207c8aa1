//! What becomes of STARTTLS, by listener and by client network.

use super::lab::{Lab, WORLD};
use super::{REDIRECT, TPROXY, gateway, greet, ham, listeners, send};

/// By default nothing stands between the client and the destination's certificate, and nothing is read.
#[tokio::test(flavor = "multi_thread")]
async fn passthrough_is_the_default_and_opaque() {
    let Some(mut lab) = Lab::build() else { return };
    let (_site, daemon) = gateway(&lab, &listeners("")).await;
    for rules in [&REDIRECT, &TPROXY] {
        lab.load(rules);
        let (mail, file) = ham(&lab);
        for address in WORLD {
            let mut client = lab.customer();
            assert!(greet(&mut client, address).contains("STARTTLS"));
            assert_eq!(client.ask("starttls"), "tls with sink.example");
            client.hears("EHLO client.customer.example", "250");
            assert_eq!(send(&mut client, &file), "250 taken");
            client.hears("QUIT", "221 bye");
            client.hears("end", "end");
            let taken = lab.taken();
            assert_eq!(taken["tls"], true);
            assert_eq!(taken["message"].as_str().map(str::as_bytes), Some(&mail.raw[..]), "untouched, header too");
        }
    }
    assert_eq!(lab.metric(daemon.http(), "portreeve_intercept_streams_opened_total"), 4.0);
    assert!(lab.metric(daemon.http(), "portreeve_intercept_bytes_sent_total") > 4.0 * 500.0);
}

/// The client is read in plain text, the mail leaves in TLS.
#[tokio::test(flavor = "multi_thread")]
async fn hide_offers_none_and_uses_it_onward() {
    let Some(mut lab) = Lab::build() else { return };
    let (_site, _daemon) = gateway(&lab, &listeners("hide_for = [\"192.0.2.0/24\"]")).await;
    lab.load(&TPROXY);
    let (_, file) = ham(&lab);
    let mut client = lab.customer();
    assert!(!greet(&mut client, WORLD[0]).contains("STARTTLS"));
    client.hears("STARTTLS", "502 ");
    assert_eq!(send(&mut client, &file), "250 taken");
    assert_eq!(lab.taken()["tls"], true);
    // Another network of the same listener: the listener's own policy.
    assert!(greet(&mut lab.customer(), WORLD[1]).contains("STARTTLS"));
}

#[tokio::test(flavor = "multi_thread")]
async fn terminate_shows_our_certificate_and_uses_tls_onward() {
    let Some(mut lab) = Lab::build() else { return };
    let certificate = format!(
        "[proxy]\ntls_certificate = \"{}\"\ntls_key = \"{}\"\n",
        lab.path("gateway.pem").display(),
        lab.path("gateway.key").display()
    );
    let (_site, daemon) = gateway(&lab, &(certificate + &listeners("tls = \"terminate\""))).await;
    lab.load(&TPROXY);
    let (_, file) = ham(&lab);
    let mut client = lab.customer();
    assert!(greet(&mut client, WORLD[0]).contains("STARTTLS"));
    assert_eq!(client.ask("starttls"), "tls with gateway.example");
    client.hears("EHLO client.customer.example", "250");
    assert_eq!(send(&mut client, &file), "250 taken");
    assert_eq!(lab.taken()["tls"], true);
    assert_eq!(lab.metric(daemon.http(), "portreeve_proxy_messages_relayed_total"), 1.0, "it was read");
}
