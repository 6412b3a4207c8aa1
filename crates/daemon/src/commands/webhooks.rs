//! `portreeve webhooks`: through the running daemon, which delivers.

use std::cmp::Reverse;
use std::path::Path;
use std::process::ExitCode;

use admin::{ControlClient, ControlError, EventView};
use api::native::documents::{self, Page};
use limits::{Delivery, DeliveryPlace};

use super::{cut, tell_next};
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
        WebhooksCommand::List { name, dead, all, after, limit, json } => {
            let states: &[Option<&str>] = match (dead, all) {
                (true, _) => &[Some("dead")],
                (_, true) => &[None],
                _ => &[Some("waiting"), Some("dead")],
            };
            let mut found = Vec::new();
            for state in states {
                let more = limit.saturating_add(1);
                found.extend(client.events(name.as_deref(), *state, after.as_deref(), more).await?);
            }
            found.sort_by(|one, other| in_order(one).cmp(&in_order(other)));
            let page = cut(found, *limit, |delivery| DeliveryPlace::of(delivery).to_string());
            let is_empty = page.rows.is_empty();
            list(page, *json);
            Ok(ExitCode::from(u8::from(is_empty)))
        }
        WebhooksCommand::Show { name, id, json } => {
            show(client.event(name, id).await?, *json);
            Ok(ExitCode::SUCCESS)
        }
        WebhooksCommand::Replay { name, id } => {
            Ok(counted(client.replay_events(name, id.as_deref()).await?, "sent again"))
        }
        WebhooksCommand::Drop { name, id } => Ok(counted(client.drop_events(name, id.as_deref()).await?, "dropped")),
        WebhooksCommand::Test { name, json } => test(client, name, *json).await,
    }
}

/// Latest first, as the daemon's list.
fn in_order(delivery: &Delivery) -> (Reverse<u64>, &str) {
    (Reverse(delivery.happening.number), &delivery.hook)
}

fn list(page: Page<Delivery>, json: bool) {
    tell_next(page.next.as_deref());
    if json {
        print_json(serde_json::to_string_pretty(&documents::deliveries(page)));
    } else if page.rows.is_empty() {
        say!("There is no event.");
    } else {
        say!("{:<12}  {:<30}  {:<22}  {:<9}  {:<5}  WHO", "WEBHOOK", "EVENT", "TYPE", "STATE", "TRIES");
        page.rows.iter().for_each(print_line);
    }
}

fn print_line(delivery: &Delivery) {
    let Delivery { hook, happening, tries, last_error, .. } = delivery;
    let (id, kind, state) = (happening.id(), happening.kind.to_string(), delivery.state().to_string());
    say!("{hook:<12}  {id:<30}  {kind:<22}  {state:<9}  {tries:<5}  {}", happening.topic);
    last_error.iter().for_each(|error| say!("{:<12}  {error}", ""));
}

fn show(event: EventView, json: bool) {
    let EventView { delivery, body } = event;
    if json {
        return print_json(serde_json::to_string_pretty(&documents::delivery(delivery, body)));
    }
    let happening = &delivery.happening;
    say!("{:<10} {} for webhook {}", "Event", happening.id(), delivery.hook);
    say!("{:<10} {} about {}, {}", "What", happening.kind, happening.topic, happening.at);
    say!("{:<10} {} after {} tries", "State", delivery.state(), delivery.tries);
    if delivery.waits() {
        say!("{:<10} {}", "Due", delivery.due);
    }
    delivery.last_error.iter().for_each(|error| say!("{:<10} {error}", "Error"));
    let body: Option<serde_json::Value> = serde_json::from_str(&body).ok();
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
