//! Clients of the provider API as they are published: python-ovh over HTTP, node-ovh over TLS. A customer of theirs finds his
//! blocked address, sees why, is refused while the time runs, and unblocks it.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::harness::{Certificate, Daemon, Milter, Site, missing_client, samples, until};

const NETWORK: &str = "198.51.100.0/24";
const ADDRESS: &str = "198.51.100.23";
const CUSTOMERS: &str = "[[customer]]\nservice = 'server-0815'\nname = 'Shop'\ncontact = ['owner@owner.example']\n\
    networks = ['198.51.100.0/24']\n[[customer]]\nservice = 'other'\ncontact = ['other@owner.example']\n\
    networks = ['203.0.113.0/24']\n";

/// A site where an address stays blocked until its owner unblocks it, which he may after some seconds.
async fn site() -> Site {
    let mut site = Site::new("[blocks]\nladder = [\"5s\"]\nautomatic_releases = 0\n").await;
    let file = site.path("customers.toml");
    std::fs::write(&file, CUSTOMERS).unwrap();
    site.set(&format!("[customers]\nfile = \"{}\"\n", file.display()));
    site
}

async fn spam_until_blocked(site: &Site) {
    let mut session = Milter::session(&site.socket(), "", ADDRESS).await;
    for (count, mail) in samples("spam").iter().cycle().take(20).enumerate() {
        let mail = mail.renumbered(&format!("<{count}@shop.example>"));
        session.send("bob@shop.example", "victim@far.example", &mail).await;
    }
    let is_listed = || async { site.run(&["blocks", "list"]).status.success() };
    until("the block", is_listed).await;
}

fn json(site: &Site, arguments: &[&str]) -> Value {
    let output = site.run(arguments);
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap_or_default()
}

fn text<'v>(value: &'v Value, path: &str) -> &'v str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_else(|| panic!("{path} in {value}"))
}

fn client(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/clients").join(name)
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/clients").join(name)
}

#[tokio::test(flavor = "multi_thread")]
async fn python_ovh_unblocks_an_address() {
    let python = client("python/bin/python");
    if !python.exists() {
        return missing_client("python-ovh");
    }
    let site = site().await;
    let daemon = site.start().await;
    spam_until_blocked(&site).await;
    let made = json(&site, &["keys", "add", "panel", "--application", "--json"]);
    let base = format!("http://{}/1.0", daemon.web());
    let mut command = Command::new(python);
    command.arg(script("panel.py")).arg(base);
    command.args([text(&made, "/application/key"), text(&made, "/secret"), NETWORK, ADDRESS, "-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let asked: Value = serde_json::from_str(&lines.next().expect("it asks for a key")).unwrap();
    assert!(text(&asked, "/value/url").starts_with(&format!("http://{}/console/keys/", daemon.web())), "{asked}");
    let key = text(&asked, "/value/consumerKey");
    let granted = site.run(&["keys", "validate", key, "--customer", "server-0815"]);
    assert!(granted.status.success(), "{granted:?}");
    child.stdin.take().unwrap().write_all(b"granted\n").unwrap();
    let said: Vec<String> = lines.collect();
    assert!(child.wait().unwrap().success(), "{said:#?}");
    assert!(said.last().is_some_and(|line| line.contains("done")), "{said:#?}");
    assert!(!site.run(&["blocks", "list"]).status.success(), "nobody is blocked any more");
    let noted = json(&site, &["audit", "list", "--action", "block.unblock", "--json"]);
    assert!(text(&noted, "/0/who").starts_with("credential "), "{noted}");
}

#[tokio::test(flavor = "multi_thread")]
async fn node_ovh_unblocks_an_address_over_tls() {
    let modules = client("node");
    if !modules.join("node_modules/@ovhcloud/node-ovh").exists() {
        return missing_client("node-ovh");
    }
    let mut site = site().await;
    let Some(certificate) = Certificate::make(&site, "web") else { return };
    let (chain, key) = (certificate.certificate.display(), certificate.key.display());
    site.set(&format!("[web]\ntls_certificate = \"{chain}\"\ntls_key = \"{key}\"\n"));
    let daemon: Daemon = site.start().await;
    spam_until_blocked(&site).await;
    let made = json(&site, &["keys", "add", "panel", "--application", "--customer", "server-0815", "--json"]);
    let mut command = Command::new("node");
    command.env("NODE_EXTRA_CA_CERTS", &certificate.certificate);
    command.arg(script("panel.mjs")).arg(&modules).arg(daemon.web().port().to_string());
    command.args([text(&made, "/application/key"), text(&made, "/secret"), text(&made, "/consumer_key")]);
    let output = command.args([NETWORK, ADDRESS]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!site.run(&["blocks", "list"]).status.success(), "nobody is blocked any more");
}
