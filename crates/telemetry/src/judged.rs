//! A judged message: its log line, and the metrics of verdicts, scores, signals and the time judging takes.

use std::fmt;
use std::sync::atomic::{AtomicI32, Ordering};

use model::{AccountName, Hit, Judged, Via};
use prometheus::{Histogram, IntCounter, IntCounterVec, Registry, Result};

use crate::families::{Children, counter, counters, histogram};

/// Upper bounds, whole points: up to 99 is below the default spam score; what stands in the wild goes up to 400.
const SCORE_BUCKETS: [f64; 10] = [0.0, 25.0, 50.0, 75.0, 99.0, 150.0, 200.0, 300.0, 400.0, 600.0];
/// From a cached look-up to the milter's 5 s before a progress report.
const DURATION_BUCKETS: [f64; 12] =
    [0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.05, 0.25, 1.0, 5.0];
/// [`model::Action::as_str`].
const VERDICTS: [&str; 5] = ["accept", "tag", "defer", "reject", "hold"];

/// Takes note of judged messages.
pub(crate) struct Watch {
    messages: Children<(Via, &'static str)>,
    reasons: IntCounterVec,
    monitored: IntCounterVec,
    spam: IntCounter,
    spam_score: AtomicI32,
    recipients: IntCounter,
    bytes: IntCounter,
    score: Histogram,
    duration: Histogram,
    signals: Children<String>,
}

impl Watch {
    pub(crate) fn new<'s>(registry: &Registry, signals: impl IntoIterator<Item = &'s str>, spam: i32) -> Result<Self> {
        let reasons = "Messages judged, by the verdict and its reason, as if every refusal were real.";
        let monitored = "Messages let pass only because of monitor mode, by the verdict they would have had.";
        let score = "Scores of the messages that were scored.";
        let duration = "How long judging a message took, in seconds.";
        Ok(Self {
            messages: messages(registry)?,
            reasons: counters(registry, "portreeve_verdict_reasons_total", reasons, &["verdict", "reason"])?,
            monitored: counters(registry, "portreeve_monitored_messages_total", monitored, &["verdict"])?,
            spam: counter(registry, "portreeve_spam_messages_total", "Messages at or above the spam score.")?,
            spam_score: AtomicI32::new(spam),
            recipients: counter(registry, "portreeve_recipients_total", "Recipients of the messages judged.")?,
            bytes: counter(registry, "portreeve_message_bytes_total", "Size of the messages judged, in bytes.")?,
            score: histogram(registry, "portreeve_message_score", score, &SCORE_BUCKETS)?,
            duration: histogram(registry, "portreeve_judge_duration_seconds", duration, &DURATION_BUCKETS)?,
            signals: children_of_signals(registry, signals)?,
        })
    }

    pub(crate) fn set_spam_score(&self, spam: i32) {
        self.spam_score.store(spam, Ordering::Relaxed);
    }

    /// Messages, spam among them, and those that were refused or deferred.
    pub(crate) fn totals(&self) -> (u64, u64, u64) {
        let refused = self.messages.sum(|(_, verdict)| matches!(*verdict, "defer" | "reject"));
        (self.messages.sum(|_| true), self.spam.get(), refused)
    }

    pub(crate) fn note(&self, judged: &Judged<'_>) {
        self.count(judged);
        self.measure(judged);
        log(judged);
    }

    fn count(&self, judged: &Judged<'_>) {
        let verdict = judged.verdict.action.as_str();
        self.messages.of(&(judged.via, verdict)).inc();
        self.reasons.with_label_values(&[judged.would, judged.verdict.reason]).inc();
        if judged.would != verdict {
            self.monitored.with_label_values(&[judged.would]).inc();
        }
        self.recipients.inc_by(u64::from(judged.envelope.recipient_count));
        self.bytes.inc_by(judged.size);
    }

    fn measure(&self, judged: &Judged<'_>) {
        let score = &judged.verdict.score;
        self.duration.observe(judged.took.as_secs_f64());
        if was_scored(judged) {
            self.score.observe(f64::from(score.total));
        }
        if score.total >= self.spam_score.load(Ordering::Relaxed) {
            self.spam.inc();
        }
        score.hits.iter().for_each(|hit| self.signals.of(hit.signal.as_str()).inc());
    }
}

fn messages(registry: &Registry) -> Result<Children<(Via, &'static str)>> {
    let help = "Messages judged, by the door they came in by and the verdict that was given.";
    let family = counters(registry, "portreeve_messages_total", help, &["via", "verdict"])?;
    let pairs = Via::ALL.into_iter().flat_map(|via| VERDICTS.map(|verdict| (via, verdict)));
    let known = pairs.map(|(via, verdict)| ((via, verdict), family.with_label_values(&[via.as_str(), verdict])));
    Ok(Children::new(known, family.with_label_values(&["other", "other"])))
}

fn children_of_signals<'s>(
    registry: &Registry,
    signals: impl IntoIterator<Item = &'s str>,
) -> Result<Children<String>> {
    let help = "Messages a signal was seen in.";
    let family = counters(registry, "portreeve_signal_hits_total", help, &["signal"])?;
    let known = signals.into_iter().map(|name| (name.to_owned(), family.with_label_values(&[name])));
    Ok(Children::new(known, family.with_label_values(&["other"])))
}

/// A blocked or throttled sender's message is refused unread. Its empty score says nothing about mail.
fn was_scored(judged: &Judged<'_>) -> bool {
    let refused = matches!(judged.would, "defer" | "reject");
    !(refused && judged.verdict.score.hits.is_empty())
}

fn log(judged: &Judged<'_>) {
    let verdict = judged.verdict.action.as_str();
    tracing::info!(
        via = judged.via.as_str(),
        message_id = judged.message_id,
        queue_id = judged.queue_id,
        account = judged.identity.account.as_ref().map(AccountName::as_str),
        ip = judged.identity.network.map(tracing::field::display),
        domain = judged.identity.domain.as_ref().map(model::DomainName::as_str),
        recipients = judged.envelope.recipient_count,
        size = judged.size,
        score = judged.verdict.score.total,
        signals = %Signals(&judged.verdict.score.hits),
        verdict,
        would = (judged.would != verdict).then_some(judged.would),
        reason = judged.verdict.reason,
        took_us = u64::try_from(judged.took.as_micros()).unwrap_or(u64::MAX),
        "message judged"
    );
}

/// `name=points,name=points`: no space, so that it is one word in a text log.
struct Signals<'a>(&'a [Hit]);

impl fmt::Display for Signals<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for hit in self.0 {
            write!(f, "{separator}{}={}", hit.signal.as_str(), hit.points)?;
            separator = ",";
        }
        Ok(())
    }
}
