//! A block that began, or whose state changed.

use model::{Block, BlockState, SubjectKind};
use prometheus::{IntCounterVec, Registry, Result};

use crate::families::{counters, total};

/// Takes note of blocks.
pub(crate) struct Watch {
    opened: IntCounterVec,
    released: IntCounterVec,
}

impl Watch {
    pub(crate) fn new(registry: &Registry) -> Result<Self> {
        let opened = "Blocks that began, by the kind of subject and the step of the ladder (5 stands for 5 and above).";
        let released = "Blocks that were released, by the kind of subject and the step of the ladder.";
        let labels = ["kind", "strike"];
        let watch = Self {
            opened: counters(registry, "portreeve_blocks_opened_total", opened, &labels)?,
            released: counters(registry, "portreeve_blocks_released_total", released, &labels)?,
        };
        watch.start_at_zero();
        Ok(watch)
    }

    /// A series that appears with the first block hides that block from `increase()`: an alert rule would miss it.
    fn start_at_zero(&self) {
        for kind in SubjectKind::ALL {
            self.opened.with_label_values(&[kind.as_str(), strike_label(1)]);
            self.released.with_label_values(&[kind.as_str(), strike_label(1)]);
        }
    }

    /// Blocks that began.
    pub(crate) fn total(&self) -> u64 {
        total(&self.opened)
    }

    pub(crate) fn note(&self, block: &Block, monitored: bool) {
        let labels = [block.subject.kind().as_str(), strike_label(block.strike)];
        match block.state {
            // Its owner was found: it began long ago.
            BlockState::BlockedForSpam if block.adopted().is_some() => {}
            BlockState::BlockedForSpam => self.opened.with_label_values(&labels).inc(),
            BlockState::Unblocking => {}
            BlockState::Unblocked => self.released.with_label_values(&labels).inc(),
        }
        log(block, monitored);
    }
}

/// Strikes have no bound, label values need one.
fn strike_label(strike: u32) -> &'static str {
    match strike {
        0 | 1 => "1",
        2 => "2",
        3 => "3",
        4 => "4",
        _ => "5",
    }
}

fn log(block: &Block, monitored: bool) {
    let name = block.subject.name();
    tracing::warn!(
        block = block.reference.as_str(),
        kind = block.subject.kind().as_str(),
        subject = name.as_str(),
        state = block.state.as_str(),
        since = %block.since,
        until = block.ends_at().map(tracing::field::display),
        way_out = block.way_out.as_str(),
        automatic_release = block.automatic_release,
        awaits_owner = block.awaits_owner().then_some(true),
        strike = block.strike,
        rule = block.reason.rule.as_str(),
        reason = block.reason.sentence.as_str(),
        messages = block.messages,
        spam = block.spam,
        attempts = block.attempts,
        released_by = block.released.as_ref().map(|(_, by)| by.as_str()),
        monitored,
        "block changed"
    );
}
