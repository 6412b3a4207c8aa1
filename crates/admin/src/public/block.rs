//! The page behind the link of a refusal: one block, for whoever knows its reference.
//!
//! Security: it shows what the alert shows (time, destination IP, Message-ID, score), never a recipient's address, a
//! header or a word of the text: the link may be passed on, and a blocked IP sends for many.

use std::fmt::Write;

use access::Visitor;
use axum::extract::{Extension, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use model::{Evidence, MessageId};
use pipeline::{CaseFile, DeskError};

use super::html::{escape, notice, page};
use super::{Door, wording};
use crate::control::reference;
use crate::state::Site;

/// `GET /b/{reference}`
pub(super) async fn show(
    State(door): State<Door>,
    Extension(visitor): Extension<Visitor>,
    Path(text): Path<String>,
) -> Response {
    let client = visitor.network();
    let now = door.state.clock.now();
    if !door.guesses.may_try(client, now) {
        return too_many();
    }
    let found = match reference(&text) {
        Some(reference) => door.state.case_file(reference).await.map(Some),
        None => Ok(None),
    };
    match found {
        Ok(Some(case)) => html(&case, &door.state.site()).into_response(),
        Ok(None) | Err(DeskError::Unknown(_)) => {
            door.guesses.wrong(client, now);
            unknown()
        }
        Err(error) => unavailable(&error),
    }
}

fn unknown() -> Response {
    let sentence = "There is no block with this reference. Copy the whole link from the refusal or the alert; \
                    blocks that ended long ago are forgotten.";
    (StatusCode::NOT_FOUND, notice("Not found", sentence)).into_response()
}

fn too_many() -> Response {
    let sentence = "Too many wrong references came from your network. Try again in a minute.";
    (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "60")], notice("Not now", sentence)).into_response()
}

fn unavailable(error: &DeskError) -> Response {
    tracing::error!(error = %error, "a block's page can't be shown");
    let sentence = "This page can't be shown at the moment. Try again in a few minutes.";
    (StatusCode::SERVICE_UNAVAILABLE, notice("Not now", sentence)).into_response()
}

fn html(case: &CaseFile, site: &Site) -> Html<String> {
    let block = &case.block;
    let headline = wording::headline(block.state, site.monitor);
    let body = format!(
        include_str!("block.html"),
        headline = headline,
        lead = escape(&wording::lead(block, site.monitor)),
        receiving = wording::receiving(block),
        steps = steps(wording::steps(block)),
        contact = contact_line(&site.contact),
        kind = wording::kind(block),
        subject = escape(&block.subject.name()),
        state = block.state.as_str(),
        since = wording::moment(block.since),
        until = escape(&wording::until(block)),
        reason = escape(&block.reason.sentence),
        spam = block.spam,
        reference = escape(block.reference.as_str()),
        messages = messages(&case.evidence),
    );
    page(headline, &body)
}

fn steps(steps: &[&str]) -> String {
    steps.iter().map(|step| format!("<li>{}</li>\n", escape(step))).collect()
}

fn contact_line(contact: &str) -> String {
    if contact.is_empty() { String::new() } else { format!("<p>{}</p>\n", escape(contact)) }
}

fn messages(evidence: &[Evidence]) -> String {
    if evidence.is_empty() {
        return "<p>No message was kept.</p>\n".to_owned();
    }
    let head = "<tr><th>Time</th><th>Destination IP</th><th>Message-ID</th><th>Spam score</th></tr>";
    let mut table = format!("<table>\n<thead>{head}</thead>\n<tbody>\n");
    for message in evidence {
        row(&mut table, message);
    }
    table.push_str("</tbody>\n</table>\n");
    table
}

fn row(table: &mut String, message: &Evidence) {
    let destination = message.destination_ip.map_or_else(|| "unknown".to_owned(), |ip| ip.to_string());
    let id = message.message_id.as_ref().map_or("none", MessageId::as_str);
    // Writing to a String can't fail.
    let _ = writeln!(
        table,
        "<tr><td data-label=\"Time\">{}</td><td data-label=\"Destination IP\">{destination}</td>\
         <td data-label=\"Message-ID\"><code>{}</code></td><td data-label=\"Spam score\">{}</td></tr>",
        wording::moment(message.at),
        escape(id),
        message.score,
    );
}
