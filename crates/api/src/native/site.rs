//! The site: how the daemon does, and the key that reply addresses are signed with.

use access::Action;
use axum::routing::{get, post};

use super::Answer;
use super::call::Call;
use super::problem::Problem;
use super::routes::Route;
use super::schema::wire;
use super::types::When;
use super::workshop::{Health, Part};

pub(super) fn routes() -> Vec<Route> {
    use Action::{ChangeSite, SeeSite};
    let rotate = "/api/reply-key/rotate";
    vec![
        Route::reads::<StatusView>("/api/status", SeeSite, "See how the daemon does", get(status)),
        Route::does::<ReplyKeyRotated>(rotate, ChangeSite, "Sign reply addresses with a new key", post(self::rotate)),
    ]
}

wire! {
    /// A part of the daemon.
    PartView {
        /// Its name.
        part: String,
        /// "working", "degraded" or "down".
        state: String,
        /// Since when.
        since: When,
        /// What that means.
        sentence: String,
    }
    /// How the daemon does.
    StatusView {
        /// Its version.
        version: String,
        /// The node's name.
        node: String,
        /// Whether refusals are only noted.
        is_monitoring: bool,
        /// When it started.
        started_at: When,
        /// Its time.
        now: When,
        /// Whether mail should be sent here.
        is_ready: bool,
        /// How many subjects are blocked.
        blocked: u64,
        /// How many are counted.
        counted: u64,
        /// Its parts.
        parts: Vec<PartView>,
    }
    /// The key that signs reply addresses was replaced.
    ReplyKeyRotated {
        /// Until when the addresses of earlier letters are taken.
        earlier_until: When,
    }
}

async fn status(call: Call) -> Answer<StatusView> {
    call.by_staff(Action::SeeSite, |native, _| {
        let Health { node, monitor, started, ready, parts } = native.workshop.health();
        Ok(StatusView {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            node,
            is_monitoring: monitor,
            started_at: When(started),
            now: When(native.gate.now()),
            is_ready: ready,
            blocked: native.ledger.blocked_len() as u64,
            counted: native.ledger.len() as u64,
            parts: parts.into_iter().map(part).collect(),
        })
    })
    .await
}

async fn rotate(call: Call) -> Answer<ReplyKeyRotated> {
    call.by_staff(Action::ChangeSite, |native, actor| {
        native.note(actor, Action::ChangeSite, "reply key", "rotate")?;
        let off = || Problem::conflict("no replies are taken by mail: lmtp.listen is empty");
        let until = native.workshop.rotate_reply_key().ok_or_else(off)?.map_err(Problem::broken)?;
        Ok(ReplyKeyRotated { earlier_until: When(until) })
    })
    .await
}

fn part(part: Part) -> PartView {
    PartView { part: part.name, state: part.state.to_owned(), since: When(part.since), sentence: part.sentence }
}
