//! A message scored for a person, as `portreeve scan` does it: nothing is counted, nothing is asked of the network, nothing is kept.

use access::Action;
use axum::routing::post;
use model::Score;

use super::call::{Call, Given};
use super::evidence::SignalView;
use super::routes::Route;
use super::schema::wire;
use super::{Answer, MAIL, MAX_MESSAGE};

pub(super) fn routes() -> Vec<Route> {
    let about = "Score a message and say why; it is neither counted nor kept";
    vec![Route::does::<ScanView>("/api/scans", Action::SeeSite, about, post(scan)).given(MAIL, MAX_MESSAGE)]
}

wire! {
    /// What a message costs by its bytes alone.
    ScanView {
        /// Whether its score is at or above the spam score.
        is_spam: bool,
        /// Its score.
        score: i32,
        /// From which score on a message is spam.
        spam_score: i32,
        /// The signals, most points first.
        signals: Vec<SignalView>,
    }
}

async fn scan(call: Call, Given(message): Given) -> Answer<ScanView> {
    call.by_staff(Action::SeeSite, move |native, _| {
        let (score, spam_score) = native.school.look(&message)?.score();
        Ok(ScanView::of(score, spam_score))
    })
    .await
}

impl ScanView {
    /// The score, where spam begins at `spam_score`.
    pub(super) fn of(score: Score, spam_score: i32) -> Self {
        let signals = score.hits.into_iter().map(SignalView::from).collect();
        Self { is_spam: score.total >= spam_score, score: score.total, spam_score, signals }
    }
}
