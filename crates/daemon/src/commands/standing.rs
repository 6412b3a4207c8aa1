//! `portreeve standing`: how somebody stands, through the running daemon, whose memory holds the counters.

use std::path::Path;
use std::process::ExitCode;

use admin::ControlClient;
use pipeline::SubjectStanding;

use crate::args::StandingArgs;
use crate::config::Config;
use crate::out::say;
use crate::serve::control_socket;

pub(crate) fn run(config: Option<&Path>, args: &StandingArgs) -> anyhow::Result<ExitCode> {
    let subject = args.subject.read()?;
    let client = ControlClient::new(control_socket(&Config::load(config)?.store.path));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let standing = runtime.block_on(client.standing(&subject))?;
    if args.json {
        say!("{}", serde_json::to_string_pretty(&standing)?);
    } else {
        print(&standing);
    }
    Ok(ExitCode::from(u8::from(standing.block.is_some_and(|block| block.is_active()))))
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
