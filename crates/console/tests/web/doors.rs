//! In and out, cookies, headers, languages, and what a stranger can't do.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::StatusCode;

use crate::world::{PASSWORD, World, visitor};

#[tokio::test]
async fn every_answer_says_what_it_must_not_do() {
    let world = World::new().await;
    let mut anna = world.logged_in("anna").await;
    let csv = format!("/console/blocks/{}/evidence.csv", world.account.reference);
    for path in ["/console/login", "/console/", "/console/nothing", csv.as_str(), &world.link(&world.account.reference)]
    {
        let answer = anna.get(path).await;
        for (name, value) in [
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(answer.header(name), value, "{path}");
        }
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
    }
}

#[tokio::test]
async fn files_are_kept_and_pages_name_them() {
    let world = World::new().await;
    let mut browser = world.browser();
    let page = browser.get("/console/login").await.body;
    for name in ["console.css", "console.js", "mark.svg"] {
        let path = format!("{}/{name}", console::prefix());
        assert!(page.contains(&path), "{path}");
        let file = browser.get(&path).await;
        assert_eq!(file.status, StatusCode::OK);
        assert!(file.header("cache-control").contains("immutable"));
    }
    assert_eq!(browser.get("/console/assets/other/console.css").await.header("cache-control"), "no-store");
    assert_eq!(browser.get(&format!("{}/passwd", console::prefix())).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn cookies_are_secure_over_tls_and_never_readable() {
    let world = World::new().await;
    for (https, name) in [(false, "portreeve="), (true, "__Host-portreeve=")] {
        let mut browser = world.browser();
        browser.visitor = visitor("192.0.2.1", https);
        let entered = browser.log_in("anna", PASSWORD).await;
        let fields: Vec<_> =
            entered.headers.get_all("set-cookie").iter().map(|field| field.to_str().unwrap()).collect();
        let session = fields.iter().find(|field| field.starts_with(name)).unwrap_or_else(|| panic!("{fields:?}"));
        assert!(session.contains("HttpOnly; SameSite=Lax") && session.contains("Path=/"), "{session}");
        assert_eq!(session.contains("; Secure"), https, "{session}");
    }
}

#[tokio::test]
async fn a_session_ends_when_it_is_ended() {
    let world = World::new().await;
    let mut anna = world.logged_in("anna").await;
    let stolen = anna.cookies.clone();
    let out = anna.submit("/console/", "/console/logout", &[]).await;
    assert_eq!(out.header("location"), "/console/login?done=out");
    let mut thief = world.browser();
    thief.cookies = stolen;
    assert_eq!(thief.get("/console/").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_login_leads_back_and_never_elsewhere() {
    let world = World::new().await;
    let mut browser = world.browser();
    let asked = browser.get("/console/tickets/1").await;
    assert_eq!(asked.header("location"), "/console/login?to=/console/tickets/1");
    for (to, expected) in [("/console/tickets/1", "/console/tickets/1"), ("//evil.example/", "/console/")] {
        let fields = [("name", "anna"), ("password", PASSWORD), ("to", to)];
        let entered = world.browser().submit("/console/login", "/console/login", &fields).await;
        assert_eq!(entered.header("location"), expected);
    }
}

#[tokio::test]
async fn wrong_passwords_are_counted() {
    let world = World::new().await;
    let mut thief = world.browser();
    let first = thief.log_in("anna", "wrong password").await;
    assert_eq!(first.status, StatusCode::FORBIDDEN);
    assert!(first.body.contains("Name or password is wrong."), "{}", first.body);
    let unknown = thief.log_in("nobody", "wrong password").await;
    assert_eq!(unknown.status, StatusCode::FORBIDDEN, "a name that doesn't exist is told no other way");
    let mut last = first.status;
    for _ in 0..25 {
        last = thief.log_in("anna", "wrong password").await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(thief.log_in("anna", PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
    let mut elsewhere = world.browser();
    elsewhere.visitor = visitor("198.51.100.9", false);
    assert_eq!(elsewhere.log_in("anna", PASSWORD).await.status, StatusCode::SEE_OTHER, "others get in");
}

/// A page waits for a thread as a login does.
#[test]
fn a_crowd_that_logs_in_keeps_nobody_from_other_pages() {
    let runtime = tokio::runtime::Builder::new_multi_thread().max_blocking_threads(4).build().unwrap();
    runtime.block_on(async {
        let world = World::new().await;
        let mut anna = world.invited("anna").await;
        let done = Arc::new(AtomicUsize::new(0));
        let crowd = (0..24).map(|number| {
            let (mut browser, done) = (world.browser(), Arc::clone(&done));
            browser.visitor = visitor(&format!("198.51.100.{number}"), false);
            tokio::spawn(async move {
                browser.log_in(&format!("user{number}"), "wrong password").await;
                done.fetch_add(1, Ordering::SeqCst);
            })
        });
        let crowd: Vec<_> = crowd.collect();
        within_moments(|| done.load(Ordering::SeqCst) > 0).await;
        assert_eq!(anna.get("/console/blocks").await.status, StatusCode::OK);
        assert!(done.load(Ordering::SeqCst) < 16, "the page waited for the crowd");
        for one in crowd {
            one.await.unwrap();
        }
    });
}

async fn within_moments(condition: impl Fn() -> bool) {
    while !condition() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn links_can_not_be_guessed_without_end() {
    let world = World::new().await;
    let mut browser = world.browser();
    let mut statuses = Vec::new();
    for number in 0..25 {
        statuses.push(browser.get(&format!("/console/case/aaaa.1.{number}.ffffffff.00")).await.status);
    }
    assert_eq!((statuses[0], statuses[24]), (StatusCode::NOT_FOUND, StatusCode::TOO_MANY_REQUESTS));
}

#[tokio::test]
async fn a_language_is_chosen_and_remembered() {
    let world = World::new().await;
    let mut browser = world.browser();
    assert!(browser.get("/console/login?language=fr").await.body.contains("<html lang=\"fr\">"));
    assert!(browser.get("/console/login").await.body.contains("Mot de passe"));
    assert!(browser.get("/console/login?language=xx").await.body.contains("<html lang="));
}

#[tokio::test]
async fn what_is_no_page_is_said_so() {
    let world = World::new().await;
    let mut anna = world.logged_in("anna").await;
    assert_eq!(anna.send("DELETE", "/console/blocks", "").await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(anna.get("/console/blocks/..%2f..%2fetc").await.status, StatusCode::NOT_FOUND);
    assert_eq!(anna.get("/console/tickets/x").await.status, StatusCode::NOT_FOUND);
    let large = "a".repeat(100_000);
    let answer = anna.post("/console/tickets/1/reply", &[("text", &large)]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "a form that is too large is none of ours");
}
