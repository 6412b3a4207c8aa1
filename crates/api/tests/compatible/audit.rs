//! Every call that changes something stands in the audit log with who, from where, what and on what; what was refused doesn't.

use access::{AccessRule, AuditEntry, AuditQuery, Grant, Role};

use crate::matrix::TABLE;
use crate::signed::{Keys, ask};
use crate::world::{BOB, IP, NET, World};

/// What a call's path ends with, and the line about it: action, on what, detail.
const LINES: &[(&str, &str, &str, &str)] = &[
    ("/auth/credential", "access.enter", "credential ", "ask"),
    ("/auth/logout", "access.enter", "credential ", "logout"),
    ("/unblock", "block.unblock", "block ", ""),
    ("/support/tickets/create", "ticket.keep", "", "create"),
    ("/support/tickets/1/reply", "ticket.answer", "ticket 1", ""),
    ("/support/tickets/1/close", "ticket.keep", "ticket 1", "close"),
    ("/changePassword", "password.change", "account ", ""),
    ("/diagnostic", "diagnosis.start", "account ", ""),
    ("/diagnostics", "diagnosis.start", "account ", ""),
];

/// A body with which asking for a consumer key is no mistake.
const RULES: &str = r#"{"accessRules":[{"method":"GET","path":"/*"}]}"#;

/// The calls that change something: method, path, body.
fn changes() -> impl Iterator<Item = (&'static str, String, &'static str)> {
    TABLE.iter().filter(|(method, ..)| *method != "GET").map(|(method, path, body, _)| {
        let body = if path.ends_with("/credential") { RULES } else { body };
        (*method, format!("/1.0{}", path.replace("NET", NET).replace("IP", IP).replace("BOB", BOB)), body)
    })
}

/// Where passwords can be changed, and an address and an account are blocked.
fn lively() -> World {
    let world = World::with_command(&["/bin/true"]);
    world.block_ip(IP);
    world.block_account(BOB);
    world
}

fn log(world: &World) -> Vec<AuditEntry> {
    world.gate.audit(&AuditQuery::default()).unwrap()
}

#[tokio::test]
async fn what_is_done_is_noted_once_with_who_and_what() {
    let mut noted = Vec::new();
    for (method, path, body) in changes() {
        let world = lively();
        let keys: Keys = world.application(AccessRule::everything(), Grant::operator());
        let answer = ask(&world, &keys, method, &path, body).await;
        let lines = log(&world);
        if answer.status >= 400 {
            // Who may, and comes at the wrong time, has tried; the others have done nothing.
            assert!(lines.is_empty() || answer.status == 409, "{path}: {answer:?} {lines:?}");
        }
        if answer.status == 400 {
            continue;
        }
        let Some((ending, action, on, detail)) = LINES.iter().find(|(ending, ..)| path.ends_with(ending)) else {
            assert!(
                answer.status >= 400,
                "{path} changes something, and nobody says what stands in the log: {answer:?}"
            );
            continue;
        };
        let [line] = lines.as_slice() else { panic!("{path}: {answer:?} {lines:?}") };
        assert_eq!((line.action.as_str(), line.detail.as_str()), (*action, *detail), "{path}");
        assert!(line.on.starts_with(on) && !line.on.ends_with(' '), "{path}: {line:?}");
        let who = if path.ends_with("/credential") { "application " } else { "credential " };
        assert!(line.who.starts_with(who) && line.who.ends_with("(test)"), "{path}: {line:?}");
        assert_eq!(line.client, "192.0.2.7".parse().ok(), "{path}");
        noted.push(*ending);
    }
    assert!(LINES.iter().all(|(ending, ..)| noted.contains(ending)), "{noted:?}");
}

#[tokio::test]
async fn what_nobody_may_leaves_no_line_as_if_it_had_been_done() {
    let auditor = Grant { role: Role::Auditor, services: [].into() };
    for grant in [auditor, Grant::customer(["bank"])] {
        for (method, path, body) in changes().filter(|(_, path, _)| !path.contains("/auth/")) {
            let world = lively();
            let token = world.token(grant.clone());
            let answer = world.ask(method, &path, &[("authorization", &token)], body).await;
            assert!(answer.status >= 400 && log(&world).is_empty(), "{path}: {answer:?} {:?}", log(&world));
        }
    }
}

#[tokio::test]
async fn no_line_has_a_password_or_a_secret() {
    for (method, path, body) in changes() {
        let world = lively();
        let keys: Keys = world.application(AccessRule::everything(), Grant::operator());
        let answer = ask(&world, &keys, method, &path, body).await;
        let given = answer.body["consumerKey"].as_str().unwrap_or("correct horse").to_owned();
        let lines = format!("{:?}", log(&world));
        for secret in [given.as_str(), &keys.1, &keys.2] {
            assert!(!lines.contains(secret), "{path}: {lines}");
        }
    }
}
