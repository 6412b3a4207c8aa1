//! `portreeve diagnose`: begun in the running daemon, watched from here.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use admin::{ControlClient, DiagnosisView, NewDiagnosis};
use diagnostics::{Finding, Outcome, Password, State, Task, rows};

use super::password;
use super::progress::Progress;
use crate::args::{DiagnoseArgs, EXIT_FAILURE};
use crate::config::Config;
use crate::out::say;
use crate::serve::control_socket;

/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(200);

pub(crate) fn run(config: Option<&Path>, args: &DiagnoseArgs) -> anyhow::Result<ExitCode> {
    let config = Config::load(config)?;
    let client = ControlClient::new(control_socket(&config.store.path));
    let password = asked_password(&config, args)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let view = runtime.block_on(async {
        let wanted = NewDiagnosis { kind: args.kind.clone(), name: args.name.clone(), by: "operator".into(), password };
        let begun = client.diagnose(&wanted).await?;
        watched(&client, begun).await
    })?;
    if args.json {
        say!("{}", serde_json::to_string_pretty(&view)?);
    } else {
        print(&view);
    }
    Ok(exit_code(&view.task))
}

/// Asked for where there is a server to try it at.
fn asked_password(config: &Config, args: &DiagnoseArgs) -> anyhow::Result<Option<Password>> {
    let is_tried = args.kind == "account" && config.diagnosis.submission.is_some();
    if is_tried && !args.no_password { password::read(args.password_fd, &args.name) } else { Ok(None) }
}

fn exit_code(task: &Task) -> ExitCode {
    match task.state {
        State::Done if task.any_fails() => ExitCode::from(1),
        State::Done => ExitCode::SUCCESS,
        State::Todo | State::Doing | State::Error => ExitCode::from(EXIT_FAILURE),
    }
}

/// Waits until it is over; an interrupt cancels it, and what was found so far is shown.
async fn watched(client: &ControlClient, begun: DiagnosisView) -> anyhow::Result<DiagnosisView> {
    let id = begun.task.id;
    let mut progress = Progress::new("checks", begun.task.checks);
    let mut view = begun;
    let mut shown = 0;
    while !view.task.state.is_over() {
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = tokio::signal::ctrl_c() => {
                // It may have ended at this moment; the next look tells.
                let _ = client.cancel_diagnosis(id).await;
            }
        }
        view = client.diagnosis(id).await?;
        while shown < view.task.findings.len() {
            progress.step();
            shown += 1;
        }
    }
    Ok(view)
}

fn print(view: &DiagnosisView) {
    let task = &view.task;
    say!("Diagnosis {} of the {}", task.id, task.patient);
    for finding in &task.findings {
        print_finding(finding);
    }
    if let Some(error) = &task.error {
        say!("\nIt ended early, after {} of {} checks: {error}.", task.findings.len(), task.checks);
    }
    if let Some(cause) = view.summary.cause {
        say!("\nWhat to mend first: {}", cause.sentence());
    }
}

/// What is well takes a line; what is not, its meaning and what to do.
fn print_finding(finding: &Finding) {
    let title = rows().iter().find(|row| row.check == finding.check).map_or("", |row| row.title);
    say!("{:<8} {:<27} {}", finding.outcome.as_str(), title, finding.found);
    if finding.outcome != Outcome::Pass {
        for line in [&finding.means, &finding.advice].into_iter().filter(|line| !line.is_empty()) {
            say!("{:<8} {:<27}   {line}", "", "");
        }
    }
}
