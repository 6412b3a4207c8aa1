//! `portreeve standing`: how somebody stands, through the running daemon, whose memory holds the counters.

use std::path::Path;
use std::process::ExitCode;

use admin::ControlClient;
use api::native::documents;
use pipeline::SubjectStanding;

use super::whose::Whose;
use crate::args::StandingArgs;
use crate::config::Config;
use crate::out::{json, say};
use crate::serve::control_socket;

pub(crate) fn run(config: Option<&Path>, args: &StandingArgs) -> anyhow::Result<ExitCode> {
    let subject = args.subject.read()?;
    let config = Config::load(config)?;
    let client = ControlClient::new(control_socket(&config.store.path));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let standing = runtime.block_on(client.standing(&subject))?;
    let is_blocked = standing.block.as_ref().is_some_and(|block| block.is_active());
    if args.json {
        let of = [Some(subject), standing.domain_block.as_ref().map(|block| block.subject.clone())];
        let here = super::customers::known_here(&config)?;
        let whose = runtime.block_on(Whose::of(&client, &here, of.into_iter().flatten()))?;
        json(&documents::standing(standing, &|subject| whose.owner(subject)))?;
    } else {
        print(&standing);
    }
    Ok(ExitCode::from(u8::from(is_blocked)))
}

fn print(standing: &SubjectStanding) {
    say!("{}: {}", standing.subject, standing.why());
    if let Some(block) = &standing.block {
        say!("{:<10} {} since {}: portreeve blocks show {1}", "Block", block.reference, block.since);
    }
    print_past(standing);
    if let Some(lock) = &standing.lockout {
        say!("{:<10} until {}, after {} failed logins", "Lockout", lock.until, lock.failures);
    }
    if standing.counters.is_empty() {
        say!("Nothing is counted of it at present.");
        return;
    }
    say!("\n{:<28}  SO FAR", "RULE");
    standing.counters.iter().for_each(|count| say!("{:<28}  {}", count.rule, count.sentence()));
}

fn print_past(standing: &SubjectStanding) {
    let past = standing.past;
    match past.forgotten_at {
        Some(at) => say!("{:<10} {}, forgotten at {at}", "Strikes", past.strikes),
        None => say!("{:<10} {}", "Strikes", past.strikes),
    }
    if let Some(until) = past.probation_until {
        say!("{:<10} until {until}: one message that looks like spam blocks it", "Probation");
    }
}
