//! What ordinary senders do once and are not used to: tell everybody, bill everybody, be found by everybody.

use super::habit::Habit;

/// Numbers, both included.
pub(crate) type Range = (u64, u64);

/// One such day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Occasion {
    /// Messages.
    pub(crate) messages: Range,
    /// Seconds between them.
    pub(crate) pause: Range,
    /// So many at a time.
    pub(crate) at_once: u64,
    /// Recipients of each.
    pub(crate) readers: u64,
    /// How many of a hundred of them are known.
    pub(crate) known: u64,
    /// Whether all get the same.
    pub(crate) same: bool,
    /// The hour of the day, after days of everyday letters; at once where there is none.
    pub(crate) hour: Option<u64>,
}

/// One message for each, which says the same, to people whom the sender has never written to.
const TOLD: Occasion =
    Occasion { messages: (0, 0), pause: (10, 24), at_once: 1, readers: 1, known: 0, same: true, hour: Some(10) };

impl Habit {
    /// What happens to such a sender. `subscribers` is the longest list of a newsletter; every second one is new.
    pub(crate) fn occasion(self, number: usize, subscribers: u64) -> Option<Occasion> {
        Some(match self {
            Self::Newsletter | Self::Unannounced => Occasion {
                messages: (subscribers / 4, subscribers),
                pause: (1, 1),
                at_once: 10,
                hour: number.is_multiple_of(2).then_some(9),
                ..TOLD
            },
            Self::NewCustomer => Occasion { messages: (60, 150), pause: (60, 400), hour: None, ..TOLD },
            Self::NewCompany => Occasion { messages: (10, 30), pause: (60, 400), hour: None, ..TOLD },
            Self::Moved => Occasion { messages: (150, 190), ..TOLD },
            Self::School => Occasion { messages: (150, 250), known: 100, ..TOLD },
            Self::Migrating => Occasion { messages: (15, 40), pause: (20, 120), known: 60, ..TOLD },
            Self::Viral => Occasion { messages: (500, 1500), pause: (5, 40), same: false, ..TOLD },
            Self::MonthEnd => Occasion { messages: (150, 400), pause: (2, 12), known: 70, same: false, ..TOLD },
            Self::ByHand => Occasion { messages: (3, 5), pause: (60, 240), readers: 40, known: 50, ..TOLD },
            Self::Alerts => Occasion { messages: (300, 900), pause: (2, 10), known: 100, same: false, ..TOLD },
            Self::Away => Occasion { messages: (40, 150), pause: (60, 900), same: false, ..TOLD },
            Self::Photos => Occasion { messages: (40, 70), pause: (15, 60), known: 50, ..TOLD },
            Self::Landlord => Occasion { messages: (20, 40), pause: (40, 300), same: false, ..TOLD },
            Self::Meetings => Occasion { messages: (2, 4), pause: (300, 900), readers: 40, known: 40, ..TOLD },
            _ => return None,
        })
    }
}
