//! The first page after the login: what happens now, or a customer's own blocks.

use access::{Action, Owner, Principal, Reach};
use axum::extract::State;
use axum::response::Response;
use model::Block;

use super::fault::Fault;
use super::parts::Console;
use super::respond::page;
use super::visit::Visit;
use crate::view::{BlockRow, CountRow, MinePage, NowPage, Sender};

/// How many blocks and senders the first page shows.
const BLOCKS: usize = 8;
const SENDERS: usize = 10;
/// How many blocks a customer's own are looked for in.
const RECENT: usize = 2000;

/// `GET /console/`
pub(super) async fn show(State(console): State<Console>, visit: Visit) -> Result<Response, Fault> {
    let actor = visit.who().ok_or(Fault::Login)?;
    match &actor.principal {
        Principal::Customer(reach) => mine(&console, &visit, reach).await,
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

async fn mine(console: &Console, visit: &Visit, reach: &Reach) -> Result<Response, Fault> {
    let Reach::Services(services) = reach.clone() else { return Err(Fault::Missing) };
    let desk = console.desk();
    let blocks = console.aside(move |_| desk.blocks(false, RECENT)).await?;
    let frame = visit.frame(console, "services").await;
    let own = blocks.iter().filter(|block| {
        let service = console.service(&block.subject);
        visit.may(Action::SeeBlock, Owner::Block { service: &service, reference: &block.reference })
    });
    let rows = own.map(|block| row(console, block, &frame).for_owner());
    page(console, &frame, &MinePage::new(rows.collect(), services.into_iter().collect()))
}

/// A block with its owner.
pub(super) fn row(console: &Console, block: &Block, frame: &crate::view::Frame) -> BlockRow {
    let service = console.service(&block.subject);
    BlockRow::of(block, console.now(), frame.words()).owned((!service.is_empty()).then_some(service))
}
