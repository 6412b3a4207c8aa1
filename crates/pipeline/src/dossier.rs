//! What happened around one customer: his blocks, his tickets, his reports, the letters that did not reach him.
//!
//! All of it is found by what he owns, with an index: a page about one must not walk over everything.

use std::cmp::Reverse;

use customers::report::Report;
use limits::{Archive, BlockFilter, Bounce, Holdings, Matter, PageAsk};
use model::Block;

use crate::reports::Reports;
use crate::tickets::{TicketError, TicketFile, Tickets};

/// What happened around one customer, each list latest first and bounded by [`Dossier::MOST`].
#[derive(Debug, Clone, Default)]
pub struct Dossier {
    /// Blocks of what is his, as they are enforced.
    pub blocks: Vec<Block>,
    /// His tickets, without the flagged messages.
    pub tickets: Vec<TicketFile>,
    /// Messages that he, or somebody for him, reported as flagged by mistake.
    pub reports: Vec<Report>,
    /// Letters about these blocks that came back.
    pub bounces: Vec<Bounce>,
}

/// Where it is written.
#[derive(Clone, Copy)]
pub struct Records<'r> {
    /// Blocks.
    pub archive: &'r dyn Archive,
    /// Tickets.
    pub tickets: &'r Tickets,
    /// Reports, where they are taken.
    pub reports: Option<&'r Reports>,
}

impl Dossier {
    /// Entries of each list.
    pub const MOST: usize = 20;

    /// What happened around the customer of a service who owns this. Blocks the thread on the store.
    ///
    /// # Errors
    /// When the store fails.
    pub fn of(service: &str, holdings: &Holdings, records: Records<'_>) -> Result<Self, TicketError> {
        let filter = BlockFilter { within: Some(holdings.clone()), ..BlockFilter::default() };
        let (written, desk) =
            (records.archive.find_blocks(&filter, &PageAsk::first(Self::MOST))?, records.tickets.desk());
        let blocks: Vec<_> = written.rows.into_iter().map(|block| desk.current(block)).collect();
        let tickets = records.tickets.within(service, holdings, Self::MOST)?;
        let reports = records.reports.map(|reports| reports.within(holdings, Self::MOST)).transpose()?;
        Ok(Self {
            reports: reports.unwrap_or_default(),
            bounces: bounced(&blocks, &tickets, records.tickets)?,
            blocks,
            tickets,
        })
    }
}

fn bounced(blocks: &[Block], files: &[TicketFile], all: &Tickets) -> Result<Vec<Bounce>, TicketError> {
    let of_blocks = blocks.iter().map(|block| Matter::Block(block.reference.clone()));
    let alone = files.iter().filter(|file| file.block.is_none()).map(|file| Matter::Ticket(file.ticket.id));
    let mut found = Vec::new();
    for about in of_blocks.chain(alone) {
        found.extend(all.store.bounces(Some(&about), Dossier::MOST)?);
    }
    found.sort_by_key(|bounce| Reverse(bounce.at));
    found.truncate(Dossier::MOST);
    Ok(found)
}
