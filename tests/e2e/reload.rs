//! SIGHUP: a right configuration takes hold for new sessions, a wrong one changes nothing and says so.

use std::path::Path;

use crate::harness::{Milter, Site, samples, until};

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
