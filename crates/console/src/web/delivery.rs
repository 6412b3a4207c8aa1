//! What is on its way out: letters to people, events for other programs, and what an operator does with them.

use access::{Action, Owner};
use alerts::OutboxHandle;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use limits::{DeliveryPlace, DeliveryState, LetterPlace, LetterState, Matter, Posted};
use serde::Deserialize;
use webhooks::{Receiver, WebhookError, Webhooks};

use super::fault::Fault;
use super::form::Sent;
use super::parts::{Console, Parts};
use super::respond::{done, page, queried};
use super::search;
use super::visit::Visit;
use crate::view::{DeliveryPage, EventPage, Message, Paging, percent};

/// Rows of each list.
const ROWS: usize = 20;
const HERE: &str = "/console/delivery";

/// What is looked for: events by receiver and state, letters by state, each list behind a place.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    hook: String,
    state: String,
    after: String,
    letters: String,
    letters_after: String,
}

impl Wanted {
    /// The same page with one list elsewhere, which is what the link leads to.
    fn link(&self, list: &str, key: &str, after: &str) -> String {
        let pairs = [
            ("hook", &self.hook),
            ("state", &self.state),
            ("after", &self.after),
            ("letters", &self.letters),
            ("letters_after", &self.letters_after),
        ];
        let pairs = pairs.map(|(name, value)| (name, if name == key { after } else { value }));
        format!("{}#{list}", queried(HERE, &pairs))
    }

    /// The way through a list that shows these of the rows that were found, of which one more was asked for.
    fn cut<R>(&self, list: &str, key: &str, after: &str, rows: &mut Vec<R>, place: impl Fn(&R) -> String) -> Paging {
        let more = rows.len() > ROWS;
        rows.truncate(ROWS);
        Paging {
            first: (!after.is_empty()).then(|| self.link(list, key, "")),
            next: rows.last().filter(|_| more).map(|last| self.link(list, key, &place(last))),
            shown: rows.len() as u64,
        }
    }
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
    let mut frame = visit.frame(console, "delivery").await;
    frame.message = message.or(frame.message);
    let receivers = console.parts().webhooks.as_ref().map(Webhooks::receivers).unwrap_or_default();
    let waiting = console.parts().outbox.as_ref().map_or(0, |outbox| outbox.figures().depth);
    let filled = DeliveryPage::new(&receivers, waiting, visit.may(Action::ChangeSite, Owner::Site));
    let filled = with_events(console, &wanted, &receivers, filled).await?;
    page(console, &frame, &with_letters(console, &wanted, filled).await?)
}

async fn with_events(
    console: &Console,
    wanted: &Wanted,
    receivers: &[Receiver],
    filled: DeliveryPage,
) -> Result<DeliveryPage, Fault> {
    let names: Vec<_> = receivers.iter().map(|receiver| receiver.name.as_str()).collect();
    let hook = search::any_of(&wanted.hook, &names)?.map(str::to_owned);
    let state = search::known(&wanted.state, DeliveryState::ALL, DeliveryState::as_str)?;
    let place = DeliveryPlace::parse(&wanted.after).unwrap_or_else(DeliveryPlace::top);
    let of = hook.clone();
    let found = move |parts: &Parts| match &parts.webhooks {
        Some(office) => office.list_after(&place, of.as_deref(), state, ROWS + 1),
        None => Ok(Vec::new()),
    };
    let mut events = console.aside(found).await?;
    let pages = wanted.cut("events", "after", &wanted.after, &mut events, |last| DeliveryPlace::of(last).to_string());
    Ok(filled.with_events(&events, hook.unwrap_or_default(), state, pages))
}

async fn with_letters(console: &Console, wanted: &Wanted, filled: DeliveryPage) -> Result<DeliveryPage, Fault> {
    let state = search::known(&wanted.letters, LetterState::ALL, LetterState::as_str)?;
    let place = LetterPlace::parse(&wanted.letters_after).unwrap_or_else(LetterPlace::top);
    let found = move |parts: &Parts| match &parts.outbox {
        Some(outbox) => outbox.letters(&place, state, ROWS + 1),
        None => Ok(Vec::new()),
    };
    let mut letters = console.aside(found).await?;
    let place = |last: &Posted| LetterPlace::of(&last.letter).to_string();
    let pages = wanted.cut("letters", "letters_after", &wanted.letters_after, &mut letters, place);
    Ok(filled.with_letters(&letters, state, pages))
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

fn office(parts: &Parts) -> Result<&Webhooks, Fault> {
    parts.webhooks.as_ref().ok_or(Fault::Missing)
}

fn told(hook: &str, id: &str) -> String {
    format!("webhook {hook}, event {id}")
}
