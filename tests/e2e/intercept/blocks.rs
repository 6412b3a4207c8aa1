//! A customer that is blocked: refused with a reason, and stopped in mid-stream where nothing can be read.

use serde_json::Value;

use super::lab::{Lab, WORLD};
use super::{REDIRECT, TPROXY, gateway, greet, ham, listeners, refusal, send, written};
use crate::harness::{Site, link_in, samples, until};

fn trip(counter: &str, limit: u32) -> String {
    format!(
        "[[trip]]\nname = \"intercepted\"\nsubject = \"ip\"\ncounter = \"{counter}\"\nlimit = {limit}\nwindow = \"1h\"\n"
    )
}

/// The block of the customer's address and its evidence, as an operator sees them.
fn case_file(site: &Site, subject: &str) -> Value {
    let output = site.run(&["blocks", "show", "ip", subject, "--json"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn spam_in_plain_text_blocks_its_address_and_names_the_destination() {
    let Some(lab) = Lab::build() else { return };
    let (site, _daemon) = gateway(&lab, &(listeners("") + &trip("spam", 1))).await;
    lab.load(&REDIRECT);
    let (_, file) = written(&lab, samples("spam").swap_remove(0));
    let mut client = lab.customer();
    greet(&mut client, WORLD[0]);
    let refused = send(&mut client, &file);
    assert!(refused.starts_with("550 5.7.1 ") && link_in(&refused).is_some(), "{refused}");
    let refused = refusal(&mut lab.customer(), WORLD[0]);
    assert!(refused.starts_with("550 5.7.1 ") && link_in(&refused).is_some(), "{refused}");
    let found = case_file(&site, "192.0.2.2");
    assert_eq!(found["evidence"][0]["destination_ip"], WORLD[0], "{found}");
}

/// With enforcement, the block reaches the set of config/nftables.conf; the customer still hears why.
#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_address_is_in_the_firewalls_set() {
    let Some(lab) = Lab::build() else { return };
    lab.load(&REDIRECT);
    let settings = listeners("") + &trip("connections", 1) + "[enforcement]\nnftables = true\n";
    let site = Site::new(&settings).await;
    let _daemon = lab.start_with("-all,+net_raw,+net_admin", &site.config()).await;
    for address in WORLD {
        assert!(refusal(&mut lab.customer(), address).starts_with("550 5.7.1 "));
    }
    for (set, element) in [("blocked4", "192.0.2.2 "), ("blocked6", "2001:db8:1::/64 ")] {
        let list = format!("list set inet portreeve {set}");
        until(&list, || async { lab.nft(&list).contains(element) }).await;
    }
    assert!(refusal(&mut lab.customer(), WORLD[0]).starts_with("550 5.7.1 "));
}

/// Nothing of these connections can be read, but there are too many of them; the open one is cut.
#[tokio::test(flavor = "multi_thread")]
async fn too_many_connections_block_and_open_streams_end() {
    let Some(mut lab) = Lab::build() else { return };
    let (site, daemon) = gateway(&lab, &(listeners("") + &trip("connections", 3))).await;
    lab.load(&TPROXY);
    let (_, file) = ham(&lab);
    let mut streaming = lab.customer();
    greet(&mut streaming, WORLD[0]);
    assert_eq!(streaming.ask("starttls"), "tls with sink.example");
    streaming.hears("EHLO client.customer.example", "250");
    assert_eq!(send(&mut streaming, &file), "250 taken");
    lab.taken();
    greet(&mut lab.customer(), WORLD[0]);
    let refused = refusal(&mut lab.customer(), WORLD[0]);
    assert!(refused.contains("3 connections to mail servers within 1 hour"), "{refused}");
    streaming.hears("MAIL FROM:<ann@customer.example>", "end");
    assert_eq!(lab.metric(daemon.http(), "portreeve_intercept_streams_cut_total"), 1.0);
    let found = case_file(&site, "192.0.2.2");
    assert_eq!(found["evidence"][0]["destination_ip"], WORLD[0], "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_stream_of_a_blocked_client_ends_too() {
    let Some(lab) = Lab::build() else { return };
    let (_site, _daemon) = gateway(&lab, &(listeners("") + &trip("connections", 2))).await;
    lab.load(&TPROXY);
    let mut streaming = lab.customer();
    greet(&mut streaming, WORLD[0]);
    assert_eq!(streaming.ask("starttls"), "tls with sink.example");
    assert!(refusal(&mut lab.customer(), WORLD[0]).starts_with("550 5.7.1 "));
    streaming.hears("end", "end");
}

#[tokio::test(flavor = "multi_thread")]
async fn destinations_and_bytes_of_opaque_streams_count() {
    for (counter, limit) in [("distinct_destinations", 2), ("bytes", 300)] {
        let Some(lab) = Lab::build() else { return };
        let (_site, _daemon) = gateway(&lab, &(listeners("") + &trip(counter, limit))).await;
        lab.load(&REDIRECT);
        let mut first = lab.customer();
        greet(&mut first, WORLD[0]);
        let stream = first.ask("starttls");
        assert_eq!(
            stream.starts_with("end"),
            counter == "bytes",
            "the first bytes of the handshake are many: {stream}"
        );
        assert!(refusal(&mut lab.customer(), "198.51.100.77").starts_with("550 5.7.1 "));
    }
}
