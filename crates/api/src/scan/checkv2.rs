//! `POST /checkv2` as Rspamd's documentation lays it down: the envelope in the request's header, the answer as JSON. Scores are on
//! our own scale; an answer names its thresholds.

use std::time::Duration;

use axum::http::HeaderMap;
use model::{Action, DomainName, QueueId, Session, Submission, Verdict};
use scoring::ScoreSettings;
use serde_json::{Map, Value, json};

use super::answer::{fields, refusal};
use super::words;

pub(super) fn submission(head: &HeaderMap) -> Submission {
    let is_encrypted = head.contains_key("tls-version") || head.contains_key("tls-cipher");
    let client_name = words::text(head, "hostname", 255).and_then(|name| DomainName::new(&name));
    let session = Session { tls: is_encrypted, client_name, ..words::session(head, "ip", "helo", Some("user")) };
    let mut envelope = words::envelope(head, "from", "rcpt");
    envelope.queue_id = words::text(head, "queue-id", QueueId::MAX).and_then(|id| QueueId::new(&id));
    words::without_message(session, envelope)
}

pub(super) fn answer(submission: &Submission, verdict: &Verdict, score: &ScoreSettings, took: Duration) -> Value {
    let mut messages = Map::new();
    if let Some(refusal) = refusal(verdict) {
        messages.insert("smtp_message".into(), refusal.text.clone().into());
    }
    let required = if score.reject > 0 { score.reject } else { score.spam };
    let added: Map<String, Value> =
        fields(verdict).into_iter().map(|(name, value)| (name, json!({ "value": value, "order": 0 }))).collect();
    json!({
        "is_skipped": false,
        "score": verdict.score.total,
        "required_score": required,
        "action": action(verdict, score),
        "thresholds": thresholds(score),
        "symbols": symbols(verdict),
        "messages": messages,
        "milter": { "add_headers": added },
        "urls": [],
        "emails": [],
        "message-id": submission.envelope.queue_id.as_ref().map_or("undef", QueueId::as_str),
        "time_real": took.as_secs_f64(),
    })
}

/// What Rspamd would call it. Held mail is deferred: a mail server without milter has nowhere to hold it.
fn action(verdict: &Verdict, score: &ScoreSettings) -> &'static str {
    match &verdict.action {
        Action::Accept if verdict.score.total >= score.spam => "add header",
        Action::Accept => "no action",
        Action::Tag(_) => "add header",
        Action::Defer(_) | Action::Hold(_) => "soft reject",
        Action::Reject(_) => "reject",
    }
}

fn thresholds(score: &ScoreSettings) -> Value {
    let mut thresholds = Map::new();
    thresholds.insert("add header".into(), score.spam.into());
    if score.reject > 0 {
        thresholds.insert("reject".into(), score.reject.into());
    }
    thresholds.into()
}

fn symbols(verdict: &Verdict) -> Value {
    let symbol = |hit: &model::Hit| {
        let name = hit.signal.as_str();
        let told = json!({ "name": name, "score": hit.points, "metric_score": hit.points, "description": hit.why });
        (name.to_owned(), told)
    };
    verdict.score.hits.iter().map(symbol).collect::<Map<_, _>>().into()
}
