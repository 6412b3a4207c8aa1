//! Portreeve's own API, under /api: JSON, bearer tokens, pages by cursor, problems as RFC 9457 describes them.
//!
//! One table of routes ([`routes`]) makes the router, the OpenAPI document and the test of who may do what. Every change and
//! every look at evidence is in the audit log before it happens.

mod accounts;
mod audit;
mod blocks;
mod caller;
mod customers;
mod evidence;
mod keys;
mod openapi;
mod parameters;
mod problem;
mod routes;
mod schema;
mod tickets;

use std::sync::Arc;

use ::customers::Directory;
use access::{Action, Actor, Gate, Owner, Principal, Reach, Ruling, may};
use axum::Json;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use limits::Holdings;
use model::{Block, BlockRef, SubjectKey};
use pipeline::{Desk, Search, Tickets};

use problem::Problem;
pub use routes::{Route, routes};

/// Requests carry sentences, not messages.
const MAX_BODY: usize = 64 << 10;

type Answer<T> = Result<Json<T>, Problem>;

/// The use cases behind the API.
pub struct Native {
    gate: Arc<Gate>,
    desk: Arc<Desk>,
    tickets: Arc<Tickets>,
    search: Arc<Search>,
}

impl Native {
    /// Over the running daemon.
    pub fn new(gate: Arc<Gate>, tickets: Arc<Tickets>, search: Arc<Search>) -> Self {
        Self { gate, desk: tickets.desk(), tickets, search }
    }

    /// Does what waits for the disk on a thread where waiting harms nobody; carried through, even when the client hangs up.
    async fn aside<T: Send + 'static>(
        self: Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        tokio::task::spawn_blocking(move || work(&self)).await.unwrap_or_else(|_| Err(Problem::cut_off()))
    }

    fn service_of(&self, subject: &SubjectKey) -> String {
        self.search.directory().owner(subject).service.clone()
    }

    /// Whether somebody may do that to a block and what belongs to it; what he may not see is not there.
    fn admit(&self, actor: &Actor, action: Action, subject: &SubjectKey, block: &BlockRef) -> Result<(), Problem> {
        let service = self.service_of(subject);
        ruled(may(&actor.principal, action, Owner::Block { service: &service, reference: block }))
    }

    fn note(&self, actor: &Actor, action: Action, on: &str, detail: &str) -> Result<(), Problem> {
        Ok(self.gate.note(actor, action, on, detail)?)
    }

    fn block_for(&self, actor: &Actor, action: Action, text: &str) -> Result<Block, Problem> {
        let reference = reference(text)?;
        let block = self.desk.case_file(&reference)?.block;
        self.admit(actor, action, &block.subject, &block.reference).map_err(|problem| problem.about_block(text))?;
        Ok(block)
    }
}

/// Staff asks for what is the site's; customers are told that there is no such thing.
fn staff(actor: &Actor, action: Action) -> Result<(), Problem> {
    ruled(may(&actor.principal, action, Owner::Site))
}

fn ruled(ruling: Ruling) -> Result<(), Problem> {
    match ruling {
        Ruling::Allowed => Ok(()),
        Ruling::Forbidden => Err(Problem::forbidden()),
        Ruling::Hidden => Err(Problem::nothing()),
    }
}

/// What somebody may find, within what he asked for.
fn within(principal: &Principal, directory: &Directory, asked: Option<Holdings>) -> Option<Holdings> {
    let Principal::Customer(reach) = principal else { return asked };
    let owned = match reach {
        Reach::Services(services) => services.iter().filter_map(|service| directory.holdings(service)),
        Reach::Block(_) => return Some(Holdings::none()),
    };
    let owned = owned.fold(Holdings::none(), Holdings::and);
    Some(asked.map_or_else(|| owned.clone(), |asked| asked.common(&owned)))
}

/// A customer who names another's service is told what he would be told of one that isn't there.
fn own_service(principal: &Principal, asked: Option<&str>) -> Result<(), Problem> {
    match (principal, asked) {
        (Principal::Customer(Reach::Services(services)), Some(asked)) if !services.contains(asked) => {
            Err(Problem::field("customer", "no customer has a service of that name"))
        }
        _ => Ok(()),
    }
}

/// A reference as it may stand in a path. Anything else is no block's, and asks no store.
fn reference(text: &str) -> Result<BlockRef, Problem> {
    let fits = text.len() <= BlockRef::MAX && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    BlockRef::new(text).filter(|_| fits).ok_or_else(|| Problem::nothing().about_block(text))
}

/// Everything under /api.
pub fn router(native: Arc<Native>) -> Router {
    let calls = routes().into_iter().fold(Router::new(), |router, route| router.route(route.path, (route.call)()));
    calls
        .route("/api/openapi.json", get(openapi::show))
        .route("/api/{*rest}", axum::routing::any(|| async { Problem::nothing() }))
        .method_not_allowed_fallback(|| async { Problem::wrong_method() })
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(native)
}
