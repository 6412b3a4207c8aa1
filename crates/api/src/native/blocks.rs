//! Blocks: found, looked at, ended.

use std::time::Duration;

use access::Action;
use axum::routing::{get, post};
use limits::Releaser;
use model::{Block, BlockState, SubjectKey, SubjectKind, WayOut};
use pipeline::{BlockAsk, ByHand, NewBlock};

use super::call::{Asked, Call, Named, Told, wait};
use super::parameters::{self, CUSTOMER, KIND, Kind, LIMIT, NEXT, OLDEST, Parameter, SINCE, UNTIL, parameter};
use super::routes::Route;
use super::schema::wire;
use super::types::{Bounded, Text, When, Word};
use super::{Answer, Native, own_service, subject_names, within};

const QUERY: &[Parameter] = &[
    parameter("state", parameters::word::<BlockState>, "Only in this state."),
    KIND,
    parameter(
        "subject",
        parameters::subject,
        "An account, an address, a domain, a network, or the beginning of a name and *.",
    ),
    CUSTOMER,
    SINCE,
    UNTIL,
    parameter("rule", parameters::name, "Only those tripped by this rule."),
    parameter("strike", strike, "Only at this step of the ladder or a higher one."),
    parameter("after", parameters::position, NEXT),
    LIMIT,
    OLDEST,
];

fn strike() -> Kind {
    Kind::of(serde_json::json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }))
}

pub(super) fn routes() -> Vec<Route> {
    use Action::{Block, Release, SeeBlock, Unblock};
    vec![
        Route::reads::<BlockPage>("/api/blocks", SeeBlock, "Find blocks", get(list)).asked(QUERY),
        Route::makes::<BlockView>("/api/blocks", Block, "Block somebody by hand, as an operator", post(begin))
            .told::<BlockWanted>(),
        Route::reads::<BlockView>("/api/blocks/{reference}", SeeBlock, "See a block", get(show)),
        Route::does::<BlockView>(
            "/api/blocks/{reference}/unblock",
            Unblock,
            "End a block whose time is over, as its owner",
            post(unblock),
        ),
        Route::does::<BlockView>(
            "/api/blocks/{reference}/release",
            Release,
            "End a block now, as an operator",
            post(release),
        ),
    ]
}

wire! {
    /// An account, an address or a domain.
    Subject {
        /// What it is.
        kind: Word<SubjectKind>,
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
        /// Where it stands; where `monitored` is true, where it would stand.
        state: Word<BlockState>,
        /// Whether nothing is refused because of it: it began in monitor mode, or monitor mode has begun since.
        monitored: bool,
        /// When it began.
        began_at: When,
        /// How its subject gets out.
        way_out: Word<WayOut>,
        /// Whether the provider's directory has not said yet who owns the subject: it is asked again, and until then the way out
        /// is open and no end is promised.
        awaits_owner: bool,
        /// From when on its owner may end it; null when its way out is not the time.
        unblock_allowed_at: Option<When>,
        /// When it ends by itself; null when somebody has to end it.
        expires_at: Option<When>,
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
        released_at: Option<When>,
        /// By whom: "time", "customer", "operator", "ticket", "report", "password" or "allow-list".
        released_by: Option<String>,
    }
    /// A block to be begun.
    BlockWanted {
        /// What it is for.
        kind: Word<SubjectKind>,
        /// For whom.
        name: Text<1, 320>,
        /// Why, in one line, as the customer reads it in the refusal and in the letter.
        reason: Text<1, { ByHand::MAX_REASON }>,
        /// For so many seconds; when it is left out, as long as the next step of the ladder.
        length_seconds: Option<Bounded<60, 31_622_400>>,
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
        Self { kind: Word(subject.kind()), name: subject.name() }
    }
}

impl Native {
    pub(super) fn view(&self, block: Block) -> BlockView {
        let customer = self.owner_of(&block.subject);
        BlockView::of(block, customer)
    }
}

impl BlockView {
    /// The block; `customer` is the service that owns its subject.
    pub(super) fn of(block: Block, customer: Option<String>) -> Self {
        let (by_time, awaits_owner) = (block.way_out == WayOut::Time, block.awaits_owner());
        let until = When(block.until());
        let (released_at, released_by) = block.released.unzip();
        Self {
            reference: block.reference.to_string(),
            subject: Subject::of(&block.subject),
            customer,
            state: Word(block.state),
            monitored: block.reason.monitored,
            began_at: When(block.since),
            way_out: Word(block.way_out),
            awaits_owner,
            unblock_allowed_at: by_time.then_some(until),
            expires_at: (by_time && block.automatic_release).then_some(until),
            strikes: block.strike,
            rule: block.reason.rule,
            reason: block.reason.sentence,
            messages: block.messages,
            spam: block.spam,
            refused_attempts: block.attempts,
            released_at: released_at.map(When),
            released_by,
        }
    }
}

async fn begin(call: Call, Told(wanted): Told<BlockWanted>) -> Answer<BlockView> {
    call.by_staff(Action::Block, move |native, actor| {
        let BlockWanted { kind, name, reason, length_seconds } = wanted;
        let subject = subject_names::meant(kind.0, &name.0)?;
        native.note(actor, Action::Block, &subject.to_string(), &reason.0)?;
        let length = length_seconds.map(|seconds| Duration::from_secs(seconds.0));
        let wanted = NewBlock { subject, length, reason: reason.0 };
        Ok(native.view(wait(native.by_hand.begin(&wanted))?))
    })
    .await
}

async fn list(call: Call, Asked(ask): Asked<BlockAsk>) -> Answer<BlockPage> {
    call.aside(move |native, actor| {
        own_service(&actor.principal, ask.customer.as_deref())?;
        let directory = native.search.directory();
        let (mut filter, page) = ask.read(&directory)?;
        filter.within = within(&actor.principal, &directory, filter.within);
        let found = native.search.blocks(&filter, &page)?;
        let items = found.rows.into_iter().map(|block| native.view(block)).collect();
        Ok(BlockPage { items, next: found.next.map(|next| next.to_string()) })
    })
    .await
}

async fn show(call: Call, Named(text): Named<String>) -> Answer<BlockView> {
    call.aside(move |native, actor| {
        let block = native.block_for(actor, Action::SeeBlock, &text)?;
        Ok(native.view(block))
    })
    .await
}

/// Its owner ends it, when its time is over.
async fn unblock(call: Call, text: Named<String>) -> Answer<BlockView> {
    end(call, text, Action::Unblock, Releaser::Customer).await
}

/// An operator ends it, at any time.
async fn release(call: Call, text: Named<String>) -> Answer<BlockView> {
    end(call, text, Action::Release, Releaser::Operator).await
}

async fn end(call: Call, Named(text): Named<String>, action: Action, by: Releaser) -> Answer<BlockView> {
    call.aside(move |native, actor| {
        let block = native.block_for(actor, action, &text)?;
        native.note(actor, action, &format!("block {}", block.reference), "")?;
        Ok(native.view(wait(native.desk.release(&block.reference, by))?))
    })
    .await
}
