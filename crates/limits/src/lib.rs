//! Counting and blocking: counters, windows, trip rules, rate limits, the block state machine, and the store's seam.
//!
//! The [`Ledger`] is the whole of it for a caller: `blocked` and `rate` before a message is read, `observe` after it was
//! scored, `take` when it is delivered. Rules come from the configuration; [`check`] finds mistakes in them.

mod allowance;
mod archive;
mod count;
mod delivery;
mod follow_ups;
mod happening;
mod happening_log;
mod ledger;
mod letter_name;
mod letters;
mod lockout;
mod near;
mod notes;
mod plan;
mod record;
mod register;
mod rules;
mod snapshot;
pub mod store;
mod trip;

pub use archive::{
    Archive, BlockFilter, BlockPosition, EvidenceFilter, EvidencePosition, FoundEvidence, Holdings, MAX_COUNT,
    MAX_PAGE, Order, Page, PageAsk, Span, Wanted, place,
};
pub use delivery::{Backlog, Delivery, DeliveryPlace, DeliveryState, WebhookStore};
pub use follow_ups::{FollowUpStore, farewell};
pub use happening::{Before, Happening, HappeningKind, TicketNote, Topic};
pub use happening_log::HappeningLog;
pub use ledger::{BlockRefused, Busy, Cost, Ledger, Past, RateDecision, RateHit, ReleasesLeft, Report, RuleCount};
pub use letter_name::LetterName;
pub use letters::{Bounce, LetterPlace, LetterState, LetterStore, MAX_BOUNCES, Matter, Posted};
pub use lockout::{Lockout, LockoutSettings, LockoutStore, Lockouts};
pub use notes::{ExemptionNote, LockoutNote, Note, ReportNote};
pub use record::{Observation, Passage};
pub use register::{ReleaseRefused, Releaser, next_length};
pub use rules::{
    AtBlock, BlockSettings, OverrideRule, OwnTerms, RateCounter, RateRule, Rules, Sessions, Terms, TripAction,
    TripRule, check,
};
pub use store::{
    AlertJob, LetterKind, Owed, Pruned, ReportFlaw, ReportLetter, Snapshot, Store, StoreError, UnusableReport,
};
