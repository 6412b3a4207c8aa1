//! What a replay found, for a person or a program.

use model::SubjectKey;
use model::time::spoken;
use replay::{BlockLine, Report, Tally, Then};

use super::Found;
use crate::config::Config;
use crate::out::say;

/// More senders who would have been slowed down are counted, not listed.
const SLOWED_SHOWN: usize = 20;

pub(super) fn text(found: &Found, config: &Config) {
    let report = &found.report;
    say!("{}", config.summary());
    if let (Some(from), Some(to)) = (report.from, report.to) {
        say!("{} messages from {from} to {to} ({}).\n", report.all.messages, spoken(to.since(from)));
    }
    totals(&report.all);
    blocks(report);
    slowed(report);
    report.reports.iter().for_each(|line| say!("Would have been reported: {line}"));
    if let Some(then) = &found.then {
        beside(report, then);
    }
    for remark in &found.remarks {
        say!("{remark}");
    }
}

fn totals(all: &Tally) {
    let rows = [
        ("would have left", all.left),
        ("  of them at or above the spam score", all.spam_left),
        ("refused: the message itself", all.refused_as_spam),
        ("refused: its sender is blocked", all.refused_as_blocked),
        ("refused: otherwise", all.refused_otherwise),
        ("asked to come back", all.deferred),
        ("held", all.held),
        ("recipients asked to come back", all.deferred_recipients),
    ];
    for (what, count) in rows.iter().filter(|(what, count)| *count > 0 || *what == "would have left") {
        say!("{count:>10}  {what}");
    }
}

fn blocks(report: &Report) {
    if report.blocks.is_empty() {
        return say!("\nNobody would have been blocked.\n");
    }
    let s = if report.blocks.len() == 1 { "" } else { "s" };
    say!(
        "\n{} block{s}. Tried and left: what the sender had done before the message that tripped it.\n",
        report.blocks.len()
    );
    say!(
        "{:<20}  {:<34}  {:>6}  {:>5}  {:>9}  {:>7}  WHY",
        "SINCE (UTC)",
        "WHO",
        "TRIED",
        "LEFT",
        "SPAM LEFT",
        "REFUSED"
    );
    for BlockLine { since, subject, before, refused_since, why, rule, .. } in &report.blocks {
        say!(
            "{:<20}  {subject:<34}  {:>6}  {:>5}  {:>9}  {refused_since:>7}  {why} ({rule})",
            since.to_string(),
            before.messages,
            before.left,
            before.spam_left
        );
    }
    say!("");
}

fn slowed(report: &Report) {
    if report.slowed.is_empty() {
        return;
    }
    say!("Slowed down by a rate limit, never blocked: {}", report.slowed.len());
    for slowed in report.slowed.iter().take(SLOWED_SHOWN) {
        let Tally { messages, deferred, deferred_recipients, .. } = slowed.tally;
        say!(
            "{:<36}  {deferred} of {messages} messages, and {deferred_recipients} single recipients",
            slowed.subject.to_string()
        );
    }
    say!("");
}

/// Against what happened.
fn beside(report: &Report, then: &Then) {
    say!("Then -> now");
    then.answers.iter().for_each(|(change, count)| say!("{count:>10}  {change}"));
    say!("{:>10}  refused before their content then", then.refused_unread);
    let now = |subject: &SubjectKey| report.blocks.iter().any(|line| line.block.subject == *subject);
    let before = |subject: &SubjectKey| then.blocks.iter().any(|block| block.subject == *subject);
    let gone: Vec<_> = then.blocks.iter().filter(|block| !now(&block.subject)).collect();
    let new: Vec<_> = report.blocks.iter().filter(|line| !before(&line.block.subject)).collect();
    say!("{:>10}  blocks then, {} now", then.blocks.len(), report.blocks.len());
    gone.iter().for_each(|block| say!("  only then: {} since {} ({})", block.subject, block.since, block.rule));
    new.iter().for_each(|line| say!("  only now:  {} since {} ({})", line.subject, line.since, line.rule));
    unknowns(then);
}

fn unknowns(then: &Then) {
    if then.unknown > 0 {
        say!("{} were refused unread then and would be let in now; nobody knows what they held.", then.unknown);
    }
    if then.damaged_lines > 0 {
        say!("{} lines of the journal are damaged or were cut off, and were passed over.", then.damaged_lines);
    }
    if !then.not_looked_for.is_empty() {
        let names: Vec<_> = then.not_looked_for.iter().map(String::as_str).collect();
        say!("Not looked for when the journal was written, so nobody knows who has them: {}.", names.join(", "));
    }
    if !then.unknown_signals.is_empty() {
        let names: Vec<_> = then.unknown_signals.iter().map(String::as_str).collect();
        say!("Seen then and not in this configuration; their points were kept: {}.", names.join(", "));
    }
    say!(
        "Rules on content that are new in this configuration can't be tried on a journal; give `replay` mail for that.\n"
    );
}
