//! The real binary as a child process: started, listened to, signalled, killed.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use serde_json::Value;
use tokio::sync::watch;

use super::http::{Page, get};
use super::{until, within};

/// A running `portreeve serve`; killed when dropped.
pub(crate) struct Daemon {
    child: Child,
    log: watch::Receiver<Vec<Value>>,
    http: Option<SocketAddr>,
    web: Option<SocketAddr>,
}

impl Daemon {
    /// Starts it with this configuration and waits until it is ready.
    pub(crate) async fn start(config: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portreeve"));
        command.args(["serve", "--config"]).arg(config);
        Self::spawn(command).await
    }

    /// Starts it by another command that becomes the daemon, such as `unshare`.
    pub(crate) async fn spawn(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the daemon starts");
        let log = follow(child.stdout.take().expect("its output is piped"));
        let mut daemon = Self { child, log, http: None, web: None };
        daemon.logged("ready", |line| line["message"] == "ready").await;
        (daemon.http, daemon.web) = (address(&daemon.lines(), "http"), address(&daemon.lines(), "web"));
        daemon
    }

    /// The process's id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Where it listens for HTTP.
    pub(crate) fn http(&self) -> SocketAddr {
        self.http.expect("it listens for HTTP")
    }

    /// Where API, console and hooks are.
    pub(crate) fn web(&self) -> SocketAddr {
        self.web.expect("it listens for the web")
    }

    /// Every log line so far.
    pub(crate) fn lines(&self) -> Vec<Value> {
        self.log.borrow().clone()
    }

    /// Waits for a log line.
    pub(crate) async fn logged(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut log = self.log.clone();
        let found = within(what, log.wait_for(|lines| lines.iter().any(&wanted))).await;
        let lines = found.unwrap_or_else(|_| panic!("the daemon ended without saying: {what}"));
        lines.iter().find(|line| wanted(line)).cloned().expect("it was just there")
    }

    /// `GET path` on its HTTP listener.
    pub(crate) async fn page(&self, path: &str) -> Page {
        get(self.http(), path).await
    }

    /// The sum of a metric's samples whose labels contain this text.
    pub(crate) async fn metric(&self, name: &str, labels: &str) -> f64 {
        let page = self.page("/metrics").await;
        assert_eq!(page.status, 200, "/metrics");
        let samples = page.body.lines().filter(|line| sample_of(line, name) && line.contains(labels));
        samples.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
    }

    /// Waits until a metric has reached a value.
    pub(crate) async fn metric_reaches(&self, name: &str, labels: &str, least: f64) {
        let what = format!("{name}{{{labels}}} >= {least}");
        until(&what, || async { self.metric(name, labels).await >= least }).await;
    }

    /// Resident memory in KiB.
    pub(crate) fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("the kernel tells");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }

    /// Whether the process still runs.
    pub(crate) fn runs(&mut self) -> bool {
        self.child.try_wait().expect("it is our child").is_none()
    }

    /// `kill -9`: no chance to write anything.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("it is our child");
        self.child.wait().expect("it is our child");
    }

    /// Sends a signal by name.
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill").arg(format!("-{name}")).arg(self.pid().to_string()).status();
        assert!(status.is_ok_and(|status| status.success()), "kill -{name}");
    }

    /// Waits for its end.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        until("the daemon's end", || {
            let running = self.runs();
            async move { !running }
        })
        .await;
        self.child.wait().expect("it has ended")
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended long ago, as some tests want it to.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads its output to the end, on a thread of its own because a pipe that nobody empties stops the writer.
fn follow(stdout: ChildStdout) -> watch::Receiver<Vec<Value>> {
    let (sender, receiver) = watch::channel(Vec::new());
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            let value = serde_json::from_str(&line).unwrap_or(Value::String(line));
            sender.send_modify(|lines| lines.push(value));
        }
    });
    receiver
}

/// The HTTP listener among the `listening` lines: the milter listens on a Unix socket here.
/// The first address that is listened on for this.
fn address(lines: &[Value], kind: &str) -> Option<SocketAddr> {
    let lines = lines.iter().filter(|line| line["message"] == "listening" && line["kind"] == kind);
    lines.filter_map(|line| line["address"].as_str()?.parse().ok()).next()
}

fn sample_of(line: &str, name: &str) -> bool {
    line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' ']))
}
