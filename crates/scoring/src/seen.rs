//! What a signal saw, and how strongly.

/// One observation before it has points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// What stands for `{}` in the signal's sentence. Comes from the message: bounded and made printable before it is shown.
    pub what: String,
    /// How much of the signal's points it deserves: 1 to 100; below zero when it speaks for the message.
    pub percent: i8,
}

impl Seen {
    /// Seen, with all the points.
    pub fn of(what: impl Into<String>) -> Self {
        Self { what: what.into(), percent: 100 }
    }

    /// Seen, with nothing to show for it.
    pub fn plainly() -> Self {
        Self::of("")
    }

    /// Seen with a share of -1 to 1 of the points.
    #[must_use]
    #[allow(clippy::cast_possible_truncation, reason = "clamped to -100 to 100")]
    pub fn weighing(mut self, share: f32) -> Self {
        self.percent = (share * 100.0).round().clamp(-100.0, 100.0) as i8;
        self
    }

    /// Seen in part: `got` of the `full` that would earn all the points.
    #[must_use]
    pub fn partly(mut self, got: usize, full: usize) -> Self {
        let percent = got.saturating_mul(100) / full.max(1);
        self.percent = i8::try_from(percent.clamp(1, 100)).unwrap_or(100);
        self
    }
}
