//! Transparent interception on a gateway of its own: config/nftables.conf, real connections of a customer to a mail server
//! in the world, REDIRECT and TPROXY, IPv4 and IPv6, each TLS policy, blocks, and the daemon being gone.

mod blocks;
mod lab;
mod loss;
mod passing;
mod tls;

use std::fmt::Write;

use crate::harness::{Daemon, Mail, Site, samples};
use lab::{Actor, Lab};

const REDIRECT: [(&str, &str); 1] = [("define redirect_from = { \"none\" }", "define redirect_from = { \"inside\" }")];
const TPROXY: [(&str, &str); 1] = [("define tproxy_from = { \"none\" }", "define tproxy_from = { \"inside\" }")];
const LOCAL: [(&str, &str); 1] = [("define local_out = { \"none\" }", "define local_out = { \"outside\" }")];

/// The two listeners of config/nftables.conf, with these options more.
fn listeners(options: &str) -> String {
    let mut text = String::new();
    for (port, mode) in [(10025, "redirect"), (10026, "tproxy")] {
        let _ = writeln!(text, "[[intercept]]\nlisten = [\"[::]:{port}\"]\nmode = \"{mode}\"\n{options}");
    }
    text
}

/// A daemon on the lab's gateway.
async fn gateway(lab: &Lab, settings: &str) -> (Site, Daemon) {
    let site = Site::new(settings).await;
    let daemon = lab.start(&site.config()).await;
    (site, daemon)
}

/// An honest message, as a file of the lab.
fn ham(lab: &Lab) -> (Mail, String) {
    written(lab, samples("ham").swap_remove(0))
}

fn written(lab: &Lab, mail: Mail) -> (Mail, String) {
    let path = lab.path("message.eml");
    std::fs::write(&path, &mail.raw).expect("our own directory");
    (mail, path.display().to_string())
}

/// Sends a message on a connection that has been greeted; the last reply.
fn send(client: &mut Actor, file: &str) -> String {
    client.hears("MAIL FROM:<ann@customer.example>", "250");
    client.hears("RCPT TO:<bob@sink.example>", "250");
    client.hears("DATA", "354");
    client.ask(&format!("message {file}"))
}

/// What a blocked client hears: it is greeted, offered little, and MAIL is refused. Its destination isn't troubled.
fn refusal(client: &mut Actor, address: &str) -> String {
    let offers = greet(client, address);
    assert!(!offers.contains("STARTTLS"), "{offers}");
    client.ask("MAIL FROM:<ann@customer.example>")
}

/// Connects to the world's mail server and says hello; what it offers.
fn greet(client: &mut Actor, address: &str) -> String {
    client.hears(&format!("connect {address} 25"), "220 ");
    client.hears("EHLO client.customer.example", "250")
}
