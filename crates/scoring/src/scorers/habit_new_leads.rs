//! Many strangers are led to sites, addresses or wallets that are new for the sender.

use super::past;
use crate::{Reading, Seen};

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let (led, full, period) = past::led(&message.features.circumstances.habits)?;
    Some(Seen::of(format!("{led} new recipients within this {period}")).partly(led as usize, full as usize))
}
