//! The native API: who may do what on every route, what customers see, and what the OpenAPI document promises.
#![cfg(test)]

use std::sync::Arc;

use access::{Action, Gate, Grant, Role, WebSettings};
use api::native::{Native, Route, router, routes};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use axum::response::Response;
use customers::{CustomerSettings, Directory};
use http_body_util::BodyExt;
use limits::{AlertJob, Ledger, Rules, Store};
use model::event::NoEvents;
use model::time::ManualClock;
use model::{Block, Clock, Evidence, Kept, Shelf, Timestamp, WayOut};
use pipeline::{Desk, Durably, Journal, Search, Tickets};
use serde_json::Value;
use store::{MemoryAccess, MemoryStore};
use testkit::samples::{account, block, evidence};
use tower::ServiceExt;

const CUSTOMERS: &str = "
[[customer]]
service = 'shop'
contact = ['owner@shop.example']
kind = 'pro'
accounts = ['*@shop.example']
[[customer]]
service = 'bank'
contact = ['owner@bank.example']
accounts = ['*@bank.example']
";

struct World {
    gate: Arc<Gate>,
    router: axum::Router,
}

/// Somebody who calls.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Who {
    Nobody,
    Operator,
    Auditor,
    Shop,
    Bank,
}

impl World {
    /// Bob of the shop and Ann of the bank are blocked, with a ticket and a flagged message each.
    fn new() -> Self {
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(Timestamp::from_secs(1_700_000_000)));
        let store = Arc::new(MemoryStore::default());
        for (name, who) in [("bob1", "bob@shop.example"), ("ann1", "ann@bank.example")] {
            let blocked = Block { subject: account(who), way_out: WayOut::Ticket, ..block(name, 1_000) };
            store.open_block(&blocked, &[evidence(900)], None).unwrap();
        }
        let ledger = Arc::new(Ledger::new(Rules::default(), || 7));
        let journal = Arc::new(Straight(Arc::clone(&store)));
        let events = Arc::new(NoEvents);
        let desk = Desk::new(Arc::clone(&ledger), Arc::clone(&store) as _, journal, events, Arc::clone(&clock));
        let tickets = Arc::new(Tickets::new(Arc::new(desk), Arc::clone(&store) as _, Arc::clone(&clock), || {}));
        let directory = Arc::new(Directory::parse(CUSTOMERS, &CustomerSettings::default()).unwrap());
        let search = Arc::new(Search::new(ledger, store, directory));
        let access = Arc::new(MemoryAccess::default());
        let gate = Arc::new(Gate::open(&WebSettings::default(), Arc::clone(&access) as _, access, clock).unwrap());
        let native = Native::new(Arc::clone(&gate), tickets, search);
        Self { gate, router: router(Arc::new(native)) }
    }

    fn token(&self, who: Who) -> Option<String> {
        let grant = match who {
            Who::Nobody => return None,
            Who::Operator => Grant::operator(),
            Who::Auditor => Grant { role: Role::Auditor, ..Grant::operator() },
            Who::Shop => Grant::customer(["shop"]),
            Who::Bank => Grant::customer(["bank"]),
        };
        Some(self.gate.add_key("test", grant, None).unwrap().token)
    }

    async fn call(&self, who: Who, method: &str, path: &str, body: &str) -> Response {
        let mut request = Request::builder().method(method.to_uppercase().as_str()).uri(path);
        if let Some(token) = self.token(who) {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if !body.is_empty() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }

    async fn json(&self, who: Who, path: &str) -> Value {
        read(self.call(who, "get", path, "").await).await
    }
}

async fn read(response: Response) -> Value {
    serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap()
}

/// A journal without a thread: what is handed in is written.
struct Straight(Arc<MemoryStore>);

impl Journal for Straight {
    fn open_block(&self, block: Block, evidence: Vec<Evidence>, alert: Option<AlertJob>) -> Durably {
        let written = self.0.open_block(&block, &evidence, alert.as_ref());
        Box::pin(async { written })
    }

    fn update_block(&self, block: Block) -> Durably {
        let written = self.0.update_block(&block);
        Box::pin(async { written })
    }

    fn keep(&self, record: Kept) -> Durably {
        Box::pin(std::future::ready(self.0.save_kept(&[record])))
    }

    fn forget(&self, shelf: Shelf, name: String) -> Durably {
        Box::pin(std::future::ready(self.0.forget_kept(shelf, &name)))
    }

    fn is_healthy(&self) -> bool {
        true
    }
}

/// A path about Bob's things, and a body that fits.
fn concrete(world: &World, route: &Route) -> (String, &'static str) {
    let key = world.gate.add_key("spare", Grant::operator(), None).unwrap().key.id;
    let id = if route.path.contains("keys") { key } else { "1".to_owned() };
    let path = route.path.replace("{reference}", "bob1").replace("{id}", &id).replace("{service}", "shop");
    let body = match route.path.rsplit('/').next() {
        Some("answers" | "reply" | "refuse") => r#"{"text": "1. no 2. no 3. no"}"#,
        Some("password-changed") => "{}",
        Some("keys") if route.method == "post" => r#"{"name": "panel", "role": "auditor"}"#,
        _ => "",
    };
    (path.replace("{account}", "bob@shop.example"), body)
}

/// What a customer may do to what is his.
const OPEN_TO_CUSTOMERS: &[Action] = &[
    Action::SeeBlock,
    Action::SeeEvidence,
    Action::Unblock,
    Action::SeeTicket,
    Action::AnswerTicket,
    Action::SeeCustomer,
];

fn expected(who: Who, route: &Route) -> Option<StatusCode> {
    let open = OPEN_TO_CUSTOMERS.contains(&route.action);
    match who {
        Who::Nobody => Some(StatusCode::UNAUTHORIZED),
        Who::Auditor if route.action.changes() => Some(StatusCode::FORBIDDEN),
        Who::Shop if !open => Some(StatusCode::NOT_FOUND),
        Who::Bank if !open || route.path.contains('{') => Some(StatusCode::NOT_FOUND),
        _ => None,
    }
}

#[tokio::test]
async fn every_route_for_everybody_on_own_and_foreign_things() {
    for route in routes() {
        for who in [Who::Nobody, Who::Operator, Who::Auditor, Who::Shop, Who::Bank] {
            let world = World::new();
            let (path, body) = concrete(&world, &route);
            let status = world.call(who, route.method, &path, body).await.status();
            let refused = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::NOT_FOUND];
            match expected(who, &route) {
                Some(expected) => assert_eq!(status, expected, "{who:?} {} {path}", route.method),
                None => assert!(!refused.contains(&status), "{who:?} {} {path}: {status}", route.method),
            }
        }
    }
}

#[tokio::test]
async fn a_customer_finds_what_is_his_and_nothing_else() {
    let world = World::new();
    for (list, field) in [("/api/blocks", "reference"), ("/api/evidence", "block"), ("/api/tickets", "block")] {
        let of = async |who| -> Vec<String> {
            let page = world.json(who, list).await;
            let items = page["items"].as_array().unwrap().iter();
            items.map(|item| item[field].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(of(Who::Shop).await, ["bob1"], "{list}");
        assert_eq!(of(Who::Bank).await, ["ann1"], "{list}");
        assert_eq!(of(Who::Operator).await.len(), 2, "{list}");
    }
    let hidden = world.json(Who::Bank, "/api/blocks/bob1").await;
    let missing = world.json(Who::Bank, "/api/blocks/bob2").await;
    assert_eq!(hidden["detail"], "there is no block bob1");
    assert_eq!(missing["detail"], "there is no block bob2");
    let foreign = world.json(Who::Bank, "/api/blocks?customer=shop").await;
    let unknown = world.json(Who::Bank, "/api/blocks?customer=nobody").await;
    assert_eq!(foreign, unknown);
}

#[tokio::test]
async fn a_look_at_evidence_is_in_the_audit_log() {
    let world = World::new();
    world.json(Who::Shop, "/api/evidence?block=bob1").await;
    let log = world.json(Who::Auditor, "/api/audit?action=evidence.see").await;
    assert_eq!((&log["items"][0]["on"], &log["items"][0]["role"]), (&"block bob1".into(), &"customer".into()));
}

#[tokio::test]
async fn a_problem_says_everything_that_is_wrong() {
    let world = World::new();
    let response = world.call(Who::Operator, "get", "/api/blocks?state=blocked&limit=0&since=x", "").await;
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
    let problem = read(response).await;
    let fields: Vec<_> =
        problem["errors"].as_array().unwrap().iter().filter_map(|error| error["field"].as_str()).collect();
    assert_eq!((problem["status"].as_u64(), fields), (Some(422), vec!["state", "since", "limit"]));
}

#[tokio::test]
async fn pages_go_on_where_the_page_before_ended() {
    let world = World::new();
    let first = world.json(Who::Operator, "/api/blocks?limit=1").await;
    let next = first["next"].as_str().unwrap();
    let second = world.json(Who::Operator, &format!("/api/blocks?limit=1&after={next}")).await;
    assert_ne!(first["items"][0]["reference"], second["items"][0]["reference"]);
    assert_eq!(second["next"], Value::Null);
}

#[tokio::test]
async fn a_ticket_is_answered_by_its_customer_and_decided_by_staff() {
    let world = World::new();
    let answered = world.call(Who::Shop, "post", "/api/tickets/1/answers", r#"{"text": "no, no, no"}"#).await;
    assert_eq!(answered.status(), StatusCode::OK);
    assert_eq!(read(answered).await["messages"][0]["from"], "customer");
    let refused = world.call(Who::Operator, "post", "/api/tickets/1/refuse", r#"{"text": "Change it first."}"#).await;
    assert_eq!(read(refused).await["state"], "refused");
}

#[tokio::test]
async fn the_document_describes_every_route_and_its_references_resolve() {
    let world = World::new();
    let document = world.json(Who::Nobody, "/api/openapi.json").await;
    for route in routes() {
        let described = &document["paths"][route.path][route.method];
        assert!(described["responses"]["200"].is_object(), "{} {}", route.method, route.path);
    }
    let text = document.to_string();
    for reference in text.split("\"#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(document["components"]["schemas"][reference].is_object(), "{reference}");
    }
}

#[tokio::test]
async fn every_parameter_that_is_described_is_understood() {
    let world = World::new();
    let document = world.json(Who::Nobody, "/api/openapi.json").await;
    for route in routes().iter().filter(|route| route.method == "get" && !route.path.contains('{')) {
        for parameter in document["paths"][route.path]["get"]["parameters"].as_array().unwrap() {
            let name = parameter["name"].as_str().unwrap();
            let value = match (name, parameter["schema"]["type"].as_str().unwrap()) {
                ("state", _) => "unblocked",
                ("kind", _) => "ip",
                ("subject" | "owns", _) => "bob@shop.example",
                ("customer" | "block", _) => "shop",
                ("since" | "until", _) => "2026-11-25",
                ("after", _) => "5.7",
                ("destination", _) => "192.0.2.1",
                (_, "integer") => "5",
                (_, "boolean") => "true",
                _ => "some",
            };
            let path = format!("{}?{name}={value}", route.path);
            assert_eq!(world.call(Who::Operator, "get", &path, "").await.status(), StatusCode::OK, "{path}");
        }
    }
    let unknown = world.call(Who::Operator, "get", "/api/blocks?colour=red", "").await;
    assert_eq!(unknown.status(), StatusCode::BAD_REQUEST);
}
