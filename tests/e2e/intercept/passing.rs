//! Mail goes on to where it was going, from the address the mode promises; nothing goes round in circles.

use super::lab::{CUSTOMER, GATEWAY, INSIDE, Lab, WORLD};
use super::{LOCAL, REDIRECT, TPROXY, gateway, greet, ham, listeners, send};

/// Sends over both families and says which addresses the destination saw.
fn seen_by_the_world(lab: &mut Lab, from_gateway: bool) -> Vec<String> {
    let (mail, file) = ham(lab);
    let mut seen = Vec::new();
    for address in WORLD {
        let mut client = if from_gateway { lab.local() } else { lab.customer() };
        let offers = greet(&mut client, address);
        assert!(offers.contains("SIZE 1000000"), "what the destination offers: {offers}");
        assert_eq!(send(&mut client, &file), "250 taken", "the destination's own words");
        let taken = lab.taken();
        assert_eq!(taken["ehlo"], "client.customer.example", "the client's own name");
        let message = taken["message"].as_str().expect("a message").as_bytes().to_vec();
        assert!(message.ends_with(mail.body()), "the body was changed");
        seen.push(taken["peer"].as_str().expect("an address").to_owned());
    }
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn redirected_mail_comes_from_the_gateway() {
    let Some(mut lab) = Lab::build() else { return };
    let (_site, daemon) = gateway(&lab, &listeners("")).await;
    lab.load(&REDIRECT);
    assert_eq!(seen_by_the_world(&mut lab, false), GATEWAY);
    assert_eq!(lab.metric(daemon.http(), "portreeve_intercept_connections_total"), 2.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn through_tproxy_mail_comes_from_the_customer() {
    let Some(mut lab) = Lab::build() else { return };
    let (_site, _daemon) = gateway(&lab, &listeners("")).await;
    lab.load(&TPROXY);
    assert_eq!(seen_by_the_world(&mut lab, false), CUSTOMER);
}

#[tokio::test(flavor = "multi_thread")]
async fn through_tproxy_the_address_can_be_the_gateways() {
    let Some(mut lab) = Lab::build() else { return };
    let (_site, _daemon) = gateway(&lab, &listeners("keep_client = false")).await;
    lab.load(&TPROXY);
    assert_eq!(seen_by_the_world(&mut lab, false), GATEWAY);
}

/// The daemon runs on the same host and is not redirected to itself: its mark says who it is.
#[tokio::test(flavor = "multi_thread")]
async fn programs_of_the_gateway_are_intercepted_and_the_daemon_is_not() {
    let Some(mut lab) = Lab::build() else { return };
    let (_site, daemon) = gateway(&lab, &listeners("")).await;
    lab.load(&LOCAL);
    assert_eq!(seen_by_the_world(&mut lab, true), GATEWAY);
    assert_eq!(lab.metric(daemon.http(), "portreeve_intercept_connections_total"), 2.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_connected_back_to_the_filter() {
    let Some(lab) = Lab::build() else { return };
    let (_site, daemon) = gateway(&lab, &listeners("")).await;
    lab.load(&TPROXY);
    let mut client = lab.customer();
    for address in INSIDE {
        client.hears(&format!("connect {address} 10025"), "421 4.3.5 ");
        client.hears("end", "end");
        client.hears(&format!("connect {address} 10026"), "421 4.4.6 ");
        client.hears("end", "end");
    }
    assert_eq!(lab.metric(daemon.http(), "portreeve_intercept_direct_refused_total"), 2.0);
    assert_eq!(lab.metric(daemon.http(), "portreeve_intercept_loops_refused_total"), 2.0);
}

/// A customer that is listed at the destination hears so, and needn't try for days.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_destination_refuses_is_refused() {
    let Some(lab) = Lab::build() else { return };
    let (_site, _daemon) = gateway(&lab, &listeners("")).await;
    lab.load(&TPROXY);
    let mut client = lab.customer();
    client.hears(&format!("connect {} 25", WORLD[0]), "220 ");
    client.hears("EHLO refused.example", "554 5.7.1 your address is on our list");
    client.hears("HELO refused.example", "250 ");
    client.hears("MAIL FROM:<ann@customer.example>", "554 5.7.1 your address is on our list");
}

#[tokio::test(flavor = "multi_thread")]
async fn opaque_streams_count_among_a_clients_connections() {
    let Some(lab) = Lab::build() else { return };
    let limits = "[proxy]\nmax_sessions_per_client = 1\n".to_owned();
    let (_site, daemon) = gateway(&lab, &(limits + &listeners(""))).await;
    lab.load(&TPROXY);
    let mut streaming = lab.customer();
    greet(&mut streaming, WORLD[0]);
    assert_eq!(streaming.ask("starttls"), "tls with sink.example");
    lab.customer().hears(&format!("connect {} 25", WORLD[0]), "421 4.7.0 Too many connections");
    assert_eq!(lab.metric(daemon.http(), "portreeve_intercept_streams"), 1.0);
    assert_eq!(lab.metric(daemon.http(), "portreeve_proxy_sessions_refused_total"), 1.0);
}
