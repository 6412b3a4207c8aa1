//! Search in maps: everything is looked at.

use std::cmp::Reverse;

use limits::{
    Archive, BlockFilter, BlockPosition, EvidenceFilter, EvidencePosition, FoundEvidence, Holdings, MAX_COUNT, Order,
    Page, PageAsk,
};
use model::{Block, SubjectKind};

use super::{MemoryStore, Result, State};

impl Archive for MemoryStore {
    fn find_blocks(&self, filter: &BlockFilter, ask: &PageAsk<BlockPosition>) -> Result<Page<Block, BlockPosition>> {
        let found = self.state().blocks(|block| filter.fits(block));
        Ok(page(found, ask, BlockPosition::of))
    }

    fn latest_blocks(&self, kind: SubjectKind, within: &Holdings, most: usize) -> Result<Vec<Block>> {
        let filter = BlockFilter { kind: Some(kind), within: Some(within.clone()), ..BlockFilter::default() };
        let mut found = self.state().blocks(|block| filter.fits(block));
        found.sort_by_cached_key(|block| (limits::place(&block.subject), Reverse(BlockPosition::of(block))));
        found.dedup_by(|next, kept| next.subject == kept.subject);
        found.truncate(most);
        Ok(found)
    }

    fn count_blocks(&self, filter: &BlockFilter) -> Result<usize> {
        Ok(self.state().blocks(|block| filter.fits(block)).len().min(MAX_COUNT))
    }

    fn find_evidence(
        &self,
        filter: &EvidenceFilter,
        ask: &PageAsk<EvidencePosition>,
    ) -> Result<Page<FoundEvidence, EvidencePosition>> {
        Ok(page(self.state().flagged(filter), ask, FoundEvidence::position))
    }

    fn count_evidence(&self, filter: &EvidenceFilter) -> Result<usize> {
        Ok(self.state().flagged(filter).len().min(MAX_COUNT))
    }
}

impl State {
    fn flagged(&self, filter: &EvidenceFilter) -> Vec<FoundEvidence> {
        let of_case = |case: &super::Case| {
            let fitting = case.evidence.iter().filter(|(_, evidence)| filter.fits(&case.block, evidence));
            let found = |(id, evidence): &(u64, model::Evidence)| FoundEvidence {
                id: *id,
                block: case.block.reference.clone(),
                subject: case.block.subject.clone(),
                evidence: evidence.clone(),
            };
            fitting.map(found).collect::<Vec<_>>()
        };
        self.cases.values().flat_map(of_case).collect()
    }
}

fn page<T, P: Ord>(mut found: Vec<T>, ask: &PageAsk<P>, position: impl Fn(&T) -> P + Copy) -> Page<T, P> {
    let behind = |one: &T| match (&ask.after, ask.order) {
        (None, _) => true,
        (Some(after), Order::Latest) => position(one) < *after,
        (Some(after), Order::Oldest) => position(one) > *after,
    };
    found.retain(behind);
    found.sort_by_key(position);
    if ask.order == Order::Latest {
        found.reverse();
    }
    Page::cut(found, ask.bounded(), position)
}
