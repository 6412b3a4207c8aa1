//! SIGHUP: a right configuration takes hold for new sessions, a wrong one changes nothing and says so.

use std::path::Path;

use crate::harness::{Daemon, Milter, Site, samples, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_takes_hold_for_new_sessions_only() {
    let mut site = Site::new("[score]\nreject = 0\n").await;
    let daemon = site.start().await;
    let mut old = Milter::session(&site.socket(), "old@shop.example", "198.51.100.23").await;
    assert!(passes(&mut old).await);

    site.set("[score]\nreject = 100");
    daemon.signal("HUP");
    until("new sessions refuse spam", || async { !new_session_passes(&site.socket()).await }).await;
    assert!(passes(&mut old).await, "a session keeps the configuration it began with");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_configuration_is_reported_and_not_taken() {
    let mut site = Site::new("[score]\nreject = 100").await;
    let mut daemon = site.start().await;
    site.set("[score]\nreject = 0\ncolour = \"red\"\n");
    daemon.signal("HUP");
    let line = daemon.logged("the mistake", |line| line.to_string().contains("score.colour")).await;
    assert!(matches!(line["level"].as_str(), Some("ERROR" | "WARN")), "{line}");
    assert!(!new_session_passes(&site.socket()).await, "the old configuration stays in force");
    assert!(daemon.runs());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_configuration_is_told_everywhere_until_it_is_right() {
    let site = Site::new("[score]\nreject = 100").await;
    let daemon = site.start().await;
    assert_eq!(daemon.metric("portreeve_configuration_good", "").await, 1.0);
    let began = daemon.metric("portreeve_configuration_good_timestamp_seconds", "").await;
    assert!(configuration(&daemon).await.contains("\"working\""));

    let right = std::fs::read_to_string(site.config()).unwrap();
    for (mistake, told) in [("[colour]", "colour"), ("[size]\n[smell]", "size")] {
        std::fs::write(site.config(), format!("{right}\n{mistake}\n")).unwrap();
        daemon.signal("HUP");
        until("the latest mistake is told", || async { configuration(&daemon).await.contains(told) }).await;
    }
    let part = configuration(&daemon).await;
    assert!(part.contains("\"degraded\"") && part.contains("another mistake"), "{part}");
    assert_eq!(daemon.page("/readyz").await.status, 200, "mail goes on");
    assert_eq!(daemon.metric("portreeve_configuration_good", "").await, 0.0);
    assert_eq!(daemon.metric("portreeve_degraded", "part=\"configuration\"").await, 1.0);
    assert_eq!(daemon.metric("portreeve_configuration_good_timestamp_seconds", "").await, began);

    std::fs::write(site.config(), right).unwrap();
    daemon.signal("HUP");
    daemon.metric_reaches("portreeve_configuration_good", "", 1.0).await;
    assert!(configuration(&daemon).await.contains("\"working\""));
    assert_eq!(daemon.metric("portreeve_degraded", "part=\"configuration\"").await, 0.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_customers_are_told_as_a_wrong_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("customers.toml");
    std::fs::write(&file, "").unwrap();
    let site = Site::new(&format!("[customers]\nfile = \"{}\"\n", file.display())).await;
    let daemon = site.start().await;
    std::fs::write(&file, "[[customer]]\nnonsense = 1\n").unwrap();
    daemon.signal("HUP");
    until("the mistake is told", || async { configuration(&daemon).await.contains("customers.file") }).await;
    assert_eq!(daemon.metric("portreeve_configuration_good", "").await, 0.0);
}

/// The part "configuration" of /readyz.
async fn configuration(daemon: &Daemon) -> String {
    let report: serde_json::Value = serde_json::from_str(&daemon.page("/readyz").await.body).unwrap();
    let part = report["parts"].as_array().unwrap().iter().find(|part| part["part"] == "configuration");
    part.map(ToString::to_string).unwrap_or_default()
}

/// Another login each time: one login would be blocked sooner or later.
async fn new_session_passes(socket: &Path) -> bool {
    static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let login = format!("user{}@shop.example", NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    passes(&mut Milter::session(socket, &login, "198.51.100.23").await).await
}

async fn passes(session: &mut crate::harness::Session) -> bool {
    let answer = session.send("user@shop.example", "victim@far.example", &samples("spam")[0]).await;
    matches!(answer.command, 'a' | 'c')
}
