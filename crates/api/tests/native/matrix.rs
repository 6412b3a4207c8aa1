//! Who may do what on every route, on his own things and on others', and what of it is in the audit log.

use access::{Action, AuditQuery};
use api::native::{Route, routes};
use axum::http::StatusCode;

use crate::world::{Who, World};

/// What a customer may do to what is his.
const OPEN_TO_CUSTOMERS: &[Action] = &[
    Action::SeeBlock,
    Action::SeeEvidence,
    Action::Unblock,
    Action::SeeTicket,
    Action::AnswerTicket,
    Action::KeepTicket,
    Action::SeeReport,
    Action::Report,
    Action::SeeSubject,
    Action::SeeCounters,
    Action::Diagnose,
    Action::SeeDiagnosis,
    Action::SeeCustomer,
];

/// What the state of Bob's things does not allow.
const CONFLICTS: &[(&str, &str)] = &[
    ("post", "/api/blocks/{reference}/unblock"),
    ("post", "/api/accounts/{account}/password-changed"),
    ("delete", "/api/diagnoses/{diagnosis}"),
    ("post", "/api/tickets/{ticket}/reopen"),
];

/// A list, or a call that names what it is about elsewhere than in its path.
fn names_nobody(route: &Route) -> bool {
    !route.path.contains('{') && route.method == "get"
}

fn expected(who: Who, route: &Route) -> StatusCode {
    let open = OPEN_TO_CUSTOMERS.contains(&route.action);
    let allowed = if CONFLICTS.contains(&(route.method, route.path)) {
        StatusCode::CONFLICT
    } else {
        StatusCode::from_u16(route.status).unwrap()
    };
    match who {
        Who::Nobody => StatusCode::UNAUTHORIZED,
        Who::Operator => allowed,
        Who::Auditor if route.action.changes() => StatusCode::FORBIDDEN,
        Who::Auditor => allowed,
        Who::Shop if open => allowed,
        Who::Bank if open && names_nobody(route) => allowed,
        Who::Shop | Who::Bank => StatusCode::NOT_FOUND,
    }
}

#[tokio::test]
async fn every_route_for_everybody_on_own_and_foreign_things() {
    let mut wrong = Vec::new();
    for route in routes() {
        for who in Who::ALL {
            let status = World::new().fit(who, &route).await.status();
            let expected = expected(who, &route);
            if status != expected {
                wrong.push(format!("{who:?} {} {}: {status}, expected {expected}", route.method, route.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is shown there is of messages.
const EVIDENCE: &[&str] = &[
    "/api/evidence",
    "/api/blocks/{reference}/evidence",
    "/api/subjects/{kind}/{name}/history",
    "/api/reports",
    "/api/reports/{report}",
    "/api/reports/{report}/message",
    "/api/webhooks/{hook}/events/{event}",
];

fn noted(world: &World) -> Vec<(String, String)> {
    let lines = world.gate.audit(&AuditQuery { limit: 100, ..AuditQuery::default() }).unwrap();
    lines.into_iter().map(|line| (line.who, line.action)).collect()
}

#[tokio::test]
async fn every_change_and_every_look_at_evidence_is_in_the_audit_log() {
    for route in routes() {
        let world = World::new();
        world.fit(Who::Operator, &route).await;
        let lines = noted(&world);
        let by_key = lines.iter().filter(|(who, _)| who.starts_with("key "));
        let actions: Vec<_> = by_key.map(|(_, action)| action.as_str()).collect();
        if route.action.changes() && route.method != "get" {
            assert!(actions.contains(&route.action.as_str()), "{} {}: {lines:?}", route.method, route.path);
        } else if EVIDENCE.contains(&route.path) {
            assert!(!actions.is_empty(), "{} {}: {lines:?}", route.method, route.path);
        }
    }
}

#[tokio::test]
async fn what_is_refused_changes_nothing_and_is_not_noted_as_done() {
    for route in routes() {
        for who in [Who::Nobody, Who::Auditor, Who::Bank] {
            let world = World::new();
            let response = world.fit(who, &route).await;
            if response.status().is_client_error() && route.method != "get" {
                let by_key = noted(&world).into_iter().filter(|(who, _)| who.starts_with("key ")).count();
                assert_eq!(by_key, 0, "{who:?} {} {}", route.method, route.path);
            }
        }
    }
}
