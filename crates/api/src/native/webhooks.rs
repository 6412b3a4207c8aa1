//! Webhooks: the programs that are told what happens, and what is still to be told.

use access::Action;
use axum::routing::{delete, get, post};
use limits::{Delivery, DeliveryPlace, DeliveryState};
use serde::Deserialize;

use super::Answer;
use super::call::{Asked, Call, Named, wait};
use super::paging::cut;
use super::parameters::{self, Kind, LIMIT, NEXT, Parameter, parameter};
use super::problem::Problem;
use super::routes::Route;
use super::schema::wire;
use super::ticket_views::Party;
use super::types::{Limit, Name, When, Word};

const QUERY: &[Parameter] = &[
    parameter("webhook", parameters::name, "Only for this one."),
    parameter("state", parameters::word::<DeliveryState>, "Only in this state."),
    parameter("after", place, NEXT),
    LIMIT,
];

/// A number and a webhook's name.
fn place() -> Kind {
    Kind::cursor("^[0-9]{1,15}\\.[a-z0-9_-]{1,64}$", |text| DeliveryPlace::parse(text).is_some())
}

pub(super) fn routes() -> Vec<Route> {
    use Action::{ChangeSite, SeeSite};
    let (one, again) = ("/api/webhooks/{hook}/events/{event}", "/api/webhooks/{hook}/events/{event}/replay");
    let (every, all_again) = ("/api/webhooks/{hook}/dead-letters", "/api/webhooks/{hook}/dead-letters/replay");
    vec![
        Route::reads::<HookList>("/api/webhooks", SeeSite, "See who is told what happens", get(hooks)),
        Route::reads::<DeliveryPage>("/api/webhook-events", SeeSite, "Find events and what came of them", get(list))
            .asked(QUERY),
        Route::reads::<DeliveryDetail>(one, SeeSite, "See an event with the body that is sent", get(show)),
        Route::does::<EventCount>(again, ChangeSite, "Send an event once more", post(replay)),
        Route::removes::<EventCount>(one, ChangeSite, "Give an event up", delete(discard)),
        Route::does::<EventCount>(all_again, ChangeSite, "Send every dead letter once more", post(replay_dead)),
        Route::removes::<EventCount>(every, ChangeSite, "Throw every dead letter away", delete(drop_dead)),
        Route::does::<TrialView>("/api/webhooks/{hook}/test", ChangeSite, "Send a test and see the answer", post(test)),
    ]
}

wire! {
    /// A receiver.
    HookView {
        /// Its name.
        name: String,
        /// Since when it does not work; null: it does, as far as is known.
        failing_since: Option<When>,
        /// What went wrong last.
        last_error: Option<String>,
    }
    /// The receivers of the configuration in force.
    HookList {
        /// In the order of the configuration.
        items: Vec<HookView>,
        /// Events that wait, for all of them.
        waiting: u64,
        /// Events that were given up.
        dead: u64,
    }
    /// An event for a receiver.
    DeliveryView {
        /// The webhook.
        webhook: String,
        /// The event's id.
        id: String,
        /// What happened, such as "block.blocked".
        r#type: String,
        /// When it happened.
        at: When,
        /// Whom it is about.
        subject: Party,
        /// Where it stands.
        state: Word<DeliveryState>,
        /// How often it was tried.
        tries: u32,
        /// When it is tried again, while it waits.
        due_at: Option<When>,
        /// When the receiver took it.
        delivered_at: Option<When>,
        /// What went wrong last.
        last_error: Option<String>,
    }
    /// Some events.
    DeliveryPage {
        /// The events, latest first.
        items: Vec<DeliveryView>,
        /// What to give as `after` for the next page; null: this is the last.
        next: Option<String>,
    }
    /// An event with what is sent.
    DeliveryDetail {
        /// The event.
        event: DeliveryView,
        /// The body: JSON, as config/webhooks.md describes it.
        body: String,
    }
    /// How many events a call was about.
    EventCount {
        /// So many.
        events: u64,
    }
    /// What came of a test.
    TrialView {
        /// The id that was sent.
        id: String,
        /// The status it was taken with; null: it was not taken.
        status: Option<u32>,
        /// Why it was not taken.
        error: Option<String>,
        /// How long that took.
        milliseconds: u64,
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct DeliveryQuery {
    webhook: Option<Name>,
    state: Option<Word<DeliveryState>>,
    after: Option<String>,
    limit: Option<Limit>,
}

async fn hooks(call: Call) -> Answer<HookList> {
    call.by_staff(Action::SeeSite, |native, _| {
        let figures = native.webhooks.figures();
        let view = |name: String| {
            let failing = figures.failing.iter().find(|failing| failing.hook == name);
            let (failing_since, last_error) =
                failing.map(|failing| (When(failing.since), failing.error.clone())).unzip();
            HookView { name, failing_since, last_error }
        };
        let items = native.webhooks.names().into_iter().map(view).collect();
        Ok(HookList { items, waiting: figures.waiting, dead: figures.dead })
    })
    .await
}

async fn list(call: Call, Asked(ask): Asked<DeliveryQuery>) -> Answer<DeliveryPage> {
    let DeliveryQuery { webhook, state, after, limit } = ask;
    let wrong = || Problem::field("after", "expected what a page told as next");
    let after = after.map(|text| DeliveryPlace::parse(&text).ok_or_else(wrong)).transpose()?;
    call.by_staff(Action::SeeSite, move |native, _| {
        let hook = Name::of(webhook);
        let (hook, state, limit) = (hook.as_deref(), state.map(|state| state.0), Limit::rows(limit));
        let found = match after {
            None => native.webhooks.list(hook, state, limit + 1)?,
            Some(after) => native.webhooks.list_after(&after, hook, state, limit + 1)?,
        };
        let (found, next) = cut(found, limit, |last| DeliveryPlace::of(last).to_string());
        Ok(DeliveryPage { items: found.into_iter().map(view).collect(), next })
    })
    .await
}

async fn show(call: Call, Named((hook, event)): Named<(Name, Name)>) -> Answer<DeliveryDetail> {
    call.by_staff(Action::SeeSite, move |native, actor| {
        // The body tells of flagged messages.
        native.note(actor, Action::SeeEvidence, &format!("event {}", shown(&event.0)), "")?;
        let (delivery, body) = native.webhooks.show(&hook.0, &event.0)?;
        Ok(DeliveryDetail { event: view(delivery), body })
    })
    .await
}

async fn replay(call: Call, Named((hook, event)): Named<(Name, Name)>) -> Answer<EventCount> {
    step(call, "replay", hook, Some(event)).await
}

async fn replay_dead(call: Call, Named(hook): Named<Name>) -> Answer<EventCount> {
    step(call, "replay", hook, None).await
}

async fn discard(call: Call, Named((hook, event)): Named<(Name, Name)>) -> Answer<EventCount> {
    step(call, "drop", hook, Some(event)).await
}

async fn drop_dead(call: Call, Named(hook): Named<Name>) -> Answer<EventCount> {
    step(call, "drop", hook, None).await
}

async fn step(call: Call, word: &'static str, hook: Name, event: Option<Name>) -> Answer<EventCount> {
    let (hook, event) = (hook.0, Name::of(event));
    call.by_staff(Action::ChangeSite, move |native, actor| {
        let what =
            event.as_deref().map_or_else(|| "dead letters".to_owned(), |event| format!("event {}", shown(event)));
        native.note(actor, Action::ChangeSite, &format!("{what} of webhook {}", shown(&hook)), word)?;
        let events = match word {
            "replay" => native.webhooks.replay(&hook, event.as_deref())?,
            _ => native.webhooks.discard(&hook, event.as_deref())?,
        };
        Ok(EventCount { events })
    })
    .await
}

async fn test(call: Call, Named(hook): Named<Name>) -> Answer<TrialView> {
    call.by_staff(Action::ChangeSite, move |native, actor| {
        native.note(actor, Action::ChangeSite, &format!("webhook {}", shown(&hook.0)), "test")?;
        let tested = wait(native.webhooks.test(&hook.0))?;
        let milliseconds = u64::try_from(tested.took.as_millis()).unwrap_or(u64::MAX);
        let (status, error) = match tested.outcome {
            Ok(status) => (Some(u32::from(status)), None),
            Err(error) => (None, Some(error.to_string())),
        };
        Ok(TrialView { id: tested.id, status, error, milliseconds })
    })
    .await
}

/// A name as it may stand in the audit log.
fn shown(name: &str) -> &str {
    model::names::bounded(name, 128)
}

pub(super) fn view(delivery: Delivery) -> DeliveryView {
    let state = delivery.state();
    DeliveryView {
        webhook: delivery.hook,
        id: delivery.happening.id(),
        r#type: delivery.happening.kind.to_string(),
        at: When(delivery.happening.at),
        subject: Party::of(&delivery.happening.topic.clone().into()),
        state: Word(state),
        tries: delivery.tries,
        due_at: (state == DeliveryState::Waiting).then_some(When(delivery.due)),
        delivered_at: delivery.delivered.map(When),
        last_error: delivery.last_error,
    }
}
