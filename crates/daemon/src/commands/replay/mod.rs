//! `portreeve replay`: recorded or given mail through a configuration, and who would have been blocked.

mod print;

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use api::native::documents;
use indicatif::{ProgressBar, ProgressStyle};
use model::AccountName;
use replay::given::{AccountFrom, Given, Reading, TimeFrom};
use replay::{Past, Rehearsal, Report, Then};

use crate::args::ReplayArgs;
use crate::config::Config;
use crate::out::json;
use crate::serve::rehearsal::setup;

/// What is to be shown.
struct Found {
    report: Report,
    /// Of a journal: what happened then.
    then: Option<Then>,
    /// Of given mail: what has to be said about it.
    remarks: Vec<String>,
}

pub(crate) fn run(file: Option<&Path>, args: &ReplayArgs) -> anyhow::Result<ExitCode> {
    let config = Config::load(file)?;
    let stage = Rehearsal::new(setup(&config)).context("the stage can't be set")?;
    let journals = args.paths.iter().filter(|path| journal::is_journal(path)).count();
    let found = match journals {
        0 => given(&config, args, stage)?,
        _ if journals == args.paths.len() => recorded(&config, args, stage)?,
        _ => bail!("give either journals or mail, not both: their times have nothing to do with each other"),
    };
    if let Some(failed) = &found.report.failed {
        bail!("the figures can't be trusted, a part failed: {failed}");
    }
    let any_block = !found.report.blocks.is_empty();
    if args.json {
        json(&documents::replay(found.report, found.then, found.remarks))?
    } else {
        print::text(&found, &config)
    }
    Ok(ExitCode::from(u8::from(any_block)))
}

fn recorded(config: &Config, args: &ReplayArgs, mut stage: Rehearsal) -> anyhow::Result<Found> {
    let mut then = Then::default();
    for path in &args.paths {
        let unreadable = || format!("the journal {} can't be read", path.display());
        let journal = journal::read(path).with_context(unreadable)?;
        let bar = progress(journal.progress().0, "{bytes} of {total_bytes}")?;
        let past = Past::new(&mut stage, &config.score, &config.own_rules);
        then.merge(past.take_all(journal, |journal| bar.set_position(journal.progress().1)).with_context(unreadable)?);
        bar.finish_and_clear();
    }
    Ok(Found { report: stage.finish(), then: Some(then), remarks: Vec::new() })
}

fn given(config: &Config, args: &ReplayArgs, mut stage: Rehearsal) -> anyhow::Result<Found> {
    let reading = reading(config, args)?;
    let bar = progress(0, "{pos} headers")?;
    let given = Given::find(&args.paths, &reading, || bar.inc(1)).context("the mail can't be read")?;
    bar.finish_and_clear();
    if given.is_empty() {
        bail!("no message was found");
    }
    let bar = progress(given.len() as u64, "{pos} of {len} messages")?;
    given.play(&mut stage, &reading, |_, _, _| bar.inc(1)).context("a message can't be read any more")?;
    bar.finish_and_clear();
    Ok(Found { report: stage.finish(), then: None, remarks: remarks(&given) })
}

fn reading(config: &Config, args: &ReplayArgs) -> anyhow::Result<Reading> {
    let every = args.every.as_deref().map(length).transpose()?;
    Ok(Reading {
        account: account_from(args)?,
        time: if args.time_from == "received" { TimeFrom::Received } else { TimeFrom::Date },
        every,
        analysed_bytes: config.score.analysed_bytes.bytes(),
    })
}

fn account_from(args: &ReplayArgs) -> anyhow::Result<AccountFrom> {
    if let Some(name) = &args.account {
        let name = AccountName::from_login(name).context("--account needs a name")?;
        return Ok(AccountFrom::Named(name));
    }
    Ok(match args.account_from.as_str() {
        "auto" => AccountFrom::Auto,
        "from-address" => AccountFrom::FromAddress,
        "folder" => AccountFrom::Folder,
        "nobody" => AccountFrom::Nobody,
        other => match other.strip_prefix("header:").map(str::trim).filter(|name| !name.is_empty()) {
            Some(name) => AccountFrom::Header(name.to_owned()),
            None => bail!("--account-from: expected auto, from-address, header:NAME, folder or nobody, found {other}"),
        },
    })
}

/// `500ms`, `3s`, `10m`, `2h`.
fn length(text: &str) -> anyhow::Result<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => bail!("--every: expected a time like 500ms, 3s, 10m or 2h, found {text}"),
    };
    let number: u64 = number.parse().with_context(|| format!("--every: {text} is no time"))?;
    number.checked_mul(factor).map(Duration::from_millis).with_context(|| format!("--every: {text} is too long"))
}

fn remarks(given: &Given) -> Vec<String> {
    let mut remarks = Vec::new();
    if given.without_time > 0 {
        remarks.push(format!(
            "{} messages had no time of their own and were taken to follow the ones before them.",
            given.without_time
        ));
    }
    if given.without_account > 0 {
        remarks.push(format!(
            "{} messages named no account and were charged to their client's address, if they named one.",
            given.without_account
        ));
    }
    remarks.extend(given.unreadable.iter().map(|file| format!("Not read: {file}")));
    remarks.push(
        "Hidden recipients (Bcc) are not in a stored message: limits on recipients saw those of To and Cc only.".into(),
    );
    remarks
}

/// On standard error, and only where somebody looks at it.
fn progress(length: u64, counts: &str) -> anyhow::Result<ProgressBar> {
    let style = if length == 0 { "{spinner} ".to_owned() } else { "{bar:40} ".to_owned() };
    Ok(ProgressBar::new(length).with_style(ProgressStyle::with_template(&(style + counts))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each part of this configuration is needed for the block.
    const PARTS: [&str; 4] = [
        "[score]\nspam = 150\nreject = 0\npoints.from_not_allowed = 60\n",
        "[[identity_allow]]\nlogins = ['bob@shop.example']\nfrom = ['@shop.example']\n",
        "[[rule]]\nname = 'widget'\npoints = 100\nsentence = 'x'\ntest = \"Subject: widget\\n\\nx\"\n\
         all = [{ in = 'subject', contains = ['widget'] }]\n",
        "[[trip]]\nname = 'three'\nsubject = 'account'\ncounter = 'spam'\nlimit = 3\nwindow = '1h'\n",
    ];

    fn blocks(config: &str, folder: &Path) -> usize {
        let config = Config::parse(config).unwrap();
        let account = AccountFrom::Named(AccountName::from_login("bob@shop.example").unwrap());
        let reading = Reading { account, time: TimeFrom::Date, every: None, analysed_bytes: 1 << 18 };
        let mut stage = Rehearsal::new(setup(&config)).unwrap();
        let given = Given::find(&[folder.to_owned()], &reading, || ()).unwrap();
        given.play(&mut stage, &reading, |_, _, _| ()).unwrap();
        stage.finish().blocks.len()
    }

    #[test]
    fn every_table_that_decides_is_applied() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..4 {
            let mail = format!("From: ceo@bank.example\nTo: eve@far.example\nSubject: widget {number}\n\nAt noon?\n");
            std::fs::write(folder.path().join(format!("{number}.eml")), mail).unwrap();
        }
        assert_eq!(blocks(&PARTS.concat(), folder.path()), 1);
        for missing in &PARTS[1..] {
            let parts: String = PARTS.iter().filter(|part| *part != missing).copied().collect();
            assert_eq!(blocks(&parts, folder.path()), 0, "without {missing}");
        }
        assert_eq!(blocks(&PARTS.concat().replace("spam = 150", "spam = 400"), folder.path()), 0);
    }
}
