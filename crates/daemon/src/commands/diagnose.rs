//! `portreeve diagnose`: begun in the running daemon, watched from here.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use admin::{ControlClient, DiagnosisView, NewDiagnosis};
use api::native::documents;
use diagnostics::{Password, State, Task};
use model::{SubjectKey, SubjectKind};

use super::operator::by;
use super::password;
use super::progress::Progress;
use crate::args::{DiagnoseArgs, EXIT_FAILURE};
use crate::config::Config;
use crate::out::{json, say};
use crate::serve::control_socket;

/// How often it is looked at.
const LOOK: Duration = Duration::from_millis(200);

pub(crate) fn run(config: Option<&Path>, args: &DiagnoseArgs) -> anyhow::Result<ExitCode> {
    let config = Config::load(config)?;
    let client = ControlClient::new(control_socket(&config.store.path));
    let subject = args.subject.read()?;
    let password = asked_password(&config, args, &subject)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (view, ticket) = runtime.block_on(async {
        let (kind, name) = (subject.kind().to_string(), subject.name());
        let wanted = NewDiagnosis { kind, name, by: by(), password };
        let begun = client.diagnose(&wanted).await?;
        let view = watched(&client, begun).await?;
        let ticket = if args.ticket { Some(carried(&client, &view.task).await?) } else { None };
        anyhow::Ok((view, ticket))
    })?;
    let exit = exit_code(&view.task);
    if args.json {
        json(&documents::diagnosis(view.task, ticket))?;
    } else {
        say!("{}", view.task.table().trim_end());
    }
    if let Some(ticket) = ticket {
        eprintln!("Ticket {ticket} carries the result.");
    }
    Ok(exit)
}

/// The number of the ticket that carries the result; one that ended early carries what was found.
async fn carried(client: &ControlClient, task: &Task) -> anyhow::Result<u64> {
    Ok(client.diagnosis_ticket(task.id, "operator").await?.ticket.id)
}

/// Asked for where there is a server to try it at.
fn asked_password(config: &Config, args: &DiagnoseArgs, subject: &SubjectKey) -> anyhow::Result<Option<Password>> {
    let is_tried = subject.kind() == SubjectKind::Account && config.diagnosis.submission.is_some();
    if is_tried && !args.no_password { password::read(args.password_fd, &subject.name()) } else { Ok(None) }
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
