//! The native API of the real daemon: calls that are carried out once across a crash, what changes heard live, and everything
//! that schemathesis thinks of.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::harness::{Milter, Site, missing_client, post, samples};

const CUSTOMERS: &str = "[[customer]]\nservice = 'shop'\ncontact = ['owner@shop.example']\naccounts = ['*@shop.example']\n\
    [[customer]]\nservice = 'bank'\ncontact = ['owner@bank.example']\naccounts = ['*@bank.example']\n";

async fn site(settings: &str) -> Site {
    let mut site = Site::new(settings).await;
    let file = site.path("customers.toml");
    std::fs::write(&file, CUSTOMERS).unwrap();
    site.set(&format!("[customers]\nfile = \"{}\"\n", file.display()));
    site
}

/// A new key's token.
fn token(site: &Site, grant: &[&str]) -> String {
    let made = site.run(&[&["keys", "add", "test", "--json"], grant].concat());
    let told: Value = serde_json::from_slice(&made.stdout).unwrap_or_else(|_| panic!("{made:?}"));
    told["token"].as_str().unwrap().to_owned()
}

async fn spam(site: &Site, login: &str) {
    let mut session = Milter::session(&site.socket(), login, "198.51.100.23").await;
    for (count, mail) in samples("spam").iter().cycle().take(20).enumerate() {
        let mail = mail.renumbered(&format!("<{count}.{login}>"));
        session.send(login, "victim@far.example", &mail).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_was_answered_before_a_crash_is_answered_the_same_behind_it() {
    let site = site("").await;
    let daemon = site.start().await;
    let bearer = format!("Bearer {}", token(&site, &["--role", "operator"]));
    let fields =
        [("Authorization", &*bearer), ("Content-Type", "application/json"), ("Idempotency-Key", "9b2e5f0c-6a1d")];
    let make = r#"{"name": "panel", "role": "auditor"}"#;
    let first = post(daemon.web(), "/api/keys", &fields, make).await;
    assert_eq!(first.status, 201, "{}", first.body);
    daemon.kill();
    let daemon = site.start().await;
    let again = post(daemon.web(), "/api/keys", &fields, make).await;
    assert_eq!((again.status, &again.body), (201, &first.body));
    let other = post(daemon.web(), "/api/keys", &fields, r#"{"name": "other", "role": "auditor"}"#).await;
    assert_eq!(other.status, 409, "{}", other.body);
    let listed = site.run(&["keys", "list", "--json"]);
    assert_eq!(String::from_utf8_lossy(&listed.stdout).matches("panel").count(), 1, "{listed:?}");
}

/// A certificate is a part of what would be put in force.
#[tokio::test(flavor = "multi_thread")]
async fn a_check_over_the_api_finds_what_the_command_finds() {
    let site = site("").await;
    let daemon = site.start().await;
    let bearer = format!("Bearer {}", token(&site, &["--role", "operator"]));
    let fields = [("Authorization", &*bearer), ("Content-Type", "application/toml")];
    let wrong = "[web]\ntls_certificate = '/nowhere/web.pem'\ntls_key = '/nowhere/web.key'\n";
    let found = post(daemon.web(), "/api/configuration/check", &fields, wrong).await;
    let found: Value = serde_json::from_str(&found.body).unwrap();
    assert_eq!((&found["is_right"], &found["mistakes"][0]["line"]), (&false.into(), &2.into()), "{found}");
}

/// Somebody who listens, as a browser does.
struct Listener(BufReader<TcpStream>);

impl Listener {
    fn new(address: SocketAddr, token: &str) -> Self {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let request = format!("GET /api/events HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut listener = Self(BufReader::new(stream));
        assert!(listener.until(": listening").iter().any(|line| line.contains("text/event-stream")));
        listener
    }

    /// The lines up to the first one that contains this, which comes last.
    fn until(&mut self, what: &str) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            let read = self.0.read_line(&mut line).unwrap_or_else(|error| panic!("{error}, after {lines:#?}"));
            assert!(read > 0, "the stream ended after {lines:#?}");
            lines.push(line.trim_end().to_owned());
            if line.contains(what) {
                return lines;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_blocked_is_heard_live_and_only_by_whom_it_concerns() {
    let site = site("").await;
    let daemon = site.start().await;
    let mut shop = Listener::new(daemon.web(), &token(&site, &["--customer", "shop"]));
    let mut operator = Listener::new(daemon.web(), &token(&site, &["--role", "operator"]));
    spam(&site, "ann@bank.example").await;
    spam(&site, "bob@shop.example").await;
    let heard = tokio::task::spawn_blocking(move || {
        let all = operator.until("bob@shop.example");
        (shop.until("bob@shop.example"), all)
    });
    let (own, all) = heard.await.unwrap();
    assert!(own.iter().any(|line| line == "event: block.blocked"), "{own:#?}");
    assert!(!own.iter().any(|line| line.contains("bank")), "{own:#?}");
    assert!(all.iter().any(|line| line.contains("ann@bank.example")), "{all:#?}");
}

/// For so many seconds, beside the other tests.
const BUDGET: &str = "60";
/// A stream has no end, revoking keys would revoke its own, and messages and TOML are nothing that it can make.
const LEFT_OUT: [&str; 8] = [
    "get_events",
    "delete_keys_key",
    "post_configuration_check",
    "post_fingerprints",
    "post_lessons",
    "post_replays",
    "post_reports",
    "post_scans",
];
/// Wrong tokens are soon answered 429, and what fits the schema may still name nobody.
const UNCHECKED: &str = "ignored_auth,positive_data_acceptance";

#[tokio::test(flavor = "multi_thread")]
async fn schemathesis_finds_nothing() {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/clients/schemathesis/bin/schemathesis");
    if !program.exists() {
        return missing_client("schemathesis");
    }
    let site = site("").await;
    let daemon = site.start().await;
    spam(&site, "bob@shop.example").await;
    let token = token(&site, &["--role", "operator"]);
    let mut command = Command::new(program);
    command.current_dir(site.path("")).arg("run").arg(format!("http://{}/api/openapi.json", daemon.web()));
    command.args(["--header", &format!("Authorization: Bearer {token}"), "--max-time", BUDGET, "--seed", "7"]);
    command.args(LEFT_OUT.iter().flat_map(|operation| ["--exclude-operation-id", *operation]));
    command.args(["--exclude-checks", UNCHECKED, "--phases", "examples,coverage,fuzzing", "--max-examples", "20"]);
    command.args(["--warnings", "off", "--no-color"]);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
