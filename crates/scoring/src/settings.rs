//! The `[score]` table of the configuration.

use settings::{ByteSize, Points};

use crate::table;

impl ScoreSettings {
    /// Names in `points` that are no signal's, for the configuration check.
    pub fn unknown_points(&self) -> impl Iterator<Item = &str> {
        self.points.0.keys().map(String::as_str).filter(|name| table::row(name).is_none())
    }

    /// Thresholds that contradict each other, as `(option, sentence)`. One of 0 is off.
    pub fn contradictions(&self) -> Vec<(String, String)> {
        let Self { spam, reject, tag, hold, .. } = *self;
        let above = |low: i32, high: i32| low > 0 && high > 0 && low >= high;
        let found = [
            (
                reject > 0 && reject < spam,
                "reject",
                format!("{reject} is below score.spam, {spam}: mail would be refused that does not count as spam"),
            ),
            (above(hold, reject), "hold", format!("{hold} is not below score.reject, {reject}: all of it is refused")),
            (above(tag, reject), "tag", format!("{tag} is not below score.reject, {reject}: all of it is refused")),
            (above(tag, hold), "tag", format!("{tag} is not below score.hold, {hold}: all of it is held")),
        ];
        let wrong = found.into_iter().filter(|(wrong, ..)| *wrong);
        wrong.map(|(_, option, why)| (format!("score.{option}"), why)).collect()
    }

    /// Every signal of the table with the points it gives at most; 0 where it is switched off.
    pub fn points_in_force(&self) -> impl Iterator<Item = (&'static str, i32)> {
        table::TABLE.iter().map(|row| (row.name, self.points.0.get(row.name).copied().unwrap_or(row.points)))
    }
}

settings::settings! {
    /// What a score leads to. A score is the sum of the points of everything seen in a message; config/signals.md lists
    /// the signals with their points, and `portreeve scan FILE` shows them for one message.
    pub table ScoreSettings = "score" {
        /// From this score on a message counts as spam against its sender. It is still delivered unless `reject` says
        /// otherwise: what stops a sender is the block that several such messages trip.
        spam: i32 = 100, in 1..=100_000;
        /// From this score on the message itself is refused, whatever its sender's standing. 0 refuses none.
        reject: i32 = 200, in 0..=100_000;
        /// From this score on a message that is let through carries the header X-Portreeve-Score. 0 adds it to none.
        tag: i32 = 0, in 0..=100_000;
        /// From this score on a message is held in the mail server's queue for a person to look at. 0 holds none.
        hold: i32 = 0, in 0..=100_000;
        /// How much of each message is looked at as it is, from its beginning; of what lies behind, texts and the heads of parts are, up to 128 KiB.
        analysed_bytes: ByteSize = ByteSize(256 << 10), in ByteSize(16 << 10)..=ByteSize(16 << 20);
        /// Points of your own for single signals, such as { url_shortener = 0, html_form = 40 }. 0 switches a signal off.
        points: Points = Points::default();
    }
}
