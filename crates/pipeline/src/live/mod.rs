//! What changes, told live to whoever listens: the API's event stream and the console's open pages.
//!
//! All but diagnoses is told from what the store has written ([`limits::HappeningLog`]), so nothing is told that a crash takes
//! back; diagnoses tell themselves. The latest [`Live::KEPT`] changes are kept: a listener reads
//! them at his own pace, and one that falls behind them is told that he has missed some.

mod change;
mod follow;
mod ring;
mod seats;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

pub use change::{Change, Topic};
pub use ring::Cursor;
pub use seats::NoSeat;

use ring::Ring;
use seats::{Seat, Seats};

/// The changes of this process.
pub struct Live {
    ring: Mutex<Ring>,
    told: watch::Sender<Told>,
    seats: Arc<Seats>,
}

/// What listeners wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// So many were told.
    Number(u64),
    /// Nothing more comes.
    Over,
}

/// What a listener hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Something changed; this is where to go on behind it.
    Change(Cursor, Arc<Change>),
    /// Changes before this place are not kept any more, or another process told them: what is shown is to be read anew.
    Missed(Cursor),
}

/// Somebody who listens. It takes a seat until it is dropped.
pub struct Listener {
    live: Arc<Live>,
    told: watch::Receiver<Told>,
    next: u64,
    missed: bool,
    _seat: Seat,
}

impl Live {
    /// So many changes are kept.
    pub const KEPT: usize = 1024;
    /// So many may listen.
    pub const SEATS: usize = 64;
    /// So many of them one may take.
    pub const SEATS_EACH: usize = 8;

    /// Nothing has changed yet. `run` is a number that no other process had, so that a cursor of another is known as such.
    pub fn new(run: u64) -> Self {
        let ring = Mutex::new(Ring::new(run, Self::KEPT));
        Self { ring, told: watch::Sender::new(Told::Number(0)), seats: Arc::default() }
    }

    /// Tells a change. Never waits.
    pub fn tell(&self, change: Change) {
        let number = self.ring().push(change);
        self.told.send_if_modified(|told| {
            let goes_on = *told != Told::Over;
            if goes_on {
                *told = Told::Number(number);
            }
            goes_on
        });
    }

    /// Lets every listener hear what was told, and then that it is over: the daemon stops.
    pub fn close(&self) {
        self.told.send_replace(Told::Over);
    }

    /// Listens on behalf of `who` to what comes, or from behind the place that an earlier listener heard last.
    ///
    /// # Errors
    /// When every seat is taken, or he has as many as one may have.
    pub fn listen(self: &Arc<Self>, who: &str, after: Option<Cursor>) -> Result<Listener, NoSeat> {
        let seat = self.seats.take(who)?;
        let told = self.told.subscribe();
        let (next, missed) = self.ring().begin(after);
        Ok(Listener { live: Arc::clone(self), told, next, missed, _seat: seat })
    }

    /// No call leaves it half changed, so a panic elsewhere under the lock does no harm.
    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener {
    /// What is heard next; `None` when the daemon stops. May be dropped while it waits: nothing is lost.
    pub async fn next(&mut self) -> Option<Heard> {
        loop {
            let over = *self.told.borrow_and_update() == Told::Over;
            if let Some(heard) = self.at_once() {
                return Some(heard);
            }
            if over || self.told.changed().await.is_err() {
                return None;
            }
        }
    }

    fn at_once(&mut self) -> Option<Heard> {
        let ring = self.live.ring();
        if self.missed || self.next < ring.first() {
            self.next = self.next.max(ring.first());
            self.missed = false;
            return Some(Heard::Missed(ring.before(self.next)));
        }
        let change = ring.at(self.next)?;
        self.next += 1;
        Some(Heard::Change(ring.before(self.next), change))
    }
}

#[cfg(test)]
mod tests {
    use customers::ticket::Whom;
    use model::{SubjectKey, SubjectKind, Timestamp};

    use super::*;

    fn change(number: u64) -> Change {
        let whom = Whom::Subject(SubjectKey::parse(SubjectKind::Account, "bob@shop.example").unwrap());
        let (topic, kind, state) = (Topic::Ticket, "ticket.opened", "open".to_owned());
        Change { at: Timestamp(1), topic, kind, whom, block: None, number: Some(number), state }
    }

    fn live() -> Arc<Live> {
        Arc::new(Live::new(7))
    }

    async fn numbers(listener: &mut Listener, count: usize) -> Vec<Option<u64>> {
        let mut heard = Vec::new();
        for _ in 0..count {
            heard.push(match listener.next().await.unwrap() {
                Heard::Change(_, change) => change.number,
                Heard::Missed(_) => None,
            });
        }
        heard
    }

    #[tokio::test]
    async fn whoever_comes_back_goes_on_behind_what_he_heard_last() {
        let live = live();
        live.tell(change(1));
        let mut listener = live.listen("ann", None).unwrap();
        (2..=3).for_each(|number| live.tell(change(number)));
        let Some(Heard::Change(cursor, first)) = listener.next().await else { panic!("nothing was heard") };
        assert_eq!(first.number, Some(2));
        drop(listener);
        live.tell(change(4));
        let cursor = Cursor::parse(&cursor.to_string()).unwrap();
        let mut back = live.listen("ann", Some(cursor)).unwrap();
        assert_eq!(numbers(&mut back, 2).await, [Some(3), Some(4)]);
    }

    #[tokio::test]
    async fn whoever_falls_behind_is_told_so_once() {
        let live = live();
        let mut listener = live.listen("ann", None).unwrap();
        let told = Live::KEPT as u64 + 2;
        (1..=told).for_each(|number| live.tell(change(number)));
        assert_eq!(numbers(&mut listener, 3).await, [None, Some(3), Some(4)]);
    }

    #[tokio::test]
    async fn a_place_of_another_process_is_known_as_such() {
        let live = live();
        live.tell(change(1));
        for foreign in ["8-1", "7-99"] {
            let mut listener = live.listen("ann", Cursor::parse(foreign)).unwrap();
            live.tell(change(2));
            assert_eq!(numbers(&mut listener, 2).await, [None, Some(2)], "{foreign}");
        }
    }

    #[tokio::test]
    async fn seats_are_bounded_and_come_free_again() {
        let live = live();
        let who = |number: usize| format!("key {}", number / Live::SEATS_EACH);
        let mut all: Vec<_> = (0..Live::SEATS).map(|number| live.listen(&who(number), None).unwrap()).collect();
        assert_eq!(live.listen("ann", None).err(), Some(NoSeat::Full));
        all.pop();
        assert!(live.listen("ann", None).is_ok());
    }

    #[tokio::test]
    async fn nobody_takes_every_seat() {
        let live = live();
        let mut own: Vec<_> = (0..Live::SEATS_EACH).map(|_| live.listen("bob", None).unwrap()).collect();
        assert_eq!(live.listen("bob", None).err(), Some(NoSeat::Own));
        assert!(live.listen("ann", None).is_ok());
        own.pop();
        assert!(live.listen("bob", None).is_ok());
    }

    #[tokio::test]
    async fn everything_told_is_heard_before_the_end() {
        let live = live();
        let mut listener = live.listen("ann", None).unwrap();
        live.tell(change(1));
        live.close();
        live.tell(change(2));
        assert_eq!(numbers(&mut listener, 2).await, [Some(1), Some(2)]);
        assert_eq!(listener.next().await, None);
    }
}
