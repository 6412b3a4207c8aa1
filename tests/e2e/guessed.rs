//! Somebody guesses at console and APIs: log, metrics and audit log tell from where, and the audit log is not flooded.

use serde_json::Value;

use crate::harness::{Daemon, Page, Site, ask, get, post};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const PROXIED: (&str, &str) = ("x-forwarded-for", "203.0.113.5");
const PASSWORD: &str = "correct horse battery";

/// Fills in the login as somebody behind a proxy.
async fn log_in(daemon: &Daemon, name: &str, password: &str) -> Page {
    let shown = get(daemon.web(), "/console/login").await;
    let (cookie, csrf) = (shown.cookie().to_owned(), shown.hidden("csrf").unwrap().to_owned());
    let body = format!("csrf={csrf}&name={name}&password={}", password.replace(' ', "+"));
    post(daemon.web(), "/console/login", &[FORM, PROXIED, ("cookie", &cookie)], &body).await
}

/// Lines of the audit log about that, oldest first: from where, about whom, what else.
fn noted(site: &Site, action: &str) -> Vec<[String; 3]> {
    let told = site.run(&["audit", "list", "--action", action, "--json"]);
    let page: Value = serde_json::from_slice(&told.stdout).unwrap_or_else(|_| panic!("{told:?}"));
    let text = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
    let lines = page["items"].as_array().cloned().unwrap_or_default();
    lines.iter().rev().map(|line| ["client_ip", "on", "detail"].map(|name| text(line, name))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guesser_is_told_of_and_floods_nothing() {
    let site = Site::new("[web]\nguesses_per_minute = 3\n").await;
    let mut daemon = site.start().await;
    std::fs::write(site.path("password"), PASSWORD).unwrap();
    let file = site.path("password").display().to_string();
    assert!(site.run(&["users", "add", "ann", "--role", "operator", "--password-file", &file]).status.success());
    assert_eq!(log_in(&daemon, "ann", PASSWORD).await.status, 303);
    assert_eq!(noted(&site, "login"), [["203.0.113.5", "user ann", "password"]]);
    for _ in 0..10 {
        log_in(&daemon, "ann", "wrong").await;
        ask(daemon.web(), "GET", "/api/blocks", &[PROXIED, ("authorization", "Bearer prk_wrong")], "").await;
    }
    let away = "turned away: too many within a minute";
    let lines = ["wrong", away].map(|what| {
        [["user ann", "password"], ["nobody known", "key"]]
            .map(|[on, door]| ["203.0.113.5".to_owned(), on.to_owned(), format!("{door}: {what}")])
    });
    assert_eq!(noted(&site, "login.failed"), lines.concat());
    assert_eq!(daemon.metric("portreeve_web_guesses_total", "door=\"password\"").await, 3.0);
    assert_eq!(daemon.metric("portreeve_web_guesses_turned_away_total", "door=\"password\"").await, 7.0);
    assert_eq!(daemon.metric("portreeve_web_guesses_total", "door=\"key\"").await, 3.0);
    let told = |line: &Value| line["message"] == "a web client was not let in";
    assert_eq!(daemon.logged("a guess", told).await["client"], "203.0.113.5");
    daemon.signal("TERM");
    assert!(daemon.ended().await.success());
    let _again = site.start().await;
    let sums = noted(&site, "login.failed");
    assert_eq!(sums[4][2], "password: since the line before 2 more wrong, 6 more turned away");
    assert_eq!((sums.len(), sums[5][0].as_str()), (6, "203.0.113.5"), "{sums:?}");
}
