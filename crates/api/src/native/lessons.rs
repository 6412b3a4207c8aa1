//! Corrections of the classifier.

use access::Action;
use axum::routing::{delete, get, post};
use model::circumstances::Confirmation;
use serde::Deserialize;

use super::call::{Asked, Call, Given, wait};
use super::fingerprints::WORD;
use super::parameters::{Parameter, flag};
use super::routes::Route;
use super::schema::wire;
use super::types::Word;
use super::{Answer, MAIL, MAX_MESSAGE, Native};

const QUERY: &[Parameter] =
    &[WORD, flag("no_fingerprint", "Teach what resembles the message only, and confirm no copies of it.")];

pub(super) fn routes() -> Vec<Route> {
    use Action::{SeeSite, Teach};
    vec![
        Route::reads::<LessonsView>("/api/lessons", SeeSite, "See how many corrections were learned", get(show)),
        Route::does::<LessonView>("/api/lessons", Teach, "Tell the classifier what a message is", post(learn))
            .asked(QUERY)
            .given(MAIL, MAX_MESSAGE),
        Route::removes::<LessonsView>("/api/lessons", Teach, "Forget every correction", delete(forget)),
    ]
}

wire! {
    /// What has been learned.
    LessonsView {
        /// Messages called spam.
        spam: u32,
        /// Messages called ham.
        ham: u32,
    }
    /// A correction that was learned.
    LessonView {
        /// What has been learned in all.
        learned: LessonsView,
        /// How the message's fingerprint is called; null: its copies are not known by one.
        fingerprint: Option<String>,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LessonQuery {
    word: Word<Confirmation>,
    #[serde(default)]
    no_fingerprint: bool,
}

async fn show(call: Call) -> Answer<LessonsView> {
    call.by_staff(Action::SeeSite, |native, _| Ok(native.learned())).await
}

async fn learn(call: Call, Asked(ask): Asked<LessonQuery>, Given(message): Given) -> Answer<LessonView> {
    call.by_staff(Action::Teach, move |native, actor| {
        let LessonQuery { word, no_fingerprint } = ask;
        let seen = native.school.look(&message)?;
        native.note(actor, Action::Teach, "classifier", word.0.as_str())?;
        native.school.lessons().learn(&seen.correction(word.0))?;
        let prints = Some(seen.prints()).filter(|prints| !no_fingerprint && !prints.is_empty());
        let by = model::names::bounded(&actor.name, 64);
        let confirmed = prints.map(|prints| wait(native.fingerprints.confirm(prints, word.0, by))).transpose()?;
        Ok(LessonView { learned: native.learned(), fingerprint: confirmed.map(|print| print.id) })
    })
    .await
}

async fn forget(call: Call) -> Answer<LessonsView> {
    call.by_staff(Action::Teach, |native, actor| {
        native.note(actor, Action::Teach, "classifier", "forget")?;
        native.school.lessons().forget()?;
        Ok(native.learned())
    })
    .await
}

impl Native {
    fn learned(&self) -> LessonsView {
        let (spam, ham) = self.school.lessons().learned().counts();
        LessonsView { spam, ham }
    }
}
