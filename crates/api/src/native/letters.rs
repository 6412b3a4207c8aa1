//! Letters: what became of those that were written, and how each would read.

use ::customers::Language;
use access::Action;
use alerts::Notice;
use axum::routing::get;
use limits::{Bounce, LetterPlace, Matter, Posted};
use serde::Deserialize;

use super::Answer;
use super::call::{Asked, Call, Named};
use super::paging::{PLACE, Slice, cut};
use super::parameters::{self, LIMIT, NEXT, Parameter, parameter};
use super::problem::Problem;
use super::routes::Route;
use super::schema::wire;
use super::types::{Limit, When, Word};

const QUERY: &[Parameter] = &[parameter("after", place, NEXT), LIMIT];
const BOUNCED: &[Parameter] =
    &[parameter("block", parameters::reference, "Only letters about the block of this reference."), PLACE, LIMIT];
const LANGUAGE: &[Parameter] = &[parameter("language", parameters::word::<Language>, "In which language; en else.")];

/// A time in milliseconds, which letter, and what it is about.
fn place() -> serde_json::Value {
    serde_json::json!({ "type": "string", "pattern": "^[0-9]{1,15}\\.[0-9]{1,6}\\.[A-Za-z0-9-]{1,32}$" })
}

pub(super) fn routes() -> Vec<Route> {
    use Action::SeeSite;
    let one = "/api/templates/{letter}";
    vec![
        Route::reads::<LetterPage>("/api/letters", SeeSite, "See letters and what became of them", get(list))
            .asked(QUERY),
        Route::reads::<BounceList>("/api/bounces", SeeSite, "See letters that did not arrive", get(bounces))
            .asked(BOUNCED),
        Route::reads::<TemplateList>("/api/templates", SeeSite, "See which letters there are", get(kinds)),
        Route::reads::<LetterPreview>(one, SeeSite, "See a letter as it would be written", get(preview))
            .asked(LANGUAGE),
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
        /// The reference of the block it is about; null when it is about a ticket that no block has opened.
        block: Option<String>,
        /// The number of such a ticket.
        ticket: Option<u64>,
        /// Which letter about it; 0 tells that it began.
        number: u32,
        /// What it tells: "blocked", "opened", "missing", "received", "answer", "approved", "refused", "released", "reminder",
        /// "report_received", "report_confirmed" or "report_declined".
        kind: String,
        /// "waiting", "sent", "given_up" or "bounced".
        state: String,
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
    /// The letters there are.
    TemplateList {
        /// Their kinds.
        kinds: Vec<Word<Notice>>,
        /// The languages they are in.
        languages: Vec<Word<Language>>,
    }
    /// A letter about a block that never was.
    LetterPreview {
        /// Which.
        kind: Word<Notice>,
        /// In which language.
        language: Word<Language>,
        /// The subject.
        subject: String,
        /// The text.
        text: String,
        /// The same as HTML.
        html: String,
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LetterQuery {
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

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct PreviewQuery {
    language: Option<Word<Language>>,
}

/// More bounces than this are not looked through.
const MANY: usize = 10_000;

async fn list(call: Call, Asked(LetterQuery { after, limit }): Asked<LetterQuery>) -> Answer<LetterPage> {
    let wrong = || Problem::field("after", "expected what a page told as next");
    let after = after.map(|text| LetterPlace::parse(&text).ok_or_else(wrong)).transpose()?;
    call.by_staff(Action::SeeSite, move |native, _| {
        let limit = Limit::rows(limit);
        let letters = match after {
            None => native.letters.letters(limit + 1)?,
            Some(after) => native.letters.letters_after(&after, limit + 1)?,
        };
        let (letters, next) = cut(letters, limit, |last| LetterPlace::of(last).to_string());
        let items = native.letters.posted(letters)?.into_iter().map(letter).collect();
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
        Ok(BounceList { items: found.into_iter().map(bounce).collect(), next })
    })
    .await
}

async fn kinds(call: Call) -> Answer<TemplateList> {
    call.by_staff(Action::SeeSite, |_, _| {
        let kinds = Notice::ALL.iter().copied().map(Word).collect();
        Ok(TemplateList { kinds, languages: Language::ALL.iter().copied().map(Word).collect() })
    })
    .await
}

async fn preview(
    call: Call,
    Named(kind): Named<Word<Notice>>,
    Asked(PreviewQuery { language }): Asked<PreviewQuery>,
) -> Answer<LetterPreview> {
    call.by_staff(Action::SeeSite, move |native, _| {
        let language = language.unwrap_or(Word(Language::En));
        let letter = native.workshop.letter(kind.0, language.0).map_err(Problem::broken)?;
        Ok(LetterPreview { kind, language, subject: letter.subject, text: letter.text, html: letter.html })
    })
    .await
}

fn letter(posted: Posted) -> LetterView {
    let state = posted.state().as_str().to_owned();
    let Posted { letter, bounces } = posted;
    LetterView {
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
        reached: letter.told,
        bounces: bounces.into_iter().map(bounce).collect(),
    }
}

fn bounce(bounce: Bounce) -> BounceView {
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
