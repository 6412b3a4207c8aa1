//! The first page after the login: what happens now, or a customer's own blocks.

use access::{Action, Owner, Principal, Reach};
use axum::extract::{Query, State};
use axum::response::Response;
use limits::{BlockFilter, BlockPosition, Holdings, PageAsk};
use model::Block;
use serde::Deserialize;

use super::fault::Fault;
use super::parts::Console;
use super::respond::{page, queried};
use super::visit::Visit;
use crate::view::{BlockRow, CountRow, MinePage, NowPage, Paging, Sender};

/// How many blocks and senders the first page shows.
const BLOCKS: usize = 8;
const SENDERS: usize = 10;
/// Blocks on a page of a customer's own.
const OWN: usize = 50;

/// Where a customer's page begins.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    after: String,
}

/// `GET /console/`
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    let actor = visit.who().ok_or(Fault::Login)?;
    match &actor.principal {
        Principal::Customer(reach) => mine(&console, &visit, reach, &wanted.after).await,
        Principal::Operator | Principal::Auditor => now(&console, &visit).await,
    }
}

async fn now(console: &Console, visit: &Visit) -> Result<Response, Fault> {
    visit.must(Action::SeeSite, Owner::Site)?;
    let frame = visit.frame(console, "now").await;
    let (time, words) = (console.now(), frame.words());
    let desk = console.desk();
    let (blocks, busy) = console
        .aside(move |parts| {
            let blocks = desk.blocks(true, BLOCKS)?;
            Ok::<_, Fault>((blocks, parts.ledger.busiest(SENDERS, time)))
        })
        .await?;
    let parts = console.parts();
    let senders = busy.iter().map(|busy| {
        let counts = parts.ledger.counts(&busy.subject, time).iter().map(CountRow::of).collect();
        Sender::of(&busy.subject, busy.messages, busy.spam, counts)
    });
    let blocked = parts.ledger.blocked_len() as u64;
    let rows = blocks.iter().map(|block| row(console, block, &frame)).collect();
    let minutes = parts.telemetry.history();
    let shown = NowPage::new(&minutes, time, blocked, (rows, senders.collect()), (parts.health)(), words);
    page(console, &frame, &shown)
}

async fn mine(console: &Console, visit: &Visit, reach: &Reach, after: &str) -> Result<Response, Fault> {
    let Reach::Services(services) = reach.clone() else { return Err(Fault::Missing) };
    let ask = PageAsk { after: BlockPosition::parse(after), ..PageAsk::first(OWN) };
    let owned = services.clone();
    let found = console
        .aside(move |parts| {
            let held = owned.iter().filter_map(|service| (parts.holdings)(service));
            let within = Some(held.fold(Holdings::none(), Holdings::and));
            parts.search.blocks(&BlockFilter { within, ..BlockFilter::default() }, &ask)
        })
        .await?;
    let frame = visit.frame(console, "services").await;
    // What he owned when it was found may be another's by now.
    let own = found.rows.into_iter().filter(|block| {
        let service = console.service(&block.subject);
        visit.may(Action::SeeBlock, Owner::Block { service: &service, reference: &block.reference })
    });
    let rows: Vec<_> = own.map(|block| row(console, &block, &frame).for_owner()).collect();
    let pages = Paging {
        first: (!after.is_empty()).then(|| HOME.to_owned()),
        next: found.next.map(|next| queried(HOME, &[("after", &next.to_string())])),
        shown: rows.len() as u64,
    };
    page(console, &frame, &MinePage::new(rows, services.into_iter().collect(), pages))
}

const HOME: &str = "/console/";

/// A block with its owner.
pub(super) fn row(console: &Console, block: &Block, frame: &crate::view::Frame) -> BlockRow {
    let service = console.service(&block.subject);
    BlockRow::of(block, console.now(), frame.words()).owned((!service.is_empty()).then_some(service))
}
