//! Portreeve's own API, under /api: JSON, bearer tokens, pages by cursor, problems as RFC 9457 describes them.
//!
//! One table of routes ([`routes`]) makes the router, the OpenAPI document and the test of who may do what. Every change and
//! every look at evidence is in the audit log before it happens.

mod accounts;
mod audit;
mod blocks;
mod call;
mod caller;
mod concerns;
mod configuration;
mod credentials;
mod customer_changes;
mod customer_imports;
mod customers;
mod diagnoses;
pub mod documents;
mod door;
mod events;
mod evidence;
mod examples;
mod exemptions;
mod fingerprints;
mod fit;
mod keys;
mod lessons;
mod letters;
mod links;
mod lockouts;
mod once;
mod openapi;
mod openings;
mod owners;
mod paging;
mod parameters;
mod problem;
mod query;
mod refusals;
mod replays;
mod reports;
mod routes;
mod scans;
mod schema;
mod sieve;
mod site;
mod subject_names;
mod subjects;
mod templates;
mod ticket_views;
mod tickets;
mod types;
mod users;
mod versions;
mod webhooks;
mod workshop;

use std::sync::Arc;

use ::customers::Directory;
use ::customers::registry::Registry;
use ::webhooks::Webhooks;
use access::{Action, Actor, Answers, Gate, Owner, Principal, Reach, Ruling, may};
use alerts::OutboxHandle;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use axum::{Json, Router};
use diagnostics::Diagnoses;
use limits::{Holdings, Ledger, LetterStore};
use model::{Block, BlockRef, SubjectKey};
use pipeline::{ByHand, Desk, Fingerprints, Live, Logins, Reports, School, Search, Standings, Tickets};

use door::Door;
use once::Once;
use problem::Problem;
pub use routes::{Route, routes};
pub use workshop::{Files, Health, Letter, Mistake, NoReplay, Part, Setting, SettingsTable, Workshop};

/// Requests carry sentences, not messages.
/// The longest text has 8000 characters, and JSON may write each of them as two escapes of six bytes.
const MAX_BODY: usize = 128 << 10;
/// The largest message: what `reports.max_size` can be set to.
const MAX_MESSAGE: usize = 16 << 20;
/// The media type of a message (RFC 2046 5.2.1).
const MAIL: &str = "message/rfc822";

type Answer<T> = Result<Json<T>, Problem>;

/// The use cases behind the API.
pub struct Native {
    /// Who somebody is.
    pub gate: Arc<Gate>,
    /// Blocks.
    pub desk: Arc<Desk>,
    /// Tickets.
    pub tickets: Arc<Tickets>,
    /// Blocks by hand.
    pub by_hand: Arc<ByHand>,
    /// How somebody stands.
    pub standings: Arc<Standings>,
    /// Search over blocks and flagged messages.
    pub search: Arc<Search>,
    /// Counters.
    pub ledger: Arc<Ledger>,
    /// What changes.
    pub live: Arc<Live>,
    /// Calls that are carried out once.
    pub answers: Arc<Answers>,
    /// False-positive reports and exemptions.
    pub reports: Arc<Reports>,
    /// Diagnoses.
    pub diagnoses: Arc<Diagnoses>,
    /// Failed logins.
    pub logins: Arc<Logins>,
    /// Confirmed messages.
    pub fingerprints: Arc<Fingerprints>,
    /// What can be learned of a message.
    pub school: Arc<School>,
    /// Who owns what, and changes of it.
    pub customers: Arc<Registry>,
    /// Letters.
    pub letters: Arc<dyn LetterStore>,
    /// Who sends them.
    pub outbox: OutboxHandle,
    /// Webhooks.
    pub webhooks: Webhooks,
    /// The daemon as a whole.
    pub workshop: Arc<dyn Workshop>,
    /// What addresses of the console begin with.
    pub base: String,
}

impl Native {
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
        self.admit(actor, action, &block.subject, &block.reference).map_err(|problem| problem.about("block", text))?;
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
    BlockRef::new(text).filter(|_| fits).ok_or_else(|| Problem::nothing().about("block", text))
}

/// Everything under /api.
pub fn router(native: Arc<Native>) -> Router {
    let calls = routes().into_iter().fold(Router::new(), |router, route| add(router, route, &native));
    calls
        .route("/api/openapi.json", get(openapi::show))
        .route("/api", axum::routing::any(|| async { Problem::nothing() }))
        .route("/api/", axum::routing::any(|| async { Problem::nothing() }))
        .route("/api/{*rest}", axum::routing::any(|| async { Problem::nothing() }))
        .method_not_allowed_fallback(|| async { Problem::wrong_method() })
        .with_state(native)
}

/// Whoever has no key learns nothing, whatever he sends; whoever has one is answered once for each idempotency key.
fn add(router: Router<Arc<Native>>, route: Route, native: &Arc<Native>) -> Router<Arc<Native>> {
    let (door, most) = (Door::of(&route), route.most);
    let once = Once { native: Arc::clone(native), most, status: route.status, is_unsafe: route.is_unsafe() };
    let call = route.call.route_layer(DefaultBodyLimit::max(most));
    let call = call.route_layer(from_fn(move |request, next| once::enter(once.clone(), request, next)));
    let call = call.route_layer(from_fn(move |request, next| door::enter(door, request, next)));
    router.route(route.path, call.route_layer(from_fn_with_state(Arc::clone(native), caller::enter)))
}
