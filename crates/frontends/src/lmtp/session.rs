//! One connection: bytes in, bytes out, and time.
//!
//! Security: a peer is given so much time for silence, and what it sends is used up before more is read. The answer after the
//! dot is given when the store has answered, never before.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf, BytesMut};
use model::Event;
use pipeline::{Addressee, Incoming, Receipt};
use tokio::time::timeout;
use wire::lmtp::{Content, Dialogue, Disposal, Limits, Step, Transaction};
use wire::smtp::line::MAX_COMMAND;
use wire::smtp::{LineError, Reply, take_line};

use super::stats::word;
use super::{Lmtp, LmtpSettings};
use crate::{Drain, Stream};

/// A peer that does not take a few bytes for so long is gone.
const WRITE_PATIENCE: Duration = Duration::from_secs(30);

/// One connection.
pub(super) struct Session {
    stream: Stream,
    input: BytesMut,
    output: Vec<u8>,
    dialogue: Dialogue<Addressee>,
    settings: Arc<LmtpSettings>,
    server: Arc<Lmtp>,
}

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
enum End {
    #[error("the mail server has said goodbye")]
    Over,
    #[error("the mail server has closed the connection")]
    Closed,
    #[error("the mail server said nothing for too long")]
    Silence,
    #[error("the daemon is stopping")]
    Drained,
    #[error("far more content came than is taken")]
    Flood,
    #[error(transparent)]
    Line(#[from] LineError),
    #[error("the connection was lost: {0}")]
    Lost(#[from] io::Error),
}

impl Session {
    pub(super) fn new(stream: Stream, server: Arc<Lmtp>) -> Self {
        let settings = server.settings.load_full();
        let recipients = usize::try_from(settings.max_recipients).unwrap_or(usize::MAX);
        let limits = Limits { size: settings.largest(), recipients };
        let dialogue = Dialogue::new(&server.host, limits);
        Self { stream, input: BytesMut::new(), output: Vec::new(), dialogue, settings, server }
    }

    /// Serves until one side has had enough.
    pub(super) async fn run(mut self, mut drain: Drain) {
        self.say(&wire::lmtp::greeting(&self.server.host));
        let Err(end) = self.converse(&mut drain).await else { return };
        match &end {
            End::Silence => {
                self.server.connections.timeouts.add(1);
                self.say(&wire::lmtp::silence());
            }
            End::Drained => self.say(&wire::lmtp::stopping()),
            End::Flood => self.say(&wire::lmtp::ended()),
            End::Line(error) => self.say(&wire::lmtp::no_line(*error)),
            End::Over | End::Closed | End::Lost(_) => {}
        }
        // The peer may be gone already.
        let _ = self.flush().await;
        tracing::debug!(%end, "an LMTP connection ended");
    }

    async fn converse(&mut self, drain: &mut Drain) -> Result<(), End> {
        loop {
            while let Some(line) = take_line(&mut self.input, MAX_COMMAND)? {
                match self.hear(&line) {
                    Step::Say(reply) => self.say(&reply),
                    Step::Content(reply) => {
                        self.say(&reply);
                        self.message().await?;
                    }
                    Step::End(reply) => {
                        self.say(&reply);
                        return Err(End::Over);
                    }
                }
            }
            self.flush().await?;
            tokio::select! {
                () = drain.started(), if !self.dialogue.is_under_way() => return Err(End::Drained),
                filled = fill(&mut self.stream, &mut self.input, self.settings.idle_timeout) => filled?,
            }
        }
    }

    fn hear(&mut self, line: &[u8]) -> Step {
        let (letterbox, stats) = (&self.server.letterbox, &self.server.stats);
        self.dialogue.hear(line, |address| {
            let addressee = letterbox.addressee(address);
            if addressee.is_none() {
                stats.unknown_recipient();
            }
            addressee
        })
    }

    /// Reads the content and says for each recipient what became of it.
    async fn message(&mut self) -> Result<(), End> {
        let Some(transaction) = self.dialogue.transaction() else { return Ok(()) };
        let content = self.content().await?;
        let recipients = transaction.recipients.len();
        let disposals = match content.into_message() {
            Some(raw) => self.deliver(transaction, raw).await,
            None => {
                (0..recipients).for_each(|_| self.server.stats.too_large());
                vec![Disposal::TooLarge; recipients]
            }
        };
        disposals.iter().for_each(|disposal| self.say(&disposal.reply()));
        Ok(())
    }

    async fn content(&mut self) -> Result<Content, End> {
        let mut content = Content::new(self.settings.largest());
        loop {
            let taken = content.read(&self.input);
            self.input.advance(taken);
            if content.has_ended() {
                return Ok(content);
            }
            if content.is_a_flood() {
                return Err(End::Flood);
            }
            self.flush().await?;
            fill(&mut self.stream, &mut self.input, self.settings.idle_timeout).await?;
        }
    }

    /// The letterbox waits for the disk: on a thread where that does no harm.
    async fn deliver(&self, transaction: Transaction<Addressee>, raw: Vec<u8>) -> Vec<Disposal> {
        let Transaction { from, recipients } = transaction;
        let (letterbox, to) = (Arc::clone(&self.server.letterbox), recipients.clone());
        let take = move || letterbox.take(&Incoming { from: &from, raw: &raw }, &to);
        let receipts = tokio::task::spawn_blocking(take).await.unwrap_or_else(|error| {
            tracing::error!(%error, "a reply was not taken for a defect of the program");
            Vec::new()
        });
        // One reply for each recipient, whatever happened.
        let failed = Receipt::Failed("the reply could not be read".into());
        let receipts = receipts.into_iter().chain(std::iter::repeat(failed)).zip(&recipients);
        receipts.map(|(receipt, addressee)| self.dispose(receipt, addressee)).collect()
    }

    /// Tells what became of it, and what the mail server is to know.
    fn dispose(&self, receipt: Receipt, addressee: &Addressee) -> Disposal {
        let outcome = word(&receipt);
        self.server.stats.note(&receipt);
        let part = "replies";
        if let Receipt::Failed(error) = &receipt {
            self.server.events.emit(&Event::Degraded { part, policy: "tempfail", error });
        } else {
            self.server.events.emit(&Event::Recovered { part });
        }
        match addressee {
            Addressee::Ticket(ticket) => tracing::info!(ticket, outcome, "a reply came"),
            Addressee::Report(block) => tracing::info!(%block, outcome, "a mail about a flagged message came"),
            Addressee::Letter(about, letter) => tracing::info!(%about, letter, outcome, "a report of a letter came"),
            Addressee::Postmaster => tracing::info!(outcome, "a mail to the postmaster came"),
        }
        match receipt {
            Receipt::Taken | Receipt::Answered | Receipt::Bounced | Receipt::HandedOn | Receipt::PutAside(_) => {
                Disposal::Taken
            }
            Receipt::Over(sentence) => Disposal::Over(sentence),
            Receipt::Full(sentence) => Disposal::Full(sentence),
            Receipt::Failed(_) => Disposal::Failed,
        }
    }

    fn say(&mut self, reply: &Reply) {
        self.output.extend_from_slice(reply.as_bytes());
    }

    async fn flush(&mut self) -> Result<(), End> {
        if self.output.is_empty() {
            return Ok(());
        }
        let output = std::mem::take(&mut self.output);
        timeout(WRITE_PATIENCE, self.stream.send(&output)).await.map_err(|_| End::Silence)??;
        Ok(())
    }
}

async fn fill(stream: &mut Stream, input: &mut BytesMut, patience: Duration) -> Result<(), End> {
    let received = timeout(patience, stream.receive_into(|bytes| input.extend_from_slice(bytes))).await;
    match received.map_err(|_| End::Silence)?? {
        0 => Err(End::Closed),
        _ => Ok(()),
    }
}
