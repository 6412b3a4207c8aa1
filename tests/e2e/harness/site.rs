//! One site: a configuration and a store in a directory of their own, the relay that takes its alerts, and its DNS.

use std::path::PathBuf;
use std::process::{Command, Output};

use tempfile::TempDir;
use testkit::{DnsServer, Relay};
use toml::{Table, Value};

use super::daemon::Daemon;
use super::mail::samples;
use super::milter::Milter;
use super::mta::directory;

/// A site; its daemon can be started any number of times.
pub(crate) struct Site {
    dir: TempDir,
    settings: Table,
    /// Where alerts arrive.
    pub(crate) relay: Relay,
    /// What it asks about names.
    pub(crate) dns: DnsServer,
}

impl Site {
    /// A site with these settings beyond where things are.
    pub(crate) async fn new(settings: &str) -> Self {
        let relay = Relay::start().await;
        let dir = directory();
        let dns = DnsServer::start().await;
        dns.mx("far.example", 10, "mx.far.example").address_of("mx.far.example", DESTINATION);
        let base = BASE
            .replace("DIR", &dir.path().display().to_string())
            .replace("RELAY", &relay.address().to_string())
            .replace("DNS", &dns.address().to_string());
        let mut site = Self { dir, settings: Table::new(), relay, dns };
        site.set(&base);
        site.set(settings);
        site
    }

    /// Changes settings, for the next start or reload.
    pub(crate) fn set(&mut self, settings: &str) {
        let more = settings.parse().expect("settings are TOML");
        merge(&mut self.settings, more);
        std::fs::write(self.config(), self.settings.to_string()).expect("our own directory");
    }

    /// A file in the site's directory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The configuration file.
    pub(crate) fn config(&self) -> PathBuf {
        self.path("portreeve.toml")
    }

    /// The milter's socket.
    pub(crate) fn socket(&self) -> PathBuf {
        self.path("milter.sock")
    }

    /// The milter's address as Postfix writes it.
    pub(crate) fn milter(&self) -> String {
        format!("unix:{}", self.socket().display())
    }

    /// The store's directory.
    pub(crate) fn store(&self) -> PathBuf {
        self.path("state")
    }

    /// Starts the daemon and waits until it is ready.
    pub(crate) async fn start(&self) -> Daemon {
        Daemon::start(&self.config()).await
    }

    /// This login sends spam by the milter until it is blocked.
    pub(crate) async fn spam_until_blocked(&self, login: &str) {
        let mut session = Milter::session(&self.socket(), login, "198.51.100.23").await;
        for (count, mail) in (1..40).zip(samples("spam").iter().cycle()) {
            let mail = mail.renumbered(&format!("<{count}.{login}>"));
            if link_in(&session.send(login, "victim@far.example", &mail).await.text()).is_some() {
                return;
            }
        }
        panic!("40 spam messages and no block");
    }

    /// Whether this login is refused at MAIL.
    pub(crate) async fn refuses(&self, login: &str) -> bool {
        let mut session = Milter::session(&self.socket(), login, "198.51.100.23").await;
        session.mail(login).await.command == 'y'
    }

    /// Runs another command of the binary with this site's configuration.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portreeve"));
        command.args(arguments).arg("--config").arg(self.config());
        command.output().expect("the binary runs")
    }
}

/// Where mail for far.example goes, as its DNS says.
const DESTINATION: &str = "203.0.113.99";

/// Tables are merged, everything else replaced.
fn merge(into: &mut Table, more: Table) {
    for (key, value) in more {
        match (into.get_mut(&key), value) {
            (Some(Value::Table(old)), Value::Table(new)) => merge(old, new),
            (_, value) => {
                into.insert(key, value);
            }
        }
    }
}

/// Postfix's and Sendmail's users must reach the socket: who may enter the directory is the test's business.
const BASE: &str = r#"
[node]
name = "filter.test.example"
[milter]
listen = ["unix:DIR/milter.sock"]
socket_mode = "0666"
[http]
listen = ["127.0.0.1:0"]

[web]
listen = ["127.0.0.1:0"]
[store]
path = "DIR/state"
[alerts]
trust_account = true
relay = "RELAY"
from = "portreeve@filter.test.example"
to = ["abuse-desk@filter.test.example"]
[blocks]
link = "https://mail.test.example/b/{ref}"
[dns]
servers = ["DNS"]
[log]
format = "json"
"#;

/// The link of a refusal. Only a block has one: a message that is refused for itself has none.
pub(crate) fn link_in(reply: &str) -> Option<&str> {
    reply.split_whitespace().find(|word| word.starts_with("https://mail.test.example/b/"))
}

/// The Message-IDs of an alert's sample lines, whose form customers' own tools rely on.
pub(crate) fn evidence_of(alert: &str) -> Vec<String> {
    let samples = alert.lines().filter_map(|line| line.trim().strip_prefix("Destination IP: "));
    samples.map(message_id_of).collect()
}

fn message_id_of(sample: &str) -> String {
    let (destination, rest) = sample.split_once(" - Message-ID: ").expect("a destination, then the Message-ID");
    let (id, score) = rest.split_once(" - Spam score: ").expect("a Message-ID, then the score");
    assert_eq!(destination, DESTINATION);
    assert!(score.parse::<i32>().is_ok_and(|score| score >= 100), "{score}");
    id.to_owned()
}
