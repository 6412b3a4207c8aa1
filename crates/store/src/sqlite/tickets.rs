//! Tickets: those of blocks are rows beside their blocks, written in the same transactions; the others stand alone.

use customers::ticket::{
    MAX_OPEN, MAX_OPEN_EACH, OpenTickets, Opening, OpeningRefused, Step, StepRefused, Stepped, Ticket, TicketStore,
    Whom,
};
use limits::{AlertJob, Holdings, LetterKind, Matter, StoreError};
use model::{Block, BlockRef, Timestamp, WayOut};
use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::archive::spans;
use super::rows::key;
use super::{SqliteStore, bound, deliveries, follow_ups, rows};

type Told<T> = std::result::Result<T, StoreError>;
type Taken<T> = std::result::Result<T, StepRefused>;
type Opened = std::result::Result<Ticket, OpeningRefused>;

/// Opens the ticket of a new block, when that is its way out.
pub(super) fn open(connection: &Connection, block: &Block) -> Result<()> {
    if block.way_out != WayOut::Ticket {
        return Ok(());
    }
    let ticket = add(connection, Ticket::opened(0, block))?;
    deliveries::note(connection, &ticket.has_opened(Some(block)))?;
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
    deliveries::note(connection, &ticket.has_stepped(true, letter.as_ref(), Some(block)))?;
    put(connection, &ticket)?;
    queue(connection, &ticket, letter)
}

/// Where it stands among what one customer owns.
fn place(whom: &Whom) -> String {
    match whom {
        Whom::Subject(subject) => format!("{} {}", subject.kind(), limits::place(subject)),
        Whom::Service { .. } => whom.to_string(),
    }
}

/// The numbers of a customer's tickets: what concerns what he owns, and what concerns his service.
const HELD: &str =
    "SELECT tickets.id AS number FROM json_each(?1) AS span CROSS JOIN tickets INDEXED BY tickets_by_place
        ON place >= (span.value->>0) || ' ' || (span.value->>1) AND place < (span.value->>0) || ' ' || (span.value->>2)
    UNION SELECT id FROM tickets INDEXED BY tickets_by_place WHERE place = ?2";

/// Columns of a ticket's block, and its own.
fn columns() -> String {
    let blocks = rows::BLOCK.split(',').map(|column| format!("blocks.{}", column.trim()));
    format!("{}, id, record", blocks.collect::<Vec<_>>().join(", "))
}

/// Writes a new ticket; it gets the next number.
fn add(connection: &Connection, ticket: Ticket) -> Result<Ticket> {
    let sql = "INSERT INTO tickets (block, diagnosis, subject, open, updated, record, place)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let block = ticket.block().map(BlockRef::as_str);
    let diagnosis = ticket.about.diagnosis().map(key);
    let (subject, open) = (ticket.subject.to_string(), ticket.is_open().is_ok());
    let values =
        params![block, diagnosis, subject, open, ticket.updated.0, rows::json(&ticket)?, place(&ticket.subject)];
    let id = connection.prepare_cached(sql)?.insert(values)?;
    Ok(Ticket { id: u64::try_from(id).unwrap_or(0), ..ticket })
}

/// Writes the ticket as it is now.
fn put(connection: &Connection, ticket: &Ticket) -> Result<()> {
    let sql = "UPDATE tickets SET open = ?2, updated = ?3, record = ?4 WHERE id = ?1";
    let values = params![key(ticket.id), ticket.is_open().is_ok(), ticket.updated.0, rows::json(ticket)?];
    connection.prepare_cached(sql)?.execute(values).map(|_| ())
}

/// Queues the letter behind those that the block, or the ticket, has.
fn queue(connection: &Connection, ticket: &Ticket, letter: Option<LetterKind>) -> Result<()> {
    let Some(kind) = letter else { return Ok(()) };
    let about = match ticket.block() {
        Some(block) => Matter::Block(block.clone()),
        None if kind.needs_no_block() => Matter::Ticket(ticket.id),
        None => return Ok(()),
    };
    follow_ups::queue(connection, &about, kind, ticket.updated).map(|_| ())
}

/// One ticket by its number.
pub(super) fn find(connection: &Connection, id: u64) -> Result<Option<Ticket>> {
    let sql = "SELECT id, record FROM tickets WHERE id = ?1";
    connection.prepare_cached(sql)?.query_row([key(id)], ticket).optional()
}

/// The ticket of a row of `id, record`.
fn ticket(row: &Row<'_>) -> Result<Ticket> {
    ticket_at(row, 0)
}

fn ticket_at(row: &Row<'_>, first: usize) -> Result<Ticket> {
    let id: i64 = row.get(first)?;
    let ticket: Ticket = rows::from_json(row, first + 1)?;
    Ok(Ticket { id: u64::try_from(id).unwrap_or(0), ..ticket })
}

/// Open tickets of one kind in one state, since when the first of them stands there.
fn group(row: &Row<'_>) -> Result<(String, String, i64, Timestamp)> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, Timestamp(row.get(3)?)))
}

/// A ticket with its block, if it has one, side by side in a row.
fn both(row: &Row<'_>) -> Result<(Ticket, Option<Block>)> {
    let reference: Option<String> = row.get(0)?;
    let block = reference.map(|_| rows::block(row)).transpose()?;
    Ok((ticket_at(row, rows::BLOCK_COLUMNS)?, block))
}

/// Takes a step within the transaction; what is refused changes nothing.
fn take(connection: &Connection, mut ticket: Ticket, step: Step<'_>) -> Result<Taken<Ticket>> {
    let was_open = ticket.is_open().is_ok();
    let letter = match step(&mut ticket) {
        Ok(letter) => letter,
        Err(refused) => return Ok(Err(refused)),
    };
    let block = ticket.block().map(|reference| rows::block_of(connection, reference)).transpose()?;
    let is_over = block.as_ref().is_some_and(|block| !block.is_active());
    if is_over && ticket.is_open().is_ok() {
        return Ok(Err(StepRefused::BlockOver { id: ticket.id }));
    }
    deliveries::note(connection, &ticket.has_stepped(was_open, letter.as_ref(), block.as_ref()))?;
    put(connection, &ticket)?;
    queue(connection, &ticket, letter)?;
    Ok(Ok(ticket))
}

/// Opens a ticket that somebody wants, if there is room.
fn begin(connection: &Connection, opening: &Opening, node: &str, at: Timestamp) -> Result<Opened> {
    let known = "SELECT id, record FROM tickets WHERE diagnosis = ?1";
    let diagnosis = opening.about.diagnosis().map(key);
    if let Some(ticket) = connection.prepare_cached(known)?.query_row([diagnosis], ticket).optional()? {
        return Ok(Ok(ticket));
    }
    let count = "SELECT count(*) FILTER (WHERE subject = ?1), count(*) FROM tickets WHERE open AND block IS NULL";
    let counts = |row: &Row<'_>| Ok([row.get::<_, i64>(0)?, row.get(1)?]);
    let counted = connection.prepare_cached(count)?.query_row([opening.whom.to_string()], counts)?;
    let [same, all] = counted.map(|count| usize::try_from(count).unwrap_or(usize::MAX));
    if same >= MAX_OPEN_EACH {
        return Ok(Err(OpeningRefused::TooMany(same)));
    }
    if all >= MAX_OPEN {
        return Ok(Err(OpeningRefused::Crowded(all)));
    }
    let ticket = add(connection, Ticket::begun(0, opening, at))?;
    deliveries::note(connection, &ticket.has_opened(None))?;
    rows::put_letter(connection, &AlertJob::opened(ticket.id, node, at))?;
    Ok(Ok(ticket))
}

impl TicketStore for SqliteStore {
    fn ticket(&self, id: u64) -> Told<Option<Ticket>> {
        self.one("SELECT id, record FROM tickets WHERE id = ?1", &[&key(id)], ticket)
    }

    fn ticket_of(&self, block: &BlockRef) -> Told<Option<Ticket>> {
        self.one("SELECT id, record FROM tickets WHERE block = ?1", &[&block.as_str()], ticket)
    }

    fn tickets(&self, only_open: bool, limit: usize) -> Told<Vec<(Ticket, Option<Block>)>> {
        self.tickets_before(u64::MAX, only_open, limit)
    }

    fn tickets_before(&self, number: u64, only_open: bool, limit: usize) -> Told<Vec<(Ticket, Option<Block>)>> {
        let chosen = if only_open { "AND open = 1" } else { "" };
        let sql = format!(
            "SELECT {} FROM tickets LEFT JOIN blocks ON block = reference
             WHERE id < ?1 {chosen} ORDER BY id DESC LIMIT ?2",
            columns()
        );
        self.list(&sql, &[&key(number), &bound(limit)], both)
    }

    fn tickets_within(&self, service: &str, within: &Holdings, limit: usize) -> Told<Vec<(Ticket, Option<Block>)>> {
        let sql = format!(
            "SELECT {} FROM ({HELD}) CROSS JOIN tickets ON id = number LEFT JOIN blocks ON block = reference
             ORDER BY id DESC LIMIT ?3",
            columns()
        );
        self.list(&sql, &[&spans(within), &format!("service {service}"), &bound(limit)], both)
    }

    fn open_tickets(&self) -> Told<OpenTickets> {
        // Word for word the columns of an index, so that no record is read.
        let sql = "SELECT json_extract(record, '$.kind'), json_extract(record, '$.state'), count(*),
                min(json_extract(record, '$.since'))
            FROM tickets WHERE open GROUP BY json_extract(record, '$.kind'), json_extract(record, '$.state')";
        let mut open = OpenTickets::default();
        for (about, state, count, since) in self.list(sql, &[], group)? {
            open.add(&about, &state, u64::try_from(count).unwrap_or(0), since);
        }
        Ok(open)
    }

    fn step(&self, id: u64, step: Step<'_>) -> Told<Stepped> {
        self.telling(|connection| find(connection, id)?.map(|ticket| take(connection, ticket, step)).transpose())
    }

    fn open_ticket(&self, opening: &Opening, node: &str, at: Timestamp) -> Told<Opened> {
        self.telling(|connection| begin(connection, opening, node, at))
    }
}
