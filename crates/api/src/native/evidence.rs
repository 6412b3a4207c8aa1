//! Flagged messages: every look at them is in the audit log.

use access::{Action, Actor};
use axum::routing::get;
use limits::{EvidencePosition, FoundEvidence};
use model::{Evidence, Hit};
use pipeline::EvidenceAsk;

use super::blocks::Subject;
use super::call::{Asked, Call, Named};
use super::parameters::{self, CUSTOMER, Kind, LIMIT, NEXT, OLDEST, Parameter, SINCE, UNTIL, parameter};
use super::problem::Problem;
use super::routes::Route;
use super::schema::wire;
use super::types::When;
use super::{Answer, Native, own_service, within};

const QUERY: &[Parameter] = &[
    parameter("block", parameters::reference, "Only of the block of this reference."),
    parameter("subject", parameters::whole_subject, "Only of blocks of this account, address, domain or network."),
    CUSTOMER,
    SINCE,
    UNTIL,
    parameter("message_id", message_id, "Only with this Message-ID."),
    parameter("destination", parameters::address, "Only those that were going to this address."),
    parameter("score", score, "Only with this score or a higher one."),
    parameter("after", cursor, NEXT),
    LIMIT,
    OLDEST,
];

fn message_id() -> Kind {
    let pattern = "^<?[!-;=?-~]{1,900}>?$";
    let schema = serde_json::json!({ "type": "string", "pattern": pattern, "examples": ["<1@shop.example>"] });
    Kind::read(schema, |text| pipeline::message_id(text).is_some(), "a Message-ID")
}

fn score() -> Kind {
    Kind::of(serde_json::json!({ "type": "integer", "minimum": i32::MIN, "maximum": i32::MAX }))
}

/// A time in milliseconds and a number.
fn cursor() -> Kind {
    Kind::cursor("^[0-9]{1,15}\\.[0-9]{1,15}$", |text| EvidencePosition::parse(text).is_some())
}

pub(super) fn routes() -> Vec<Route> {
    use Action::SeeEvidence;
    let of_block = "/api/blocks/{reference}/evidence";
    vec![
        Route::reads::<EvidencePage>("/api/evidence", SeeEvidence, "Find flagged messages", get(list)).asked(QUERY),
        Route::reads::<EvidencePage>(of_block, SeeEvidence, "See a block's flagged messages", get(of)).asked(OF_BLOCK),
    ]
}

const OF_BLOCK: &[Parameter] = &[parameter("after", cursor, NEXT), LIMIT, OLDEST];

wire! {
    /// One observation about a message.
    SignalView {
        /// Which signal.
        signal: String,
        /// What it adds; may be negative.
        points: i32,
        /// Why, as a sentence.
        why: String,
    }
    /// A flagged message: what is kept of it. The message itself is not.
    EvidenceView {
        /// Its number.
        id: u64,
        /// The block's reference.
        block: String,
        /// Whom the block stops.
        subject: Subject,
        /// When it was judged.
        judged_at: When,
        /// Its Message-ID.
        message_id: Option<String>,
        /// Its queue id at the mail server.
        queue_id: Option<String>,
        /// Its score; 100 is spam by default.
        score: i32,
        /// The signals, most points first.
        signals: Vec<SignalView>,
        /// The address it came from.
        client_ip: Option<String>,
        /// How many recipients it had.
        recipients: u32,
        /// The domain of the first recipient.
        destination_domain: Option<String>,
        /// The address it was going to.
        destination_ip: Option<String>,
        /// From, To, Subject, Date and Message-ID as they were sent.
        headers: String,
    }
    /// Some flagged messages.
    EvidencePage {
        /// The messages, in the order that was asked for.
        items: Vec<EvidenceView>,
        /// What to give as `after` for the next page; null: this is the last.
        next: Option<String>,
    }
}

impl From<Hit> for SignalView {
    fn from(hit: Hit) -> Self {
        Self { signal: hit.signal.0.into_owned(), points: hit.points, why: hit.why }
    }
}

async fn list(call: Call, Asked(ask): Asked<EvidenceAsk>) -> Answer<EvidencePage> {
    call.aside(move |native, actor| native.evidence(actor, &ask)).await
}

async fn of(call: Call, Named(text): Named<String>, Asked(ask): Asked<OfBlock>) -> Answer<EvidencePage> {
    let OfBlock { after, limit, oldest } = ask;
    call.aside(move |native, actor| {
        let block = native.block_for(actor, Action::SeeEvidence, &text)?;
        let block = Some(block.reference.to_string());
        native.evidence(actor, &EvidenceAsk { block, after, limit, oldest, ..EvidenceAsk::default() })
    })
    .await
}

#[derive(Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
struct OfBlock {
    after: Option<String>,
    limit: Option<usize>,
    oldest: bool,
}

impl Native {
    fn evidence(&self, actor: &Actor, ask: &EvidenceAsk) -> Result<EvidencePage, Problem> {
        own_service(&actor.principal, ask.customer.as_deref())?;
        let directory = self.search.directory();
        let (mut filter, page) = ask.read(&directory)?;
        filter.within = within(&actor.principal, &directory, filter.within);
        let on = filter.block.as_ref().map_or_else(|| "blocks".to_owned(), |reference| format!("block {reference}"));
        self.note(actor, Action::SeeEvidence, &on, "")?;
        let found = self.search.evidence(&filter, &page)?;
        let items = found.rows.into_iter().map(view).collect();
        Ok(EvidencePage { items, next: found.next.map(|next| next.to_string()) })
    }
}

pub(super) fn view(found: FoundEvidence) -> EvidenceView {
    let FoundEvidence { id, block, subject, evidence } = found;
    let Evidence { at, message_id, queue_id, score, hits, client, recipients, destination_domain, .. } = evidence;
    EvidenceView {
        id,
        block: block.to_string(),
        subject: Subject::of(&subject),
        judged_at: When(at),
        message_id: message_id.map(|id| id.to_string()),
        queue_id: queue_id.map(|id| id.to_string()),
        score,
        signals: hits.into_iter().map(SignalView::from).collect(),
        client_ip: client.map(|client| client.ip().to_string()),
        recipients,
        destination_domain: destination_domain.map(|domain| domain.to_string()),
        destination_ip: evidence.destination_ip.map(|ip| ip.to_string()),
        headers: evidence.headers,
    }
}
