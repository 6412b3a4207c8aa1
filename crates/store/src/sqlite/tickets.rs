//! Tickets: rows beside their blocks, written in the same transactions.

use std::cell::RefCell;

use customers::ticket::{Step, StepRefused, Ticket, TicketStore};
use limits::{LetterKind, StoreError};
use model::{Block, BlockRef, WayOut};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::{SqliteStore, bound, deliveries, follow_ups, rows};

/// Opens the ticket of a new block, when that is its way out.
pub(super) fn open(connection: &Connection, block: &Block) -> Result<()> {
    if block.way_out != WayOut::Ticket {
        return Ok(());
    }
    let sql = "INSERT INTO tickets (block, open, record) VALUES (?1, 1, ?2)";
    let record = rows::json(&Ticket::opened(0, block))?;
    connection.prepare_cached(sql)?.execute(params![block.reference.as_str(), record])?;
    let id = u64::try_from(connection.last_insert_rowid()).unwrap_or(0);
    deliveries::note(connection, &Ticket::opened(id, block).has_opened(block))?;
    follow(connection, block)
}

/// Lets the ticket follow its block.
pub(super) fn follow(connection: &Connection, block: &Block) -> Result<()> {
    if block.way_out != WayOut::Ticket || block.is_active() {
        return Ok(());
    }
    let sql = "SELECT id, record FROM tickets WHERE block = ?1 AND open";
    let found = connection.prepare_cached(sql)?.query_row([block.reference.as_str()], ticket).optional()?;
    let Some(mut ticket) = found else { return Ok(()) };
    let letter = ticket.follow(block);
    deliveries::note(connection, &ticket.has_stepped(letter.as_ref(), block))?;
    put(connection, &ticket, letter)
}

/// Writes the ticket and queues the letter behind those that the block has.
fn put(connection: &Connection, ticket: &Ticket, letter: Option<LetterKind>) -> Result<()> {
    let sql = "UPDATE tickets SET open = ?2, record = ?3 WHERE id = ?1";
    let id = i64::try_from(ticket.id).unwrap_or(i64::MAX);
    connection.prepare_cached(sql)?.execute(params![id, ticket.is_open().is_ok(), rows::json(ticket)?])?;
    letter.map_or(Ok(false), |kind| follow_ups::queue(connection, &ticket.block, kind, ticket.updated)).map(|_| ())
}

/// The ticket of a row of `id, record`.
fn ticket(row: &Row<'_>) -> Result<Ticket> {
    let id: i64 = row.get(0)?;
    let ticket: Ticket = rows::from_json(row, 1)?;
    Ok(Ticket { id: u64::try_from(id).unwrap_or(0), ..ticket })
}

impl TicketStore for SqliteStore {
    fn ticket(&self, id: u64) -> std::result::Result<Option<Ticket>, StoreError> {
        self.one("SELECT id, record FROM tickets WHERE id = ?1", &[&key(id)], ticket)
    }

    fn ticket_of(&self, block: &BlockRef) -> std::result::Result<Option<Ticket>, StoreError> {
        self.one("SELECT id, record FROM tickets WHERE block = ?1", &[&block.as_str()], ticket)
    }

    fn tickets(&self, only_open: bool, limit: usize) -> std::result::Result<Vec<(Ticket, Block)>, StoreError> {
        self.tickets_before(u64::MAX, only_open, limit)
    }

    fn tickets_before(
        &self,
        number: u64,
        only_open: bool,
        limit: usize,
    ) -> std::result::Result<Vec<(Ticket, Block)>, StoreError> {
        let chosen = if only_open { "AND open" } else { "" };
        let sql = format!(
            "SELECT {}, id, record FROM tickets JOIN blocks ON block = reference
             WHERE id < ?1 {chosen} ORDER BY id DESC LIMIT ?2",
            rows::BLOCK
        );
        self.list(&sql, &[&key(number), &bound(limit)], |row| {
            let record: Ticket = rows::from_json(row, 16)?;
            let id: i64 = row.get(15)?;
            Ok((Ticket { id: u64::try_from(id).unwrap_or(0), ..record }, rows::block(row)?))
        })
    }

    fn step(
        &self,
        id: u64,
        step: Step<'_>,
    ) -> std::result::Result<Option<std::result::Result<Ticket, StepRefused>>, StoreError> {
        let outcome = RefCell::new(None);
        self.write(|connection| {
            let sql = "SELECT id, record FROM tickets WHERE id = ?1";
            let found = connection.prepare_cached(sql)?.query_row([key(id)], ticket).optional()?;
            let Some(mut ticket) = found else { return Ok(()) };
            let taken = match step(&mut ticket) {
                Ok(letter) => {
                    let block = rows::block_of(connection, &ticket.block)?;
                    deliveries::note(connection, &ticket.has_stepped(letter.as_ref(), &block))?;
                    put(connection, &ticket, letter)?;
                    Ok(ticket)
                }
                Err(refused) => Err(refused),
            };
            outcome.replace(Some(taken));
            Ok(())
        })?;
        Ok(outcome.into_inner())
    }
}

fn key(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}
