//! `portreeve blocks`: through the running daemon; where none runs, straight from the store.

use std::path::Path;
use std::process::ExitCode;

use access::Action;
use admin::{BlockByHand, BlockPage, ControlClient, ControlError, EvidencePage};
use anyhow::{Context, bail};
use api::native::documents::{self, Page};
use customers::Directory;
use limits::{Archive, Releaser, Store};
use model::{Block, BlockRef, BlockState, Evidence, SubjectKey, WayOut};
use pipeline::{BlockAsk, EvidenceAsk};
use store::SqliteStore;

use super::block_table::{end_of, print_begun, print_block, print_found, print_table};
use super::operator::by;
use super::reports::refused;
use super::whose::Whose;
use super::{history, tell_next, unheard};
use crate::args::{BlockArgs, BlockSearch, BlocksCommand, EvidenceSearch, Meant, SubjectArgs};
use crate::config::Config;
use crate::out::{json, say};
use crate::serve::control_socket;

pub(crate) fn run(config: Option<&Path>, command: &BlocksCommand) -> anyhow::Result<ExitCode> {
    let config = Config::load(config)?;
    let client = ControlClient::new(control_socket(&config.store.path));
    let customers = super::customers::known_here(&config)?;
    let desk = Desk { client, store: config.store.path, customers };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            BlocksCommand::List(search) => desk.list(search).await,
            BlocksCommand::Evidence(search) => desk.evidence(search).await,
            BlocksCommand::Add { subject, length, reason, json } => {
                desk.add(subject, length.as_deref(), reason, *json).await
            }
            BlocksCommand::History { subject, limit, after, json } => {
                desk.history(&subject.read()?, (*limit, after.clone()), *json).await
            }
            BlocksCommand::Show { block, json } => desk.show(block, *json).await,
            BlocksCommand::Unblock { block, json } => desk.unblock(block, *json).await,
        }
    })
}

struct Desk {
    client: ControlClient,
    store: std::path::PathBuf,
    customers: std::sync::Arc<Directory>,
}

impl Desk {
    async fn list(&self, search: &BlockSearch) -> anyhow::Result<ExitCode> {
        let BlockPage { blocks, next } = self.blocks(&search.ask()).await?;
        let is_empty = blocks.is_empty();
        tell_next(next.as_deref());
        if search.page.json {
            let whose = self.whose(&blocks).await?;
            json(&documents::blocks(Page { rows: blocks, next }, &|subject| whose.owner(subject)))?;
        } else if blocks.is_empty() {
            say!("{}", if search.is_plain() { "Nobody is blocked." } else { "No block fits." });
        } else {
            print_table(&blocks);
        }
        Ok(ExitCode::from(u8::from(is_empty)))
    }

    async fn evidence(&self, search: &EvidenceSearch) -> anyhow::Result<ExitCode> {
        let EvidencePage { evidence, next } = self.flagged(&search.ask()).await?;
        let is_empty = evidence.is_empty();
        tell_next(next.as_deref());
        if search.page.json {
            json(&documents::evidence(Page { rows: evidence, next }))?;
        } else if evidence.is_empty() {
            say!("No flagged message fits.");
        } else {
            evidence.iter().for_each(print_found);
        }
        Ok(ExitCode::from(u8::from(is_empty)))
    }

    async fn add(
        &self,
        subject: &SubjectArgs,
        length: Option<&str>,
        reason: &str,
        as_json: bool,
    ) -> anyhow::Result<ExitCode> {
        let length = length.map(|text| super::length(text, "--for")).transpose()?;
        let wanted = BlockByHand { subject: subject.read()?, length, reason: reason.to_owned(), by: by() };
        let block = match self.client.block_by_hand(&wanted).await {
            Err(error @ ControlError::Refused { status: 409, .. }) => return refused(error),
            answer => answer?,
        };
        if as_json {
            self.print_json(block).await?;
        } else {
            print_begun(&block);
            if wanted.length.is_some() && block.way_out != WayOut::Time {
                say!("--for has no effect: it lasts {}.", end_of(&block));
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn history(
        &self,
        subject: &SubjectKey,
        page: (usize, Option<String>),
        as_json: bool,
    ) -> anyhow::Result<ExitCode> {
        let ask = BlockAsk { limit: Some(page.0), after: page.1, ..exactly(subject) };
        let BlockPage { blocks, next } = self.blocks(&ask).await?;
        let (is_empty, whose) = (blocks.is_empty(), self.whose(&blocks).await?);
        tell_next(next.as_deref());
        let mut chapters = Vec::new();
        for block in &blocks {
            chapters.push(self.case_file(block).await?);
        }
        if as_json {
            json(&documents::history(Page { rows: chapters, next }, &|subject| whose.owner(subject)))?;
        } else if is_empty {
            say!("{subject} was never blocked, as far as it is kept.");
        } else {
            chapters.iter().for_each(|(block, evidence)| history::print(block, evidence));
        }
        Ok(ExitCode::from(u8::from(is_empty)))
    }

    async fn show(&self, wanted: &BlockArgs, as_json: bool) -> anyhow::Result<ExitCode> {
        let Some(found) = self.find(&wanted.read()?).await? else { return Ok(ExitCode::from(1)) };
        if as_json {
            let (block, limit) = (Some(found.reference.to_string()), Some(pipeline::Desk::EVIDENCE_SHOWN));
            let ask = EvidenceAsk { block, limit, oldest: true, ..EvidenceAsk::default() };
            let evidence = self.flagged(&ask).await?.evidence;
            let whose = self.whose([&found]).await?;
            json(&documents::case_file(found, evidence, &|subject| whose.owner(subject)))?;
        } else {
            let (block, evidence) = self.case_file(&found).await?;
            print_block(&block, &evidence);
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn unblock(&self, wanted: &BlockArgs, as_json: bool) -> anyhow::Result<ExitCode> {
        let Some(found) = self.find(&wanted.read()?).await? else { return Ok(ExitCode::from(1)) };
        if found.state == BlockState::Unblocked {
            say!("{} is not blocked.", found.subject);
            return Ok(ExitCode::from(1));
        }
        let block = match self.client.unblock(found.reference.as_str(), &by()).await {
            Err(error) if error.is_not_running() => self.unblock_in_store(found)?,
            answer => answer?,
        };
        if as_json {
            self.print_json(block).await?;
        } else {
            say!("{} can send again.", block.subject)
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn print_json(&self, block: Block) -> anyhow::Result<()> {
        let whose = self.whose([&block]).await?;
        json(&documents::block(block, &|subject| whose.owner(subject)))
    }

    async fn whose(&self, blocks: impl IntoIterator<Item = &Block>) -> anyhow::Result<Whose> {
        let subjects = blocks.into_iter().map(|block| block.subject.clone());
        Whose::of(&self.client, &self.customers, subjects).await
    }

    /// With no daemon to be told, the store is all there is: the next one reads it at its start.
    fn unblock_in_store(&self, mut block: Block) -> anyhow::Result<Block> {
        let store = SqliteStore::open(&self.store)?;
        let now = model::Clock::now(&crate::clock::SystemClock);
        unheard::note(&store, Action::Release, format!("block {}", block.reference), now)?;
        block.state = BlockState::Unblocked;
        block.released = Some((now, Releaser::Operator.as_str().into()));
        store.update_block(&block)?;
        Ok(block)
    }

    async fn blocks(&self, ask: &BlockAsk) -> anyhow::Result<BlockPage> {
        match self.client.search_blocks(ask).await {
            Err(error) if error.is_not_running() => {}
            answer => return Ok(answer?),
        }
        let (filter, ask) = ask.read(&self.customers)?;
        let Some(store) = self.reader()? else { return Ok(BlockPage { blocks: Vec::new(), next: None }) };
        let page = store.find_blocks(&filter, &ask)?;
        Ok(BlockPage { blocks: page.rows, next: page.next.map(|next| next.to_string()) })
    }

    async fn flagged(&self, ask: &EvidenceAsk) -> anyhow::Result<EvidencePage> {
        match self.client.search_evidence(ask).await {
            Err(error) if error.is_not_running() => {}
            answer => return Ok(answer?),
        }
        let (filter, ask) = ask.read(&self.customers)?;
        let Some(store) = self.reader()? else { return Ok(EvidencePage { evidence: Vec::new(), next: None }) };
        let page = store.find_evidence(&filter, &ask)?;
        Ok(EvidencePage { evidence: page.rows, next: page.next.map(|next| next.to_string()) })
    }

    /// The block that is meant, of a subject's the one in force before one that is over. Says that there is none.
    async fn find(&self, meant: &Meant) -> anyhow::Result<Option<Block>> {
        let (found, whose) = match meant {
            Meant::Reference(text) => (self.by_reference(text).await?, format!("There is no block {text}.")),
            Meant::Subject(subject) => (self.latest(subject).await?, format!("{subject} was never blocked.")),
        };
        if found.is_none() {
            say!("{whose}");
        }
        Ok(found)
    }

    async fn latest(&self, subject: &SubjectKey) -> anyhow::Result<Option<Block>> {
        for state in [Some(BlockState::BlockedForSpam), None] {
            let state = state.map(|state| state.as_str().to_owned());
            let ask = BlockAsk { state, limit: Some(1), ..exactly(subject) };
            if let Some(block) = self.blocks(&ask).await?.blocks.pop() {
                return Ok(Some(block));
            }
        }
        Ok(None)
    }

    async fn by_reference(&self, wanted: &str) -> anyhow::Result<Option<Block>> {
        match self.client.block(wanted).await {
            Ok(file) => Ok(Some(file.block)),
            Err(error) if error.is_not_running() => match (self.reader()?, BlockRef::new(wanted)) {
                (Some(store), Some(reference)) => Ok(store.block(&reference)?),
                _ => Ok(None),
            },
            Err(_) => Ok(None),
        }
    }

    async fn case_file(&self, block: &Block) -> anyhow::Result<(Block, Vec<Evidence>)> {
        match self.client.block(block.reference.as_str()).await {
            Err(error) if error.is_not_running() => {
                let Some(store) = self.reader()? else { bail!("there is no store at {}", self.store.display()) };
                Ok((block.clone(), store.evidence(&block.reference, pipeline::Desk::EVIDENCE_SHOWN)?))
            }
            answer => answer.map(|file| (file.block, file.evidence)).map_err(|error: ControlError| error.into()),
        }
    }

    fn reader(&self) -> anyhow::Result<Option<SqliteStore>> {
        if !self.store.exists() {
            return Ok(None);
        }
        let store = SqliteStore::open_read_only(&self.store);
        store.map(Some).with_context(|| format!("the store {} can't be read", self.store.display()))
    }
}

impl BlockSearch {
    /// Without a word about states only blocks in force are meant.
    fn ask(&self) -> BlockAsk {
        let in_force = || (!self.all).then(|| BlockState::BlockedForSpam.as_str().to_owned());
        BlockAsk {
            state: self.state.clone().or_else(in_force),
            kind: self.kind.clone(),
            subject: self.subject.clone(),
            customer: self.customer.clone(),
            since: self.page.since.clone(),
            until: self.page.until.clone(),
            rule: self.rule.clone(),
            strike: self.strike,
            after: self.page.after.clone(),
            limit: Some(self.page.limit),
            oldest: self.page.oldest,
        }
    }

    fn is_plain(&self) -> bool {
        let in_force = Some(BlockState::BlockedForSpam.as_str().to_owned());
        self.ask() == BlockAsk { state: in_force, limit: Some(self.page.limit), ..BlockAsk::default() }
    }
}

impl EvidenceSearch {
    fn ask(&self) -> EvidenceAsk {
        EvidenceAsk {
            block: self.block.clone(),
            subject: self.subject.clone(),
            customer: self.customer.clone(),
            since: self.page.since.clone(),
            until: self.page.until.clone(),
            message_id: self.message_id.clone(),
            destination: self.destination.clone(),
            score: self.min_score,
            after: self.page.after.clone(),
            limit: Some(self.page.limit),
            oldest: self.page.oldest,
        }
    }
}

/// Blocks of this subject and no other.
fn exactly(subject: &SubjectKey) -> BlockAsk {
    BlockAsk { kind: Some(subject.kind().to_string()), subject: Some(subject.name()), ..BlockAsk::default() }
}
