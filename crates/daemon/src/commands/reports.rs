//! `portreeve reports`: false-positive reports, through the running daemon, since it scores and releases.

use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;

use admin::{ControlClient, ControlError, ReportDecision, ReportQuery, ReportView};
use anyhow::Context;
use api::native::documents::{self, Page};
use customers::Directory;
use customers::report::{Report, ReportState};
use model::SubjectKey;
use pipeline::Change;

use super::operator::by;
use super::whose::Whose;
use super::{cut, length, tell_next};
use crate::args::ReportsCommand;
use crate::config::Config;
use crate::out::{json, say};
use crate::serve::control_socket;

pub(crate) fn run(config: Option<&Path>, command: &ReportsCommand) -> anyhow::Result<ExitCode> {
    let config = Config::load(config)?;
    let client = ControlClient::new(control_socket(&config.store.path));
    let counter = Counter { client, owners: &*super::customers::known_here(&config)? };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            ReportsCommand::Add { subject, file, json } => {
                let message = message_of(file, config.reports.max_size.bytes())?;
                counter.add(&subject.read()?, message, *json).await
            }
            ReportsCommand::List { all, after, limit, json } => counter.list(!*all, *after, *limit, *json).await,
            ReportsCommand::Show { id, eml: true, .. } => counter.message(*id).await,
            ReportsCommand::Show { id, json, .. } => counter.shown(counter.client.report(*id).await, *json).await,
            ReportsCommand::Decide { id, spam, ham: _, exempt, length: text, reason, release, json } => {
                let decision = ReportDecision {
                    is_ham: !*spam,
                    reason: reason.clone().unwrap_or_default(),
                    exempt: exempt.clone(),
                    seconds: length(text, "--for")?.as_secs(),
                    release: *release,
                    by: by(),
                };
                counter.done(counter.client.decide_report(*id, &decision).await, *json).await
            }
            ReportsCommand::Drop { id, json } => {
                counter.done(counter.client.drop_report(*id, &by()).await, *json).await
            }
        }
    })
}

struct Counter<'c> {
    client: ControlClient,
    owners: &'c Directory,
}

type Answer = Result<ReportView, ControlError>;

impl Counter<'_> {
    async fn add(&self, subject: &SubjectKey, message: Vec<u8>, json: bool) -> anyhow::Result<ExitCode> {
        let query = ReportQuery { kind: subject.kind().to_string(), name: subject.name(), by: by() };
        self.shown(self.client.add_report(&query, message).await, json).await
    }

    async fn list(&self, only_open: bool, after: Option<u64>, limit: usize, as_json: bool) -> anyhow::Result<ExitCode> {
        let found = self.client.reports(only_open, after.unwrap_or(u64::MAX), limit.saturating_add(1)).await?;
        let Page { rows: reports, next } = cut(found, limit, |report| report.id.to_string());
        let is_empty = reports.is_empty();
        tell_next(next.as_deref());
        if as_json {
            let whose = self.whose(&reports).await?;
            json(&documents::reports(Page { rows: reports, next }, &|subject| whose.owner(subject)))?;
        } else if reports.is_empty() {
            say!("There is no {}report.", if only_open { "open " } else { "" });
        } else {
            say!("{:<8}  {:<10}  {:<38}  {:<5}  {:<5}  MESSAGE", "REPORT", "STATE", "WHO", "THEN", "NOW");
            reports.iter().for_each(print_line);
        }
        Ok(ExitCode::from(u8::from(is_empty)))
    }

    async fn message(&self, id: u64) -> anyhow::Result<ExitCode> {
        match self.client.report_message(id, &by()).await {
            Err(error) => refused(error),
            Ok(message) => {
                std::io::stdout().lock().write_all(&message).context("standard output can't be written")?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }

    async fn shown(&self, answer: Answer, json: bool) -> anyhow::Result<ExitCode> {
        match answer {
            Err(error) => refused(error),
            Ok(view) if json => self.print_json(view.report).await,
            Ok(view) => {
                print_report(&view);
                Ok(ExitCode::SUCCESS)
            }
        }
    }

    async fn done(&self, answer: Answer, json: bool) -> anyhow::Result<ExitCode> {
        match answer {
            Err(error) => refused(error),
            Ok(view) if json => self.print_json(view.report).await,
            Ok(view) => {
                let report = view.report;
                say!("Report {} is {}.", report.id, report.state.as_str());
                for number in &report.exemptions {
                    say!("Exemption {number} is in force: portreeve exemptions list");
                }
                Ok(ExitCode::SUCCESS)
            }
        }
    }

    async fn print_json(&self, report: Report) -> anyhow::Result<ExitCode> {
        let whose = self.whose([&report]).await?;
        json(&documents::report(report, &|subject| whose.owner(subject)))?;
        Ok(ExitCode::SUCCESS)
    }

    async fn whose(&self, reports: impl IntoIterator<Item = &Report>) -> anyhow::Result<Whose> {
        Whose::of(&self.client, self.owners, reports.into_iter().map(|report| report.subject.clone())).await
    }
}

/// The daemon's "no" is an answer; anything else went wrong.
pub(super) fn refused(error: ControlError) -> anyhow::Result<ExitCode> {
    match error {
        ControlError::Unknown(sentence) | ControlError::Refused { status: 409 | 413 | 422, sentence } => {
            say!("{sentence}.");
            Ok(ExitCode::from(1))
        }
        error => Err(error.into()),
    }
}

fn print_line(report: &Report) {
    let (state, who) = (report.state.as_str(), report.subject.to_string());
    let (then, now) = (report.then.total, report.now.total);
    say!("{:<8}  {state:<10}  {who:<38}  {then:<5}  {now:<5}  {}", report.id, report.message_id);
}

fn print_report(view: &ReportView) {
    let report = &view.report;
    say!("{:<10} {}", "Report", report.id);
    say!("{:<10} {}", "Who", report.subject);
    say!("{:<10} {} flagged {}, block {}", "Message", report.message_id, report.flagged, report.block);
    say!("{:<10} {} by {}", "Reported", report.reported, report.by);
    print_state(report);
    say!("{:<10} {} then, {} now; spam from {}", "Score", report.then.total, report.now.total, report.spam);
    say!("\n  {:>5}  {:>5}  SIGNAL", "THEN", "NOW");
    view.difference.iter().for_each(print_change);
    for (good, head) in [(false, "What to change"), (true, "What is good")] {
        let findings: Vec<_> = report.findings.iter().filter(|finding| finding.good == good).collect();
        if !findings.is_empty() {
            say!("\n{head}");
        }
        findings.iter().for_each(|finding| say!("  - {}", finding.sentence));
    }
    if !report.remarks.is_empty() {
        say!("\nTo know");
    }
    report.remarks.iter().for_each(|remark| say!("  - {remark}"));
}

fn print_state(report: &Report) {
    match (&report.state, report.state.word()) {
        (ReportState::Open, _) | (_, None) => say!("{:<10} open", "State"),
        (state, Some(word)) => {
            let reason = if word.reason.is_empty() { String::new() } else { format!(": {}", word.reason) };
            say!("{:<10} {} {} by {}{reason}", "State", state.as_str(), word.at, word.by);
        }
    }
    if !report.due.is_empty() {
        let due: Vec<_> = report.due.iter().map(|errand| format!("{errand:?}").to_lowercase()).collect();
        say!("{:<10} {} (tried again by itself)", "To do", due.join(", "));
    }
}

fn print_change(change: &Change) {
    let points = |points: Option<i32>| points.map_or_else(|| "-".to_owned(), |points| format!("{points:+}"));
    let now = if change.asked_again { points(change.now) } else { "?".into() };
    say!("  {:>5}  {now:>5}  {:<24} {}", points(change.then), change.signal, change.why);
}

/// A file, or standard input, as far as a report takes it and one byte more.
fn message_of(file: &Path, max: usize) -> anyhow::Result<Vec<u8>> {
    let (mut message, most) = (Vec::new(), max as u64 + 1);
    let read = if file == Path::new("-") {
        std::io::stdin().take(most).read_to_end(&mut message)
    } else {
        let file = std::fs::File::open(file).with_context(|| format!("{} can't be read", file.display()))?;
        file.take(most).read_to_end(&mut message)
    };
    read.with_context(|| format!("{} can't be read", file.display()))?;
    Ok(message)
}
