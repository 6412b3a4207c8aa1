//! The daemon as a child process.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::web;

const SETTINGS: &str = r#"
[node]
name = "bench.example"
mode = "monitor"
[milter]
listen = ["unix:DIR/milter.sock"]
[http]
listen = []
[web]
listen = ["127.0.0.1:0"]
[store]
path = "DIR/state"
[customers]
file = "DIR/customers.toml"
[alerts]
enabled = false
[[webhook]]
name = "panel"
url = "http://127.0.0.1:9/"
secret_file = "DIR/secret"
[dns]
servers = ["127.0.0.1:1"]
[log]
format = "json"
"#;
/// One customer has half of all blocks, the other every thousandth.
const CUSTOMERS: &str = r"
[[customer]]
service = 'wide'
name = 'Wide'
contact = ['owner@wide.example']
kind = 'dedicated'
networks = ['198.18.0.0/15']
[[customer]]
service = 'narrow'
name = 'Narrow'
contact = ['owner@narrow.example']
kind = 'exchange'
accounts = ['*@d77.example']
";
const PASSWORD: &str = "correct horse battery";

/// A running daemon; killed when dropped.
pub(crate) struct Daemon {
    child: Child,
    directory: PathBuf,
    /// Where API and console are.
    pub(crate) web: SocketAddr,
}

impl Daemon {
    /// Starts it over the store in this directory and waits until it is ready.
    pub(crate) fn start(directory: &Path) -> Self {
        let settings = SETTINGS.replace("DIR", &directory.display().to_string());
        std::fs::write(directory.join("portreeve.toml"), settings).unwrap();
        std::fs::write(directory.join("customers.toml"), CUSTOMERS).unwrap();
        std::fs::write(directory.join("password"), PASSWORD).unwrap();
        secret(&directory.join("secret"));
        let mut child = command(directory, &["serve"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut web = None;
        for line in log.by_ref().map_while(|line| serde_json::from_str::<Value>(&line).ok()) {
            web = web.or_else(|| listens(&line));
            if line["message"] == "ready" {
                break;
            }
        }
        // What it says later is read, so that it never waits for us.
        std::thread::spawn(move || log.for_each(drop));
        Self { child, directory: directory.to_owned(), web: web.expect("it listens for the web") }
    }

    /// Where the mail server's side connects.
    pub(crate) fn milter(&self) -> PathBuf {
        self.directory.join("milter.sock")
    }

    /// A key's token.
    pub(crate) fn key(&self, name: &str, role: &[&str]) -> String {
        let output = command(&self.directory, &[&["keys", "add", name, "--json"], role].concat()).output().unwrap();
        let made: Value = serde_json::from_slice(&output.stdout).unwrap();
        made["token"].as_str().unwrap().to_owned()
    }

    /// The cookie of somebody who has just logged in to the console.
    pub(crate) fn session(&self, name: &str, role: &[&str]) -> String {
        let file = self.directory.join("password").display().to_string();
        let add = [&["users", "add", name, "--password-file", &file], role].concat();
        assert!(command(&self.directory, &add).output().unwrap().status.success(), "users add {name}");
        web::log_in(self.web, name, PASSWORD)
    }

    /// User and system time of all its threads so far, in seconds.
    pub(crate) fn cpu(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let fields: Vec<_> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        let ticks: f64 = [fields[11], fields[12]].iter().map(|ticks| ticks.parse::<f64>().unwrap()).sum();
        // Linux gives 100 ticks a second to user space, whatever it counts by.
        ticks / 100.0
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Of a receiver that is never called: only its owner may read it.
fn secret(file: &Path) {
    std::fs::write(file, "whsec_".to_owned() + &"A".repeat(44)).unwrap();
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).unwrap();
}

fn command(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portreeve"));
    command.args(arguments).arg("--config").arg(directory.join("portreeve.toml"));
    command
}

fn listens(line: &Value) -> Option<SocketAddr> {
    (line["message"] == "listening" && line["kind"] == "web").then(|| line["address"].as_str()?.parse().ok()).flatten()
}
