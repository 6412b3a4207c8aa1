//! Blocks: found, looked at, ended.

use std::sync::Arc;

use access::Action;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use limits::Releaser;
use model::{Block, SubjectKey, Timestamp, WayOut};
use pipeline::BlockAsk;

use super::caller::Caller;
use super::schema::wire;
use super::{Answer, Native, own_service, within};

wire! {
    /// An account, an address or a domain.
    Subject {
        /// "account", "ip" or "domain".
        kind: String,
        /// Its name; an IPv6 address by its /64.
        name: String,
    }
    /// One block of one subject.
    BlockView {
        /// Its public reference.
        reference: String,
        /// Whom it stops.
        subject: Subject,
        /// The service that owns the subject, when one is known to.
        customer: Option<String>,
        /// "blockedForSpam", "unblocking" or "unblocked".
        state: String,
        /// When it began (RFC 3339).
        began_at: String,
        /// How its subject gets out: "time", "ticket" or "password".
        way_out: String,
        /// From when on its owner may end it; null when its way out is not the time.
        unblock_allowed_at: Option<String>,
        /// When it ends by itself; null when somebody has to end it.
        expires_at: Option<String>,
        /// The step of the ladder, from 1.
        strikes: u32,
        /// The trip rule.
        rule: String,
        /// Why, as a sentence.
        reason: String,
        /// Messages in the rule's window when it tripped.
        messages: u64,
        /// Spam among them.
        spam: u64,
        /// Attempts to send that were refused since.
        refused_attempts: u64,
        /// When it was released.
        released_at: Option<String>,
        /// By whom: "time", "customer", "operator", "ticket" or "password".
        released_by: Option<String>,
    }
    /// Some blocks.
    BlockPage {
        /// The blocks, in the order that was asked for. A page may be shorter than the limit and have others behind it.
        items: Vec<BlockView>,
        /// What to give as `after` for the next page; null: this is the last.
        next: Option<String>,
    }
}

impl Subject {
    pub(super) fn of(subject: &SubjectKey) -> Self {
        Self { kind: subject.kind().to_string(), name: subject.name() }
    }
}

impl Native {
    pub(super) fn view(&self, block: Block) -> BlockView {
        let by_time = block.way_out == WayOut::Time;
        let until = block.until().to_string();
        let service = self.service_of(&block.subject);
        let (released_at, released_by) = block.released.unzip();
        BlockView {
            reference: block.reference.to_string(),
            subject: Subject::of(&block.subject),
            customer: (!service.is_empty()).then_some(service),
            state: block.state.as_str().to_owned(),
            began_at: block.since.to_string(),
            way_out: block.way_out.as_str().to_owned(),
            unblock_allowed_at: by_time.then(|| until.clone()),
            expires_at: (by_time && block.automatic_release).then_some(until),
            strikes: block.strike,
            rule: block.reason.rule,
            reason: block.reason.sentence,
            messages: block.messages,
            spam: block.spam,
            refused_attempts: block.attempts,
            released_at: released_at.map(|time: Timestamp| time.to_string()),
            released_by,
        }
    }
}

pub(super) async fn list(
    State(native): State<Arc<Native>>,
    Caller(actor): Caller,
    query: Result<Query<BlockAsk>, QueryRejection>,
) -> Answer<BlockPage> {
    let Query(ask) = query?;
    let found = native.aside(move |native| {
        own_service(&actor.principal, ask.customer.as_deref())?;
        let directory = native.search.directory();
        let (mut filter, page) = ask.read(&directory)?;
        filter.within = within(&actor.principal, &directory, filter.within);
        let found = native.search.blocks(&filter, &page)?;
        let items = found.rows.into_iter().map(|block| native.view(block)).collect();
        Ok(BlockPage { items, next: found.next.map(|next| next.to_string()) })
    });
    found.await.map(Json)
}

pub(super) async fn show(
    State(native): State<Arc<Native>>,
    Caller(actor): Caller,
    Path(text): Path<String>,
) -> Answer<BlockView> {
    let shown = native.aside(move |native| {
        let block = native.block_for(&actor, Action::SeeBlock, &text)?;
        Ok(native.view(block))
    });
    shown.await.map(Json)
}

/// Its owner ends it, when its time is over.
pub(super) async fn unblock(native: State<Arc<Native>>, caller: Caller, text: Path<String>) -> Answer<BlockView> {
    end(native, caller, text, Action::Unblock, Releaser::Customer).await
}

/// An operator ends it, at any time.
pub(super) async fn release(native: State<Arc<Native>>, caller: Caller, text: Path<String>) -> Answer<BlockView> {
    end(native, caller, text, Action::Release, Releaser::Operator).await
}

async fn end(
    State(native): State<Arc<Native>>,
    Caller(actor): Caller,
    Path(text): Path<String>,
    action: Action,
    by: Releaser,
) -> Answer<BlockView> {
    let runtime = tokio::runtime::Handle::current();
    let ended = native.aside(move |native| {
        let block = native.block_for(&actor, action, &text)?;
        native.note(&actor, action, &format!("block {}", block.reference), "")?;
        let block = runtime.block_on(native.desk.release(&block.reference, by))?;
        Ok(native.view(block))
    });
    ended.await.map(Json)
}
