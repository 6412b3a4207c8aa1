//! What the calls answer, to the letter.

use std::time::Duration;

use access::Grant;
use diagnostics::{Check, Outcome};
use serde_json::json;

use crate::world::{BOB, IP, IP6, NET, NOW, World};

fn shop(world: &World) -> String {
    world.token(Grant::customer(["shop"]))
}

#[tokio::test]
async fn networks_of_the_customer_are_listed_in_both_families() {
    let world = World::new();
    let token = shop(&world);
    for path in ["/ip", "/ip/", "/1.0/ip", "/v1/ip/"] {
        assert_eq!(world.get(path, &token).await.body, json!(["198.51.100.0/24", "2001:db8:1::/48"]), "{path}");
    }
    for (query, expected) in [
        ("version=6", json!(["2001:db8:1::/48"])),
        ("ip=198.51.100.7", json!(["198.51.100.0/24"])),
        ("routedTo.serviceName=bank", json!([])),
        ("routedTo.serviceName=sho%25", json!(["198.51.100.0/24", "2001:db8:1::/48"])),
        ("description=hop", json!(["198.51.100.0/24", "2001:db8:1::/48"])),
        ("type=dedicated&version=4", json!(["198.51.100.0/24"])),
        ("type=failover", json!([])),
        ("ip=::ffff:198.51.100.7", json!(["198.51.100.0/24"])),
    ] {
        assert_eq!(world.get(&format!("/1.0/ip?{query}"), &token).await.body, expected, "{query}");
    }
    assert_eq!(world.get("/1.0/ip?ip=nonsense", &token).await.status, 400);
    assert_eq!(world.get("/1.0/ip", &world.token(Grant::operator())).await.body.as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn an_address_is_blocked_refused_and_unblocked() {
    let world = World::new();
    let block = world.block_ip(IP);
    let token = shop(&world);
    let spam = format!("/1.0/ip/{NET}/spam");
    assert_eq!(world.get(&spam, &token).await.body, json!([IP]));
    assert_eq!(world.get(&format!("{spam}?state=unblocked"), &token).await.body, json!([]));
    assert_eq!(world.get(&format!("{spam}?state=no"), &token).await.status, 400);
    let details =
        json!({ "date": "2023-11-14T22:13:20+00:00", "ipSpamming": IP, "state": "blockedForSpam", "time": 3600 });
    assert_eq!(world.get(&format!("{spam}/{IP}"), &token).await.body, details);
    assert_eq!(
        world.get(&format!("/1.0/ip/{IP}/spam/{IP}"), &token).await.body,
        details,
        "a single address is a block"
    );

    world.pass(Duration::from_secs(3471));
    let early = world.post(&format!("{spam}/{IP}/unblock"), &token, "").await;
    let message = "This IP address is still blocked for 129 seconds";
    assert_eq!((early.status, early.body["message"].as_str()), (409, Some(message)));
    assert_eq!(early.body["class"], "Client::Conflict");
    assert_eq!(early.body["httpCode"], "409 Conflict");
    world.pass(Duration::from_secs(129));
    let answer = world.post(&format!("{spam}/{IP}/unblock"), &token, "{}").await;
    assert_eq!((answer.status, answer.body["state"].as_str()), (200, Some("unblocking")));
    assert_eq!(answer.body["time"], 3600);
    assert_eq!(world.get(&format!("{spam}/{IP}"), &token).await.body["state"], "unblocked");
    assert_eq!(world.post(&format!("{spam}/{IP}/unblock"), &token, "").await.status, 409);
    let noted =
        world.gate.audit(&access::AuditQuery { action: Some("block.unblock".into()), ..Default::default() }).unwrap();
    assert!(noted.iter().all(|line| line.on == format!("block {}", block.reference)) && noted.len() == 3, "{noted:?}");
}

#[tokio::test]
async fn stats_are_of_the_time_that_was_asked_for_and_the_look_is_noted() {
    let world = World::new();
    world.block_ip(IP);
    let token = shop(&world);
    let stats = format!("/v1/ip/{NET}/spam/{IP}/stats");
    let all = world.get(&stats, &token).await.body;
    assert_eq!(all[0]["timestamp"], NOW.as_secs());
    assert_eq!(all[0]["averageSpamscore"], 410);
    let target = &all[0]["detectedSpams"][0];
    assert_eq!((target["destinationIp"].as_str(), target["spamscore"].as_i64()), (Some("192.0.2.99"), Some(410)));
    assert!(target["date"].is_i64() && target["messageId"].is_string() && all[0]["total"].is_u64());
    for (query, count) in [
        ("from=2023-11-14T22:13:20Z", 1),
        ("from=2023-11-14T23:13:20%2B01:00&to=2023-11-14T23:13:20+01:00", 1),
        ("from=2023-11-14T22:13:21Z", 0),
        ("to=2023-11-14T22:13:19Z", 0),
    ] {
        let answer = world.get(&format!("{stats}?{query}"), &token).await;
        assert_eq!(answer.body.as_array().map(Vec::len), Some(count), "{query}: {answer:?}");
    }
    assert_eq!(world.get(&format!("{stats}?from=yesterday"), &token).await.status, 400);
    let looks =
        world.gate.audit(&access::AuditQuery { action: Some("evidence.see".into()), ..Default::default() }).unwrap();
    assert_eq!(looks.len(), 1, "the same reader and the same messages within five minutes");
    assert_eq!(looks[0].client, "192.0.2.7".parse().ok());
}

#[tokio::test]
async fn ipv6_is_known_by_any_address_of_its_64() {
    let world = World::new();
    world.block_ip("2001:db8:1:2:a::1");
    let token = shop(&world);
    let spam = "/1.0/ip/2001:db8:1::%2F48/spam";
    assert_eq!(world.get(spam, &token).await.body, json!([IP6]));
    for address in [IP6, "2001:db8:1:2:b::2", "2001:db8:1:2::%2F64"] {
        assert_eq!(world.get(&format!("{spam}/{address}"), &token).await.body["ipSpamming"], IP6, "{address}");
    }
    let single = "/1.0/ip/2001:db8:1:2:b::2%2F128/spam";
    assert_eq!(world.get(single, &token).await.body, json!([IP6]));
    assert_eq!(world.get(&format!("{spam}/2001:db8:1:3::"), &token).await.status, 404);
}

#[tokio::test]
async fn a_ticket_is_found_answered_and_closed() {
    let world = World::new();
    world.block_account(BOB);
    let token = shop(&world);
    assert_eq!(
        world.get("/1.0/support/tickets?customerReplyNeeded=true&status=open&serviceName=shop", &token).await.body,
        json!([1])
    );
    for wrong in ["archived=maybe", "ticketNumber=x", "minCreationDate=yesterday"] {
        let answer = world.get(&format!("/1.0/support/tickets?{wrong}"), &token).await;
        assert_eq!((answer.status, answer.body["errorCode"].as_str()), (400, Some("INVALID_ARGUMENT")), "{wrong}");
    }
    for query in ["archived=true", "status=closed", "serviceName=bank", "ticketNumber=2", "minCreationDate=2030-01-01"]
    {
        assert_eq!(world.get(&format!("/1.0/support/tickets?{query}"), &token).await.body, json!([]), "{query}");
    }
    let ticket = world.get("/1.0/support/tickets/1", &token).await.body;
    assert_eq!((ticket["state"].as_str(), ticket["serviceName"].as_str()), (Some("open"), Some("shop")));
    let reply = world.post("/1.0/support/tickets/1/reply", &token, r#"{"body":"1. no\n2. no\n3. yes"}"#).await;
    assert_eq!(reply.status, 204);
    assert_eq!(world.post("/1.0/support/tickets/1/reply", &token, r#"{"body":" "}"#).await.status, 400);
    let messages = world.get("/1.0/support/tickets/1/messages", &token).await.body;
    assert_eq!((messages[0]["from"].as_str(), messages[0]["messageId"].as_i64()), (Some("customer"), Some(1)));
    assert_eq!(world.get("/1.0/support/tickets?customerReplyNeeded=true", &token).await.body, json!([]));
    let operator = world.token(Grant::operator());
    assert_eq!(world.post("/1.0/support/tickets/1/reply", &operator, r#"{"body":"We look."}"#).await.status, 204);
    let messages = world.get("/1.0/support/tickets/1/messages", &token).await.body;
    let last = messages.as_array().unwrap().iter().find(|message| message["body"] == "We look.").unwrap();
    assert_eq!(last["from"], "support", "an operator writes in no customer's name");
    assert_eq!(world.post("/1.0/support/tickets/1/close", &token, "").await.status, 204);
    assert_eq!(world.get("/1.0/support/tickets/1", &token).await.body["state"], "closed");
    let reopen = |body| world.post("/1.0/support/tickets/1/reopen", &token, body);
    assert_eq!(reopen("").await.status, 400);
    assert_eq!(reopen(r#"{"body":"x"}"#).await.status, 204, "its block is in force");
    assert_eq!(world.get("/1.0/support/tickets/1", &token).await.body["state"], "open");
    let again = reopen(r#"{"body":"x"}"#).await;
    assert_eq!((again.status, again.body["errorCode"].as_str()), (409, Some("CONFLICT")), "it is open");
}

#[tokio::test]
async fn a_customer_opens_a_ticket_and_only_he_sees_it() {
    let world = World::new();
    let token = shop(&world);
    let create = |body: &'static str| world.post("/1.0/support/tickets/create", &token, body);
    let asked = create(r#"{"subject":"Reverse DNS","body":"Which name?","product":"email","urgency":"low"}"#).await;
    assert_eq!((asked.status, &asked.body), (200, &json!({"messageId": 1, "ticketId": 1, "ticketNumber": 1})));
    let account = create(r#"{"subject":"Bob","body":"He is slow.","serviceName":"bob@shop.example"}"#).await;
    assert_eq!((account.status, account.body["ticketId"].as_u64()), (200, Some(2)));
    for (body, status) in [
        (r#"{"subject":"x","body":"x","serviceName":"bank"}"#, 404),
        (r#"{"subject":"x","body":"x","serviceName":"nobody"}"#, 404),
        (r#"{"subject":"x","body":"x","serviceName":"ann@bank.example"}"#, 404),
        (r#"{"subject":" ","body":"x"}"#, 400),
        (r#"{"subject":"x","body":" "}"#, 400),
        (r#"{"subject":"x"}"#, 400),
        ("[", 400),
    ] {
        assert_eq!(create(body).await.status, status, "{body}");
    }
    let ticket = world.get("/1.0/support/tickets/1", &token).await.body;
    let expected = json!({"subject": "Reverse DNS", "category": "assistance", "state": "open", "serviceName": "shop",
        "lastMessageFrom": "customer", "canBeClosed": true});
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&ticket[field], value, "{field}");
    }
    let messages = world.get("/1.0/support/tickets/1/messages", &token).await.body;
    assert_eq!(messages[0]["body"], "Which name?");
    let bank = world.token(Grant::customer(["bank"]));
    assert_eq!(world.get("/1.0/support/tickets", &bank).await.body, json!([]));
    for (method, path) in
        [("GET", ""), ("GET", "/messages"), ("POST", "/reply"), ("POST", "/close"), ("POST", "/reopen")]
    {
        let path = format!("/1.0/support/tickets/1{path}");
        let answer = world.ask(method, &path, &[("authorization", &bank)], r#"{"body":"x"}"#).await;
        assert_eq!(answer.status, 404, "{method} {path}");
    }
    assert_eq!(world.post("/1.0/support/tickets/1/close", &token, "").await.status, 204);
    assert_eq!(world.get("/1.0/support/tickets?archived=true", &token).await.body, json!([1]));
    assert_eq!(world.post("/1.0/support/tickets/1/reopen", &token, r#"{"body":"Still."}"#).await.status, 204);
    assert_eq!(world.get("/1.0/support/tickets/1/messages", &token).await.body[1]["body"], "Still.");
}

#[tokio::test]
async fn nobody_opens_tickets_without_end() {
    let world = World::new();
    let token = shop(&world);
    for _ in 0..customers::ticket::MAX_OPEN_EACH {
        let asked = world.post("/1.0/support/tickets/create", &token, r#"{"subject":"x","body":"x"}"#).await;
        assert_eq!(asked.status, 200);
    }
    let refused = world.post("/1.0/support/tickets/create", &token, r#"{"subject":"x","body":"x"}"#).await;
    assert_eq!((refused.status, refused.body["errorCode"].as_str()), (429, Some("QUOTA_EXCEEDED")));
}

#[tokio::test]
async fn other_methods_are_answered_too() {
    let world = World::new();
    let token = shop(&world);
    for (path, allow) in [
        ("/1.0/ip", "GET, HEAD, OPTIONS"),
        ("/auth/time", "GET, HEAD, OPTIONS"),
        ("/v1/auth/logout", "POST, OPTIONS"),
        ("/email/pro/pro/account/bob@pro.example/diagnostics", "GET, HEAD, POST, OPTIONS"),
    ] {
        let options = world.ask("OPTIONS", path, &[], "").await;
        assert_eq!((options.status, options.headers["allow"].to_str().unwrap()), (204, allow), "{path}");
    }
    for (method, path) in [("DELETE", "/1.0/ip"), ("PUT", "/ip/198.51.100.0%2F24"), ("POST", "/v1/auth/time")] {
        let wrong = world.ask(method, path, &[("authorization", &token)], "").await;
        assert_eq!((wrong.status, wrong.body["errorCode"].as_str()), (405, Some("METHOD_NOT_ALLOWED")), "{path}");
        assert!(wrong.headers.contains_key("allow") && wrong.headers.contains_key("x-ovh-queryid"), "{wrong:?}");
    }
    let head = world.ask("HEAD", "/1.0/auth/time", &[], "").await;
    assert_eq!(head.status, 200);
    let time = world.ask("GET", "/auth/time", &[], "").await;
    assert_eq!(time.body, json!(NOW.as_secs()));
    let long = world.post("/1.0/support/tickets/1/reply", &token, &"x".repeat(300_000)).await;
    assert_eq!(long.status, 413);
}

const CHANGE: &str = r#"read word; test "$word" = 'correct horse' && test "$PORTREEVE_ACCOUNT" = ann@old.example"#;

#[tokio::test]
async fn a_changed_password_releases_an_account_of_the_older_product() {
    let world = World::with_command(&["/bin/sh", "-c", CHANGE]);
    world.block_account("ann@old.example");
    world.pass(Duration::from_secs(1));
    let token = world.token(Grant::customer(["old"]));
    let account = "/1.0/email/domain/old.example/account";
    assert_eq!(world.get(account, &token).await.body, json!(["ann"]));
    let ann = format!("{account}/ann");
    assert_eq!(world.get(&ann, &token).await.body["isBlocked"], true);
    for wrong in [r#"{"password":"short"}"#, r#"{"password":"p\u00e2ssword horse"}"#, "{}", ""] {
        let answer = world.post(&format!("{ann}/changePassword"), &token, wrong).await;
        assert_eq!(answer.status, 400, "{wrong}");
    }
    let change = |word: &str| format!(r#"{{"password":"{word}"}}"#);
    world.post(&format!("{ann}/changePassword"), &token, &change("another horse")).await;
    let task = world.post(&format!("{ann}/changePassword"), &token, &change("correct horse")).await.body;
    assert_eq!(
        (task["action"].as_str(), task["name"].as_str(), task["id"].as_i64()),
        (Some("changePassword"), Some("ann"), Some(2))
    );
    while world.get(&ann, &token).await.body["isBlocked"] == true {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_command_that_fails_changes_nothing_and_its_task_says_so() {
    let world = World::with_command(&["/bin/sh", "-c", "exit 3"]);
    world.block_account(BOB);
    let token = shop(&world);
    let bob = format!("/v1/email/exchange/org/service/shop/account/{BOB}");
    let account = world.get(&bob, &token).await.body;
    assert_eq!((account["spamDetected"].as_bool(), account["spamTicketNumber"].as_i64()), (Some(true), Some(1)));
    let task = world.post(&format!("{bob}/changePassword"), &token, r#"{"password":"x"}"#).await.body;
    assert_eq!(task["function"], "changePassword");
    let path = format!("{bob}/tasks/{}", task["id"]);
    while world.get(&path, &token).await.body["status"] == "todo" {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let ended = world.get(&path, &token).await.body;
    assert!(ended["status"] == "error" && ended["finishDate"].is_string(), "{ended}");
    let begun = world.post(&format!("{bob}/diagnostics"), &token, r#"{"password":"x"}"#).await.body;
    assert_eq!(begun["function"], "diagnostic");
    let ids = world.get(&format!("{bob}/tasks"), &token).await.body;
    assert_eq!(ids, json!([task["id"], begun["id"]]));
    let found = world.get(&format!("{bob}/diagnostics"), &token).await.body;
    assert!(found.as_object().is_some_and(|found| found.contains_key("connectiveOWA") && found.len() == 9), "{found}");
}

#[tokio::test]
async fn a_diagnosis_tries_the_password_that_was_sent_and_keeps_it_nowhere() {
    let world = World::new();
    let token = shop(&world);
    let path = format!("/v1/email/exchange/org/service/shop/account/{BOB}/diagnostics");
    let sent = r#"{"password":"correct horse"}"#;
    // The server can't be reached: with a password that is a failure, without one nothing was tried.
    for (body, expected) in [(sent, Outcome::Fail), ("{}", Outcome::Unknown), ("", Outcome::Unknown)] {
        assert_eq!(world.post(&path, &token, body).await.status, 200, "{body}");
        let task = world.diagnosed().await;
        let login = task.findings.iter().find(|finding| finding.check == Check::Authentication);
        assert_eq!(login.map(|login| login.outcome), Some(expected), "{body}: {login:?}");
        assert!(!serde_json::to_string(&task).unwrap().contains("horse"), "{task:?}");
        world.pass(Duration::from_secs(1));
    }
    for wrong in [r#"{"password":""}"#, r#"{"password":4711}"#, r#"{"password":"a\nhorse"}"#, "horse"] {
        let answer = world.post(&path, &token, wrong).await;
        assert_eq!(answer.status, 400, "{wrong}");
        assert!(!answer.body.to_string().contains("horse") && !answer.body.to_string().contains("4711"), "{wrong}");
    }
}

#[tokio::test]
async fn a_list_of_accounts_shows_whole_ones_as_they_are_alone() {
    let world = World::new();
    world.block_account(BOB);
    let token = shop(&world);
    let accounts = "/1.0/email/exchange/org/service/shop/account";
    let alone = world.get(&format!("{accounts}/{BOB}"), &token).await.body;
    let paged = [("authorization", token.as_str()), ("x-pagination-mode", "CachedObjectList-Pages")];
    assert_eq!(world.ask("GET", accounts, &paged, "").await.body, json!([alone]));
    assert_eq!((alone["spamTicketNumber"].as_i64(), alone["state"].as_str()), (Some(1), Some("ok")));
    assert_eq!(world.get("/1.0/email/pro/pro/account", &token).await.body, json!([]));
}

#[tokio::test]
async fn a_service_says_what_failed_logins_lead_to() {
    let world = World::new();
    let token = shop(&world);
    let shop = world.get("/v1/email/exchange/org/service/shop", &token).await.body;
    let numbers = ["lockoutThreshold", "lockoutDuration", "lockoutObservationWindow"].map(|field| shop[field].as_i64());
    assert_eq!(numbers, [Some(20), Some(15), Some(15)]);
    for hidden in ["/v1/email/pro/pro", "/v1/email/pro/shop", "/v1/email/exchange/org/service/nobody"] {
        assert_eq!(world.get(hidden, &token).await.status, 404, "{hidden}");
    }
}

#[tokio::test]
async fn an_unknown_destination_is_an_address_all_the_same() {
    let world = World::new();
    world.block_ip_towards(IP, None);
    let stats = world.get(&format!("/ip/{NET}/spam/{IP}/stats"), &shop(&world)).await.body;
    assert_eq!(stats[0]["detectedSpams"][0]["destinationIp"], "0.0.0.0");
}
