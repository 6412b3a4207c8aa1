//! What each list shows to whom, and how its pages go on.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use http_body_util::BodyExt;
use serde_json::Value;

use crate::world::{Who, World};

#[tokio::test]
async fn a_customer_finds_what_is_his_and_nothing_else() {
    let world = World::new();
    for (list, field) in [("/api/blocks", "reference"), ("/api/evidence", "block"), ("/api/tickets", "block")] {
        let of = async |who| -> BTreeSet<String> {
            let page = world.json(who, list).await;
            let items = page["items"].as_array().unwrap().iter();
            items.map(|item| item[field].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(of(Who::Shop).await, ["bob1".to_owned()].into(), "{list}");
        assert_eq!(of(Who::Bank).await, ["ann1".to_owned()].into(), "{list}");
        assert_eq!(of(Who::Operator).await.len(), 2, "{list}");
    }
}

/// Bob has one of each, Ann has none.
#[tokio::test]
async fn what_only_bob_has_only_his_provider_and_he_see() {
    let world = World::new();
    for list in ["/api/reports", "/api/exemptions", "/api/diagnoses", "/api/lockouts"] {
        for (who, count) in [(Who::Shop, 1), (Who::Bank, 0), (Who::Operator, 1)] {
            let page = world.json(who, list).await;
            assert_eq!(page["items"].as_array().unwrap().len(), count, "{who:?} {list}");
        }
    }
}

#[tokio::test]
async fn lists_are_narrowed_by_whose_it_is_what_it_is_and_when() {
    let world = World::new();
    for (list, query, count) in [
        ("reports", "customer=shop&kind=account&state=open", 1),
        ("reports", "state=declined", 0),
        ("reports", "kind=ip", 0),
        ("reports", "customer=bank", 0),
        ("reports", "until=2020-01-01", 0),
        ("reports", "since=2038-01-01", 0),
        ("exemptions", "customer=shop&kind=account&since=2020-01-01", 1),
        ("exemptions", "customer=bank", 0),
        ("exemptions", "kind=domain", 0),
        ("exemptions", "since=2038-01-01", 0),
        ("lockouts", "customer=shop&kind=account&until=2038-01-01", 1),
        ("lockouts", "customer=bank", 0),
        ("lockouts", "kind=ip", 0),
        ("lockouts", "until=2020-01-01", 0),
        ("tickets", "customer=shop&kind=account&about=block&state=answering", 1),
        ("tickets", "about=question", 0),
        ("tickets", "state=closed", 0),
        ("tickets", "kind=service", 0),
        ("tickets", "customer=rack", 0),
        ("tickets", "since=2038-01-01", 0),
        ("tickets", "until=2020-01-01", 0),
    ] {
        let page = world.json(Who::Operator, &format!("/api/{list}?{query}")).await;
        assert_eq!(page["items"].as_array().map(Vec::len), Some(count), "{list}?{query}: {page}");
    }
    for list in ["reports", "exemptions", "lockouts"] {
        let foreign = world.json(Who::Bank, &format!("/api/{list}?customer=shop")).await;
        assert_eq!(foreign["errors"][0]["field"], "customer", "{list}: {foreign}");
        assert_eq!(
            world.json(Who::Shop, &format!("/api/{list}?customer=shop")).await["items"].as_array().unwrap().len(),
            1
        );
    }
}

#[tokio::test]
async fn the_audit_log_is_narrowed_by_whom_it_is_about() {
    let world = World::new();
    world.call(Who::Operator, "get", "/api/blocks/bob1/evidence", "").await;
    world.call(Who::Operator, "get", "/api/blocks/ann1/evidence", "").await;
    world.call(Who::Shop, "post", "/api/tickets/1/answers", r#"{"text": "no, no, no"}"#).await;
    world.call(Who::Operator, "delete", "/api/lockouts/account/bob@shop.example", "").await;
    let of = async |query: &str| -> Vec<String> {
        let page = world.json(Who::Operator, &format!("/api/audit?{query}")).await;
        let items = page["items"].as_array().unwrap_or_else(|| panic!("{page}")).clone();
        items.iter().map(|line| line["on"].as_str().unwrap().to_owned()).collect()
    };
    let lockout = "lockout of account bob@shop.example";
    assert_eq!(of("customer=shop").await, [lockout, "ticket 1", "block bob1"]);
    assert_eq!(of("customer=shop&role=customer").await, ["ticket 1"]);
    assert_eq!(of("customer=bank").await, ["block ann1"]);
    assert_eq!(of("customer=nobody").await, Vec::<String>::new());
    assert_eq!(of("since=2038-01-01").await, Vec::<String>::new());
    assert_eq!(of("until=2020-01-01").await, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_hidden_is_told_like_what_is_not_there() {
    let world = World::new();
    let hidden = world.json(Who::Bank, "/api/blocks/bob1").await;
    let missing = world.json(Who::Bank, "/api/blocks/bob2").await;
    assert_eq!(hidden["detail"], "there is no block bob1");
    assert_eq!(missing["detail"], "there is no block bob2");
    let foreign = world.json(Who::Bank, "/api/blocks?customer=shop").await;
    let unknown = world.json(Who::Bank, "/api/blocks?customer=nobody").await;
    assert_eq!(foreign, unknown);
}

#[tokio::test]
async fn pages_go_on_where_the_page_before_ended() {
    let world = World::new();
    for list in ["/api/blocks", "/api/evidence", "/api/tickets", "/api/webhook-events", "/api/audit", "/api/customers"]
    {
        let whole = world.json(Who::Operator, &format!("{list}?limit=4")).await;
        let whole: Vec<_> = whole["items"].as_array().unwrap().clone();
        assert!(whole.len() >= 2, "{list}: {whole:?}");
        let first = world.json(Who::Operator, &format!("{list}?limit=1")).await;
        let next = match &first["next"] {
            Value::String(next) => next.clone(),
            other => panic!("{list}: {other}"),
        };
        let second = world.json(Who::Operator, &format!("{list}?limit=1&after={next}")).await;
        if !["/api/audit", "/api/evidence", "/api/keys"].contains(&list) {
            assert_eq!([&first["items"][0], &second["items"][0]], [&whole[0], &whole[1]], "{list}");
        }
        assert_ne!(first["items"][0], second["items"][0], "{list}");
    }
}

#[tokio::test]
async fn a_ticket_is_answered_by_its_customer_and_decided_by_staff() {
    let world = World::new();
    let answered = world.call(Who::Shop, "post", "/api/tickets/1/answers", r#"{"text": "no, no, no"}"#).await;
    assert_eq!(answered.status(), StatusCode::OK);
    assert_eq!(crate::world::read(answered).await["messages"][0]["from"], "customer");
    let refused = world.call(Who::Operator, "post", "/api/tickets/1/refuse", r#"{"text": "Change it first."}"#).await;
    assert_eq!(crate::world::read(refused).await["state"], "refused");
}

#[tokio::test]
async fn a_ticket_without_a_block_is_opened_closed_and_taken_up_again() {
    let world = World::new();
    let asked = r#"{"kind": "service", "name": "shop", "title": "Mail is slow", "text": "Since Monday."}"#;
    let opened = crate::world::read(world.call(Who::Shop, "post", "/api/tickets", asked).await).await;
    assert_eq!((&opened["about"], &opened["customer"]), (&"question".into(), &"shop".into()), "{opened}");
    assert_eq!(opened["messages"][0]["from"], "customer");
    let ticket = format!("/api/tickets/{}", opened["id"]);
    let step = async |word: &str, body: &str| {
        crate::world::read(world.call(Who::Shop, "post", &format!("{ticket}/{word}"), body).await).await
    };
    assert_eq!(step("close", "").await["state"], "closed");
    let again = step("reopen", r#"{"text": "It is slow again."}"#).await;
    assert_eq!((&again["is_open"], &again["messages"][1]["body"]), (&true.into(), &"It is slow again.".into()));

    let carried = world.call(Who::Operator, "post", "/api/diagnoses/1/ticket", "").await;
    let carried = crate::world::read(carried).await;
    assert_eq!((&carried["about"], &carried["diagnosis"]), (&"diagnosis".into(), &1.into()), "{carried}");
    assert_eq!(carried["messages"][0]["from"], "support");
}

#[tokio::test]
async fn the_longest_text_fits_however_it_is_written() {
    let world = World::new();
    let escaped = r"\ud83d\ude00".repeat(8000);
    let refused = format!(r#"{{"text": "{escaped}"}}"#);
    let answered = world.call(Who::Operator, "post", "/api/tickets/1/refuse", &refused).await;
    assert_eq!(answered.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_ticket_is_opened_only_about_whom_the_caller_has() {
    let world = World::new();
    for (who, kind, name, status) in [
        (Who::Shop, "service", "bank", StatusCode::NOT_FOUND),
        (Who::Shop, "account", "eve@bank.example", StatusCode::NOT_FOUND),
        (Who::Operator, "service", "nobodys", StatusCode::UNPROCESSABLE_ENTITY),
        (Who::Operator, "ip", "999.1.1.1", StatusCode::UNPROCESSABLE_ENTITY),
        (Who::Operator, "service", "shop", StatusCode::CREATED),
    ] {
        let asked = serde_json::json!({ "kind": kind, "name": name, "title": "Why", "text": "?" }).to_string();
        let answered = world.call(who, "post", "/api/tickets", &asked).await;
        assert_eq!(answered.status(), status, "{who:?} {kind} {name}");
    }
    let of = |service: &str| format!("/api/tickets?customer={service}");
    assert_eq!(world.json(Who::Operator, &of("shop")).await["items"][0]["customer"], "shop");
    assert_eq!(world.json(Who::Operator, &of("nobodys")).await["items"], serde_json::json!([]));
}

#[tokio::test]
async fn a_block_says_what_its_times_mean() {
    let world = World::new();
    let blocked = world.json(Who::Shop, "/api/blocks/bob1").await;
    // His way out is the ticket: no time ends it.
    assert_eq!((&blocked["way_out"], &blocked["expires_at"]), (&"ticket".into(), &Value::Null));
    assert_eq!((&blocked["unblock_allowed_at"], &blocked["strikes"]), (&Value::Null, &1.into()));
}

/// The table has the filters of the list.
#[tokio::test]
async fn the_audit_logs_table_is_narrowed_as_the_list_is() {
    let world = World::new();
    world.call(Who::Shop, "get", "/api/reports/1", "").await;
    world.call(Who::Operator, "get", "/api/reports/1", "").await;
    for query in
        ["role=customer", "role=operator", "customer=shop", "customer=bank", "until=2020-01-01", "since=2038-01-01"]
    {
        let page = world.json(Who::Operator, &format!("/api/audit?{query}")).await;
        let answer = world.call(Who::Operator, "get", &format!("/api/audit.csv?{query}"), "").await;
        assert_eq!(answer.status(), StatusCode::OK, "{query}");
        let sheet = answer.into_body().collect().await.unwrap().to_bytes();
        let lines = String::from_utf8(sheet.to_vec()).unwrap().lines().count();
        assert_eq!(lines - 1, page["items"].as_array().unwrap().len(), "{query}: {page}");
    }
}
