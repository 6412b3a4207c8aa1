//! Blocks and flagged messages, printed for people.

use limits::FoundEvidence;
use model::{Block, BlockRef, BlockState, Evidence, Timestamp, WayOut};

use crate::out::say;

pub(super) fn print_begun(block: &Block) {
    let is = if block.is_noted() { "would be blocked (monitor mode: nothing is refused)" } else { "is blocked" };
    let until = match end_of(block) {
        end if block.automatic_release => format!("until {end} UTC"),
        end => end,
    };
    say!("{} {is} {until}, block {}.", block.subject, block.reference);
}

pub(super) fn print_table(blocks: &[Block]) {
    say!("{:<16}  {:<14}  {:<38}  {:<16}  {:<3}  WHY", "REFERENCE", "STATE", "WHO", "UNTIL (UTC)", "NO.");
    for block in blocks {
        say!(
            "{:<16}  {:<14}  {:<38}  {:<16}  {:<3}  {}",
            block.reference.as_str(),
            state_of(block),
            block.subject.to_string(),
            end_of(block),
            block.strike,
            block.reason.sentence,
        );
    }
    if blocks.iter().any(Block::is_noted) {
        eprintln!("Who \"would be\" blocked is not: in monitor mode nothing is refused.");
    }
}

/// A block's state; what monitor mode has only noted is not called blocked.
fn state_of(block: &Block) -> &'static str {
    match block.state {
        BlockState::BlockedForSpam if block.is_noted() => "would be",
        _ if block.reason.monitored => "was noted",
        state => state.as_str(),
    }
}

/// The same in a sentence.
fn state_told(block: &Block) -> &'static str {
    match (block.is_noted(), block.reason.monitored) {
        (true, _) => "would be blocked; monitor mode: nothing is refused",
        (false, true) => "over; monitor mode only noted it: nothing was refused",
        (false, false) => block.state.as_str(),
    }
}

pub(super) fn end_of(block: &Block) -> String {
    match (&block.released, block.automatic_release) {
        (Some((when, _)), _) => minute(*when),
        (None, true) => minute(block.until()),
        (None, false) => format!("until {}", end_by(block)),
    }
}

fn end_by(block: &Block) -> &'static str {
    match block.way_out {
        _ if block.awaits_owner() => "owner known",
        WayOut::Time => "released",
        WayOut::Ticket => "ticket",
        WayOut::Password => "new password",
    }
}

pub(super) fn print_block(block: &Block, evidence: &[Evidence]) {
    let reference: &BlockRef = &block.reference;
    say!("{:<12} {reference}", "Reference");
    say!("{:<12} {}", "Who", block.subject);
    say!("{:<12} {}", "State", state_told(block));
    say!("{:<12} {}", "Since", block.since);
    match (&block.released, block.automatic_release) {
        (Some((when, by)), _) => say!("{:<12} {when}, by {by}", "Released"),
        (None, true) => say!("{:<12} {} ({})", "Until", block.until(), model::time::spoken(block.length)),
        (None, false) if block.awaits_owner() => say!("{:<12} open, until it is known whose it is", "Until"),
        (None, false) if block.way_out == WayOut::Ticket => say!("{:<12} its ticket is approved", "Until"),
        (None, false) if block.way_out == WayOut::Password => say!("{:<12} its password is changed", "Until"),
        (None, false) => say!("{:<12} somebody releases it; not before {}", "Until", block.until()),
    }
    if let Some(quota) = block.used_up() {
        say!("{:<12} {}", "Customer", quota.sentence());
    }
    if block.awaits_owner() {
        say!(
            "{:<12} The provider's directory has not said whose it is. It is asked again until the time is over.",
            "Customer"
        );
    }
    if let Some(found) = block.adopted() {
        say!("{:<12} Could not be asked for when it began; settled {found}.", "Customer");
    }
    say!("{:<12} {} (rule {})", "Why", block.reason.sentence, block.reason.rule);
    say!("{:<12} {}", "Strike", block.strike);
    say!(
        "{:<12} {} messages, {} of them spam; {} attempts refused since",
        "Counted",
        block.messages,
        block.spam,
        block.attempts
    );
    say!("\nMessages that led to it");
    for mail in evidence {
        print_evidence(mail);
    }
}

pub(super) fn print_found(found: &FoundEvidence) {
    say!("{} ({})", found.subject, found.block);
    print_evidence(&found.evidence);
}

fn print_evidence(mail: &Evidence) {
    let id = mail.message_id.as_ref().map_or("(no Message-ID)", |id| id.as_str());
    let destination = mail.destination_ip.map_or_else(|| "unknown".into(), |ip| ip.to_string());
    say!("  {}  Destination IP: {destination} - Message-ID: {id} - Spam score: {}", mail.at, mail.score);
    for hit in mail.hits.iter().take(5) {
        say!("      {:+4} {}", hit.points, hit.why);
    }
}

fn minute(time: Timestamp) -> String {
    time.to_string().get(..16).unwrap_or_default().replace('T', " ")
}
