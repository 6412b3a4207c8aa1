//! The arrows between the crates are those of the table in ARCHITECTURE.md, so that the document stays true.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

type Names = BTreeSet<String>;

/// Third-party crates that may only be known where their kind of work is done.
const HOMES: &[(&str, &[&str])] = &[
    ("rusqlite", &["store"]),
    ("rustls-platform-verifier", &["fetch"]),
    ("mail-auth", &["lookups", "testkit"]),
    ("mail-parser", &["features"]),
    ("mail-send", &["alerts"]),
    ("hickory-resolver", &["lookups", "daemon"]),
    ("prometheus", &["telemetry"]),
    ("axum", &["admin", "api", "console"]),
    ("minijinja", &["alerts", "console"]),
    ("argon2", &["access"]),
    ("x509-parser", &["admin"]),
    ("clap", &["daemon"]),
    ("anyhow", &["daemon"]),
];

/// Crates that compute and never wait: no runtime, no log, no store may creep in.
const PURE: &[&str] = &["access", "settings", "model", "wire", "features", "scoring", "limits", "recall"];
const IMPURE: &[&str] = &["tokio", "tokio-rustls", "hyper", "tracing", "tracing-subscriber", "rusqlite"];

#[test]
fn every_file_that_a_document_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for document in ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md", "benches/README.md"] {
        let text = std::fs::read_to_string(root.join(document)).unwrap();
        assert!(!text.contains("@@"), "{document} has a gap");
        let named = text.split('`').skip(1).step_by(2).filter(|quoted| is_path(quoted));
        let missing: Vec<_> = named.filter(|path| !root.join(path).exists()).collect();
        assert_eq!(missing, Vec::<&str>::new(), "{document} names what is not there");
    }
}

/// A path of this tree, and not a pattern, a command or a type.
fn is_path(quoted: &str) -> bool {
    let below = ["crates/", "tests/", "config/", "benches/"].iter().any(|top| quoted.starts_with(top));
    below && !quoted.contains([' ', '*', '<']) && !quoted.contains("NAME")
}

#[test]
fn every_crate_is_in_the_table_and_the_table_names_no_other() {
    let tabled: Names = table().into_keys().collect();
    let built: Names = workspace().into_keys().collect();
    assert_eq!(built, tabled, "left: the workspace, right: ARCHITECTURE.md");
}

#[test]
fn no_crate_uses_more_than_the_table_allows() {
    let (built, allowed) = (workspace(), table());
    let ours: Names = built.keys().cloned().collect();
    let used = built.iter().map(|(name, uses)| (name, &(uses & &ours) - &allowed[name]));
    let forbidden: Vec<_> = used.flat_map(|(name, beyond)| arrows(name, beyond.iter())).collect();
    assert!(forbidden.is_empty(), "ARCHITECTURE.md does not allow: {forbidden:?}");
}

#[test]
fn the_table_allows_nothing_that_is_not_used() {
    let built = workspace();
    // The daemon wires everything together: "all" is a permission, not a list of arrows.
    let rows = table().into_iter().filter(|(name, _)| name != "daemon");
    let idle: Vec<_> = rows.flat_map(|(name, allowed)| arrows(&name, allowed.difference(&built[&name]))).collect();
    assert!(idle.is_empty(), "ARCHITECTURE.md allows what is not used: {idle:?}");
}

fn arrows<'a>(name: &str, used: impl Iterator<Item = &'a String>) -> Vec<String> {
    used.map(|used| format!("{name} -> {used}")).collect()
}

#[test]
fn a_third_party_crate_stays_at_home() {
    let built = workspace();
    for (guest, homes) in HOMES {
        let users: Vec<_> = built.iter().filter(|(_, uses)| uses.contains(*guest)).map(|(name, _)| name).collect();
        let strays: Vec<_> = users.iter().filter(|name| !homes.contains(&name.as_str())).collect();
        assert!(strays.is_empty(), "{guest} belongs to {homes:?} and is used by {strays:?}");
        assert!(!users.is_empty(), "nobody uses {guest}: take it out of this list");
    }
}

#[test]
fn crates_that_compute_know_no_runtime() {
    let built = workspace();
    for name in PURE {
        let known: Vec<_> = IMPURE.iter().filter(|guest| built[*name].contains(**guest)).collect();
        assert!(known.is_empty(), "{name} only computes and must not use {known:?}");
    }
}

/// Each crate of the workspace with what it is built from; tests may use what they like.
fn workspace() -> BTreeMap<String, Names> {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("cargo metadata lists packages");
    packages.iter().map(|package| (short(&package["name"]), normal_dependencies(package))).collect()
}

fn metadata() -> Value {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]).current_dir(root());
    let output = cargo.output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON")
}

fn normal_dependencies(package: &Value) -> Names {
    let dependencies = package["dependencies"].as_array().expect("a package lists dependencies");
    dependencies.iter().filter(|dependency| dependency["kind"].is_null()).map(|d| short(&d["name"])).collect()
}

/// `portreeve-model` is `model`; the root package is the daemon.
fn short(name: &Value) -> String {
    match name.as_str().expect("a package has a name") {
        "portreeve" => "daemon".into(),
        name => name.strip_prefix("portreeve-").unwrap_or(name).into(),
    }
}

/// The rows of `| crate | holds | may use | must not know |`: each crate with what it may use.
fn table() -> BTreeMap<String, Names> {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md is there");
    let rows = text.lines().skip_while(|line| !line.starts_with("| crate | holds | may use |")).skip(2);
    let rows: Vec<Vec<String>> = rows.take_while(|line| line.starts_with('|')).map(cells).collect();
    let crates: Names = rows.iter().map(|row| row[0].clone()).collect();
    assert!(!crates.is_empty(), "ARCHITECTURE.md has no table of crates");
    rows.iter().map(|row| (row[0].clone(), allowed(row, &crates))).collect()
}

fn cells(line: &str) -> Vec<String> {
    line.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect()
}

fn allowed(row: &[String], crates: &Names) -> Names {
    let mut allowed: Names = match row[2].as_str() {
        "all" => crates.clone(),
        "–" => Names::new(),
        list => list.split(',').map(|name| name.trim().to_owned()).collect(),
    };
    allowed.remove(&row[0]);
    allowed
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
