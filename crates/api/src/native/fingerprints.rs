//! Messages that a person has called spam or ham: their copies are known.

use access::Action;
use axum::routing::{delete, get, post};
use model::circumstances::Confirmation;
use pipeline::ConfirmedPrint;
use serde::Deserialize;

use super::call::{Asked, Call, Given, Named, wait};
use super::paging::{SLICE, Slice};
use super::parameters::{self, Parameter, required};
use super::routes::Route;
use super::schema::wire;
use super::types::{When, Word};
use super::{Answer, MAIL, MAX_MESSAGE};

pub(super) const WORD: Parameter = required("word", parameters::word::<Confirmation>, "What the message is.");

pub(super) fn routes() -> Vec<Route> {
    use Action::{SeeSite, Teach};
    let one = "/api/fingerprints/{print}";
    vec![
        Route::reads::<PrintList>("/api/fingerprints", SeeSite, "See which messages were confirmed", get(list))
            .asked(SLICE),
        Route::makes::<PrintView>(
            "/api/fingerprints",
            Teach,
            "Call a message and its copies spam or ham",
            post(confirm),
        )
        .asked(&[WORD])
        .given(MAIL, MAX_MESSAGE),
        Route::removes::<PrintView>(one, Teach, "Take such a word back", delete(forget)),
    ]
}

wire! {
    /// A message that a person has confirmed; the message itself is not kept.
    PrintView {
        /// How it is called.
        id: String,
        /// What it is.
        word: Word<Confirmation>,
        /// When it was confirmed.
        confirmed_at: When,
        /// By whom.
        confirmed_by: String,
    }
    /// The confirmed messages.
    PrintList {
        /// Latest first.
        items: Vec<PrintView>,
        /// What to give as `after` for the next page; null: this is the last.
        next: Option<String>,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WordQuery {
    word: Word<Confirmation>,
}

async fn list(call: Call, Asked(slice): Asked<Slice>) -> Answer<PrintList> {
    call.by_staff(Action::SeeSite, |native, _| {
        let (prints, next) = slice.of(native.fingerprints.all(), |print| (print.at, print.id.clone()))?;
        Ok(PrintList { items: prints.iter().map(PrintView::from).collect(), next })
    })
    .await
}

async fn confirm(call: Call, Asked(WordQuery { word }): Asked<WordQuery>, Given(message): Given) -> Answer<PrintView> {
    call.by_staff(Action::Teach, move |native, actor| {
        let prints = native.school.look(&message)?.prints();
        native.note(actor, Action::Teach, "fingerprint", word.0.as_str())?;
        let by = model::names::bounded(&actor.name, 64);
        Ok(PrintView::from(&wait(native.fingerprints.confirm(prints, word.0, by))?))
    })
    .await
}

async fn forget(call: Call, Named(id): Named<String>) -> Answer<PrintView> {
    call.by_staff(Action::Teach, move |native, actor| {
        let shown: String = id.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
        native.note(actor, Action::Teach, &format!("fingerprint {shown}"), "forget")?;
        Ok(PrintView::from(&wait(native.fingerprints.forget(&shown))?))
    })
    .await
}

impl From<&ConfirmedPrint> for PrintView {
    fn from(print: &ConfirmedPrint) -> Self {
        let ConfirmedPrint { id, word, at, by, .. } = print;
        Self { id: id.clone(), word: Word(*word), confirmed_at: When(*at), confirmed_by: by.clone() }
    }
}
