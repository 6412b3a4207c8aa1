//! Wrong configurations, a directory each: `portreeve check` says all that is wrong, each with its line, in words an
//! operator can act on.
//!
//! `expected` is what stands on standard error, with the file's name left out.
#![cfg(test)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

#[test]
fn every_mistake_is_reported_as_expected() {
    let cases = cases();
    assert!(cases.len() >= 12, "only {} cases in {}", cases.len(), folder().display());
    for case in cases {
        let file = case.join("portreeve.toml");
        let output = check(&file);
        let said = String::from_utf8_lossy(&output.stderr).replace(&format!("{}: ", file.display()), "");
        let expected = std::fs::read_to_string(case.join("expected")).unwrap_or_default();
        assert_eq!(said, expected, "{}\nleft: said, right: expected", case.display());
        assert_eq!(output.status.code(), Some(2), "{}", case.display());
    }
}

#[test]
fn the_sample_in_config_is_current_and_right() {
    let sample = portreeve(&["config", "sample"]);
    let committed = root().join("config/portreeve.toml");
    let kept = std::fs::read_to_string(&committed).expect("config/portreeve.toml is there");
    let made = String::from_utf8(sample.stdout).expect("the sample is UTF-8");
    assert!(made == kept, "renew it: cargo run -- config sample > config/portreeve.toml");
    assert_eq!(check(&committed).status.code(), Some(0));
}

fn check(file: &Path) -> Output {
    portreeve(&["check", "--config", &file.display().to_string()])
}

fn portreeve(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_portreeve")).args(arguments).output().expect("the binary runs")
}

fn cases() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder()).expect("tests/bad_configs is there");
    let mut cases: Vec<_> = entries.map(|entry| entry.expect("a directory entry").path()).collect();
    cases.sort();
    cases
}

fn folder() -> PathBuf {
    root().join("tests/bad_configs")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
