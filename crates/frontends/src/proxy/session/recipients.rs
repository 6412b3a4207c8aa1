//! RCPT: the judge first, then the next hop, whose reply is the client's. Commands that came together leave together
//! where the next hop offers PIPELINING (RFC 2920), and each gets the reply to itself, in order.

use model::envelope::Path;
use pipeline::{Admission, Stage};
use wire::smtp::line::MAX_COMMAND;
use wire::smtp::{Capabilities, Command, Recipient, Reply, peek_line};

use super::super::hop::HopConnection;
use super::super::replies;
use super::Client;
use super::end::End;
use super::refusals::Refused;
use super::state::{Greeted, State, Transaction};

/// RCPTs that leave together. The replies to so many fit into a socket's buffer, so that the next hop is never kept from
/// reading by replies that nobody takes (RFC 2920 3.1).
pub(super) const MAX_BATCH: usize = 50;

/// RCPTs that came together, in order.
#[derive(Debug, Default)]
pub(super) struct Batch(Vec<Entry>);

/// What becomes of one of them.
#[derive(Debug)]
enum Entry {
    /// The judge refuses it, and has told so.
    Refused(Reply),
    /// There are too many.
    TooMany,
    /// The next hop is asked.
    Asked { path: Path, line: String },
}

/// What a batch is measured by: what was offered and said before.
#[derive(Debug, Clone, Copy)]
pub(super) struct Before<'a> {
    pub(super) offered: &'a Capabilities,
    pub(super) smtputf8: bool,
    pub(super) recipients: u32,
}

impl Batch {
    /// The commands for the next hop.
    pub(super) fn lines(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|entry| match entry {
            Entry::Asked { line, .. } => Some(line.as_str()),
            Entry::Refused(_) | Entry::TooMany => None,
        })
    }
}

impl Client {
    pub(super) async fn rcpt(&mut self, mut open: Box<Transaction>, recipient: Recipient) -> Result<State, End> {
        let before = open.before();
        if let Some(mistake) = mistake(before, &recipient) {
            self.mistake("rcpt", mistake)?;
            return Ok(State::Open(open));
        }
        let mut batch = Batch(vec![self.considered(&recipient, before.recipients.saturating_add(1))]);
        self.add_waiting(&mut batch, before);
        let limit = self.config.settings.command_timeout;
        open.hop.recipients(batch.lines(), limit).await.map_err(|error| End::NextHop(error.reply()))?;
        self.asked(open, batch).await
    }

    /// The RCPTs that wait behind the command at hand. The first one that is no clean RCPT ends them: its turn comes.
    pub(super) fn waiting(&mut self, before: Before<'_>) -> Batch {
        let mut batch = Batch::default();
        self.add_waiting(&mut batch, before);
        batch
    }

    fn add_waiting(&mut self, batch: &mut Batch, before: Before<'_>) {
        while batch.0.len() < MAX_BATCH {
            let Some(line) = peek_line(&self.channel.input, MAX_COMMAND) else { return };
            let Ok(Command::Rcpt(recipient)) = Command::parse(line) else { return };
            if mistake(before, &recipient).is_some() {
                return;
            }
            let _ = self.channel.input.split_to(line.len().saturating_add(2));
            let ahead = u32::try_from(batch.lines().count()).unwrap_or(u32::MAX);
            let count = before.recipients.saturating_add(ahead).saturating_add(1);
            batch.0.push(self.considered(&recipient, count));
        }
    }

    /// Whether the next hop is asked at all; with this recipient there would be that many.
    fn considered(&self, recipient: &Recipient, count: u32) -> Entry {
        let path = Path::new(&recipient.path);
        if count > self.config.settings.max_recipients {
            return Entry::TooMany;
        }
        match self.judge.admit(&self.session, Stage::Recipient(&path, count)) {
            Admission::Proceed => Entry::Asked { path, line: recipient.encode() },
            Admission::Refuse(refusal) => Entry::Refused(replies::refused(&refusal)),
        }
    }

    /// Answers the batch of an open transaction.
    pub(super) async fn asked(&mut self, mut open: Box<Transaction>, batch: Batch) -> Result<State, End> {
        let limit = self.config.settings.command_timeout;
        for entry in batch.0 {
            match entry {
                Entry::Refused(reply) => self.reply(&reply),
                Entry::TooMany => {
                    self.answer(Refused::by_us("rcpt"), &Reply::of(replies::TOO_MANY_RECIPIENTS));
                }
                Entry::Asked { path, line } => {
                    let answer = open.hop.recipient(&line, limit).await;
                    let reply = answer.map_err(|error| End::NextHop(error.reply()))?;
                    self.answer(Refused::by(open.hop.peer, "rcpt"), &reply);
                    self.noted(&mut open, path, line, &reply);
                }
            }
        }
        Ok(State::Open(open))
    }

    fn noted(&self, open: &mut Transaction, path: Path, line: String, reply: &Reply) {
        if reply.is_positive() {
            open.envelope.accept(path);
            open.accepted.push(line);
        } else {
            open.envelope.refuse(reply);
            self.proxy.stats.recipients_refused.add(1);
        }
    }

    /// Answers the batch behind a MAIL that was refused: in the next hop's words where it was asked ahead, else in ours.
    pub(super) async fn asked_in_vain(&mut self, hop: Option<&mut HopConnection>, batch: Batch) -> Result<(), End> {
        let limit = self.config.settings.command_timeout;
        let mut hop = hop.filter(|hop| hop.capabilities.pipelining);
        for entry in batch.0 {
            match (entry, hop.as_deref_mut()) {
                (Entry::Asked { line, .. }, Some(hop)) => {
                    let answer = hop.recipient(&line, limit).await;
                    self.reply(&answer.map_err(|error| End::NextHop(error.reply()))?);
                }
                _ => self.reply(&Reply::of(replies::OUT_OF_SEQUENCE)),
            }
        }
        Ok(())
    }
}

impl Greeted {
    /// What a batch behind MAIL is measured by.
    pub(super) fn before(&self, smtputf8: bool) -> Before<'_> {
        Before { offered: &self.offered, smtputf8, recipients: 0 }
    }
}

impl Transaction {
    fn before(&self) -> Before<'_> {
        Before { recipients: self.envelope.recipient_count(), ..self.greeted.before(self.mail.smtputf8) }
    }
}

/// What is wrong with the command itself.
fn mistake(before: Before<'_>, recipient: &Recipient) -> Option<&'static str> {
    if !recipient.is_within(before.offered) {
        return Some(replies::NOT_OFFERED);
    }
    (!before.smtputf8 && !recipient.path.is_ascii()).then_some(replies::NOT_ASCII)
}
