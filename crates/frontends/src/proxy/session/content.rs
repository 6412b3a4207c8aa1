//! DATA: the content is read to its true end, whatever is wrong with it, so that nothing of it is ever taken for a command.

use std::io;

use model::Intake;
use tokio::time::{Instant, timeout_at};
use wire::smtp::{ContentReader, Reply};

use super::super::replies;
use super::super::spool::Spool;
use super::Client;
use super::end::End;
use super::refusals::Refused;
use super::state::{State, Transaction};

/// Why content is refused before anyone judges it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    TooLarge,
    NoRoom,
    Unclean(wire::smtp::Defect),
}

impl Flaw {
    pub(super) fn reply(self) -> Reply {
        match self {
            Self::TooLarge => Reply::of(replies::TOO_LARGE),
            Self::NoRoom => Reply::of(replies::NO_ROOM),
            Self::Unclean(defect) => replies::unclean(defect),
        }
    }
}

impl Spool {
    /// The content as what we refuse by ourselves.
    pub(super) fn refused(&self) -> Refused<'_> {
        Refused { content: self.head(), ..Refused::by_us("content") }
    }
}

impl Client {
    pub(super) async fn data(&mut self, open: Box<Transaction>) -> Result<State, End> {
        if !open.has_recipients() {
            self.mistake("content", replies::NO_RECIPIENTS)?;
            return Ok(State::Open(open));
        }
        self.reply(&Reply::of(replies::GO_AHEAD));
        let mut content = self.spool();
        let flaw = self.read_content(&mut content).await?;
        let reply = match flaw {
            None => self.conclude(*open, content, false).await?,
            Some(flaw) => self.flawed(*open, flaw, &content),
        };
        Ok(reply)
    }

    /// An empty spool.
    pub(super) fn spool(&self) -> Spool {
        let settings = &self.config.settings;
        // As much as is judged stays in memory in any case: the header is looked at there.
        let analysed = self.judge.analysed_bytes();
        let memory = settings.memory.bytes().max(analysed);
        let directory = settings.spool.clone().unwrap_or_else(std::env::temp_dir);
        Spool::new(memory, directory, Intake::new(analysed))
    }

    async fn read_content(&mut self, content: &mut Spool) -> Result<Option<Flaw>, End> {
        let settings = &self.config.settings;
        let (limit, deadline) = (settings.client_timeout, Instant::now() + settings.message_timeout);
        let mut reader = ContentReader::dotted(self.config.line_ends());
        let mut flaw = None;
        let mut decoded = Vec::new();
        loop {
            let taken = reader.read(&self.channel.input, &mut decoded);
            let _ = self.channel.input.split_to(taken);
            self.proxy.stats.content_bytes.add(taken as u64);
            flaw = flaw.or(reader.defect().map(Flaw::Unclean));
            if flaw.is_none() {
                flaw = self.keep(content, &decoded).await;
            }
            decoded.clear();
            if reader.has_ended() {
                return Ok(flaw);
            }
            self.flush().await?;
            timeout_at(deadline, self.channel.fill(limit)).await.map_err(io::Error::from)??;
        }
    }

    /// Adds to the content, within the limit.
    pub(super) async fn keep(&self, content: &mut Spool, bytes: &[u8]) -> Option<Flaw> {
        if content.size().saturating_add(bytes.len() as u64) > self.config.settings.max_message.0 {
            return Some(Flaw::TooLarge);
        }
        match content.push(bytes).await {
            Ok(()) => None,
            Err(error) => {
                tracing::error!(%error, "content can't be spooled");
                Some(Flaw::NoRoom)
            }
        }
    }

    /// The transaction ends with a refusal of the content itself.
    pub(super) fn flawed(&mut self, transaction: Transaction, flaw: Flaw, content: &Spool) -> State {
        self.proxy.stats.messages_unclean.add(1);
        self.answer(content.refused(), &flaw.reply());
        self.closed(State::Open(Box::new(transaction)))
    }
}
