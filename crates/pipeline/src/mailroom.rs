//! Mail to us: customers' replies to tickets, flagged messages attached to them that were no spam, they say, and reports of
//! letters that did not arrive. The mail listener does nothing else than ask here.
//!
//! What is called taken is on disk. Other mail that a program wrote is taken and put aside, since nobody must answer it
//! (RFC 3834 2).

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use customers::ticket::{Addressee, AttachedFile, Automatic, Reply, ReplyBox, StepRefused, automatic};
use features::{DeliveryReport, Letter};
use limits::{Bounce, Matter, StoreError};
use model::{BlockRef, Clock};

use crate::reports::{Answered, ReportError, Reports};
use crate::tickets::{TicketError, Tickets};

/// A mail as it came.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'m> {
    /// The reverse path without brackets; empty for the null sender.
    pub from: &'m str,
    /// Header and body.
    pub raw: &'m [u8],
}

/// What became of a mail for one addressee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receipt {
    /// A reply that is on disk, now or since it came first.
    Taken,
    /// Meant as a false-positive report and none: a letter that says why is on disk.
    Answered,
    /// A report that a letter of ours did not arrive; it is on disk.
    Bounced,
    /// For the postmaster: the operators' mail server has it.
    HandedOn,
    /// Nobody wrote it: for what reason, in a word.
    PutAside(&'static str),
    /// It comes too late, or to nothing, as the sentence says.
    Over(String),
    /// There is no room for more, as the sentence says.
    Full(String),
    /// The store failed.
    Failed(String),
}

/// Who takes mail to us.
pub trait Letterbox: Send + Sync {
    /// What a recipient's address stands for; `None` when it is none of ours.
    fn addressee(&self, address: &str) -> Option<Addressee>;
    /// Takes a mail for each of these, in order. Blocks the thread on the store.
    fn take(&self, mail: &Incoming<'_>, to: &[Addressee]) -> Vec<Receipt>;
}

/// Hands a mail on to the operators as it is. True when their mail server has taken it, false where there is nobody to hand it to;
/// else why it did not. Blocks the thread on the network.
pub type HandOn = dyn Fn(&[u8]) -> Result<bool, String> + Send + Sync;

/// The one that tickets are kept behind.
pub struct Mailroom {
    tickets: Arc<Tickets>,
    /// Where replies are taken; `None` for nowhere.
    mailbox: ArcSwapOption<ReplyBox>,
    /// This node's name: our own letters carry it in their Message-IDs.
    node: String,
    clock: Arc<dyn Clock>,
    reports: Option<Arc<Reports>>,
    /// Who gets mail to the postmaster.
    hand_on: Option<Box<HandOn>>,
}

impl Mailroom {
    /// A mailroom in front of these tickets, on the node of that name.
    pub fn new(tickets: Arc<Tickets>, node: &str, clock: Arc<dyn Clock>) -> Self {
        Self { tickets, mailbox: ArcSwapOption::empty(), node: node.to_owned(), clock, reports: None, hand_on: None }
    }

    /// Takes a flagged message that is attached to a reply as a false-positive report.
    #[must_use]
    pub fn reporting(self, reports: Arc<Reports>) -> Self {
        Self { reports: Some(reports), ..self }
    }

    /// Hands mail to the postmaster on like this.
    #[must_use]
    pub fn handing_on(self, hand_on: Box<HandOn>) -> Self {
        Self { hand_on: Some(hand_on), ..self }
    }

    /// Takes mail to this mailbox from now on.
    pub fn open(&self, mailbox: Option<Arc<ReplyBox>>) {
        self.mailbox.store(mailbox);
    }

    fn automatic(&self, mail: &Incoming<'_>, letter: &Letter) -> Option<Automatic> {
        let fields = letter.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        automatic(mail.from, fields, &self.node)
    }

    fn reply(&self, ticket: u64, mail: &Incoming<'_>, letter: &Letter) -> Receipt {
        if let Some(automatic) = self.automatic(mail, letter) {
            return Receipt::PutAside(automatic.as_str());
        }
        if let Some(refused) = self.file_attached(ticket, mail.raw) {
            return refused;
        }
        let author = features::header_facts(mail.raw).from.first().map(|mailbox| mailbox.address.to_lowercase());
        let message_id = letter.field("message-id").filter(|id| !id.is_empty());
        let named = |file: &features::AttachedFile| AttachedFile { name: file.name.clone(), size: file.size };
        let attached: Vec<_> = letter.attached.iter().map(named).collect();
        let sender = mail.from;
        let reply = Reply { text: &letter.text, author: author.as_deref(), sender, message_id, attached: &attached };
        receipt(self.tickets.mailed(ticket, &reply))
    }

    /// Delays are no news for anybody, and what is no report may be a vacation notice.
    fn report(&self, about: &Matter, letter: u32, reports: &[DeliveryReport]) -> Receipt {
        let at = self.clock.now();
        let failed = reports.iter().filter(|report| report.action == "failed").map(|report| Bounce {
            about: about.clone(),
            letter,
            recipient: report.recipient.clone(),
            at,
            status: status(&report.status),
            said: report.diagnostic.clone(),
        });
        let noted: Result<Vec<bool>, StoreError> = failed.map(|bounce| self.tickets.bounced(&bounce)).collect();
        match noted {
            Ok(noted) if noted.contains(&true) => Receipt::Bounced,
            Ok(_) => Receipt::PutAside("no_report"),
            Err(error) => Receipt::Failed(error.to_string()),
        }
    }
}

/// A status code as RFC 3463 writes it; another one tells no more than that it failed.
fn status(told: &str) -> String {
    let mut parts = told.split('.');
    let number = |part: Option<&str>| {
        part.is_some_and(|part| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()))
    };
    let is_code = number(parts.next()) && number(parts.next()) && number(parts.next()) && parts.next().is_none();
    if is_code { told.to_owned() } else { "5.0.0".to_owned() }
}

impl Mailroom {
    /// Files a flagged message that is attached, if there is one; what is returned says why it is not taken. A mail that comes
    /// a second time was reported before, which is as good.
    fn file_attached(&self, ticket: u64, raw: &[u8]) -> Option<Receipt> {
        let reports = self.reports.as_ref().filter(|_| !features::attached_messages(raw, 1, 1).is_empty())?;
        let block = match self.tickets.show(ticket) {
            Ok(file) => file.block?.reference,
            Err(error) => return Some(receipt::<()>(Err(error))),
        };
        reports.by_mail(&block, raw).err().and_then(not_filed)
    }

    /// A customer has answered the letter about a block without a ticket: with a flagged message attached that was no spam, he
    /// says. Who hands in something else is told why it is not taken.
    fn reported(&self, block: &BlockRef, mail: &Incoming<'_>, letter: &Letter) -> Receipt {
        if let Some(automatic) = self.automatic(mail, letter) {
            return Receipt::PutAside(automatic.as_str());
        }
        let Some(reports) = &self.reports else { return Receipt::Over("no reports are taken here".into()) };
        let Err(error) = reports.by_mail(block, mail.raw) else { return Receipt::Taken };
        let id = letter.field("message-id").filter(|id| !id.is_empty());
        match reports.answer(block, id, &error) {
            Ok(Answered::ByLetter) => Receipt::Answered,
            Ok(Answered::Not) => not_filed(error).unwrap_or(Receipt::Taken),
            Err(error) => Receipt::Failed(error.to_string()),
        }
    }
}

impl Mailroom {
    /// Mail to whoever runs this site goes to the operators as it is, with a mark by which it is known when it comes back. Their mail
    /// server is asked before ours is answered: what can't be handed on now, it keeps and sends again.
    fn postmaster(&self, mail: &Incoming<'_>, letter: &Letter) -> Receipt {
        let Some(address) = self.mailbox.load().as_ref().map(|mailbox| mailbox.postmaster()) else {
            return Receipt::Over("no mail is taken here".into());
        };
        let came_back = letter.fields.iter().any(|(name, value)| name == "delivered-to" && *value == address);
        if came_back || self.automatic(mail, letter) == Some(Automatic::Ours) {
            return Receipt::PutAside(Automatic::Ours.as_str());
        }
        let (node, date) = (&self.node, self.clock.now().rfc5322());
        let trace = format!("Delivered-To: {address}\r\nReceived: by {node} with LMTP for <{address}>; {date}\r\n");
        let marked = [trace.as_bytes(), mail.raw].concat();
        match self.hand_on.as_ref().map_or(Ok(false), |hand_on| hand_on(&marked)) {
            Ok(true) => Receipt::HandedOn,
            Ok(false) => Receipt::PutAside("no_operator"),
            Err(error) => Receipt::Failed(error),
        }
    }
}

/// What becomes of a mail that no report was made of; `None` when one was before, which is as good.
fn not_filed(error: ReportError) -> Option<Receipt> {
    match error {
        ReportError::Before(_) => None,
        ReportError::Store(error) => Some(Receipt::Failed(error.to_string())),
        full @ ReportError::Full(_) => Some(Receipt::Full(full.to_string())),
        other => Some(Receipt::Over(other.to_string())),
    }
}

impl Letterbox for Mailroom {
    fn addressee(&self, address: &str) -> Option<Addressee> {
        self.mailbox.load().as_ref()?.addressee(address, self.clock.now())
    }

    fn take(&self, mail: &Incoming<'_>, to: &[Addressee]) -> Vec<Receipt> {
        let letter = features::letter(mail.raw);
        let taken = |to: &Addressee| match to {
            Addressee::Ticket(ticket) => self.reply(*ticket, mail, &letter),
            Addressee::Report(block) => self.reported(block, mail, &letter),
            Addressee::Letter(about, number) => self.report(about, *number, &letter.reports),
            Addressee::Postmaster => self.postmaster(mail, &letter),
        };
        to.iter().map(taken).collect()
    }
}

fn receipt<T>(outcome: Result<T, TicketError>) -> Receipt {
    match outcome {
        Ok(_) => Receipt::Taken,
        Err(TicketError::Refused(full @ StepRefused::Full { .. })) => Receipt::Full(full.to_string()),
        Err(over @ (TicketError::Refused(_) | TicketError::Unknown(_))) => Receipt::Over(over.to_string()),
        Err(refused @ TicketError::Opening(_)) => Receipt::Full(refused.to_string()),
        Err(TicketError::Desk(error)) => Receipt::Failed(error.to_string()),
    }
}
