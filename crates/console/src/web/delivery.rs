//! What is on its way out: letters to people, events for other programs, and what an operator does with them.

use access::{Action, Owner};
use alerts::OutboxHandle;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use limits::{DeliveryState, Matter};
use serde::Deserialize;
use webhooks::{WebhookError, Webhooks};

use super::fault::Fault;
use super::form::Sent;
use super::parts::Console;
use super::respond::{done, page};
use super::visit::Visit;
use crate::view::{DeliveryPage, EventPage, Message, percent};

/// How many events and letters are shown.
const MOST: usize = 50;
const HERE: &str = "/console/delivery";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    hook: String,
    state: String,
}

/// `GET /console/delivery`
pub(super) async fn list(
    State(console): State<Console>,
    visit: Visit,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    visit.must(Action::SeeSite, Owner::Site)?;
    shown(&console, &visit, wanted, None).await
}

async fn shown(console: &Console, visit: &Visit, wanted: Wanted, message: Option<Message>) -> Result<Response, Fault> {
    let state = DeliveryState::from_word(&wanted.state);
    let hook = (!wanted.hook.is_empty()).then_some(wanted.hook);
    let asked = hook.clone();
    let (letters, events) = console
        .aside(move |parts| {
            let letters = parts.outbox.as_ref().map(|outbox| outbox.letters(MOST)).transpose()?;
            let events =
                parts.webhooks.as_ref().map(|office| office.list(asked.as_deref(), state, MOST)).transpose()?;
            Ok::<_, Fault>((letters.unwrap_or_default(), events.unwrap_or_default()))
        })
        .await?;
    let receivers = console.parts().webhooks.as_ref().map(Webhooks::receivers).unwrap_or_default();
    let mut frame = visit.frame(console, "delivery").await;
    frame.message = message.or(frame.message);
    let may_change = visit.may(Action::ChangeSite, Owner::Site);
    let filled = DeliveryPage::new(&letters, &events, &receivers, may_change).found_by(hook, state);
    page(console, &frame, &filled)
}

/// `GET /console/delivery/events/{hook}/{id}`
pub(super) async fn event(
    State(console): State<Console>,
    visit: Visit,
    Path((hook, id)): Path<(String, String)>,
) -> Result<Response, Fault> {
    let actor = visit.must(Action::SeeSite, Owner::Site)?;
    let noted = told(&hook, &id);
    let (delivery, body) = console.aside(move |parts| Ok::<_, Fault>(office(parts)?.show(&hook, &id)?)).await?;
    // The body tells of flagged messages.
    console.note(actor, Action::SeeEvidence, noted).await?;
    let frame = visit.frame(&console, "delivery").await;
    page(&console, &frame, &EventPage::new(&delivery, &body, visit.may(Action::ChangeSite, Owner::Site)))
}

/// `POST /console/delivery/events/{hook}/{id}/{step}`
pub(super) async fn event_step(
    State(console): State<Console>,
    visit: Visit,
    Path((hook, id, step)): Path<(String, String, String)>,
    _sent: Sent,
) -> Result<Response, Fault> {
    let actor = visit.must(Action::ChangeSite, Owner::Site)?;
    let work = event_work(&step).ok_or(Fault::Missing)?;
    console.note(actor, Action::ChangeSite, format!("{}: {step}", told(&hook, &id))).await?;
    let back = format!("{HERE}/events/{}/{}", percent(&hook), percent(&id));
    console.aside(move |parts| Ok::<_, Fault>(work(office(parts)?, &hook, Some(&id))?)).await?;
    Ok(done(&back, &step))
}

/// `POST /console/delivery/receivers/{hook}/{step}`
pub(super) async fn receiver_step(
    State(console): State<Console>,
    visit: Visit,
    Path((hook, step)): Path<(String, String)>,
    _sent: Sent,
) -> Result<Response, Fault> {
    let actor = visit.must(Action::ChangeSite, Owner::Site)?;
    let work = event_work(&step);
    if work.is_none() && step != "test" {
        return Err(Fault::Missing);
    }
    console.note(actor, Action::ChangeSite, format!("webhook {hook}: {step}")).await?;
    match work {
        Some(work) => {
            console.aside(move |parts| Ok::<_, Fault>(work(office(parts)?, &hook, None)?)).await?;
            Ok(done(HERE, &step))
        }
        None => {
            let tested = office(console.parts())?.test(&hook).await?;
            let message = Message::tested(&hook, &tested, visit.plain(&console).words());
            shown(&console, &visit, Wanted::default(), Some(message)).await
        }
    }
}

/// `POST /console/delivery/letters/{about}/{number}/{step}`
pub(super) async fn letter_step(
    State(console): State<Console>,
    visit: Visit,
    Path((about, number, step)): Path<(String, String, String)>,
    _sent: Sent,
) -> Result<Response, Fault> {
    let actor = visit.must(Action::ChangeSite, Owner::Site)?;
    let work = match step.as_str() {
        "send" => OutboxHandle::send_now,
        "give-up" => OutboxHandle::give_up,
        _ => return Err(Fault::Missing),
    };
    let about = Matter::parse(&about).ok_or(Fault::Missing)?;
    let number = number.parse().map_err(|_| Fault::Missing)?;
    console.note(actor, Action::ChangeSite, format!("letter {number} of {}: {step}", about.said())).await?;
    console
        .aside(move |parts| Ok::<_, Fault>(work(parts.outbox.as_ref().ok_or(Fault::Missing)?, &about, number)?))
        .await?;
    Ok(done(HERE, &step))
}

type EventWork = fn(&Webhooks, &str, Option<&str>) -> Result<u64, WebhookError>;

fn event_work(step: &str) -> Option<EventWork> {
    match step {
        "replay" => Some(Webhooks::replay),
        "discard" => Some(Webhooks::discard),
        _ => None,
    }
}

fn office(parts: &super::parts::Parts) -> Result<&Webhooks, Fault> {
    parts.webhooks.as_ref().ok_or(Fault::Missing)
}

fn told(hook: &str, id: &str) -> String {
    format!("webhook {hook}, event {id}")
}
