//! Addresses and their blocks, as a customer's panel asks for them: by network, and through time.
//!
//! What is enforced wins over what was written, as it does at the desk. What monitor mode has only noted is left out: the panel has
//! no word for it, and would tell the customer that he is blocked.

use std::collections::BTreeMap;
use std::sync::Arc;

use ipnet::IpNet;
use limits::{Archive, BlockFilter, Holdings, Order, PageAsk, StoreError, Wanted};
use model::{Block, Evidence, SubjectKey, SubjectKind, Timestamp};

use crate::desk::{Desk, references};

/// Blocks of addresses.
pub struct Addresses {
    desk: Arc<Desk>,
    archive: Arc<dyn Archive>,
}

impl Addresses {
    /// More blocks than this are not looked at for one answer.
    const MOST: usize = 10_000;

    /// Over the desk and what was written.
    pub fn new(desk: Arc<Desk>, archive: Arc<dyn Archive>) -> Self {
        Self { desk, archive }
    }

    /// The latest block of each address of a network, by address. Blocks the thread on the store.
    ///
    /// # Errors
    /// When the store fails.
    pub fn within(&self, net: IpNet) -> Result<Vec<Block>, StoreError> {
        // An address of IPv6 is counted by its /64, whose first address stands for it.
        let held = if net.prefix_len() > 64 && net.addr().is_ipv6() { wider(net) } else { net };
        self.each(SubjectKind::Ip, &Holdings::network(held))
    }

    /// The latest block of each account among those. Blocks the thread on the store.
    ///
    /// # Errors
    /// When the store fails.
    pub fn accounts(&self, held: &Holdings) -> Result<Vec<Block>, StoreError> {
        self.each(SubjectKind::Account, held)
    }

    /// By one look at the store: a customer may hold thousands.
    fn each(&self, kind: SubjectKind, held: &Holdings) -> Result<Vec<Block>, StoreError> {
        let written = self.archive.latest_blocks(kind, held, Self::MOST)?;
        let mut latest: BTreeMap<SubjectKey, Block> =
            written.into_iter().map(|block| (block.subject.clone(), self.desk.current(block))).collect();
        // A block in force is its subject's last, written or not.
        let fits = |block: &Block| block.subject.kind() == kind && held.holds(&block.subject);
        let enforced = self.desk.enforced().into_iter().filter(fits);
        latest.extend(enforced.map(|block| (block.subject.clone(), block)));
        Ok(latest.into_values().filter(is_real).collect())
    }

    /// The latest block of an address or an account. Blocks the thread on the store.
    ///
    /// # Errors
    /// When the store fails.
    pub fn latest(&self, subject: &SubjectKey) -> Result<Option<Block>, StoreError> {
        let filter = BlockFilter { subject: Some(Wanted::Exactly(subject.clone())), ..BlockFilter::default() };
        Ok(self.found(&filter)?.into_iter().next())
    }

    /// The blocks of an address that began in that time, oldest first, each with its flagged messages. Blocks the thread on
    /// the store.
    ///
    /// # Errors
    /// When the store fails.
    pub fn history(
        &self,
        subject: &SubjectKey,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Result<Vec<(Block, Vec<Evidence>)>, StoreError> {
        let subject = Some(Wanted::Exactly(subject.clone()));
        // The end is part of it.
        let until = to.map(|to| Timestamp(to.0.saturating_add(1)));
        let mut blocks = self.found(&BlockFilter { subject, since: from, until, ..BlockFilter::default() })?;
        blocks.reverse();
        blocks.into_iter().map(|block| Ok((self.desk.flagged(&block.reference)?, block))).map(swapped).collect()
    }

    /// Blocks that fit, latest first, those that only memory knows included.
    fn found(&self, filter: &BlockFilter) -> Result<Vec<Block>, StoreError> {
        let mut blocks = self.desk.enforced();
        blocks.retain(|block| filter.fits(block));
        let known = references(&blocks);
        let mut ask = PageAsk { after: None, limit: limits::MAX_PAGE, order: Order::Latest };
        loop {
            let page = self.archive.find_blocks(filter, &ask)?;
            let others = page.rows.into_iter().filter(|written| !known.contains(&written.reference));
            blocks.extend(others.map(|written| self.desk.current(written)));
            ask.after = page.next;
            if ask.after.is_none() || blocks.len() >= Self::MOST {
                break;
            }
        }
        blocks.retain(is_real);
        blocks.sort_by(|a, b| (b.since, &b.reference).cmp(&(a.since, &a.reference)));
        Ok(blocks)
    }
}

fn is_real(block: &Block) -> bool {
    !block.reason.monitored
}

fn wider(net: IpNet) -> IpNet {
    IpNet::new(net.addr(), 64).map_or(net, |wide| wide.trunc())
}

fn swapped(pair: Result<(Vec<Evidence>, Block), StoreError>) -> Result<(Block, Vec<Evidence>), StoreError> {
    pair.map(|(evidence, block)| (block, evidence))
}
