//! `portreeve eval`: how well labelled mail is told apart by everything together, as the daemon would apply it.

mod report;
mod run;

use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;

use crate::args::EvalArgs;
use crate::config::Config;
use crate::out::say;
use run::Scored;

pub(crate) fn run(config: Option<&Path>, args: &EvalArgs) -> anyhow::Result<ExitCode> {
    let mut config = Config::load(config)?;
    for name in &args.without {
        anyhow::ensure!(scoring::table::row(name).is_some(), "there is no signal {name}; config/signals.md lists them");
        config.score.points.0.insert(name.clone(), 0);
    }
    let scored = run::score_all(&config, args)?;
    if let Some(file) = &args.scores {
        std::fs::write(file, lines(&scored)).with_context(|| format!("{} can't be written", file.display()))?;
    }
    let report = report::Report::of(&scored, &config.score);
    if args.json {
        say!("{}", report.json())
    } else {
        say!("{}", report.text())
    }
    Ok(ExitCode::SUCCESS)
}

/// Collection, label, path, score.
fn lines(scored: &[Scored]) -> String {
    let mut lines = String::new();
    for message in scored {
        let Scored { collection, path, score, .. } = message;
        // Writing to a String cannot fail.
        let _ = writeln!(lines, "{collection}\t{}\t{path}\t{score}", message.label());
    }
    lines
}
