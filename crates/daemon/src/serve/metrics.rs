//! Figures that other crates keep, exported at each scrape.

use std::sync::Arc;

use pipeline::Waiting;
use telemetry::MetricError;

use super::parts::Parts;

/// Registers the figures of ledger, memory, store, outbox and look-ups.
pub(crate) fn register(parts: &Parts) -> Result<(), MetricError> {
    ledger(parts)?;
    recall(parts)?;
    lockouts(parts)?;
    store(parts)?;
    journal(parts)?;
    outbox(parts)?;
    reports(parts)?;
    tickets(parts)?;
    diagnoses(parts)?;
    super::webhooks::register(&parts.telemetry, &parts.webhooks)?;
    super::owners::register(parts)?;
    certificates(parts)?;
    super::loads::register(&parts.telemetry, &parts.loads)?;
    lookups(parts)
}

fn ledger(parts: &Parts) -> Result<(), MetricError> {
    let telemetry = &parts.telemetry;
    let ledger = Arc::clone(&parts.ledger);
    telemetry.register_gauge("portreeve_subjects", "Accounts, addresses and domains that are counted.", move || {
        ledger.len() as f64
    })?;
    let ledger = Arc::clone(&parts.ledger);
    telemetry.register_gauge("portreeve_blocked_subjects", "Subjects that are blocked now.", move || {
        ledger.blocked_len() as f64
    })?;
    let ledger = Arc::clone(&parts.ledger);
    let help = "Blocks in force whose owner the provider's directory has not named yet.";
    telemetry.register_gauge("portreeve_blocks_awaiting_owner", help, move || ledger.awaiting().len() as f64)?;
    let ledger = Arc::clone(&parts.ledger);
    let help = "Idle subjects forgotten because there were more than blocks.max_subjects.";
    telemetry.register_counter("portreeve_evicted_subjects_total", help, move || ledger.evicted() as f64)
}

fn recall(parts: &Parts) -> Result<(), MetricError> {
    let telemetry = &parts.telemetry;
    let recall = Arc::clone(&parts.recall);
    telemetry.register_gauge(
        "portreeve_fingerprints",
        "Recent messages, files and link sets remembered.",
        move || recall.figures().fingerprints as f64,
    )?;
    let recall = Arc::clone(&parts.recall);
    telemetry.register_gauge("portreeve_confirmed_fingerprints", "Messages confirmed as spam or ham.", move || {
        recall.figures().confirmed as f64
    })?;
    let recall = Arc::clone(&parts.recall);
    telemetry.register_gauge("portreeve_habits", "Senders whose habits are remembered.", move || {
        recall.figures().senders as f64
    })?;
    let recall = Arc::clone(&parts.recall);
    let help = "Idle senders whose habits were forgotten because there were more than recall.senders.";
    telemetry.register_counter("portreeve_evicted_habits_total", help, move || recall.figures().evicted_senders as f64)
}

fn lockouts(parts: &Parts) -> Result<(), MetricError> {
    let logins = Arc::clone(&parts.logins);
    let help = "Accounts and client networks that are locked out after failed logins.";
    parts.telemetry.register_gauge("portreeve_locked_out", help, move || logins.all().len() as f64)
}

fn store(parts: &Parts) -> Result<(), MetricError> {
    let telemetry = &parts.telemetry;
    let writer = Arc::clone(&parts.writer);
    telemetry.register_gauge("portreeve_store_waiting_writes", "Writes that wait for the store.", move || {
        writer.health().waiting as f64
    })?;
    let writer = Arc::clone(&parts.writer);
    telemetry.register_gauge("portreeve_store_up", "Whether the last write to the store worked.", move || {
        f64::from(u8::from(writer.is_healthy()))
    })?;
    let writer = Arc::clone(&parts.writer);
    let help = "Blocks or alerts that could not even be kept waiting for the store.";
    telemetry.register_counter("portreeve_store_lost_writes_total", help, move || writer.health().lost as f64)
}

/// Only where there is a journal.
fn journal(parts: &Parts) -> Result<(), MetricError> {
    if parts.witness.journal().is_none() {
        return Ok(());
    }
    let telemetry = &parts.telemetry;
    let witness = Arc::clone(&parts.witness);
    let help = "Entries of the journal by what became of them; lost ones came too fast or the disk failed.";
    telemetry.register_counters("portreeve_journal_entries_total", help, "outcome", move || {
        let figures = witness.journal().unwrap_or_default();
        vec![("written", figures.written as f64), ("lost", figures.lost as f64)]
    })
}

fn outbox(parts: &Parts) -> Result<(), MetricError> {
    let telemetry = &parts.telemetry;
    let outbox = parts.outbox.clone();
    telemetry.register_gauge("portreeve_outbox_alerts", "Alerts that wait to be sent.", move || {
        outbox.figures().depth as f64
    })?;
    let outbox = parts.outbox.clone();
    let help = "How long the oldest waiting alert has waited.";
    telemetry
        .register_gauge("portreeve_outbox_oldest_age_seconds", help, move || outbox.figures().oldest.as_secs_f64())?;
    let outbox = parts.outbox.clone();
    telemetry.register_counters("portreeve_alerts_total", "Alerts by outcome of a try; collected ones were told in a letter about many, overtaken ones had nothing to tell any more.", "outcome", move || {
        let figures = outbox.figures();
        vec![
            ("sent", figures.sent as f64),
            ("failed", figures.failed as f64),
            ("given_up", figures.given_up as f64),
            ("collected", figures.collected as f64),
            ("overtaken", figures.overtaken as f64),
        ]
    })?;
    let outbox = parts.outbox.clone();
    let help = "Digests that operators were sent, early ones included.";
    telemetry.register_counter("portreeve_digests_total", help, move || outbox.figures().digests as f64)?;
    let outbox = parts.outbox.clone();
    let help = "Letters that the relay has taken, by what they tell.";
    telemetry.register_counters("portreeve_letters_sent_total", help, "kind", move || {
        outbox.sent_by_kind().into_iter().map(|(kind, count)| (kind, count as f64)).collect()
    })
}

fn reports(parts: &Parts) -> Result<(), MetricError> {
    let telemetry = &parts.telemetry;
    let reports = Arc::clone(&parts.reports);
    let help =
        "False-positive reports by what became of them; refused ones were not the flagged message as it was sent.";
    telemetry.register_counters("portreeve_reports_total", help, "outcome", move || {
        reports.figures().outcomes.map(|(outcome, count)| (outcome, count as f64)).to_vec()
    })?;
    let reports = Arc::clone(&parts.reports);
    telemetry.register_gauge(
        "portreeve_reports_open",
        "False-positive reports that wait for a decision.",
        move || reports.figures().open as f64,
    )?;
    let reports = Arc::clone(&parts.reports);
    let help = "How long the oldest open report has waited.";
    telemetry
        .register_gauge("portreeve_reports_oldest_age_seconds", help, move || reports.figures().oldest.as_secs_f64())?;
    let exemptions = Arc::clone(&parts.exemptions);
    telemetry.register_gauge("portreeve_exemptions", "Exemptions in force.", move || exemptions.len() as f64)
}

fn tickets(parts: &Parts) -> Result<(), MetricError> {
    let waiting = Arc::new(Waiting::new(Arc::clone(&parts.store) as _, Arc::clone(&parts.clock)));
    let open = Arc::clone(&waiting);
    let help = "Open tickets by what they are about and where they stand; \"deciding\" ones wait for an operator.";
    parts.telemetry.register_gauge_table("portreeve_tickets_open", help, ["about", "state"], move || {
        open.open().figures().map(|(labels, count)| (labels, count as f64)).collect()
    })?;
    let help = "How long the ticket that waits longest for an operator has waited.";
    parts
        .telemetry
        .register_gauge("portreeve_tickets_longest_wait_seconds", help, move || waiting.longest().as_secs_f64())
}

fn diagnoses(parts: &Parts) -> Result<(), MetricError> {
    let telemetry = &parts.telemetry;
    let diagnoses = Arc::clone(&parts.diagnoses);
    let help = "Diagnoses that are not over: those that wait for their turn, and those that run.";
    telemetry.register_gauges("portreeve_diagnoses_unfinished", help, "state", move || {
        let figures = diagnoses.figures();
        vec![("todo", figures.todo as f64), ("doing", figures.doing as f64)]
    })?;
    let diagnoses = Arc::clone(&parts.diagnoses);
    let help = "Diagnoses by their worst finding; \"error\" ones ended early.";
    telemetry.register_counters("portreeve_diagnoses_total", help, "outcome", move || {
        diagnoses.figures().ended.map(|(outcome, count)| (outcome, count as f64)).to_vec()
    })?;
    let diagnoses = Arc::clone(&parts.diagnoses);
    let help = "Diagnoses by what keeps mail from going.";
    telemetry.register_counters("portreeve_diagnosis_causes_total", help, "cause", move || {
        diagnoses.figures().causes.map(|(cause, count)| (cause, count as f64)).to_vec()
    })
}

fn certificates(parts: &Parts) -> Result<(), MetricError> {
    let certificates = Arc::clone(&parts.certificates);
    let help = "When the certificate expires that clients of a listener are shown, in seconds since 1970.";
    let name = "portreeve_certificate_expires_timestamp_seconds";
    parts.telemetry.register_gauges(name, help, "listener", move || {
        certificates.load().iter().map(|expiry| (expiry.listener, expiry.at.as_secs() as f64)).collect()
    })
}

fn lookups(parts: &Parts) -> Result<(), MetricError> {
    let telemetry = &parts.telemetry;
    let dns = Arc::clone(&parts.names.dns);
    let help = "DNS look-ups by outcome; \"remembered\" took no question, \"timed_out\" had no answer in time; \
        \"authentication_…\" are those for SPF, DKIM and DMARC, some answered from memory.";
    telemetry.register_counters("portreeve_dns_lookups_total", help, "outcome", move || {
        let figures = dns.figures();
        vec![
            ("remembered", figures.remembered as f64),
            ("found", figures.found as f64),
            ("absent", figures.absent as f64),
            ("timed_out", figures.timed_out as f64),
            ("failed", figures.failed as f64),
            ("authentication_found", figures.authentication_found as f64),
            ("authentication_not_found", figures.authentication_not_found as f64),
        ]
    })?;
    let dns = Arc::clone(&parts.names.dns);
    telemetry.register_gauge("portreeve_dns_remembered_answers", "Answers of DNS held in memory.", move || {
        dns.remembered() as f64
    })
}
