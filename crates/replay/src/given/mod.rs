//! Given mail: files, folders, Maildirs and mboxes, each message with its time and whoever it is charged to.
//!
//! Two passes: the first reads headers only and puts the messages in the order of their times, the second hands them in
//! one by one, so that an archive of any size takes little memory.

mod origin;
mod sources;

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use model::{AccountName, Message, Timestamp};
use pipeline::Known;

pub use origin::{AccountFrom, TimeFrom};
pub use sources::Place;

use crate::rehearsal::{Mail, Outcome, Rehearsal};

/// How given mail is understood.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Where the account stands.
    pub account: AccountFrom,
    /// Where the time stands.
    pub time: TimeFrom,
    /// A message each so often instead of at its own time, in the order of the files.
    pub every: Option<Duration>,
    /// How much of a message is read, in bytes.
    pub analysed_bytes: usize,
}

/// Messages in their order.
#[derive(Debug, Default)]
pub struct Given {
    messages: Vec<origin::Origin>,
    /// How many had no time of their own; they are taken to follow the one before them.
    pub without_time: u64,
    /// How many named no account; they are charged to their client's address, if they name one.
    pub without_account: u64,
    /// Files that could not be read, with why; at most [`Given::MAX_UNREADABLE`].
    pub unreadable: Vec<String>,
}

/// When a run of `every` begins; any time would do.
const EPOCH: Timestamp = Timestamp::from_secs(1_767_225_600);

impl Given {
    /// More files that can't be read are not listed.
    pub const MAX_UNREADABLE: usize = 20;

    /// Looks at all messages. `told` hears of each.
    ///
    /// # Errors
    /// When a path is not there.
    pub fn find(paths: &[PathBuf], reading: &Reading, mut told: impl FnMut()) -> io::Result<Self> {
        let mut given = Self::default();
        let mut last = EPOCH;
        for path in paths {
            for place in sources::places(path)? {
                told();
                match place.read() {
                    Ok(raw) => given.add(place, &raw, reading, &mut last),
                    Err(error) if given.unreadable.len() < Self::MAX_UNREADABLE => {
                        given.unreadable.push(format!("{place}: {error}"));
                    }
                    Err(_) => {}
                }
            }
        }
        if reading.every.is_none() {
            given.messages.sort_by_key(|message| message.at);
        }
        Ok(given)
    }

    fn add(&mut self, place: Place, raw: &[u8], reading: &Reading, last: &mut Timestamp) {
        let mut origin = origin::Origin::of(place, raw, reading, *last);
        self.without_time += u64::from(!origin.has_time);
        self.without_account += u64::from(origin.account.is_none());
        if let Some(every) = reading.every {
            origin.at = last.after(every);
        }
        *last = origin.at;
        self.messages.push(origin);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// Hands all messages in; `told` hears what became of each.
    ///
    /// # Errors
    /// When a message can't be read any more.
    pub fn play(
        &self,
        stage: &mut Rehearsal,
        reading: &Reading,
        mut told: impl FnMut(&Place, Option<&AccountName>, &Outcome),
    ) -> io::Result<()> {
        for origin in &self.messages {
            let raw = origin.place.read()?;
            let message = Message::bounded(&raw, reading.analysed_bytes);
            let outcome =
                stage.send(Mail { at: origin.at, submission: origin.submission(message), known: Known::Nothing });
            told(&origin.place, origin.account.as_ref(), &outcome);
        }
        Ok(())
    }
}
