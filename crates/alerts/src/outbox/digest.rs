//! The operators' digest: in its period, or earlier when there were too many letters to copy each to them.

use std::collections::BTreeSet;

use customers::Address;
use limits::{AlertJob, Matter, StoreError};
use model::{Block, Timestamp};

use super::OutboxStore;
use super::attempt::Attempts;
use super::many::{Owing, earlier};
use crate::crowd::Reader;
use crate::letter::render_many;
use crate::many::{DigestFacts, MAX_LISTED, Material, Named};
use crate::post::Post;
use crate::templates::Notice;

/// More blocks, tickets or letters than this are not even counted in one digest.
const MOST: usize = 10_000;

impl Attempts {
    /// Sends the digest when it is due; tells when it is due next.
    pub(super) async fn digest(&self, owed: &[(AlertJob, Block)]) -> Result<Option<Timestamp>, StoreError> {
        let (post, now) = (self.post(), self.now());
        let Some(since) = self.in_store(|store| store.digest_until()).await? else {
            // The first start: what was before is nothing new.
            self.in_store(move |store| store.digest_sent(now, &[])).await?;
            return Ok(None);
        };
        let owed: Owing = owed.iter().filter(|(letter, _)| letter.owed.operators).cloned().collect();
        let regular = post.digest.0.period().map(|period| since.after(period));
        let regular = regular.map(|due| self.pauses.until(&Reader::Operators).map_or(due, |until| until.max(due)));
        let crowd = (!owed.is_empty()).then(|| self.due(&Reader::Operators, &owed, &post));
        match earlier(regular, crowd) {
            Some(due) if due <= now => self.send_digest(since, owed, &post).await,
            later => Ok(later),
        }
    }

    async fn send_digest(&self, since: Timestamp, owed: Owing, post: &Post) -> Result<Option<Timestamp>, StoreError> {
        let material = self.material(since, &owed).await?;
        let until = material.until;
        let mut reached = Vec::new();
        if !material.is_empty() && !post.operators.is_empty() {
            let language = post.digest.1;
            let facts = DigestFacts::of(&material, language, post).value();
            let id = format!("<digest-{}@{}>", until.0, post.node);
            let mail = render_many(Notice::Digest, language, &facts, &post.operators, &id, until, post);
            match self.hand_over(&mail, &Reader::Operators, post).await {
                Ok(addresses) => reached = addresses,
                Err(_) => return Ok(self.pauses.until(&Reader::Operators)),
            }
            self.stats.digest();
            tracing::info!(message_id = id, blocks = material.blocks.len(), "the digest was sent");
        }
        let told: Vec<_> = owed.into_iter().map(|(letter, _)| told_operators(letter, &reached)).collect();
        self.in_store(move |store| store.digest_sent(until, &told)).await?;
        Ok(None)
    }

    /// Everything since the last digest, and what is owed from before.
    async fn material(&self, since: Timestamp, owed: &Owing) -> Result<Material, StoreError> {
        let until = self.now();
        let read = move |store: &dyn OutboxStore| {
            let lost = store.given_up_letters(since, MOST)?;
            let returned =
                store.bounces(None, MOST)?.into_iter().filter(|bounce| bounce.at > since && bounce.at <= until);
            let lost = named(store, lost, |letter| &letter.about)?;
            let returned = named(store, returned.collect(), |bounce| &bounce.about)?;
            Ok((store.blocks(false, MOST)?, store.tickets(true, MOST)?, lost, returned))
        };
        let (all, tickets, lost, returned) = self.in_store(read).await?;
        let new = all.into_iter().filter(|block| block.since > since && block.since <= until);
        let mut seen = BTreeSet::new();
        let blocks = new.chain(owed.iter().map(|(_, block)| block.clone()));
        let blocks = blocks.filter(|block| seen.insert(block.reference.clone()));
        Ok(Material {
            since,
            until,
            crowd: !owed.is_empty(),
            blocks: blocks.map(|block| (self.surroundings.current)(block)).collect(),
            tickets: tickets.into_iter().map(|(ticket, _)| ticket).collect(),
            lost,
            returned,
            dead_events: (self.surroundings.dead_events)(),
            concerns: (self.surroundings.concerns)(),
        })
    }
}

/// The first of them with the names of whom they concern; all of them are counted.
fn named<T>(store: &dyn OutboxStore, all: Vec<T>, about: impl Fn(&T) -> &Matter) -> Result<Named<T>, StoreError> {
    let total = all.len();
    let mut first = Vec::new();
    for one in all.into_iter().take(MAX_LISTED) {
        let name = match about(&one) {
            Matter::Block(block) => store.block(block)?.map(|block| block.subject.name()),
            Matter::Ticket(ticket) => store.ticket(*ticket)?.map(|ticket| ticket.subject.name()),
        };
        first.push((name.unwrap_or_else(|| about(&one).said()), one));
    }
    Ok(Named { first, total })
}

fn told_operators(mut letter: AlertJob, reached: &[Address]) -> AlertJob {
    letter.owed.operators = false;
    letter.reached(reached);
    letter
}
