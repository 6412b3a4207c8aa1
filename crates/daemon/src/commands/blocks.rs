//! `portreeve blocks`: through the running daemon; where none runs, straight from the store.

use std::path::Path;
use std::process::ExitCode;

use admin::{ControlClient, ControlError};
use anyhow::{Context, bail};
use limits::Store;
use model::{Block, BlockRef, BlockState, Evidence, Timestamp, WayOut};
use store::SqliteStore;

use crate::args::BlocksCommand;
use crate::config::Config;
use crate::out::say;
use crate::serve::control_socket;

/// Who an operator is, for the block's history.
const BY: &str = "operator";

pub(crate) fn run(config: Option<&Path>, command: &BlocksCommand) -> anyhow::Result<ExitCode> {
    let config = Config::load(config)?;
    let desk = Desk { client: ControlClient::new(control_socket(&config.store.path)), store: config.store.path };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            BlocksCommand::List { all, limit, json } => desk.list(!*all, *limit, *json).await,
            BlocksCommand::Show { block, json } => desk.show(block, *json).await,
            BlocksCommand::Unblock { block, json } => desk.unblock(block, *json).await,
        }
    })
}

struct Desk {
    client: ControlClient,
    store: std::path::PathBuf,
}

impl Desk {
    async fn list(&self, only_active: bool, limit: usize, json: bool) -> anyhow::Result<ExitCode> {
        let blocks = self.blocks(only_active, limit).await?;
        if json {
            say!("{}", serde_json::to_string_pretty(&blocks)?);
        } else if blocks.is_empty() {
            say!("Nobody is blocked.");
        } else {
            print_table(&blocks);
        }
        Ok(ExitCode::from(u8::from(blocks.is_empty())))
    }

    async fn show(&self, wanted: &str, json: bool) -> anyhow::Result<ExitCode> {
        let Some(found) = self.find(wanted).await? else { return Ok(unknown(wanted)) };
        let (block, evidence) = self.case_file(&found).await?;
        if json {
            say!("{}", serde_json::to_string_pretty(&serde_json::json!({ "block": block, "evidence": evidence }))?);
        } else {
            print_block(&block, &evidence);
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn unblock(&self, wanted: &str, json: bool) -> anyhow::Result<ExitCode> {
        let Some(found) = self.find(wanted).await? else { return Ok(unknown(wanted)) };
        if found.state == BlockState::Unblocked {
            say!("{} is not blocked.", found.subject);
            return Ok(ExitCode::from(1));
        }
        let block = match self.client.unblock(found.reference.as_str(), BY).await {
            Err(error) if error.is_not_running() => self.unblock_in_store(found)?,
            answer => answer?,
        };
        if json {
            say!("{}", serde_json::to_string_pretty(&block)?)
        } else {
            say!("{} can send again.", block.subject)
        }
        Ok(ExitCode::SUCCESS)
    }

    /// With no daemon to be told, the store is all there is: the next one reads it at its start.
    fn unblock_in_store(&self, mut block: Block) -> anyhow::Result<Block> {
        let store = SqliteStore::open(&self.store)?;
        block.state = BlockState::Unblocked;
        block.released = Some((model::Clock::now(&crate::clock::SystemClock), BY.into()));
        store.update_block(&block)?;
        Ok(block)
    }

    async fn blocks(&self, only_active: bool, limit: usize) -> anyhow::Result<Vec<Block>> {
        match self.client.blocks(only_active, limit).await {
            Err(error) if error.is_not_running() => match self.reader()? {
                Some(store) => Ok(store.blocks(only_active, limit)?),
                None => Ok(Vec::new()),
            },
            answer => Ok(answer?),
        }
    }

    /// The block of a reference, or the latest of an account, address or domain.
    async fn find(&self, wanted: &str) -> anyhow::Result<Option<Block>> {
        if let Ok(file) = self.client.block(wanted).await {
            return Ok(Some(file.block));
        }
        let blocks = self.blocks(false, MANY).await?;
        let lower = wanted.to_lowercase();
        let network = model::Network::parse(wanted).map(|network| network.to_string());
        let names = |block: &Block| {
            let name = block.subject.name();
            block.reference.as_str() == wanted || name == lower || Some(name) == network
        };
        let active = blocks.iter().find(|block| names(block) && block.is_active());
        Ok(active.or_else(|| blocks.iter().find(|block| names(block))).cloned())
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

/// Looking a block up by its subject's name goes through so many.
const MANY: usize = 10_000;

fn unknown(wanted: &str) -> ExitCode {
    say!("No block has the reference, account or address {wanted}.");
    ExitCode::from(1)
}

fn print_table(blocks: &[Block]) {
    say!("{:<16}  {:<14}  {:<38}  {:<16}  {:<3}  WHY", "REFERENCE", "STATE", "WHO", "UNTIL (UTC)", "NO.");
    for block in blocks {
        say!(
            "{:<16}  {:<14}  {:<38}  {:<16}  {:<3}  {}",
            block.reference.as_str(),
            block.state.as_str(),
            block.subject.to_string(),
            end_of(block),
            block.strike,
            block.reason.sentence,
        );
    }
}

fn end_of(block: &Block) -> String {
    match (&block.released, block.automatic_release) {
        (Some((when, _)), _) => minute(*when),
        (None, true) => minute(block.until()),
        (None, false) => format!("until {}", end_by(block)),
    }
}

fn end_by(block: &Block) -> &'static str {
    match block.way_out {
        WayOut::Time => "released",
        WayOut::Ticket => "ticket",
        WayOut::Password => "new password",
    }
}

fn print_block(block: &Block, evidence: &[Evidence]) {
    let reference: &BlockRef = &block.reference;
    say!("{:<12} {reference}", "Reference");
    say!("{:<12} {}", "Who", block.subject);
    say!("{:<12} {}", "State", block.state.as_str());
    say!("{:<12} {}", "Since", block.since);
    match (&block.released, block.automatic_release) {
        (Some((when, by)), _) => say!("{:<12} {when}, by {by}", "Released"),
        (None, true) => say!("{:<12} {} ({})", "Until", block.until(), model::time::spoken(block.length)),
        (None, false) if block.way_out == WayOut::Ticket => say!("{:<12} its ticket is approved", "Until"),
        (None, false) if block.way_out == WayOut::Password => say!("{:<12} its password is changed", "Until"),
        (None, false) => say!("{:<12} somebody releases it; not before {}", "Until", block.until()),
    }
    say!("{:<12} {} (rule {})", "Why", block.reason.sentence, block.reason.rule);
    say!("{:<12} {}", "Strike", block.strike);
    say!(
        "{:<12} {} messages, {} of them spam; {} attempts refused since",
        "Counted",
        block.messages,
        block.spam,
        block.attempts
    );
    say!("\nMessages that led to it");
    for mail in evidence {
        print_evidence(mail);
    }
}

fn print_evidence(mail: &Evidence) {
    let id = mail.message_id.as_ref().map_or("(no Message-ID)", |id| id.as_str());
    let destination = mail.destination_ip.map_or_else(|| "unknown".into(), |ip| ip.to_string());
    say!("  {}  Destination IP: {destination} - Message-ID: {id} - Spam score: {}", mail.at, mail.score);
    for hit in mail.hits.iter().take(5) {
        say!("      {:+4} {}", hit.points, hit.why);
    }
}

fn minute(time: Timestamp) -> String {
    time.to_string().get(..16).unwrap_or_default().replace('T', " ")
}
