//! Every route: method, path, what is asked of `access`, and what goes in and out. Router, OpenAPI document and the matrix
//! of who may do what are made of it.

use std::sync::Arc;

use access::Action;
use axum::routing::{MethodRouter, delete, get, post};
use serde_json::Value;

use super::parameters::{self, Parameter};
use super::schema::{Components, Schema};
use super::{Native, accounts, audit, blocks, customers, evidence, keys, tickets};

type Describe = fn(&mut Components) -> Value;

/// One route.
pub struct Route {
    /// "get", "post" or "delete".
    pub method: &'static str,
    /// The path, parameters in braces.
    pub path: &'static str,
    /// What the caller must be allowed to do.
    pub action: Action,
    /// What it does, in a few words.
    pub summary: &'static str,
    pub(super) query: &'static [Parameter],
    pub(super) body: Option<Describe>,
    pub(super) answer: Describe,
    pub(super) call: fn() -> MethodRouter<Arc<Native>>,
}

const fn reads<T: Schema>(
    path: &'static str,
    action: Action,
    summary: &'static str,
    query: &'static [Parameter],
    call: fn() -> MethodRouter<Arc<Native>>,
) -> Route {
    Route { method: "get", path, action, summary, query, body: None, answer: T::describe, call }
}

const fn does<T: Schema>(
    path: &'static str,
    action: Action,
    summary: &'static str,
    body: Option<Describe>,
    call: fn() -> MethodRouter<Arc<Native>>,
) -> Route {
    Route { method: "post", path, action, summary, query: &[], body, answer: T::describe, call }
}

/// All routes that need a key.
pub fn routes() -> Vec<Route> {
    use Action::{
        AnswerTicket, DecideTicket, ManageAccess, Release, SeeAudit, SeeBlock, SeeCustomer, SeeEvidence, SeeTicket,
        TellPassword, Unblock,
    };
    let text: Option<Describe> = Some(tickets::TicketText::describe);
    let (changed, wanted): (Option<Describe>, Option<Describe>) =
        (Some(accounts::PasswordChanged::describe), Some(keys::KeyWanted::describe));
    vec![
        reads::<blocks::BlockPage>("/api/blocks", SeeBlock, "Find blocks", parameters::BLOCKS, || get(blocks::list)),
        reads::<blocks::BlockView>("/api/blocks/{reference}", SeeBlock, "See a block", &[], || get(blocks::show)),
        does::<blocks::BlockView>(
            "/api/blocks/{reference}/unblock",
            Unblock,
            "End a block whose time is over, as its owner",
            None,
            || post(blocks::unblock),
        ),
        does::<blocks::BlockView>(
            "/api/blocks/{reference}/release",
            Release,
            "End a block now, as an operator",
            None,
            || post(blocks::release),
        ),
        reads::<evidence::EvidencePage>(
            "/api/evidence",
            SeeEvidence,
            "Find flagged messages",
            parameters::EVIDENCE,
            || get(evidence::list),
        ),
        reads::<tickets::TicketList>("/api/tickets", SeeTicket, "Find tickets", parameters::TICKETS, || {
            get(tickets::list)
        }),
        reads::<tickets::TicketView>("/api/tickets/{id}", SeeTicket, "See a ticket", &[], || get(tickets::show)),
        does::<tickets::TicketView>("/api/tickets/{id}/answers", AnswerTicket, "Answer as the customer", text, || {
            post(tickets::answers)
        }),
        does::<tickets::TicketView>("/api/tickets/{id}/reply", DecideTicket, "Write to the customer", text, || {
            post(tickets::reply)
        }),
        does::<tickets::TicketView>("/api/tickets/{id}/approve", DecideTicket, "Release the account", None, || {
            post(tickets::approve)
        }),
        does::<tickets::TicketView>(
            "/api/tickets/{id}/refuse",
            DecideTicket,
            "Keep it blocked, and say why",
            text,
            || post(tickets::refuse),
        ),
        does::<tickets::TicketView>("/api/tickets/{id}/close", DecideTicket, "Take no more answers", None, || {
            post(tickets::close)
        }),
        reads::<customers::CustomerPage>(
            "/api/customers",
            SeeCustomer,
            "Find customers",
            parameters::CUSTOMERS,
            || get(customers::list),
        ),
        reads::<customers::CustomerView>("/api/customers/{service}", SeeCustomer, "See a customer", &[], || {
            get(customers::show)
        }),
        does::<blocks::BlockView>(
            "/api/accounts/{account}/password-changed",
            TellPassword,
            "Tell that a password was changed",
            changed,
            || post(accounts::password_changed),
        ),
        reads::<audit::AuditPage>("/api/audit", SeeAudit, "Read the audit log", parameters::AUDIT, || get(audit::list)),
        reads::<keys::KeyList>("/api/keys", ManageAccess, "See every key", &[], || get(keys::list)),
        does::<keys::KeyMade>("/api/keys", ManageAccess, "Make a key", wanted, || post(keys::make)),
        Route {
            method: "delete",
            call: || delete(keys::revoke),
            ..does::<keys::KeyView>("/api/keys/{id}", ManageAccess, "Revoke a key", None, || delete(keys::revoke))
        },
    ]
}
