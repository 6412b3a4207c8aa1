//! Signed notices of the provider's panel and of other servers; the signatures are made by openssl, not by our own code.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::UNIX_EPOCH;

use crate::harness::{Daemon, Page, Site, post};

const SECRET: &str = "a secret that only the panel and we know";
const BOB: &str = "bob@shop.example";
const SHOP: &str = "[[customer]]\nservice = 'hosting-4711'\nname = 'Shop'\ncontact = ['owner@owner.example']\n\
    kind = 'mxplan-legacy'\naccounts = ['*@shop.example']\n";

async fn site() -> Site {
    let mut site = Site::new("").await;
    let (customers, secret) = (site.path("customers.toml"), site.path("hooks.secret"));
    std::fs::write(&customers, SHOP).unwrap();
    std::fs::write(&secret, SECRET).unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    site.set(&format!("[customers]\nfile = \"{}\"", customers.display()));
    site.set(&format!("[hooks]\nsecret_file = \"{}\"\n[lockout]\naccount_failures = 2", secret.display()));
    site
}

fn now() -> i64 {
    i64::try_from(UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap()
}

/// As config/hooks.md says.
fn signature(secret: &str, id: &str, at: i64, body: &str) -> String {
    let script = r#"printf '%s.%s.%s' "$1" "$2" "$3" | openssl dgst -sha256 -hmac "$4" -binary | base64"#;
    let signed = Command::new("sh").args(["-c", script, "sh", id, &at.to_string(), body, secret]).output().unwrap();
    format!("v1,{}", String::from_utf8(signed.stdout).unwrap().trim())
}

async fn tell(web: SocketAddr, path: &str, id: &str, at: i64, secret: &str, body: &str) -> Page {
    let (at_text, signature) = (at.to_string(), signature(secret, id, at, body));
    let fields = [("webhook-id", id), ("webhook-timestamp", &at_text), ("webhook-signature", &signature)];
    post(web, path, &fields, body).await
}

async fn changed(daemon: &Daemon, id: &str, body: &str) -> Page {
    tell(daemon.web(), "/hooks/password-changed", id, now(), SECRET, body).await
}

fn has_openssl() -> bool {
    let found = Command::new("openssl").arg("version").output().is_ok_and(|output| output.status.success());
    if !found {
        eprintln!("skipped: inbound hooks: openssl is not installed");
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_password_releases_and_nothing_else_does() {
    if !has_openssl() {
        return;
    }
    let site = site().await;
    let daemon = site.start().await;
    site.spam_until_blocked(BOB).await;
    let body = r#"{"account": "bob@shop.example"}"#;
    let (path, web) = ("/hooks/password-changed", daemon.web());
    let unsigned = post(web, path, &[], body).await;
    assert!(unsigned.status == 401 && unsigned.body.contains("webhook-id is missing"), "{unsigned:?}");
    assert_eq!(tell(web, path, "a", now(), "another secret, longer than 24 bytes", body).await.status, 401);
    let stale = tell(web, path, "b", now() - 400, SECRET, body).await;
    assert!(stale.status == 401 && stale.body.contains("more than 5 minutes"), "{stale:?}");
    assert_eq!(daemon.metric("portreeve_web_guesses_total", "door=\"hook\"").await, 3.0);
    assert_eq!(changed(&daemon, "c", "not JSON").await.status, 422);
    let before = changed(&daemon, "d", r#"{"account": "bob@shop.example", "at": "2020-01-01T00:00:00Z"}"#).await;
    assert!(before.status == 200 && before.body.contains("not_released"), "{before:?}");
    assert!(site.refuses(BOB).await);

    let released = changed(&daemon, "e", body).await;
    assert!(released.status == 200 && released.body.contains("\"released\""), "{released:?}");
    assert!(!site.refuses(BOB).await);
    let repeated = changed(&daemon, "e", body).await;
    assert!(repeated.status == 200 && repeated.body.contains("\"known\""), "{repeated:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_logins_of_other_servers_count() {
    if !has_openssl() {
        return;
    }
    let site = site().await;
    let daemon = site.start().await;
    let wrong = tell(daemon.web(), "/hooks/login-failed", "a", now(), SECRET, r#"{"client": "nowhere"}"#).await;
    assert!(wrong.status == 422 && wrong.body.contains("client: expected an address"), "{wrong:?}");
    let body = r#"{"account": "bob@shop.example", "client": "192.0.2.9"}"#;
    for id in ["a", "a", "b"] {
        let page = tell(daemon.web(), "/hooks/login-failed", id, now(), SECRET, body).await;
        assert_eq!(page.status, 200, "{page:?}");
    }
    let listed = site.run(&["lockouts", "list"]);
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(listed.contains("bob@shop.example") && listed.contains("after 2 failed logins"), "{listed}");
    assert_eq!(daemon.metric("portreeve_failed_logins_total", "http").await, 2.0, "a repeated request counts once");
}
