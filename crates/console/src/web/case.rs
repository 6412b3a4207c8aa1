//! A block as its owner sees it: behind his login, or behind the signed link of the letter, which opens this one block.

use access::{Action, Owner};
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Path, State};
use axum::response::Response;
use customers::report::Report;
use customers::ticket::Answers;
use limits::Releaser;
use pipeline::{CaseFile, TicketFile};

use super::blocks::{case_file, exported, released};
use super::fault::Fault;
use super::form::Sent;
use super::parts::Console;
use super::respond::{done, page};
use super::upload;
use super::visit::{Visit, permitted};
use crate::view::CasePage;

/// Reports of one block that are shown.
const MOST_REPORTS: usize = 50;

/// A block somebody may see as his.
struct Opened {
    case: CaseFile,
    /// The path of its page.
    base: String,
}

/// `GET /console/case/{key}`
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
    Path(key): Path<String>,
) -> Result<Response, Fault> {
    let opened = open(&console, &visit, &key, Action::SeeEvidence).await?;
    // Behind a link there is this block and nothing beside it, whoever has logged in.
    let frame = if key.contains('.') { visit.plain(&console) } else { visit.frame(&console, "services").await };
    let CaseFile { block, evidence } = &opened.case;
    let site = console.site();
    let mut shown = CasePage::new(block, evidence, &opened.base, site.spam, console.now(), frame.words());
    if let Some(file) = ticket(&console, &opened).await? {
        shown = shown.with_ticket(&file.ticket, &opened.base);
    }
    if console.parts().reports.is_some() && !evidence.is_empty() {
        shown = shown.with_report(&opened.base).with_reports(&reported(&console, &opened).await?);
    }
    let shown = shown.with_contact(site.contact.clone()).with_next(block, &site.ladder, frame.words());
    page(&console, &frame, &shown)
}

/// `GET /console/case/{key}/evidence.csv`
pub(super) async fn csv(
    State(console): State<Console>,
    visit: Visit,
    Path(key): Path<String>,
) -> Result<Response, Fault> {
    let opened = open(&console, &visit, &key, Action::SeeEvidence).await?;
    Ok(exported(&console, opened.case.block.reference))
}

/// `POST /console/case/{key}/unblock`
pub(super) async fn unblock(
    State(console): State<Console>,
    visit: Visit,
    Path(key): Path<String>,
    sent: Sent,
) -> Result<Response, Fault> {
    let opened = open(&console, &visit, &key, Action::Unblock).await?;
    if sent.field("sure") != "yes" {
        return Err(Fault::Unsure);
    }
    released(&console, opened.case.block.reference, Releaser::Customer).await?;
    Ok(done(&opened.base, "unblocked"))
}

/// `POST /console/case/{key}/answers`
pub(super) async fn answer(
    State(console): State<Console>,
    visit: Visit,
    Path(key): Path<String>,
    sent: Sent,
) -> Result<Response, Fault> {
    let opened = open(&console, &visit, &key, Action::AnswerTicket).await?;
    let id = ticket(&console, &opened).await?.ok_or(Fault::Missing)?.ticket.id;
    let answers = ["a1", "a2", "a3"].map(|field| sent.field(field).to_owned());
    let text = Answers::as_reply(sent.field("more"), &answers);
    console.aside(move |parts| parts.tickets.replied(id, &text)).await?;
    Ok(done(&opened.base, "answered"))
}

/// `POST /console/case/{key}/report`
pub(super) async fn report(
    State(console): State<Console>,
    visit: Visit,
    Path(key): Path<String>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Fault> {
    let opened = open(&console, &visit, &key, Action::Report).await?;
    let most = console.parts().reports()?.max_size();
    let raw = upload::file(&visit, form.map_err(|_| Fault::Form)?, "eml", most).await?;
    let subject = opened.case.block.subject;
    console.in_turn(move |parts| Ok::<_, Fault>(parts.reports()?.add_for_customer(&subject, &raw)?)).await?;
    Ok(done(&opened.base, "reported"))
}

/// Messages of the block that were reported, latest first.
async fn reported(console: &Console, opened: &Opened) -> Result<Vec<Report>, Fault> {
    let block = opened.case.block.reference.clone();
    console.aside(move |parts| Ok::<_, Fault>(parts.reports()?.about(&block, MOST_REPORTS)?)).await
}

async fn ticket(console: &Console, opened: &Opened) -> Result<Option<TicketFile>, Fault> {
    let reference = opened.case.block.reference.clone();
    console.aside(move |parts| parts.tickets.of_block(&reference)).await
}

/// The block behind a key: a signed link opens its own, a login those of the customer's services.
async fn open(console: &Console, visit: &Visit, key: &str, action: Action) -> Result<Opened, Fault> {
    let (actor, reference) = if key.contains('.') {
        let (token, visitor) = (key.to_owned(), visit.visitor());
        let followed = console.aside(move |parts| parts.gate.follow(&token, &visitor)).await?;
        let actor = followed.map_err(Fault::from)?;
        let reference = key.split('.').next().unwrap_or_default().to_owned();
        (actor, reference)
    } else {
        (visit.who().cloned().ok_or(Fault::Login)?, key.to_owned())
    };
    let case = case_file(console, &reference).await?;
    let service = console.service(&case.block.subject);
    permitted(&actor, action, Owner::Block { service: &service, reference: &case.block.reference })?;
    console.note(&actor, action, format!("block {}", case.block.reference)).await?;
    Ok(Opened { case, base: format!("/console/case/{key}") })
}
