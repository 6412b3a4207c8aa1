//! A network namespace of the test's own, in a user namespace so that it takes no root; blocks to enforce; what was told.

use std::future::Future;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use model::{Block, BlockState, Event, EventSink, Network, SubjectKey, Timestamp};
use serde_json::Value;
use tempfile::TempDir;
use testkit::samples;

pub(crate) const NFT: &str = "/usr/sbin/nft";

/// A namespace with nothing in it; gone when dropped.
pub(crate) struct Namespace {
    holder: Child,
    dir: TempDir,
}

impl Namespace {
    /// `None`, said aloud, where it can't be had.
    pub(crate) fn new() -> Option<Self> {
        if !Path::new(NFT).exists() {
            eprintln!("skipped: enforcement in nftables sets: {NFT} is not installed");
            return None;
        }
        // The holder ends with its standard input, even when the test is killed.
        let mut holder = Command::new("unshare");
        holder.args(["-Urn", "sh", "-c", "echo ready; cat >/dev/null"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut holder = holder.spawn().ok()?;
        let mut line = String::new();
        let mut stdout = std::io::BufReader::new(holder.stdout.take()?);
        std::io::BufRead::read_line(&mut stdout, &mut line).ok()?;
        let namespace = Self { holder, dir: tempfile::tempdir().unwrap() };
        if line != "ready\n" || !namespace.nft("add table inet probe; delete table inet probe").status.success() {
            eprintln!(
                "skipped: enforcement in nftables sets: this system allows no network namespaces to ordinary users"
            );
            return None;
        }
        Some(namespace)
    }

    /// A program that is nft inside the namespace.
    pub(crate) fn program(&self) -> PathBuf {
        let inside = format!("nsenter -U -n --preserve-credentials -t {} {NFT}", self.holder.id());
        script(self.dir.path(), "nft", &format!("exec {inside} \"$@\""))
    }

    /// Runs nft with this ruleset.
    pub(crate) fn nft(&self, ruleset: &str) -> Output {
        let mut child = Command::new(self.program());
        child.args(["-f", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = child.spawn().unwrap();
        child.stdin.take().unwrap().write_all(format!("{ruleset}\n").as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// Runs nft with this ruleset, which has no mistake.
    pub(crate) fn load(&self, ruleset: &str) {
        let output = self.nft(ruleset);
        assert!(output.status.success(), "{ruleset}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// The elements of a set as nft shows them to people, times rounded to minutes; empty when there is no set.
    pub(crate) fn elements(&self, set: &str) -> Vec<String> {
        let output = self.nft(&format!("list set inet portreeve {set}"));
        let text = String::from_utf8(output.stdout).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
        let elements = text.split_once("elements = {").and_then(|(_, rest)| rest.split_once('}'));
        elements.map(|(all, _)| all.split(',').map(|one| one.trim().to_owned()).collect()).unwrap_or_default()
    }

    /// The elements without their times.
    pub(crate) fn addresses(&self, set: &str) -> Vec<String> {
        self.elements(set).iter().map(|element| element.split(' ').next().unwrap().to_owned()).collect()
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        drop(self.holder.stdin.take());
        let _ = self.holder.wait();
    }
}

/// A shell script below `dir`.
pub(crate) fn script(dir: &Path, name: &str, body: &str) -> PathBuf {
    let path = dir.join(name);
    if !path.exists() {
        std::fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    path
}

/// The blocks in force, as the ledger would tell them.
#[derive(Clone, Default)]
pub(crate) struct Blocks(Arc<Mutex<Vec<Block>>>);

impl Blocks {
    pub(crate) fn set(&self, blocks: Vec<Block>) {
        *self.0.lock().unwrap() = blocks;
    }

    pub(crate) fn enforced(&self) -> enforcement::Enforced {
        let blocks = self.clone();
        Box::new(move || blocks.0.lock().unwrap().clone())
    }
}

/// An address blocked at `since` for an hour.
pub(crate) fn blocked(address: &str, since: Timestamp) -> Block {
    let subject = SubjectKey::Ip(Network::parse(address).unwrap());
    Block { subject, state: BlockState::BlockedForSpam, ..samples::block(&format!("ref{address}"), since.0) }
}

/// The same until somebody releases it.
pub(crate) fn blocked_for_good(address: &str, since: Timestamp) -> Block {
    Block { automatic_release: false, ..blocked(address, since) }
}

/// What was emitted, a line each.
#[derive(Clone, Default)]
pub(crate) struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn contains(&self, text: &str) -> bool {
        self.lines().iter().any(|line| line.contains(text))
    }
}

impl EventSink for Told {
    fn emit(&self, event: &Event<'_>) {
        let line = match event {
            Event::Degraded { part, policy, error } => format!("degraded {part} {policy}: {error}"),
            Event::Recovered { part } => format!("recovered {part}"),
            Event::Repaired { part, repair, count } => format!("repaired {part} {repair} {count}"),
            other => format!("{other:?}"),
        };
        self.0.lock().unwrap().push(line);
    }
}

/// Waits until something is the case, looking at real programs' work.
pub(crate) async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(within(waiting).await.is_some(), "waited in vain until {what}");
}

async fn within<T>(work: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(Duration::from_secs(30), work).await.ok()
}

/// The lines of a file as JSON; none when there is no file yet.
pub(crate) fn letters(file: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
