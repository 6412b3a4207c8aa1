//! Happenings on their way to the receivers of webhooks, as a seam beside [`Store`].

use std::cmp::Reverse;
use std::fmt;

use model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::happening::{Happening, HappeningKind};
use crate::store::{Store, StoreError};

/// One happening for one receiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The receiver's name.
    pub hook: String,
    /// What it is told.
    pub happening: Happening,
    /// When to try (again).
    pub due: Timestamp,
    /// How often it was tried.
    pub tries: u32,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When the receiver took it.
    pub delivered: Option<Timestamp>,
    /// When it was given up: a dead letter.
    pub dead: Option<Timestamp>,
}

impl Delivery {
    /// A happening that was not tried yet.
    pub fn new(hook: &str, happening: Happening) -> Self {
        let (due, hook) = (happening.at, hook.to_owned());
        Self { hook, happening, due, tries: 0, last_error: None, delivered: None, dead: None }
    }

    /// Whether it is still tried.
    pub fn waits(&self) -> bool {
        self.delivered.is_none() && self.dead.is_none()
    }

    /// Where it stands, in a word.
    pub fn state(&self) -> DeliveryState {
        match (self.delivered, self.dead) {
            (Some(_), _) => DeliveryState::Delivered,
            (None, Some(_)) => DeliveryState::Dead,
            (None, None) => DeliveryState::Waiting,
        }
    }
}

/// A delivery's place in the list: the number of what happened, latest first, then the receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryPlace {
    /// Of what happened.
    pub number: u64,
    /// The receiver's name.
    pub hook: String,
}

impl DeliveryPlace {
    /// Before every delivery.
    pub fn top() -> Self {
        Self { number: u64::MAX, hook: String::new() }
    }

    /// That of a delivery.
    pub fn of(delivery: &Delivery) -> Self {
        Self { number: delivery.happening.number, hook: delivery.hook.clone() }
    }

    /// Reads what [`fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let (number, hook) = text.split_once('.')?;
        Some(Self { number: number.parse().ok()?, hook: hook.to_owned() })
    }

    /// Whether a delivery stands behind it.
    pub fn is_before(&self, delivery: &Delivery) -> bool {
        (Reverse(self.number), &self.hook) < (Reverse(delivery.happening.number), &delivery.hook)
    }
}

impl fmt::Display for DeliveryPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.number, self.hook)
    }
}

settings::choice! {
    /// Where a delivery stands.
    pub enum DeliveryState {
        /// It is tried, or will be.
        Waiting = "waiting",
        /// It was given up.
        Dead = "dead",
        /// The receiver has taken it.
        Delivered = "delivered",
    }
}

/// What waits for one receiver.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Deliveries that wait.
    pub waiting: u64,
    /// Dead letters.
    pub dead: u64,
    /// When the oldest that waits happened.
    pub oldest: Option<Timestamp>,
    /// When something is due next.
    pub due: Option<Timestamp>,
}

/// Deliveries on disk. They are forgotten with the blocks they tell of.
pub trait WebhookStore: Store {
    /// What happened to a block, in order, at most `limit`.
    fn happenings(&self, of: &model::BlockRef, limit: usize) -> Result<Vec<Happening>, StoreError>;
    /// Queues for a receiver what happened since the last call for its name, of these kinds; all or nothing. A name that was
    /// never heard before begins with what happens next.
    fn queue_deliveries(&self, hook: &str, kinds: &[HappeningKind]) -> Result<(), StoreError>;
    /// Of each subject the first delivery that waits, where it is due; the longest due first, at most `limit`. So what one
    /// subject is told of arrives in the order it happened.
    fn due_deliveries(&self, hook: &str, now: Timestamp, limit: usize) -> Result<Vec<Delivery>, StoreError>;
    /// Deliveries, the latest first; of one receiver, or all; in one state, or all.
    fn deliveries(
        &self,
        hook: Option<&str>,
        state: Option<DeliveryState>,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError>;
    /// As [`Self::deliveries`], those behind that place.
    fn deliveries_after(
        &self,
        place: &DeliveryPlace,
        hook: Option<&str>,
        state: Option<DeliveryState>,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError>;
    /// One delivery by the happening's number.
    fn delivery(&self, hook: &str, happening: u64) -> Result<Option<Delivery>, StoreError>;
    /// Writes a delivery's state.
    fn update_delivery(&self, delivery: &Delivery) -> Result<(), StoreError>;
    /// Lets dead letters of a receiver wait again, due at once; how many there were.
    fn revive_deliveries(&self, hook: &str, now: Timestamp) -> Result<u64, StoreError>;
    /// Takes dead letters of a receiver out; how many there were.
    fn drop_deliveries(&self, hook: &str) -> Result<u64, StoreError>;
    /// What waits for a receiver.
    fn backlog(&self, hook: &str) -> Result<Backlog, StoreError>;
}
