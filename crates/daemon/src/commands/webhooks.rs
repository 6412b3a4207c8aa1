//! `portreeve webhooks`: through the running daemon, which delivers.

use std::path::Path;
use std::process::ExitCode;

use admin::{ControlClient, ControlError, EventView};

use crate::args::WebhooksCommand;
use crate::config::Config;
use crate::out::say;
use crate::serve::control_socket;

pub(crate) fn run(config: Option<&Path>, command: &WebhooksCommand) -> anyhow::Result<ExitCode> {
    let config = Config::load(config)?;
    let client = ControlClient::new(control_socket(&config.store.path));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match runtime.block_on(perform(&client, command)) {
        Err(ControlError::Unknown(sentence)) => {
            say!("{sentence}");
            Ok(ExitCode::from(1))
        }
        done => Ok(done?),
    }
}

async fn perform(client: &ControlClient, command: &WebhooksCommand) -> Result<ExitCode, ControlError> {
    match command {
        WebhooksCommand::List { name, dead, all, limit, json } => {
            let states: &[Option<&str>] = match (dead, all) {
                (true, _) => &[Some("dead")],
                (_, true) => &[None],
                _ => &[Some("waiting"), Some("dead")],
            };
            let mut events = Vec::new();
            for state in states {
                events.extend(client.events(name.as_deref(), *state, *limit).await?);
            }
            events.truncate(*limit);
            list(&events, *json);
            Ok(ExitCode::from(u8::from(events.is_empty())))
        }
        WebhooksCommand::Show { name, id, json } => {
            show(&client.event(name, id).await?, *json);
            Ok(ExitCode::SUCCESS)
        }
        WebhooksCommand::Replay { name, id } => {
            Ok(counted(client.replay_events(name, id.as_deref()).await?, "sent again"))
        }
        WebhooksCommand::Drop { name, id } => Ok(counted(client.drop_events(name, id.as_deref()).await?, "dropped")),
        WebhooksCommand::Test { name, json } => test(client, name, *json).await,
    }
}

fn list(events: &[EventView], json: bool) {
    if json {
        print_json(serde_json::to_string_pretty(events));
    } else if events.is_empty() {
        say!("There is no event.");
    } else {
        say!("{:<12}  {:<30}  {:<22}  {:<9}  {:<5}  WHO", "WEBHOOK", "EVENT", "TYPE", "STATE", "TRIES");
        for event in events {
            let EventView { webhook, id, kind, state, tries, subject, .. } = event;
            say!("{webhook:<12}  {id:<30}  {kind:<22}  {state:<9}  {tries:<5}  {subject}");
            event.last_error.iter().for_each(|error| say!("{:<12}  {error}", ""));
        }
    }
}

fn show(event: &EventView, json: bool) {
    if json {
        return print_json(serde_json::to_string_pretty(event));
    }
    say!("{:<10} {} for webhook {}", "Event", event.id, event.webhook);
    say!("{:<10} {} about {}, {}", "What", event.kind, event.subject, event.at);
    say!("{:<10} {} after {} tries", "State", event.state, event.tries);
    if event.state == "waiting" {
        say!("{:<10} {}", "Due", event.due);
    }
    event.last_error.iter().for_each(|error| say!("{:<10} {error}", "Error"));
    let body: Option<serde_json::Value> = serde_json::from_str(&event.body).ok();
    say!("\n{}", body.and_then(|body| serde_json::to_string_pretty(&body).ok()).unwrap_or_default());
}

fn counted(count: u64, done: &str) -> ExitCode {
    say!("{count} {} {done}.", if count == 1 { "event is" } else { "events are" });
    ExitCode::from(u8::from(count == 0))
}

async fn test(client: &ControlClient, name: &str, json: bool) -> Result<ExitCode, ControlError> {
    let tested = client.test_webhook(name).await?;
    if json {
        print_json(serde_json::to_string_pretty(&tested));
    } else if let Some(error) = &tested.error {
        say!("\"{name}\" has not taken {}: {error} ({} ms)", tested.id, tested.milliseconds);
    } else {
        say!(
            "\"{name}\" has taken {} with status {} ({} ms)",
            tested.id,
            tested.status.unwrap_or(0),
            tested.milliseconds
        );
    }
    Ok(ExitCode::from(u8::from(tested.error.is_some())))
}

/// Views are numbers and texts: nothing that JSON can't hold.
fn print_json(json: serde_json::Result<String>) {
    say!("{}", json.unwrap_or_default());
}
