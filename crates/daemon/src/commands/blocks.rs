//! `portreeve blocks`: through the running daemon; where none runs, straight from the store.

use std::path::Path;
use std::process::ExitCode;

use access::Action;
use admin::{BlockByHand, BlockPage, ControlClient, ControlError, EvidencePage};
use anyhow::{Context, bail};
use customers::Directory;
use limits::{Archive, FoundEvidence, Releaser, Store};
use model::{Block, BlockRef, BlockState, Evidence, SubjectKey, Timestamp, WayOut};
use pipeline::{BlockAsk, EvidenceAsk};
use store::SqliteStore;

use super::history::Chapter;
use super::operator::by;
use super::reports::refused;
use super::unheard;
use crate::args::{BlockArgs, BlockSearch, BlocksCommand, EvidenceSearch, Meant, SubjectArgs};
use crate::config::Config;
use crate::out::say;
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
            BlocksCommand::History { subject, limit, json } => desk.history(&subject.read()?, *limit, *json).await,
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
        if search.page.json {
            say!("{}", serde_json::to_string_pretty(&blocks)?);
        } else if blocks.is_empty() {
            say!("{}", if search.is_plain() { "Nobody is blocked." } else { "No block fits." });
        } else {
            print_table(&blocks);
        }
        Ok(told(next, blocks.is_empty()))
    }

    async fn evidence(&self, search: &EvidenceSearch) -> anyhow::Result<ExitCode> {
        let EvidencePage { evidence, next } = self.flagged(&search.ask()).await?;
        if search.page.json {
            say!("{}", serde_json::to_string_pretty(&evidence)?);
        } else if evidence.is_empty() {
            say!("No flagged message fits.");
        } else {
            evidence.iter().for_each(print_found);
        }
        Ok(told(next, evidence.is_empty()))
    }

    async fn add(
        &self,
        subject: &SubjectArgs,
        length: Option<&str>,
        reason: &str,
        json: bool,
    ) -> anyhow::Result<ExitCode> {
        let length = length.map(|text| super::length(text, "--for")).transpose()?;
        let wanted = BlockByHand { subject: subject.read()?, length, reason: reason.to_owned(), by: by() };
        let block = match self.client.block_by_hand(&wanted).await {
            Err(error @ ControlError::Refused { status: 409, .. }) => return refused(error),
            answer => answer?,
        };
        if json {
            say!("{}", serde_json::to_string_pretty(&block)?);
        } else {
            print_begun(&block);
            if wanted.length.is_some() && block.way_out != WayOut::Time {
                say!("--for has no effect: it lasts {}.", end_of(&block));
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn history(&self, subject: &SubjectKey, limit: usize, json: bool) -> anyhow::Result<ExitCode> {
        let ask = BlockAsk { limit: Some(limit), ..exactly(subject) };
        let mut chapters = Vec::new();
        for block in self.blocks(&ask).await?.blocks {
            let (block, evidence) = self.case_file(&block).await?;
            chapters.push(Chapter { block, evidence });
        }
        if json {
            let told: Vec<_> = chapters.iter().map(Chapter::as_json).collect();
            say!("{}", serde_json::to_string_pretty(&told)?);
        } else if chapters.is_empty() {
            say!("{subject} was never blocked, as far as it is kept.");
        } else {
            chapters.iter().for_each(Chapter::print);
        }
        Ok(ExitCode::from(u8::from(chapters.is_empty())))
    }

    async fn show(&self, wanted: &BlockArgs, json: bool) -> anyhow::Result<ExitCode> {
        let Some(found) = self.find(&wanted.read()?).await? else { return Ok(ExitCode::from(1)) };
        let (block, evidence) = self.case_file(&found).await?;
        if json {
            say!("{}", serde_json::to_string_pretty(&serde_json::json!({ "block": block, "evidence": evidence }))?);
        } else {
            print_block(&block, &evidence);
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn unblock(&self, wanted: &BlockArgs, json: bool) -> anyhow::Result<ExitCode> {
        let Some(found) = self.find(&wanted.read()?).await? else { return Ok(ExitCode::from(1)) };
        if found.state == BlockState::Unblocked {
            say!("{} is not blocked.", found.subject);
            return Ok(ExitCode::from(1));
        }
        let block = match self.client.unblock(found.reference.as_str(), &by()).await {
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

/// Says how to go on, where a program that reads the answer isn't disturbed.
fn told(next: Option<String>, is_empty: bool) -> ExitCode {
    if let Some(next) = next {
        eprintln!("There are more: --after {next}");
    }
    ExitCode::from(u8::from(is_empty))
}

/// Blocks of this subject and no other.
fn exactly(subject: &SubjectKey) -> BlockAsk {
    BlockAsk { kind: Some(subject.kind().to_string()), subject: Some(subject.name()), ..BlockAsk::default() }
}

fn print_begun(block: &Block) {
    let is = if block.is_noted() { "would be blocked (monitor mode: nothing is refused)" } else { "is blocked" };
    let until = match end_of(block) {
        end if block.automatic_release => format!("until {end} UTC"),
        end => end,
    };
    say!("{} {is} {until}, block {}.", block.subject, block.reference);
}

fn print_table(blocks: &[Block]) {
    say!("{:<16}  {:<14}  {:<38}  {:<16}  {:<3}  WHY", "REFERENCE", "STATE", "WHO", "UNTIL (UTC)", "NO.");
    for block in blocks {
        say!(
            "{:<16}  {:<14}  {:<38}  {:<16}  {:<3}  {}",
            block.reference.as_str(),
            state_of(block),
            block.subject.to_string(),
            end_of(block),
            block.strike,
            block.reason.sentence,
        );
    }
    if blocks.iter().any(Block::is_noted) {
        eprintln!("Who \"would be\" blocked is not: in monitor mode nothing is refused.");
    }
}

/// A block's state; what monitor mode has only noted is not called blocked.
fn state_of(block: &Block) -> &'static str {
    match block.state {
        BlockState::BlockedForSpam if block.is_noted() => "would be",
        _ if block.reason.monitored => "was noted",
        state => state.as_str(),
    }
}

/// The same in a sentence.
fn state_told(block: &Block) -> &'static str {
    match (block.is_noted(), block.reason.monitored) {
        (true, _) => "would be blocked; monitor mode: nothing is refused",
        (false, true) => "over; monitor mode only noted it: nothing was refused",
        (false, false) => block.state.as_str(),
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
        _ if block.awaits_owner() => "owner known",
        WayOut::Time => "released",
        WayOut::Ticket => "ticket",
        WayOut::Password => "new password",
    }
}

fn print_block(block: &Block, evidence: &[Evidence]) {
    let reference: &BlockRef = &block.reference;
    say!("{:<12} {reference}", "Reference");
    say!("{:<12} {}", "Who", block.subject);
    say!("{:<12} {}", "State", state_told(block));
    say!("{:<12} {}", "Since", block.since);
    match (&block.released, block.automatic_release) {
        (Some((when, by)), _) => say!("{:<12} {when}, by {by}", "Released"),
        (None, true) => say!("{:<12} {} ({})", "Until", block.until(), model::time::spoken(block.length)),
        (None, false) if block.awaits_owner() => say!("{:<12} open, until it is known whose it is", "Until"),
        (None, false) if block.way_out == WayOut::Ticket => say!("{:<12} its ticket is approved", "Until"),
        (None, false) if block.way_out == WayOut::Password => say!("{:<12} its password is changed", "Until"),
        (None, false) => say!("{:<12} somebody releases it; not before {}", "Until", block.until()),
    }
    if let Some(quota) = block.used_up() {
        say!("{:<12} {}", "Customer", quota.sentence());
    }
    if block.awaits_owner() {
        say!(
            "{:<12} The provider's directory has not said whose it is. It is asked again until the time is over.",
            "Customer"
        );
    }
    if let Some(found) = block.adopted() {
        say!("{:<12} Could not be asked for when it began; settled {found}.", "Customer");
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

fn print_found(found: &FoundEvidence) {
    say!("{} ({})", found.subject, found.block);
    print_evidence(&found.evidence);
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
