//! Blocks for operators: the list, one with its messages, its release.

use access::{Action, Owner};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use limits::{BlockPosition, EvidencePosition, FoundEvidence, MAX_PAGE, Order, Page, PageAsk, Releaser};
use model::sheet::line;
use model::{Block, BlockRef};
use pipeline::{CaseFile, Extract};
use serde::Deserialize;

use super::fault::Fault;
use super::form::Sent;
use super::home::row;
use super::parts::Console;
use super::respond::{self, done, page, queried};
use super::search;
use super::visit::Visit;
use crate::csv;
use crate::view::{BlockPage, BlocksPage, ConfirmPage, EvidenceRow, Paging};

/// Rows of a page.
const ROWS: usize = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    q: String,
    state: String,
    kind: String,
    after: String,
}

/// `GET /console/blocks`
pub(super) async fn list(
    State(console): State<Console>,
    visit: Visit,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    visit.must(Action::SeeSite, Owner::Site)?;
    let state = search::chosen(&wanted.state, &BlocksPage::STATES)?;
    let kind = search::chosen(&wanted.kind, &BlocksPage::KINDS)?;
    let text = search::text(&wanted.q);
    let found = found(&console, &text, state, kind, BlockPosition::parse(&wanted.after)).await?;
    let frame = visit.frame(&console, "blocks").await;
    let rows: Vec<_> = found.rows.into_iter().map(|block| row(&console, &block, &frame)).collect();
    let link = |after: &str| queried(LIST, &[("q", &text), ("state", state), ("kind", kind), ("after", after)]);
    let pages = Paging {
        first: (!wanted.after.is_empty()).then(|| link("")),
        next: found.next.map(|next| link(&next.to_string())),
        shown: rows.len() as u64,
    };
    let file = queried("/console/blocks.csv", &[("q", &text), ("state", state), ("kind", kind)]);
    page(&console, &frame, &BlocksPage::new(rows, text.clone(), state.into(), kind.into(), pages).with_file(file))
}

const LIST: &str = "/console/blocks";

/// `GET /console/blocks.csv`: every block that the list shows page by page.
pub(super) async fn listed(
    State(console): State<Console>,
    visit: Visit,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    visit.must(Action::SeeSite, Owner::Site)?;
    let (state, kind) =
        (search::chosen(&wanted.state, &BlocksPage::STATES)?, search::chosen(&wanted.kind, &BlocksPage::KINDS)?);
    let text = search::text(&wanted.q);
    let (filter, only) = (search::blocks(&text, state, kind), referred(&console, &text).await?);
    let asked = console.clone();
    let find = move |ask: &PageAsk<BlockPosition>| match &only {
        Some(block) => Ok(Page { rows: vec![block.clone()], next: None }),
        None => asked.parts().search.blocks(&filter, ask),
    };
    let owned = move |block: Block| (block.clone(), console.service(&block.subject));
    let write = move |found: Vec<Block>| csv::blocks(&found.into_iter().map(&owned).collect::<Vec<_>>());
    let table = Extract::of_pages(line(&csv::BLOCKS), PageAsk::first(MAX_PAGE), find, write);
    Ok(respond::csv("blocks", table))
}

/// A page of the blocks that fit; a reference finds its block, whatever is chosen beside it.
async fn found(
    console: &Console,
    text: &str,
    state: &str,
    kind: &str,
    after: Option<BlockPosition>,
) -> Result<Page<Block, BlockPosition>, Fault> {
    if let Some(block) = referred(console, text).await? {
        return Ok(Page { rows: vec![block], next: None });
    }
    let filter = search::blocks(text, state, kind);
    let ask = PageAsk { after, ..PageAsk::first(ROWS) };
    console.aside(move |parts| parts.search.blocks(&filter, &ask)).await
}

/// The block whose reference this is.
async fn referred(console: &Console, text: &str) -> Result<Option<Block>, Fault> {
    let Some(reference) = search::reference(text) else { return Ok(None) };
    match case_file(console, reference.as_str()).await {
        Ok(case) => Ok(Some(case.block)),
        Err(Fault::Missing) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// `GET /console/blocks/{reference}`
pub(super) async fn show(
    State(console): State<Console>,
    visit: Visit,
    Path(reference): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Fault> {
    let case = looked_at(&console, &visit, &reference).await?;
    let frame = visit.frame(&console, "blocks").await;
    let spam = console.site().spam;
    let reference = case.block.reference.clone();
    let ticket = console.aside(move |parts| parts.tickets.of_block(&reference)).await?;
    let text = search::text(&wanted.q);
    let filter = search::evidence(&text, case.block.reference.clone());
    let ask = PageAsk { after: EvidencePosition::parse(&wanted.after), limit: ROWS, order: Order::Oldest };
    let found = console.aside(move |parts| parts.archive.find_evidence(&filter, &ask)).await?;
    let block = row(&console, &case.block, &frame);
    let link = |after: &str| queried(&block.href, &[("q", &text), ("after", after)]);
    let pages = Paging {
        first: (!wanted.after.is_empty()).then(|| link("")),
        next: found.next.map(|next| link(&next.to_string())),
        shown: found.rows.len() as u64,
    };
    let rows = found.rows.iter().map(|found| EvidenceRow::whole(&found.evidence, spam)).collect();
    let shown = BlockPage::new(block, &case.evidence, spam)
        .showing(rows, text.clone(), pages)
        .with_ticket(ticket.map(|file| file.ticket.id))
        .releasable(visit.may(Action::Release, Owner::Site));
    page(&console, &frame, &shown)
}

/// `GET /console/blocks/{reference}/evidence.csv`
pub(super) async fn csv(
    State(console): State<Console>,
    visit: Visit,
    Path(reference): Path<String>,
) -> Result<Response, Fault> {
    let case = looked_at(&console, &visit, &reference).await?;
    Ok(exported(&console, case.block.reference))
}

/// The flagged messages of a block as a file.
pub(super) fn exported(console: &Console, reference: BlockRef) -> Response {
    let (console, filter) = (console.clone(), search::evidence("", reference.clone()));
    let first = PageAsk { order: Order::Oldest, ..PageAsk::first(MAX_PAGE) };
    let find = move |ask: &PageAsk<EvidencePosition>| console.parts().archive.find_evidence(&filter, ask);
    let write = |found: Vec<FoundEvidence>| {
        let messages: Vec<_> = found.into_iter().map(|found| found.evidence).collect();
        csv::evidence(&messages)
    };
    respond::csv(reference.as_str(), Extract::of_pages(line(&csv::EVIDENCE), first, find, write))
}

/// A block with its messages, for somebody who may see them; that he looked is written down.
async fn looked_at(console: &Console, visit: &Visit, reference: &str) -> Result<CaseFile, Fault> {
    let actor = visit.must(Action::SeeSite, Owner::Site)?;
    let case = case_file(console, reference).await?;
    console.note(actor, Action::SeeEvidence, format!("block {}", case.block.reference)).await?;
    Ok(case)
}

/// A block with its messages.
pub(super) async fn case_file(console: &Console, reference: &str) -> Result<CaseFile, Fault> {
    let reference = BlockRef::new(reference).ok_or(Fault::Missing)?;
    let desk = console.desk();
    console.aside(move |_| desk.case_file(&reference)).await
}

/// `GET /console/blocks/{reference}/release`
pub(super) async fn ask(
    State(console): State<Console>,
    visit: Visit,
    Path(reference): Path<String>,
) -> Result<Response, Fault> {
    visit.must(Action::Release, Owner::Site)?;
    let case = case_file(&console, &reference).await?;
    let frame = visit.frame(&console, "blocks").await;
    let block = row(&console, &case.block, &frame);
    page(&console, &frame, &ConfirmPage::release(&block, frame.words()))
}

/// `POST /console/blocks/{reference}/release`
pub(super) async fn release(
    State(console): State<Console>,
    visit: Visit,
    Path(reference): Path<String>,
    _sent: Sent,
) -> Result<Response, Fault> {
    let actor = visit.must(Action::Release, Owner::Site)?.clone();
    let reference = BlockRef::new(&reference).ok_or(Fault::Missing)?;
    console.note(&actor, Action::Release, format!("block {reference}")).await?;
    let block = released(&console, reference, Releaser::Operator).await?;
    Ok(done(&format!("/console/blocks/{}", block.reference), "released"))
}

/// Releases a block; carried through even when the visitor leaves.
pub(super) async fn released(console: &Console, reference: BlockRef, by: Releaser) -> Result<Block, Fault> {
    let (desk, runtime) = (console.desk(), tokio::runtime::Handle::current());
    console.aside(move |_| runtime.block_on(desk.release(&reference, by))).await
}
