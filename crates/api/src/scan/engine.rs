//! `POST /api/v1/scan`: the message as the body, the envelope in `X-…` fields, one word for an answer.

use std::time::Duration;

use axum::http::HeaderMap;
use model::{Hit, Submission, Verdict};
use scoring::ScoreSettings;
use serde_json::{Value, json};

use super::answer::refusal;
use super::words;

/// More of the causes is not told, in characters.
const MAX_CAUSE: usize = 1000;

pub(super) fn submission(head: &HeaderMap) -> Submission {
    let session = words::session(head, "x-inet", "x-helo", Some("x-login"));
    words::without_message(session, words::envelope(head, "x-mailfrom", "x-rcptto"))
}

pub(super) fn answer(submission: &Submission, verdict: &Verdict, score: &ScoreSettings, took: Duration) -> Value {
    json!({
        "verdict": word(submission, verdict, score),
        "score": verdict.score.total,
        "elapsed": format!("{:.0}ms", took.as_secs_f64() * 1000.0),
        "spamcause": cause(verdict),
    })
}

fn word(submission: &Submission, verdict: &Verdict, score: &ScoreSettings) -> &'static str {
    let total = verdict.score.total;
    if total < score.spam {
        return match total {
            // Who is blocked is refused, whatever he sends.
            _ if !verdict.action.delivers() => "spam:high",
            _ if total.saturating_mul(2) >= score.spam => "suspect",
            _ if submission.envelope.sender.as_str().is_empty() => "bounce",
            _ => "clean",
        };
    }
    let leading = verdict.score.hits.first().map_or("", |hit| hit.signal.as_str());
    match kind(leading) {
        Some(kind) => kind,
        None if total >= score.spam.saturating_mul(3) => "spam:high",
        None if total >= score.spam.saturating_mul(2) => "spam:medium",
        None => "spam:low",
    }
}

/// What a message is whose strongest signal is this one.
fn kind(signal: &str) -> Option<&'static str> {
    match signal {
        "scanner_virus" => Some("malware"),
        _ if signal.starts_with("attachment_") => Some("malware"),
        "text_credentials" | "url_brand" | "url_disguised" | "html_password" | "html_misleading_link" => {
            Some("phishing")
        }
        "text_advance_fee" | "text_extortion" => Some("scam"),
        _ => None,
    }
}

/// The refusal first, then every signal with its points and its sentence.
fn cause(verdict: &Verdict) -> String {
    let told = |hit: &Hit| format!("{} {:+}: {}", hit.signal.as_str(), hit.points, hit.why);
    let refused = refusal(verdict).map(|refusal| refusal.line());
    let causes: Vec<_> = refused.into_iter().chain(verdict.score.hits.iter().map(told)).collect();
    model::names::bounded(&causes.join("; "), MAX_CAUSE).to_owned()
}
