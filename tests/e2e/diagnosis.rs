//! `portreeve diagnose` through the running daemon.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use serde_json::Value;
use testkit::Relay;
use tokio::io::AsyncWriteExt;

use crate::harness::{Certificate, Dovecot, Site};

const SETTINGS: &str = r#"
[reputation]
own_addresses = ["192.0.2.25"]
[diagnosis]
autodiscover = "autodiscover.provider.example"
"#;

/// A domain whose records are as they should be.
fn well(site: &Site) {
    let key = format!("v=DKIM1; k=rsa; p={}", "MIGfMA0GCSqGSIb3DQEBAQUAA4GN".repeat(8));
    site.dns
        .mx("shop.example", 10, "mx.provider.example")
        .address_of("mx.provider.example", "10.0.0.1")
        .srv("_autodiscover._tcp.shop.example", 0, 0, 443, "autodiscover.provider.example")
        .txt("shop.example", "v=spf1 ip4:192.0.2.25 -all")
        .txt("_dmarc.shop.example", "v=DMARC1; p=reject")
        .txt("_domainkey.shop.example", "o=-")
        .txt("s1._domainkey.shop.example", &key[..220]);
}

fn outcome<'v>(view: &'v Value, check: &str) -> &'v str {
    let findings = view["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["check"] == check);
    found.and_then(|finding| finding["outcome"].as_str()).unwrap_or("")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_is_diagnosed_for_people_and_for_programs() {
    let site = Site::new(SETTINGS).await;
    well(&site);
    let _daemon = site.start().await;
    let told = site.run(&["diagnose", "domain", "shop.example", "--json"]);
    let view: Value = serde_json::from_slice(&told.stdout).unwrap();
    for check in ["blocked", "mx", "srv", "spf", "dkim", "dmarc"] {
        assert_eq!(outcome(&view, check), "pass", "{check}: {view:#}");
    }
    assert_eq!(
        (view["summary"]["is_mx_valid"].as_bool(), view["summary"]["is_srv_valid"].as_bool()),
        (Some(true), Some(true))
    );
    assert_eq!(told.status.code(), Some(0), "{view:#}");

    site.dns.forget("_dmarc.shop.example").forget("shop.example");
    let told = site.run(&["diagnose", "domain", "other.example"]);
    let text = String::from_utf8(told.stdout).unwrap();
    assert!(text.starts_with("Diagnosis 2 of the domain other.example\n"), "{text}");
    assert!(text.contains("fail     mail exchangers (MX)"), "{text}");
    assert_eq!(told.status.code(), Some(1), "{text}");
    let wrong = site.run(&["diagnose", "ip", "shop.example"]);
    assert_eq!(
        (wrong.status.code(), String::from_utf8_lossy(&wrong.stderr).contains("is no IP address")),
        (Some(2), true)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_carries_the_result_to_the_customer() {
    let mut site = Site::new(SETTINGS).await;
    let file = site.path("customers.toml");
    let shop = "[[customer]]\nservice = 'hosting-4711'\ncontact = ['owner@owner.example']\nlanguage = 'fr'\ndomains = ['other.example']\n";
    std::fs::write(&file, shop).unwrap();
    site.set(&format!("[customers]\nfile = \"{}\"\n", file.display()));
    let daemon = site.start().await;
    let told = site.run(&["diagnose", "domain", "other.example", "--ticket"]);
    assert_eq!(told.status.code(), Some(1), "{told:?}");
    let table = String::from_utf8(told.stdout).unwrap();
    assert!(String::from_utf8_lossy(&told.stderr).contains("Ticket 1 carries the result."));
    crate::harness::until("the letter", || async { !site.relay.mails().is_empty() }).await;
    let letter = site.relay.mails().remove(0);
    assert_eq!(letter.to[0], "owner@owner.example", "{:?}", letter.to);
    let text = letter.text.replace("=\r\n", "");
    assert!(text.contains("Diagnostic de other.example") && text.contains("fail     mail exchangers (MX)"), "{text}");
    daemon.kill();

    let _daemon = site.start().await;
    let shown = site.run(&["tickets", "show", "1", "--json"]);
    let view: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!((view["about"].as_str(), view["state"].as_str()), (Some("diagnosis"), Some("deciding")));
    assert_eq!(view["messages"][0]["body"].as_str(), Some(table.trim_end()));
    assert_eq!(view["result"]["summary"]["is_mx_valid"].as_bool(), Some(false), "{view:#}");
    let list = String::from_utf8(site.run(&["tickets", "list"]).stdout).unwrap();
    assert!(list.contains("domain other.example") && list.contains("diagnosis"), "{list}");
    assert_eq!(site.run(&["tickets", "approve", "1"]).status.code(), Some(1), "nothing is blocked");
    assert_eq!(site.run(&["tickets", "reply", "1", "Publish an MX record."]).status.code(), Some(0));
    // The first letter may come again, under its name: its delivery may have been noted too late for the kill.
    let answered = |mail: &testkit::Mail| mail.text.contains("In-Reply-To: <ticket-1@");
    crate::harness::until("the answer, in one conversation", || async { site.relay.mails().iter().any(answered) })
        .await;
    for (word, code) in [("close", 0), ("close", 1), ("reopen", 0), ("reopen", 1)] {
        let text: &[&str] = if word == "reopen" { &["Once more."] } else { &[] };
        let done = site.run(&[&["tickets", word, "1"], text].concat());
        assert_eq!(done.status.code(), Some(code), "{word}: {done:?}");
    }
    let again =
        site.run(&["tickets", "create", "service", "hosting-4711", "Reverse DNS", "Which name?", "--from-customer"]);
    assert_eq!((again.status.code(), String::from_utf8_lossy(&again.stdout).trim()), (Some(0), "Ticket 2 is open."));
    assert_eq!(site.run(&["tickets", "create", "service", "nobody", "x", "x"]).status.code(), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_diagnosis_that_a_killed_daemon_left_ends_in_error() {
    let site = Site::new("[dns]\ntimeout = \"60s\"\n").await;
    site.dns.silence("1.2.0.192.in-addr.arpa");
    let daemon = site.start().await;
    let config = site.config();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_portreeve"));
    command.args(["diagnose", "ip", "192.0.2.1", "--config"]).arg(config);
    let mut client = command.stderr(std::process::Stdio::null()).stdout(std::process::Stdio::null()).spawn().unwrap();
    crate::harness::until("the question", || async { site.dns.asked().iter().any(|asked| asked.starts_with("PTR")) })
        .await;
    daemon.kill();
    let _ = client.kill();
    let _ = client.wait();
    let daemon = site.start().await;
    let left = |line: &Value| line["diagnoses"] == 1;
    daemon.logged("the diagnosis that was left", left).await;
}

const USERS: &str = "bob@shop.example:correct horse battery\ntests@provider.example:operator's secret\n";
const SECRET: &str = "correct horse battery";

/// A site whose customers log in at that Dovecot.
fn set_up(site: &mut Site, dovecot: &Dovecot, certificate: &Certificate) {
    let secret = site.path("imap.password");
    std::fs::write(&secret, "operator's secret\n").unwrap();
    let (submission, imap) = (dovecot.submission.port(), dovecot.imap.port());
    site.set(&format!(
        "[diagnosis]\nsubmission = 'localhost:{submission}'\nauthorities = '{}'\ntest_recipient = 'tests@provider.example'\n\
         test_imap = 'localhost:{imap}'\ntest_imap_user = 'tests@provider.example'\ntest_imap_password = '{}'\n",
        certificate.certificate.display(),
        secret.display()
    ));
}

/// Runs the command with that password on standard input.
async fn diagnosed(site: &Site, password: &str) -> (String, Value) {
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_portreeve"));
    command.args(["diagnose", "account", "bob@shop.example", "--json", "--password-fd", "0", "--config"]);
    command.arg(site.config()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(format!("{password}\n").as_bytes()).await.unwrap();
    let output = child.wait_with_output().await.unwrap();
    let told = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    let view = serde_json::from_slice(&output.stdout);
    (String::from_utf8_lossy(&told).into_owned(), view.unwrap_or_default())
}

/// Whether a file below a folder holds the text.
fn is_in_a_file(folder: &Path, text: &str) -> bool {
    std::fs::read_dir(folder).unwrap().flatten().any(|entry| {
        let bytes = std::fs::read(entry.path()).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_dovecot_takes_the_password_and_the_test_message_arrives() {
    let mut site = Site::new("").await;
    let relay = Arc::new(Relay::start().await);
    let Some(certificate) = Certificate::make(&site, "dovecot") else { return };
    let Some(dovecot) = Dovecot::start(&site, &certificate, relay.address(), USERS).await else { return };
    let maildir = dovecot.maildir("tests");
    set_up(&mut site, &dovecot, &certificate);
    let daemon = site.start().await;
    let mails = Arc::clone(&relay);
    tokio::spawn(async move {
        let mail = mails.received(1).await.remove(0);
        std::fs::write(maildir.join("new/1.test"), mail.raw).unwrap();
    });
    let (told, view) = diagnosed(&site, SECRET).await;
    for check in ["authentication", "sends", "arrives"] {
        assert_eq!(outcome(&view, check), "pass", "{told}\n{}", dovecot.log());
    }
    assert_eq!(view["summary"]["can_send"].as_bool(), Some(true), "{told}");

    let (refused, view) = diagnosed(&site, "wrong horse battery").await;
    assert_eq!((outcome(&view, "authentication"), outcome(&view, "sends")), ("fail", "unknown"), "{refused}");
    assert_eq!(view["summary"]["cause"].as_str(), Some("The password is wrong."), "{refused}");

    let lines = serde_json::to_string(&daemon.lines()).unwrap();
    for secret in [SECRET, "wrong horse battery", "operator's secret"] {
        assert!(![&told, &refused, &lines].iter().any(|text| text.contains(secret)), "{secret} is told");
        assert!(!is_in_a_file(&site.store(), secret), "{secret} is on disk");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_a_wrong_certificate_gets_no_password() {
    let mut site = Site::new("").await;
    let (Some(its), Some(other)) = (Certificate::make(&site, "dovecot"), Certificate::make(&site, "other")) else {
        return;
    };
    let Some(dovecot) = Dovecot::start(&site, &its, site.relay.address(), USERS).await else { return };
    set_up(&mut site, &dovecot, &other);
    let _daemon = site.start().await;
    let (told, view) = diagnosed(&site, SECRET).await;
    assert_eq!(
        (outcome(&view, "authentication"), view["summary"]["cause"].as_str()),
        ("fail", Some("A server or the network does not work."))
    );
    assert!(told.contains("TLS can't be had") && !dovecot.log().contains("method="), "{told}\n{}", dovecot.log());
}
