//! One subject.

use access::{Action, Owner};
use axum::extract::{Path, State};
use axum::response::Response;
use limits::{BlockFilter, PageAsk, Wanted};
use model::{SubjectKey, SubjectKind};

use super::fault::Fault;
use super::parts::Console;
use super::respond::page;
use super::visit::Visit;
use crate::view::{BlockRow, Habits, SubjectPage};

/// How many of its blocks are shown.
const RECENT: usize = 50;

/// `GET /console/subjects/{kind}/{name}`
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
    Path((kind, name)): Path<(String, String)>,
) -> Result<Response, Fault> {
    visit.must(Action::SeeCounters, Owner::Site)?;
    let subject = subject(&kind, &name).ok_or(Fault::Missing)?;
    let filter = BlockFilter { subject: Some(Wanted::Exactly(subject.clone())), ..BlockFilter::default() };
    let found = console.aside(move |parts| parts.search.blocks(&filter, &PageAsk::first(RECENT))).await?;
    let now = console.now();
    let counts = console.parts().ledger.counts(&subject, now);
    let service = console.service(&subject);
    let frame = visit.frame(&console, "blocks").await;
    let owner = (!service.is_empty()).then_some(service);
    let portrait = console.parts().recall.portrait(&subject, now);
    let habits = portrait.map(|portrait| Habits::of(&portrait, now, frame.words()));
    let lockout = console.parts().logins.as_ref().and_then(|logins| logins.of(&subject));
    let shown = SubjectPage::new(&subject, owner, &counts, &found.rows, now, frame.words()).beside(habits);
    let domain = pipeline::blocked_domain(&console.parts().ledger, &subject);
    let shown = shown.locked_out(lockout.as_ref());
    let shown = match domain {
        Some(block) => shown.stopped_by(BlockRow::of(&block, now, frame.words())),
        None => shown,
    };
    page(&console, &frame, &shown)
}

fn subject(kind: &str, name: &str) -> Option<SubjectKey> {
    let kind = SubjectKind::ALL.iter().copied().find(|known| known.as_str() == kind)?;
    SubjectKey::parse(kind, name)
}
