//! Clients of the provider API as they are published: python-ovh over HTTP, node-ovh over TLS. A customer of theirs finds his
//! blocked addresses in both families, sees why, is refused while the time runs, and unblocks them; changes a password; answers
//! a ticket.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::harness::{Certificate, Daemon, Milter, Site, missing_client, samples, until};

/// Each network with the address that is blocked, as the API names it, and from where its spam comes.
const PLACES: [(&str, &str, &str); 2] =
    [("198.51.100.0/24", "198.51.100.23", "198.51.100.23"), ("2001:db8:1::/48", "2001:db8:1:2::", "2001:db8:1:2::23")];
/// Seconds of a first block.
const LENGTH: &str = "15";
const CUSTOMERS: &str = "[[customer]]\nservice = 'server-0815'\nname = 'Shop'\ncontact = ['owner@owner.example']\n\
    networks = ['198.51.100.0/24', '2001:db8:1::/48']\n[[customer]]\nservice = 'shop'\n\
    contact = ['owner@owner.example']\nkind = 'exchange'\naccounts = ['*@shop.example']\n[[customer]]\nservice = 'old'\n\
    contact = ['owner@owner.example']\nkind = 'mxplan-legacy'\naccounts = ['*@old.example']\n[[customer]]\n\
    service = 'other'\ncontact = ['other@owner.example']\nnetworks = ['203.0.113.0/24', '2001:db8:9::/48']\n";

/// Where what is blocked stays so until its owner has done his part: two accounts and two addresses.
async fn site() -> Site {
    let ladder = format!("[blocks]\nladder = [\"{LENGTH}s\"]\nautomatic_releases = 0\n");
    let mut site = Site::new(&ladder).await;
    let file = site.path("customers.toml");
    std::fs::write(&file, CUSTOMERS).unwrap();
    site.set(&format!("[customers]\nfile = \"{}\"\n", file.display()));
    // The right password is the only one that the provider's command takes.
    site.set("[web]\npassword_command = ['/bin/sh', '-c', 'read -r word; test \"$word\" = \"correct horse\"']\n");
    site
}

async fn block_all(site: &Site) {
    for login in ["ann@old.example", "bob@shop.example"] {
        site.spam_until_blocked(login).await;
    }
    for (_, listed, address) in PLACES {
        let mut session = Milter::session(&site.socket(), "", address).await;
        for (count, mail) in samples("spam").iter().cycle().take(20).enumerate() {
            let mail = mail.renumbered(&format!("<{count}.{}@shop.example>", address.len()));
            session.send("bob@shop.example", "victim@far.example", &mail).await;
        }
        let is_listed = || async { String::from_utf8_lossy(&site.run(&["blocks", "list"]).stdout).contains(listed) };
        until("the block", is_listed).await;
    }
}

/// An application with a consumer key for everything that the customer has.
fn application(site: &Site) -> Value {
    let services = ["--customer", "server-0815", "--customer", "shop", "--customer", "old"];
    json(site, &[&["keys", "add", "panel", "--application", "--json"], services.as_slice()].concat())
}

pub(crate) fn json(site: &Site, arguments: &[&str]) -> Value {
    let output = site.run(arguments);
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap_or_default()
}

pub(crate) fn text<'v>(value: &'v Value, path: &str) -> &'v str {
    value.pointer(path).and_then(Value::as_str).unwrap_or_else(|| panic!("{path} in {value}"))
}

pub(crate) fn client(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/clients").join(name)
}

pub(crate) fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/clients").join(name)
}

/// Runs a client's script with the keys and places to the end.
fn run(command: &mut Command, made: &Value, more: &[&str]) -> Output {
    command.args([text(made, "/application/key"), text(made, "/secret"), text(made, "/consumer_key")]).args(more);
    let output = command.args(PLACES.iter().flat_map(|(network, listed, _)| [*network, *listed])).output().unwrap();
    let said = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    assert!(output.status.success() && said[0].contains("done"), "{said:#?}");
    output
}

fn nobody_but_bob_is_blocked(site: &Site) {
    let list = String::from_utf8_lossy(&site.run(&["blocks", "list"]).stdout).into_owned();
    assert!(list.contains("bob@shop.example"), "a closed ticket releases nobody: {list}");
    assert!(!list.contains("ann@old.example") && PLACES.iter().all(|(_, listed, _)| !list.contains(listed)), "{list}");
}

#[tokio::test(flavor = "multi_thread")]
async fn python_ovh_goes_all_the_way() {
    let python = client("python/bin/python");
    if !python.exists() {
        return missing_client("python-ovh");
    }
    let site = site().await;
    let daemon = site.start().await;
    let made = application(&site);
    block_all(&site).await;
    let base = format!("http://{}/1.0", daemon.web());
    run(Command::new(python).arg(script("panel.py")).arg(base), &made, &[LENGTH]);
    nobody_but_bob_is_blocked(&site);
    for action in ["block.unblock", "evidence.see", "password.change", "ticket.answer", "ticket.keep"] {
        let noted = json(&site, &["audit", "list", "--action", action, "--json"]);
        assert!(text(&noted, "/items/0/who").starts_with("credential "), "{noted}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn node_ovh_goes_the_same_way_over_tls() {
    let modules = client("node");
    if !modules.join("node_modules/@ovhcloud/node-ovh").exists() {
        return missing_client("node-ovh");
    }
    let mut site = site().await;
    let Some(certificate) = Certificate::make(&site, "web") else { return };
    let (chain, key) = (certificate.certificate.display(), certificate.key.display());
    site.set(&format!("[web]\ntls_certificate = \"{chain}\"\ntls_key = \"{key}\"\n"));
    let daemon: Daemon = site.start().await;
    let made = application(&site);
    block_all(&site).await;
    let mut command = Command::new("node");
    command.env("NODE_EXTRA_CA_CERTS", &certificate.certificate);
    command.arg(script("panel.mjs")).arg(&modules).arg(daemon.web().port().to_string());
    run(&mut command, &made, &[]);
    nobody_but_bob_is_blocked(&site);
}
