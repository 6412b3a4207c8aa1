//! What a restart must not lose, as named records: the store keeps them and knows nothing of what they say.

use model::circumstances::Confirmation;
use model::{Kept, Shelf, Timestamp};

use crate::Recall;
use crate::codec::{Reader, Writer};
use crate::print::Print;
use crate::sameness::confirmed::ConfirmedPrint;
use crate::sameness::entry::Entry;
use crate::sameness::locked;
use crate::table::Row;

impl Recall {
    /// The next records that changed since they were last taken, at most about `most`; empty when all were.
    pub fn take_changed(&self, most: usize, now: Timestamp) -> Vec<Kept> {
        let mut taken: Vec<_> = std::iter::from_fn(|| self.take_page(now)).take(most).collect();
        let room = most.saturating_sub(taken.len());
        taken.extend(self.habits.dirty().into_iter().take(room).filter_map(|sender| self.take_habits(sender)));
        taken
    }

    fn take_page(&self, now: Timestamp) -> Option<Kept> {
        let mut recent = locked(&self.sameness.recent);
        let (page, rows) = recent.take_dirty()?;
        let mut out = Writer::new();
        rows.iter().for_each(|row| write_row(row, &mut out));
        Some(Kept { shelf: Shelf::Fingerprints, name: page.to_string(), at: now, record: out.into_bytes() })
    }

    fn take_habits(&self, sender: u64) -> Option<Kept> {
        let (at, record) = self.habits.encode(sender)?;
        Some(Kept { shelf: Shelf::Habits, name: format!("{sender:016x}"), at, record })
    }

    /// Takes over what an earlier process wrote down. What can't be read is left out: it is learnt anew.
    pub fn restore(&self, records: impl IntoIterator<Item = Kept>) {
        for kept in records {
            match kept.shelf {
                Shelf::Fingerprints => self.restore_page(&kept.record),
                Shelf::Habits => {
                    if let Ok(sender) = u64::from_str_radix(&kept.name, 16) {
                        self.habits.restore(sender, &kept.record);
                    }
                }
                // Not ours.
                Shelf::Enforced => {}
                Shelf::Confirmed => {
                    if let Some(confirmed) = ConfirmedPrint::from_bytes(&kept.name, &kept.record) {
                        // More than fit were never written.
                        let _ = locked(&self.sameness.confirmed).add(confirmed);
                    }
                }
            }
        }
    }

    fn restore_page(&self, record: &[u8]) {
        let Some(mut from) = Reader::new(record) else { return };
        let mut recent = locked(&self.sameness.recent);
        while let Some((print, entry)) = read_row(&mut from) {
            recent.insert(print, entry, |_| false);
        }
    }
}

impl ConfirmedPrint {
    /// As the store keeps it.
    pub fn kept(&self) -> Kept {
        Kept { shelf: Shelf::Confirmed, name: self.id.clone(), at: self.at, record: self.to_bytes() }
    }

    /// Whether it was confirmed as spam.
    pub fn is_spam(&self) -> bool {
        self.word == Confirmation::Spam
    }
}

fn write_row(row: &Row<Entry>, out: &mut Writer) {
    let entry = &row.value;
    row.print.write(out);
    entry.senders.into_iter().for_each(|sender| out.u32(sender));
    entry.copies.into_iter().for_each(|copies| out.u8(copies));
    out.u16(entry.spam);
    out.u16(entry.blocked);
    entry.recipients.into_iter().for_each(|bits| out.u64(bits));
    out.u32(entry.messages);
    out.u32(entry.spam_messages);
    [entry.first, entry.last, entry.blocked_at].into_iter().for_each(|time| out.i64(time.0));
    out.u8(entry.credit);
}

fn read_row(from: &mut Reader<'_>) -> Option<(Print, Entry)> {
    let print = Print::read(from)?;
    let entry = Entry {
        senders: from.array(Reader::u32)?,
        copies: from.array(Reader::u8)?,
        spam: from.u16()?,
        blocked: from.u16()?,
        recipients: from.array(Reader::u64)?,
        messages: from.u32()?,
        spam_messages: from.u32()?,
        first: Timestamp(from.i64()?),
        last: Timestamp(from.i64()?),
        blocked_at: Timestamp(from.i64()?),
        credit: from.u8()?,
    };
    Some((print, entry))
}
