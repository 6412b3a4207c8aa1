//! `portreeve tickets`: through the running daemon, since approval releases what it enforces.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use admin::{ControlClient, ControlError, NewTicket, TicketStep, TicketView};
use anyhow::bail;
use api::native::documents::{self, Page};
use customers::ticket::{About, Author, Message, Question, Ticket, TicketState, Whom};
use customers::{Directory, Language};
use limits::FoundEvidence;
use pipeline::{EvidenceAsk, TicketFile};

use super::operator::by;
use super::whose::Whose;
use super::{cut, tell_next};
use crate::args::{TicketsCommand, named};
use crate::config::Config;
use crate::out::{json, say};
use crate::serve::control_socket;

pub(crate) fn run(config: Option<&Path>, command: &TicketsCommand) -> anyhow::Result<ExitCode> {
    let config = Config::load(config)?;
    let client = ControlClient::new(control_socket(&config.store.path));
    let counter = Counter { client, owners: &*super::customers::known_here(&config)? };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            TicketsCommand::List { all, after, limit, json } => counter.list(!*all, *after, *limit, *json).await,
            TicketsCommand::Show { id, json } => counter.show(*id, *json).await,
            TicketsCommand::Answered { id, text, json } => counter.step(*id, "answered", text, *json).await,
            TicketsCommand::Reply { id, text, json } => counter.step(*id, "reply", text, *json).await,
            TicketsCommand::Approve { id, json } => counter.step(*id, "approve", "", *json).await,
            TicketsCommand::Refuse { id, reason, json } => counter.step(*id, "refuse", reason, *json).await,
            TicketsCommand::Close { id, json } => counter.step(*id, "close", "", *json).await,
            TicketsCommand::Create { kind, name, title, text, from_customer, json } => {
                let whom = whom(kind, name, &config.directory)?;
                let (title, text, by) = (title.clone(), read(text)?, by());
                counter.create(&NewTicket { whom, title, text, by_customer: *from_customer, by }, *json).await
            }
            TicketsCommand::Reopen { id, text, json } => counter.step(*id, "reopen", text, *json).await,
            TicketsCommand::RotateKey => counter.rotate_key().await,
        }
    })
}

struct Counter<'c> {
    client: ControlClient,
    owners: &'c Directory,
}

impl Counter<'_> {
    async fn list(&self, only_open: bool, after: Option<u64>, limit: usize, as_json: bool) -> anyhow::Result<ExitCode> {
        let found = self.client.tickets(only_open, after.unwrap_or(u64::MAX), limit.saturating_add(1)).await?;
        let Page { rows: tickets, next } = cut(found, limit, |view| view.ticket.id.to_string());
        let is_empty = tickets.is_empty();
        tell_next(next.as_deref());
        if as_json {
            let whose = self.whose(&tickets).await?;
            let rows = tickets.into_iter().map(TicketFile::from).collect();
            json(&documents::tickets(Page { rows, next }, &|subject| whose.owner(subject)))?;
        } else if tickets.is_empty() {
            say!("There is no {}ticket.", if only_open { "open " } else { "" });
        } else {
            say!(
                "{:<8}  {:<10}  {:<38}  {:<16}  {:<5}  {:<7}  ABOUT",
                "TICKET",
                "STATE",
                "WHO",
                "SERVICE",
                "SPAM",
                "REFUSED"
            );
            tickets.iter().for_each(|view| self.print_line(view));
        }
        Ok(ExitCode::from(u8::from(is_empty)))
    }

    fn print_line(&self, view: &TicketView) {
        let (ticket, service) = (&view.ticket, self.service(&view.ticket));
        let (id, state, who) = (ticket.id, ticket.state.as_str(), ticket.subject.to_string());
        let (spam, refused) = (view.suspicious, view.attempts);
        let about = match &ticket.about {
            About::Question { title } => title.as_str(),
            other => other.as_str(),
        };
        say!("{id:<8}  {state:<10}  {who:<38}  {service:<16}  {spam:<5}  {refused:<7}  {about}");
    }

    async fn show(&self, id: u64, json: bool) -> anyhow::Result<ExitCode> {
        match self.client.ticket(id).await {
            Err(ControlError::Unknown(sentence)) => {
                say!("{sentence}");
                Ok(ExitCode::from(1))
            }
            answer => self.print(answer?, json).await,
        }
    }

    async fn step(&self, id: u64, word: &str, text: &str, json: bool) -> anyhow::Result<ExitCode> {
        let step = TicketStep { text: read(text)?, by: by() };
        match self.client.step(id, word, &step).await {
            Err(ControlError::Unknown(sentence) | ControlError::Refused { status: 409, sentence }) => {
                say!("{sentence}");
                Ok(ExitCode::from(1))
            }
            answer if json => self.print(answer?, true).await,
            answer => {
                let view = answer?;
                say!("Ticket {} is {}.", view.ticket.id, view.ticket.state.as_str());
                Ok(ExitCode::SUCCESS)
            }
        }
    }

    async fn create(&self, wanted: &NewTicket, json: bool) -> anyhow::Result<ExitCode> {
        match self.client.open_ticket(wanted).await {
            Err(ControlError::Refused { status: 409, sentence }) => {
                say!("{sentence}");
                Ok(ExitCode::from(1))
            }
            answer if json => self.print(answer?, true).await,
            answer => {
                say!("Ticket {} is open.", answer?.ticket.id);
                Ok(ExitCode::SUCCESS)
            }
        }
    }

    async fn rotate_key(&self) -> anyhow::Result<ExitCode> {
        match self.client.rotate_reply_key(&by()).await {
            Err(ControlError::Refused { status: 409, sentence }) => {
                say!("{sentence}");
                Ok(ExitCode::from(1))
            }
            answer => {
                say!("Letters are signed with a new key; replies to earlier ones are taken until {}.", answer?);
                Ok(ExitCode::SUCCESS)
            }
        }
    }

    async fn print(&self, view: TicketView, as_json: bool) -> anyhow::Result<ExitCode> {
        if as_json {
            let (whose, found) = (self.whose([&view]).await?, self.flagged(&view.ticket).await?);
            json(&documents::ticket(view.into(), found, &|subject| whose.owner(subject)))?;
        } else {
            let service = self.service(&view.ticket);
            print_ticket(&view, &service);
        }
        Ok(ExitCode::SUCCESS)
    }

    /// The flagged messages of its block, oldest first.
    async fn flagged(&self, ticket: &Ticket) -> anyhow::Result<Vec<FoundEvidence>> {
        let Some(block) = ticket.block().map(ToString::to_string) else { return Ok(Vec::new()) };
        let limit = Some(pipeline::Desk::EVIDENCE_SHOWN);
        let ask = EvidenceAsk { block: Some(block), limit, oldest: true, ..EvidenceAsk::default() };
        Ok(self.client.search_evidence(&ask).await?.evidence)
    }

    async fn whose(&self, views: impl IntoIterator<Item = &TicketView>) -> anyhow::Result<Whose> {
        let subjects = views.into_iter().filter_map(|view| view.ticket.subject.subject().cloned());
        Whose::of(&self.client, self.owners, subjects).await
    }

    fn service(&self, ticket: &Ticket) -> String {
        ticket.subject.owner(self.owners).service.clone()
    }
}

fn print_ticket(view: &TicketView, service: &str) {
    let ticket = &view.ticket;
    say!("{:<12} {}: {}", "Ticket", ticket.id, view.title);
    say!("{:<12} {}", "Who", ticket.subject);
    say!("{:<12} {}", "Service", if service.is_empty() { "unknown" } else { service });
    match &ticket.state {
        TicketState::Refused { reason } => say!("{:<12} refused: {reason}", "State"),
        state => say!("{:<12} {}", "State", state.as_str()),
    }
    if let About::Diagnosis { diagnosis, .. } = &ticket.about {
        say!("{:<12} {diagnosis} (its result for programs: --json)", "Diagnosis");
    }
    if let Some(block) = &view.block {
        say!("{:<12} {} since {} ({})", "Block", block.reference, block.since, block.state.as_str());
        say!("{:<12} {} suspicious messages, {} attempts refused since", "Counted", view.suspicious, view.attempts);
    }
    for bounce in &view.bounces {
        say!(
            "{:<12} letter {} to {}: {} {}",
            "Not arrived",
            bounce.letter,
            bounce.recipient,
            bounce.status,
            bounce.said
        );
    }
    let asks_about_messages = TicketFile::from(view.clone()).shows_messages();
    for question in Question::ALL.into_iter().filter(|_| view.block.is_some()) {
        let answer = ticket.answers.get(question).unwrap_or("(no answer yet)");
        say!("{}. {}\n   {answer}", question.number(), question.asked(Language::En, asks_about_messages));
    }
    for message in &ticket.messages {
        say!("\n{} {}:", message.at, author(message));
        message.body.lines().for_each(|line| say!("  {line}"));
        if !message.attached.is_empty() {
            let files: Vec<_> = message.attached.iter().map(ToString::to_string).collect();
            say!("  (with the mail came, not kept: {})", files.join(", "));
        }
    }
    if view.block.is_some() && asks_about_messages {
        say!("\nHeaders of messages that led to it");
    }
    for evidence in &view.evidence {
        say!("  {}  score {}", evidence.at, evidence.score);
        evidence.headers.lines().for_each(|line| say!("      {}", features::shown_header(line)));
    }
}

fn author(message: &Message) -> String {
    let from = if message.from == Author::Customer { "customer" } else { "support" };
    match &message.address {
        Some(address) if message.by_account => {
            format!("{from} ({address}: the account itself; its password may be stolen)")
        }
        Some(address) => format!("{from} ({address})"),
        None => from.to_owned(),
    }
}

/// Whom a ticket concerns, as it is named at the command line.
fn whom(kind: &str, name: &str, owners: &Directory) -> anyhow::Result<Whom> {
    if kind == "service" {
        let known = owners.customer(name).is_some();
        anyhow::ensure!(known, "no customer has a service called \"{name}\"");
        return Ok(Whom::Service { service: name.to_owned() });
    }
    named(kind, name).map(Whom::Subject)
}

/// `-` is standard input, as far as a ticket keeps of it.
fn read(text: &str) -> anyhow::Result<String> {
    if text != "-" {
        return Ok(text.to_owned());
    }
    let mut read = String::new();
    std::io::stdin().take(Ticket::MAX_BODY as u64 + 1).read_to_string(&mut read)?;
    if read.len() > Ticket::MAX_BODY {
        bail!("a message of a ticket is at most {} bytes", Ticket::MAX_BODY);
    }
    Ok(read)
}
