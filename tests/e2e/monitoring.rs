//! What config/ gives to Prometheus and Grafana, held against the daemon's own metrics and against promtool.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::harness::{Milter, Site, samples};

/// Parts that show their metrics only where they are configured.
const EVERYTHING: &str = r#"
[proxy]
listen = ["inet:127.0.0.1:0"]
next_hops = ["127.0.0.1:9"]
[clamav]
address = "127.0.0.1:9"
[lmtp]
listen = ["inet:127.0.0.1:0"]
address = "replies@provider.example"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn alert_rules_and_dashboard_name_only_metrics_there_are() {
    let exposed = exposition().await;
    let known: BTreeSet<String> = exposed.lines().filter_map(|line| line.strip_prefix("# TYPE ")).map(first).collect();
    for file in ["prometheus/alerts.yml", "grafana/portreeve.json"] {
        let text = std::fs::read_to_string(config(file)).unwrap();
        let named = metrics_in(&text);
        assert!(named.len() > 10, "{file} names {named:?}");
        let unknown: Vec<_> = named.iter().filter(|name| !known.contains(family(name))).collect();
        assert!(unknown.is_empty(), "config/{file} names {unknown:?}, which the daemon does not have");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn promtool_finds_no_fault() {
    let rules = config("prometheus/alerts.yml");
    let Some(checked) = promtool(&["check", "rules", &rules], "") else { return };
    assert!(checked.status.success(), "{checked:?}");
    let tried = promtool(&["test", "rules", &config("prometheus/alerts.test.yml")], "").unwrap();
    assert!(tried.status.success(), "{}", String::from_utf8_lossy(&tried.stdout));
    let metrics = promtool(&["check", "metrics"], &exposition().await).unwrap();
    assert!(metrics.status.success(), "{}", String::from_utf8_lossy(&metrics.stderr));
}

/// What a scrape reads after a message was judged.
async fn exposition() -> String {
    let mut site = Site::new(EVERYTHING).await;
    site.set(&format!("[journal]\ndirectory = \"{}\"", site.path("journal").display()));
    site.set(&certificate(&site));
    let daemon = site.start().await;
    let mut session = Milter::session(&site.socket(), "user@shop.example", "198.51.100.23").await;
    session.send("user@shop.example", "friend@far.example", &samples("ham")[0]).await;
    daemon.metric_reaches("portreeve_messages_total", "", 1.0).await;
    daemon.page("/metrics").await.body
}

/// Shown by the web listener.
fn certificate(site: &Site) -> String {
    let made = rcgen::generate_simple_self_signed(["web.example".to_owned()]).expect("a certificate");
    let (certificate, key) = (site.path("web.pem"), site.path("web.key"));
    std::fs::write(&certificate, made.cert.pem()).expect("our own directory");
    std::fs::write(&key, made.signing_key.serialize_pem()).expect("our own directory");
    format!("[web]\ntls_certificate = \"{}\"\ntls_key = \"{}\"\n", certificate.display(), key.display())
}

/// Every word that begins like a metric of ours or of the process.
fn metrics_in(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words
        .filter(|word| ["portreeve_", "process_"].iter().any(|start| word.starts_with(start)))
        .map(String::from)
        .collect()
}

/// A histogram's samples have names of their own.
fn family(name: &str) -> &str {
    ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name)
}

fn first(line: &str) -> String {
    line.split(' ').next().unwrap_or_default().to_owned()
}

fn config(file: &str) -> String {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("config").join(file);
    path.display().to_string()
}

/// `None`, with a sentence, where promtool is missing.
fn promtool(arguments: &[&str], input: &str) -> Option<Output> {
    let started = Command::new("promtool")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut child) = started else {
        eprintln!("skipped: alert rules: promtool is not installed (Debian package prometheus)");
        return None;
    };
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    Some(child.wait_with_output().unwrap())
}
