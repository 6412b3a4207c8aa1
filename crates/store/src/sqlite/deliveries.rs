//! What happened, written with the change it tells of, and its deliveries to the receivers of webhooks.

use limits::{
    Backlog, Before, Delivery, DeliveryPlace, DeliveryState, Happening, HappeningKind, Note, StoreError, TicketNote,
    Topic, WebhookStore,
};
use model::{Block, BlockRef, Timestamp};
use rusqlite::{Connection, OptionalExtension, Result, Row, ToSql, params};
use serde::{Deserialize, Serialize};

use super::error::said;
use super::{SqliteStore, bound, rows};

type Told<T> = std::result::Result<T, StoreError>;

/// The columns that [`delivery`] reads, in its order.
const DELIVERY: &str = "hook, due, tries, last_error, delivered, dead, number, kind, at, record";
const WAITS: &str = "delivered IS NULL AND dead IS NULL";

/// What a happening keeps of its time.
#[derive(Serialize, Deserialize)]
struct Record {
    topic: Topic,
    ticket: Option<TicketNote>,
    note: Option<Note>,
}

/// Writes the block and what this means; returns how it was written before. One that is over stays so.
pub(super) fn change_block(connection: &Connection, block: &Block) -> Result<Option<Before>> {
    let sql = "SELECT state, adoption FROM blocks WHERE reference = ?1";
    let before = |row: &Row<'_>| Ok(Before { state: rows::state(row, 0)?, adoption: rows::optional_json(row, 1)? });
    let before = connection.prepare_cached(sql)?.query_row([block.reference.as_str()], before).optional()?;
    if before.is_some_and(|before| before.is_over_for(block)) {
        return Ok(before);
    }
    rows::put_block(connection, block)?;
    if let Some(happened) = Happening::of_block(before, block) {
        note(connection, &happened)?;
    }
    Ok(before)
}

/// Writes what happened.
pub(super) fn note(connection: &Connection, happened: &Happening) -> Result<()> {
    let Happening { kind, at, topic, ticket, note, .. } = happened;
    let record = rows::json(&Record { topic: topic.clone(), ticket: ticket.clone(), note: note.clone() })?;
    let block = topic.block().map(|block| block.reference.as_str());
    let alone = ticket.as_ref().filter(|_| block.is_none()).map(|note| key(note.number));
    let sql = "INSERT INTO happenings (kind, at, block, ticket, subject, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let values = params![kind.as_str(), at.0, block, alone, topic.to_string(), record];
    connection.prepare_cached(sql)?.execute(values).map(|_| ())
}

/// The happening of a row of `number, kind, at, record`.
pub(super) fn happening(row: &Row<'_>, column: usize) -> Result<Happening> {
    let number = u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0);
    let word: String = row.get(column + 1)?;
    let unknown = || rows::unreadable(column + 1, format!("\"{word}\" is nothing that happens"));
    let kind = HappeningKind::from_word(&word).ok_or_else(unknown)?;
    let Record { topic, ticket, note } = rows::from_json(row, column + 3)?;
    Ok(Happening { number, kind, at: Timestamp(row.get(column + 2)?), topic, ticket, note })
}

fn delivery(row: &Row<'_>) -> Result<Delivery> {
    Ok(Delivery {
        hook: row.get(0)?,
        due: Timestamp(row.get(1)?),
        tries: row.get(2)?,
        last_error: row.get(3)?,
        delivered: row.get::<_, Option<i64>>(4)?.map(Timestamp),
        dead: row.get::<_, Option<i64>>(5)?.map(Timestamp),
        happening: happening(row, 6)?,
    })
}

/// A list names the index that it walks in its order: those that wait and the dead letters are few among many.
fn listed(of_one: bool, state: Option<DeliveryState>) -> String {
    let (index, state) = match state {
        Some(DeliveryState::Waiting) => ("INDEXED BY deliveries_listed_waiting", WAITS),
        Some(DeliveryState::Dead) => ("INDEXED BY deliveries_listed_dead", "dead IS NOT NULL"),
        Some(DeliveryState::Delivered) => ("", "delivered IS NOT NULL"),
        None => ("", "TRUE"),
    };
    let index = if index.is_empty() && !of_one { "INDEXED BY deliveries_by_happening" } else { index };
    let hook = if of_one { "AND hook = ?4" } else { "" };
    format!(
        "SELECT {DELIVERY} FROM deliveries {index} CROSS JOIN happenings ON happening = number
         WHERE {state} {hook} AND happening <= ?1 AND (happening < ?1 OR hook > ?2)
         ORDER BY happening DESC, hook LIMIT ?3"
    )
}

/// Queues what the receiver has not seen, and notes that it has.
fn queue(connection: &Connection, hook: &str, kinds: &str) -> Result<()> {
    let latest = "coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'happenings'), 0)";
    connection.execute(&format!("INSERT INTO webhooks VALUES (?1, {latest}) ON CONFLICT DO NOTHING"), [hook])?;
    let sql = "INSERT INTO deliveries (hook, happening, subject, due, tries)
        SELECT ?1, number, subject, at, 0 FROM happenings
        WHERE number > (SELECT seen FROM webhooks WHERE name = ?1) AND kind IN (SELECT value FROM json_each(?2))
        ON CONFLICT DO NOTHING";
    connection.execute(sql, [hook, kinds])?;
    connection.execute(&format!("UPDATE webhooks SET seen = {latest} WHERE name = ?1"), [hook]).map(|_| ())
}

fn backlog(row: &Row<'_>) -> Result<Backlog> {
    let count = |column| row.get::<_, i64>(column).map(|count| u64::try_from(count).unwrap_or(0));
    let time = |column| row.get::<_, Option<i64>>(column).map(|time| time.map(Timestamp));
    Ok(Backlog { waiting: count(0)?, oldest: time(1)?, due: time(2)?, dead: count(3)? })
}

impl WebhookStore for SqliteStore {
    fn happenings(&self, of: &BlockRef, limit: usize) -> Told<Vec<Happening>> {
        let sql = "SELECT number, kind, at, record FROM happenings WHERE block = ?1 ORDER BY number LIMIT ?2";
        self.list(sql, &[&of.as_str(), &bound(limit)], |row| happening(row, 0))
    }

    fn queue_deliveries(&self, hook: &str, kinds: &[HappeningKind]) -> Told<()> {
        // Most of the time there is nothing: that costs no write.
        let sql = "SELECT seen >= coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'happenings'), 0)
            FROM webhooks WHERE name = ?1";
        if self.one(sql, &[&hook], |row| row.get::<_, bool>(0))? == Some(true) {
            return Ok(());
        }
        let words: Vec<_> = kinds.iter().map(|kind| kind.as_str()).collect();
        let kinds = rows::json(&words).map_err(said)?;
        self.write(|connection| queue(connection, hook, &kinds))
    }

    fn due_deliveries(&self, hook: &str, now: Timestamp, limit: usize) -> Told<Vec<Delivery>> {
        let sql = format!(
            "SELECT {DELIVERY} FROM deliveries JOIN happenings ON happening = number
             WHERE hook = ?1 AND due <= ?2 AND happening IN
                (SELECT min(happening) FROM deliveries WHERE hook = ?1 AND {WAITS} GROUP BY subject)
             ORDER BY due, number LIMIT ?3"
        );
        self.list(&sql, &[&hook, &now.0, &bound(limit)], delivery)
    }

    fn deliveries(&self, hook: Option<&str>, state: Option<DeliveryState>, limit: usize) -> Told<Vec<Delivery>> {
        self.deliveries_after(&DeliveryPlace::top(), hook, state, limit)
    }

    fn deliveries_after(
        &self,
        place: &DeliveryPlace,
        hook: Option<&str>,
        state: Option<DeliveryState>,
        limit: usize,
    ) -> Told<Vec<Delivery>> {
        let (number, most) = (key(place.number), bound(limit));
        let behind: [&dyn ToSql; 3] = [&number, &place.hook, &most];
        match &hook {
            Some(hook) => self.list(&listed(true, state), &[behind.as_slice(), &[hook]].concat(), delivery),
            None => self.list(&listed(false, state), &behind, delivery),
        }
    }

    fn delivery(&self, hook: &str, happening: u64) -> Told<Option<Delivery>> {
        let sql = format!(
            "SELECT {DELIVERY} FROM deliveries JOIN happenings ON happening = number WHERE hook = ?1 AND number = ?2"
        );
        self.one(&sql, &[&hook, &key(happening)], delivery)
    }

    fn update_delivery(&self, delivery: &Delivery) -> Told<()> {
        let Delivery { hook, happening, due, tries, last_error, delivered, dead } = delivery;
        let [delivered, dead] = [delivered, dead].map(|time| time.map(|time| time.0));
        self.write(|connection| {
            let sql = "UPDATE deliveries SET due = ?3, tries = ?4, last_error = ?5, delivered = ?6, dead = ?7
                WHERE hook = ?1 AND happening = ?2";
            let values = params![hook, key(happening.number), due.0, tries, last_error, delivered, dead];
            connection.prepare_cached(sql)?.execute(values).map(|_| ())
        })
    }

    fn revive_deliveries(&self, hook: &str, now: Timestamp) -> Told<u64> {
        let sql = "UPDATE deliveries SET dead = NULL, tries = 0, due = ?2 WHERE hook = ?1 AND dead IS NOT NULL";
        let mut changed = 0;
        self.write(|connection| {
            changed = connection.execute(sql, params![hook, now.0])?;
            Ok(())
        })?;
        Ok(changed as u64)
    }

    fn drop_deliveries(&self, hook: &str) -> Told<u64> {
        let mut changed = 0;
        self.write(|connection| {
            changed = connection.execute("DELETE FROM deliveries WHERE hook = ?1 AND dead IS NOT NULL", [hook])?;
            Ok(())
        })?;
        Ok(changed as u64)
    }

    fn backlog(&self, hook: &str) -> Told<Backlog> {
        let sql = format!(
            "SELECT count(*), min(at),
                (SELECT min(due) FROM deliveries WHERE hook = ?1 AND happening IN
                    (SELECT min(happening) FROM deliveries WHERE hook = ?1 AND {WAITS} GROUP BY subject)),
                (SELECT count(*) FROM deliveries INDEXED BY deliveries_dead WHERE hook = ?1 AND dead IS NOT NULL)
             FROM deliveries INDEXED BY deliveries_waiting CROSS JOIN happenings ON happening = number WHERE hook = ?1 AND {WAITS}"
        );
        Ok(self.one(&sql, &[&hook], backlog)?.unwrap_or_default())
    }
}

pub(super) fn key(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
