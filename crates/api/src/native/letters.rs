//! Letters: what became of those that were written, sent at once or given up.

use access::{Action, Actor};
use alerts::{LetterError, OutboxHandle};
use axum::routing::{delete, get, post};
use limits::{AlertJob, Bounce, LetterName, LetterPlace, LetterState, Matter, Owed, Posted};
use serde::Deserialize;

use super::call::{Asked, Call, Named};
use super::paging::{PLACE, Slice, cut};
use super::parameters::{self, Kind, LIMIT, NEXT, Parameter, parameter};
use super::problem::Problem;
use super::routes::Route;
use super::schema::wire;
use super::types::{Limit, When, Word};
use super::{Answer, Native};

const QUERY: &[Parameter] = &[
    parameter("state", parameters::word::<LetterState>, "Only in this state."),
    parameter("after", place, NEXT),
    LIMIT,
];
const BOUNCED: &[Parameter] =
    &[parameter("block", parameters::reference, "Only letters about the block of this reference."), PLACE, LIMIT];

/// A time in milliseconds, which letter, and what it is about.
fn place() -> Kind {
    let pattern = "^[0-9]{1,15}\\.[0-9]{1,6}\\.[A-Za-z0-9-]{1,32}$";
    Kind::cursor(pattern, |text| LetterPlace::parse(text).is_some())
}

pub(super) fn routes() -> Vec<Route> {
    use Action::{ChangeSite, SeeSite};
    let (one, send) = ("/api/letters/{letter}", "/api/letters/{letter}/send");
    vec![
        Route::reads::<LetterPage>("/api/letters", SeeSite, "See letters and what became of them", get(list))
            .asked(QUERY),
        Route::reads::<LetterView>(one, SeeSite, "See a letter and what became of it", get(show)),
        Route::does::<LetterView>(send, ChangeSite, "Try a letter at once that was not sent yet", post(self::send)),
        Route::removes::<LetterView>(one, ChangeSite, "Give a letter up that was not sent yet", delete(give_up)),
        Route::reads::<BounceList>("/api/bounces", SeeSite, "See letters that did not arrive", get(bounces))
            .asked(BOUNCED),
    ]
}

wire! {
    /// A letter that did not reach a recipient.
    BounceView {
        /// The reference of the block it is about; null when it is about a ticket that no block has opened.
        block: Option<String>,
        /// The number of such a ticket.
        ticket: Option<u64>,
        /// Which letter about it.
        number: u32,
        /// Whom it did not reach.
        recipient: String,
        /// When this was told.
        told_at: When,
        /// Why, as a status code like 5.1.1 (RFC 3463).
        status: String,
        /// Why, in the other server's words; may be empty.
        said: String,
    }
    /// Letters that did not arrive.
    BounceList {
        /// Latest first.
        items: Vec<BounceView>,
        /// What to give as `after` for the next page; null: this is the last.
        next: Option<String>,
    }
    /// A letter.
    LetterView {
        /// What it is called here: what it is about, a point, and its number.
        id: String,
        /// The reference of the block it is about; null when it is about a ticket that no block has opened.
        block: Option<String>,
        /// The number of such a ticket.
        ticket: Option<u64>,
        /// Which letter about it; 0 tells that it began.
        number: u32,
        /// What it tells: "blocked", "opened", "missing", "received", "answer", "approved", "refused", "released", "reminder",
        /// "report_received", "report_confirmed", "report_declined" or "report_unusable".
        kind: String,
        /// What became of it.
        state: Word<LetterState>,
        /// When there was something to tell.
        written_at: When,
        /// When it is tried (again), while it waits.
        due_at: Option<When>,
        /// How often it was tried.
        tries: u32,
        /// When the relay took it.
        sent_at: Option<When>,
        /// What went wrong last.
        last_error: Option<String>,
        /// Its Message-ID.
        message_id: String,
        /// Why it was not sent by itself.
        instead: Option<String>,
        /// Who is to be told of it in a letter about many: "customer", "operators".
        owed_to: Vec<String>,
        /// Whom it has reached, or a letter about many in its place: the addresses that the relay has taken.
        reached: Vec<String>,
        /// Whom it did not reach.
        bounces: Vec<BounceView>,
    }
    /// Some letters.
    LetterPage {
        /// The letters, latest first.
        items: Vec<LetterView>,
        /// What to give as `after` for the next page; null: this is the last.
        next: Option<String>,
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LetterQuery {
    state: Option<Word<LetterState>>,
    after: Option<String>,
    limit: Option<Limit>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct BounceQuery {
    block: Option<String>,
    after: Option<String>,
    limit: Option<Limit>,
}

/// More bounces than this are not looked through.
const MANY: usize = 10_000;

async fn list(call: Call, Asked(LetterQuery { state, after, limit }): Asked<LetterQuery>) -> Answer<LetterPage> {
    let wrong = || Problem::field("after", "expected what a page told as next");
    let after = after.map(|text| LetterPlace::parse(&text).ok_or_else(wrong)).transpose()?;
    call.by_staff(Action::SeeSite, move |native, _| {
        let (state, limit) = (state.map(|state| state.0), Limit::rows(limit));
        let letters = native.letters.letters_after(&after.unwrap_or_else(LetterPlace::top), state, limit + 1)?;
        let (letters, next) = cut(letters, limit, |last| LetterPlace::of(last).to_string());
        let items = native.letters.posted(letters)?.into_iter().map(letter_view).collect();
        Ok(LetterPage { items, next })
    })
    .await
}

async fn bounces(call: Call, Asked(BounceQuery { block, after, limit }): Asked<BounceQuery>) -> Answer<BounceList> {
    call.by_staff(Action::SeeSite, move |native, _| {
        let block = block.map(|text| super::reference(&text)).transpose()?.map(Matter::Block);
        let all = native.letters.bounces(block.as_ref(), MANY)?;
        let (found, next) = Slice { after, limit }
            .of(all, |bounce| (bounce.at, format!("{}.{}.{}", bounce.about, bounce.letter, bounce.recipient)))?;
        Ok(BounceList { items: found.into_iter().map(bounce_view).collect(), next })
    })
    .await
}

async fn show(call: Call, Named(id): Named<String>) -> Answer<LetterView> {
    call.by_staff(Action::SeeSite, move |native, _| {
        let LetterName { about, number } = named(&id)?;
        Ok(letter_view(native.outbox.letter(&about, number)?))
    })
    .await
}

async fn send(call: Call, Named(id): Named<String>) -> Answer<LetterView> {
    call.by_staff(Action::ChangeSite, move |native, actor| native.step(actor, &id, "send", OutboxHandle::send_now))
        .await
}

async fn give_up(call: Call, Named(id): Named<String>) -> Answer<LetterView> {
    call.by_staff(Action::ChangeSite, move |native, actor| native.step(actor, &id, "give up", OutboxHandle::give_up))
        .await
}

type Step = fn(&OutboxHandle, &Matter, u32) -> Result<AlertJob, LetterError>;

fn named(id: &str) -> Result<LetterName, Problem> {
    LetterName::parse(id).ok_or_else(|| Problem::nothing().about("letter", id))
}

impl Native {
    fn step(&self, actor: &Actor, id: &str, what: &str, step: Step) -> Result<LetterView, Problem> {
        let name = named(id)?;
        self.note(actor, Action::ChangeSite, &name.said(), what)?;
        step(&self.outbox, &name.about, name.number)?;
        Ok(letter_view(self.outbox.letter(&name.about, name.number)?))
    }
}

pub(super) fn letter_view(posted: Posted) -> LetterView {
    let state = Word(posted.state());
    let Posted { letter, bounces } = posted;
    LetterView {
        id: LetterName::of(&letter).to_string(),
        block: letter.about.block().map(ToString::to_string),
        ticket: letter.about.ticket(),
        number: letter.number,
        kind: letter.kind.word().to_owned(),
        state,
        written_at: When(letter.created),
        due_at: letter.waits().then_some(When(letter.due)),
        tries: letter.tries,
        sent_at: letter.sent.map(When),
        last_error: letter.last_error,
        message_id: letter.message_id,
        instead: letter.instead,
        owed_to: owed_to(letter.owed),
        reached: letter.told,
        bounces: bounces.into_iter().map(bounce_view).collect(),
    }
}

fn owed_to(owed: Owed) -> Vec<String> {
    let readers = [(owed.customer, "customer"), (owed.operators, "operators")];
    readers.into_iter().filter(|(is, _)| *is).map(|(_, reader)| reader.to_owned()).collect()
}

pub(super) fn bounce_view(bounce: Bounce) -> BounceView {
    BounceView {
        block: bounce.about.block().map(ToString::to_string),
        ticket: bounce.about.ticket(),
        number: bounce.letter,
        recipient: bounce.recipient,
        told_at: When(bounce.at),
        status: bounce.status,
        said: bounce.said,
    }
}
