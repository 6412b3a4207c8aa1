//! One message from several senders, each of whom sends it again and again to other people.

use std::time::Duration;

use model::circumstances::{Confirmation, Copies};
use model::time::spoken;

use crate::{Reading, Seen};

/// So many senders have to repeat themselves; colleagues in one conversation, or two people with one template, may.
const FEW: u32 = 3;
/// Of accounts of one domain four times as many: a firm has something to tell, too.
const COLLEAGUES: usize = 4;
/// Where nearly no copy was spam for so long, it is a text that many use: a shop program's order notice.
const ESTABLISHED: Duration = Duration::from_secs(48 * 3600);

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let facts = &message.features.circumstances.sameness;
    if facts.confirmed == Some(Confirmation::Ham) {
        return None;
    }
    let alike = [("text", facts.text), ("attachments", facts.files)];
    let campaigns = alike.into_iter().filter_map(|(word, copies)| Some((word, copies?)));
    let (word, most) = campaigns.filter(|(_, copies)| is_campaign(copies)).max_by_key(|(_, copies)| copies.repeating)?;
    let what = format!("{word} came from {} senders within {}", most.senders, spoken(most.age));
    let full = 2 * FEW as usize * if most.one_domain { COLLEAGUES } else { 1 };
    Some(Seen::of(what).partly(most.repeating as usize, full))
}

fn is_campaign(copies: &Copies) -> bool {
    let established = copies.age >= ESTABLISHED && copies.spam.saturating_mul(4) < copies.messages;
    copies.repeating >= FEW && copies.recipients >= copies.senders.saturating_mul(2) && !established
}
