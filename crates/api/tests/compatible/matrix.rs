//! Every route, for every role, on what is the caller's own and on what is not.

use access::{AccessRule, Grant, Role};

use crate::world::{BOB, IP, NET, World};

/// Method, path on the shop's things, body, and what is answered to: nobody, operator, auditor, the shop, another customer.
pub(crate) type Row = (&'static str, &'static str, &'static str, [u16; 5]);

pub(crate) const TABLE: &[Row] = &[
    ("GET", "/auth/time", "", [200, 200, 200, 200, 200]),
    ("GET", "/auth/details", "", [403, 200, 200, 200, 200]),
    // Without the key of an application, and without a consumer key.
    ("POST", "/auth/credential", "{}", [403, 403, 403, 403, 403]),
    ("GET", "/auth/currentCredential", "", [403, 403, 403, 403, 403]),
    ("POST", "/auth/logout", "", [403, 403, 403, 403, 403]),
    ("GET", "/ip", "", [403, 200, 200, 200, 200]),
    ("GET", "/ip/NET", "", [403, 200, 200, 200, 404]),
    ("GET", "/ip/NET/spam", "", [403, 200, 200, 200, 404]),
    ("GET", "/ip/NET/spam/IP", "", [403, 200, 200, 200, 404]),
    ("GET", "/ip/NET/spam/IP/stats", "", [403, 200, 200, 200, 404]),
    ("POST", "/ip/NET/spam/IP/unblock", "", [403, 409, 403, 409, 404]),
    ("GET", "/ip/NET/antihack", "", [403, 200, 200, 200, 404]),
    ("GET", "/ip/NET/arp", "", [403, 200, 200, 200, 404]),
    ("GET", "/ip/NET/phishing", "", [403, 200, 200, 200, 404]),
    ("GET", "/support/tickets", "", [403, 200, 200, 200, 200]),
    ("GET", "/support/tickets/1", "", [403, 200, 200, 200, 404]),
    ("GET", "/support/tickets/1/messages", "", [403, 200, 200, 200, 404]),
    ("POST", "/support/tickets/1/reply", r#"{"body":"1. no"}"#, [403, 204, 403, 204, 404]),
    ("POST", "/support/tickets/1/reopen", r#"{"body":"x"}"#, [403, 409, 403, 409, 404]),
    ("POST", "/support/tickets/1/close", "", [403, 204, 403, 204, 404]),
    ("POST", "/support/tickets/create", "{}", [403, 400, 400, 400, 400]),
    ("POST", "/support/tickets/create", QUESTION, [403, 200, 403, 200, 404]),
    ("GET", "/email/exchange/org/service/shop/account", "", [403, 200, 200, 200, 200]),
    ("GET", "/email/exchange/org/service/shop/account/BOB", "", [403, 200, 200, 200, 404]),
    ("POST", "/email/exchange/org/service/shop/account/BOB/changePassword", PASSWORD, [403, 501, 403, 501, 404]),
    ("POST", "/email/exchange/org/service/shop/account/BOB/diagnostics", PASSWORD, [403, 200, 403, 200, 404]),
    ("GET", "/email/exchange/org/service/shop/account/BOB/tasks", "", [403, 200, 200, 200, 404]),
    ("GET", "/email/exchange/org/service/shop/account/BOB/tasks/1", "", [403, 404, 404, 404, 404]),
    ("GET", "/email/exchange/org/service/shop/account/BOB/diagnostics", "", [403, 404, 404, 404, 404]),
    ("GET", "/email/pro/shop/account/BOB", "", [403, 404, 404, 404, 404]),
    ("GET", "/email/mxplan/shop/account/BOB", "", [403, 404, 404, 404, 404]),
    ("GET", "/email/domain/shop.example/account/bob", "", [403, 404, 404, 404, 404]),
    ("GET", "/email/mxplan/plan", "", [403, 200, 200, 404, 404]),
    ("GET", "/email/mxplan/plan/account", "", [403, 200, 200, 200, 200]),
    ("GET", "/email/mxplan/plan/account/bob@plan.example", "", [403, 200, 200, 404, 404]),
    ("POST", "/email/mxplan/plan/account/bob@plan.example/changePassword", PASSWORD, [403, 501, 403, 404, 404]),
    ("POST", "/email/mxplan/plan/account/bob@plan.example/diagnostic", "", [403, 200, 403, 404, 404]),
    ("GET", "/email/mxplan/plan/account/bob@plan.example/diagnostic", "", [403, 404, 404, 404, 404]),
    ("GET", "/email/mxplan/plan/account/bob@plan.example/tasks", "", [403, 200, 200, 404, 404]),
    ("GET", "/email/mxplan/plan/account/bob@plan.example/tasks/1", "", [403, 404, 404, 404, 404]),
    ("GET", "/email/pro/pro", "", [403, 200, 200, 404, 404]),
    ("GET", "/email/pro/pro/account", "", [403, 200, 200, 200, 200]),
    ("GET", "/email/pro/pro/account/bob@pro.example", "", [403, 200, 200, 404, 404]),
    ("POST", "/email/pro/pro/account/bob@pro.example/changePassword", PASSWORD, [403, 501, 403, 404, 404]),
    ("POST", "/email/pro/pro/account/bob@pro.example/diagnostics", "", [403, 200, 403, 404, 404]),
    ("GET", "/email/pro/pro/account/bob@pro.example/diagnostics", "", [403, 404, 404, 404, 404]),
    ("GET", "/email/pro/pro/account/bob@pro.example/tasks", "", [403, 200, 200, 404, 404]),
    ("GET", "/email/pro/pro/account/bob@pro.example/tasks/1", "", [403, 404, 404, 404, 404]),
    ("GET", "/email/exchange/org/service/shop", "", [403, 200, 200, 200, 404]),
    ("GET", "/email/domain/old.example/account", "", [403, 200, 200, 200, 200]),
    ("GET", "/email/domain/old.example/account/ann", "", [403, 200, 200, 404, 404]),
    ("POST", "/email/domain/old.example/account/ann/changePassword", PASSWORD, [403, 501, 403, 404, 404]),
    ("GET", "/nowhere", "", [403, 404, 404, 404, 404]),
];

const QUESTION: &str = r#"{"subject":"Slow","body":"Since today.","serviceName":"shop"}"#;
const PASSWORD: &str = r#"{"password":"correct horse"}"#;
const PREFIXES: [&str; 3] = ["/1.0", "/v1", ""];

fn grants() -> [Option<Grant>; 5] {
    let auditor = Grant { role: Role::Auditor, services: [].into() };
    [None, Some(Grant::operator()), Some(auditor), Some(Grant::customer(["shop"])), Some(Grant::customer(["bank"]))]
}

#[tokio::test]
async fn every_route_for_every_role_on_own_and_foreign_things() {
    for (method, path, body, expected) in TABLE {
        let path = path.replace("NET", NET).replace("IP", IP).replace("BOB", BOB);
        for (grant, expected) in grants().into_iter().zip(expected) {
            // Some calls change something: each gets a world of its own.
            let world = World::new();
            world.block_ip(IP);
            world.block_account(BOB);
            let token = grant.clone().map(|grant| world.token(grant));
            let fields: Vec<_> = token.iter().map(|token| ("authorization", token.as_str())).collect();
            for prefix in PREFIXES {
                if prefix.is_empty() && path == "/nowhere" || *expected == 204 && prefix != "/v1" {
                    continue;
                }
                let answer = world.ask(method, &format!("{prefix}{path}"), &fields, body).await;
                assert_eq!(answer.status, *expected, "{method} {prefix}{path} as {grant:?}: {:?}", answer.body);
                assert!(answer.headers.contains_key("x-ovh-queryid"));
            }
        }
    }
}

#[tokio::test]
async fn a_consumer_key_can_do_no_more_than_its_rules() {
    let world = World::new();
    world.block_ip(IP);
    let rules = vec![AccessRule { method: "GET".into(), path: "/ip/*".into() }];
    let keys = world.application(rules, Grant::operator());
    for (method, path, expected) in [
        ("GET", format!("/1.0/ip/{NET}/spam"), 200),
        ("HEAD", format!("/v1/ip/{NET}/spam"), 200),
        ("POST", format!("/1.0/ip/{NET}/spam/{IP}/unblock"), 403),
        ("GET", "/1.0/ip".to_owned(), 403),
        ("GET", "/support/tickets".to_owned(), 403),
    ] {
        let answer = crate::signed::ask(&world, &keys, method, &path, "").await;
        assert_eq!(answer.status, expected, "{method} {path}: {answer:?}");
        if expected == 403 {
            assert_eq!(answer.body["errorCode"], "NOT_GRANTED_CALL");
        }
    }
}
