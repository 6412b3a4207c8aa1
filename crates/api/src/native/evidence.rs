//! Flagged messages: every look at them is in the audit log.

use std::sync::Arc;

use access::Action;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use limits::FoundEvidence;
use model::Evidence;
use pipeline::EvidenceAsk;

use super::blocks::Subject;
use super::caller::Caller;
use super::schema::wire;
use super::{Answer, Native, own_service, within};

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
        /// When it was judged (RFC 3339).
        judged_at: String,
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

pub(super) async fn list(
    State(native): State<Arc<Native>>,
    Caller(actor): Caller,
    query: Result<Query<EvidenceAsk>, QueryRejection>,
) -> Answer<EvidencePage> {
    let Query(ask) = query?;
    let found = native.aside(move |native| {
        own_service(&actor.principal, ask.customer.as_deref())?;
        let directory = native.search.directory();
        let (mut filter, page) = ask.read(&directory)?;
        filter.within = within(&actor.principal, &directory, filter.within);
        let on = filter.block.as_ref().map_or_else(|| "blocks".to_owned(), |reference| format!("block {reference}"));
        native.note(&actor, Action::SeeEvidence, &on, "")?;
        let found = native.search.evidence(&filter, &page)?;
        let items = found.rows.into_iter().map(view).collect();
        Ok(EvidencePage { items, next: found.next.map(|next| next.to_string()) })
    });
    found.await.map(Json)
}

fn view(found: FoundEvidence) -> EvidenceView {
    let FoundEvidence { id, block, subject, evidence } = found;
    let Evidence { at, message_id, queue_id, score, hits, client, recipients, destination_domain, .. } = evidence;
    let signal = |hit: model::Hit| SignalView { signal: hit.signal.0.into_owned(), points: hit.points, why: hit.why };
    EvidenceView {
        id,
        block: block.to_string(),
        subject: Subject::of(&subject),
        judged_at: at.to_string(),
        message_id: message_id.map(|id| id.to_string()),
        queue_id: queue_id.map(|id| id.to_string()),
        score,
        signals: hits.into_iter().map(signal).collect(),
        client_ip: client.map(|client| client.ip().to_string()),
        recipients,
        destination_domain: destination_domain.map(|domain| domain.to_string()),
        destination_ip: evidence.destination_ip.map(|ip| ip.to_string()),
        headers: evidence.headers,
    }
}
