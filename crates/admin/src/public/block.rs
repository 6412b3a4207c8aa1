//! The page behind the link of a refusal: one block, for whoever knows its reference.
//!
//! Security: it shows what the alert shows (time, destination IP, Message-ID, score), never a recipient's address, a
//! header or a word of the text: the link may be passed on, and a blocked IP sends for many.

use std::fmt::Write;
use std::time::Duration;

use access::{AccessError, Gate, Visitor};
use axum::extract::{Extension, Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use console::Words;
use customers::Language;
use model::{Block, BlockState, Evidence, MessageId, WebDoor};
use pipeline::{CaseFile, DeskError};

use super::Door;
use super::html::{escape, notice, page};
use super::wording::Wording;
use crate::control::reference;
use crate::state::Site;

/// `GET /b/{reference}`
pub(super) async fn show(
    State(door): State<Door>,
    Extension(visitor): Extension<Visitor>,
    Path(text): Path<String>,
    RawQuery(query): RawQuery,
    fields: HeaderMap,
) -> Response {
    let words = spoken(query.as_deref(), &fields);
    let found = match reference(&text) {
        Some(reference) => door.state.case_file(reference).await.map(Some),
        None => Ok(None),
    };
    match found {
        Ok(Some(case)) => html(&case, &door.state.site(), words).into_response(),
        Ok(None) | Err(DeskError::Unknown(_)) => {
            // A reference can't be guessed: the right one is shown whatever came from there before.
            match guessed(&door, visitor).await {
                Ok(true) => {
                    (StatusCode::NOT_FOUND, told("error.missing.title", "status.unknown", words)).into_response()
                }
                Ok(false) => too_many(words),
                Err(error) => unavailable(&error, words),
            }
        }
        Err(error) => unavailable(&error, words),
    }
}

/// Takes note of a wrong reference; whether it was one of those that are allowed.
async fn guessed(door: &Door, visitor: Visitor) -> Result<bool, AccessError> {
    let allowed = door.guesses.wrong(visitor.network(), door.state.clock.now());
    let told = move |gate: &Gate| gate.guessed(WebDoor::Reference, None, &visitor, !allowed);
    door.state.with_gate(told).await?;
    Ok(allowed)
}

/// The visitor's language: what he has chosen, else what his browser asks for.
fn spoken(query: Option<&str>, fields: &HeaderMap) -> &'static Words {
    let chosen = query.unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix("language="));
    let accepted = fields.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Words::of(console::language(chosen, accepted))
}

fn told(title: &str, sentence: &str, words: &Words) -> Html<String> {
    notice(words.say(title), words.say(sentence), words.language())
}

fn too_many(words: &Words) -> Response {
    let page = told("error.failed.title", "status.slow", words);
    (StatusCode::TOO_MANY_REQUESTS, page).into_response()
}

fn unavailable(error: &dyn std::fmt::Display, words: &Words) -> Response {
    tracing::error!(%error, "a block's page can't be shown");
    (StatusCode::SERVICE_UNAVAILABLE, told("error.failed.title", "error.failed", words)).into_response()
}

fn html(case: &CaseFile, site: &Site, words: &'static Words) -> Html<String> {
    let block = &case.block;
    let wording = Wording::new(words, block, site.monitor);
    let title = wording.headline();
    let body = format!(
        include_str!("block.html"),
        class = block.state.as_str(),
        headline = title,
        lead = escape(&wording.lead()),
        receiving = escape(&wording.receiving()),
        next = next(block, &site.ladder, words),
        advice = advice(&console::advised(block, &case.evidence), words),
        contact = contact_line(&site.contact),
        the_block = words.say("block.facts"),
        kind = escape(&wording.kind()),
        subject = escape(&block.subject.name()),
        state_name = words.say("col.state"),
        state = wording.state(),
        since_name = words.say("case.since"),
        since = console::moment(block.since),
        until_name = words.say("status.until"),
        until = escape(&wording.until()),
        reason_name = words.say("col.reason"),
        reason = escape(&wording.reason()),
        spam = suspicious(block, words),
        reference_name = words.say("block.reference"),
        reference = escape(block.reference.as_str()),
        messages = messages(case, words),
        languages = languages(words),
    );
    page(title, &body, words.language())
}

fn advice(steps: &[&str], words: &Words) -> String {
    if steps.is_empty() {
        return String::new();
    }
    let step = |step: &&str| format!("<li>{}</li>\n", escape(words.say(&format!("advice.{step}"))));
    let steps: String = steps.iter().map(step).collect();
    format!("<h2>{}</h2>\n<ol>\n{steps}</ol>\n", words.say("advice.title"))
}

/// How long the next block would be, as long as this one is not over.
fn next(block: &Block, ladder: &[Duration], words: &Words) -> String {
    let threatens = block.state != BlockState::Unblocked && !block.reason.monitored;
    let length = limits::next_length(ladder, block.strike).filter(|_| threatens);
    let told = length.map(|length| words.fill("status.next", &[("length", &words.length(length))]));
    told.map(|sentence| format!("<p>{}</p>\n", escape(&sentence))).unwrap_or_default()
}

/// Of a block by hand there may be none.
fn suspicious(block: &Block, words: &Words) -> String {
    if block.reason.decided().is_some() && block.spam == 0 {
        return String::new();
    }
    format!("<dt>{}</dt><dd>{}</dd>\n", words.say("case.spam"), block.spam)
}

fn contact_line(contact: &str) -> String {
    if contact.is_empty() { String::new() } else { format!("<p>{}</p>\n", escape(contact)) }
}

fn languages(words: &Words) -> String {
    let link = |language: &Language| {
        let name = match language {
            Language::En => "English",
            Language::Fr => "Français",
            Language::De => "Deutsch",
        };
        let here = if *language == words.language() { " aria-current=\"true\"" } else { "" };
        format!("<a href=\"?language={language}\" lang=\"{language}\" hreflang=\"{language}\"{here}>{name}</a>\n")
    };
    Language::ALL.iter().map(link).collect()
}

/// The columns of the messages.
const COLUMNS: [&str; 4] = ["col.time", "col.destination", "col.message_id", "col.score"];

fn messages(CaseFile { block, evidence }: &CaseFile, words: &Words) -> String {
    let heading = format!("<h2>{}</h2>\n", words.say("block.evidence"));
    match (evidence.is_empty(), block.reason.decided()) {
        (true, Some(_)) => String::new(),
        (true, None) => format!("{heading}<p>{}</p>\n", words.say("block.no_evidence")),
        (false, _) => heading + &table(evidence, words),
    }
}

fn table(evidence: &[Evidence], words: &Words) -> String {
    let head: String = COLUMNS.iter().map(|key| format!("<th scope=\"col\">{}</th>", words.say(key))).collect();
    let mut table = format!("<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n");
    for message in evidence {
        row(&mut table, message, words);
    }
    table.push_str("</tbody>\n</table>\n");
    table
}

fn row(table: &mut String, message: &Evidence, words: &Words) {
    let destination = message.destination_ip.map_or_else(|| words.say("unknown").to_owned(), |ip| ip.to_string());
    let id = message.message_id.as_ref().map_or(words.say("none"), MessageId::as_str);
    let [time, where_to, name, score] = COLUMNS.map(|key| words.say(key));
    // Writing to a String can't fail.
    let _ = writeln!(
        table,
        "<tr><td data-label=\"{time}\">{}</td><td data-label=\"{where_to}\">{destination}</td>\
         <td data-label=\"{name}\"><code>{}</code></td><td data-label=\"{score}\">{}</td></tr>",
        console::moment(message.at),
        escape(id),
        message.score,
    );
}
