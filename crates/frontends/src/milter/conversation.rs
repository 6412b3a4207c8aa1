//! What is said on a connection: commands fill a session and an envelope, the judge is asked, answers are written.

use std::sync::Arc;

use model::{Event, EventSink, Refusal, Session, Submission, Verdict, Via};
use pipeline::{Admission, Judge, Stage};
use wire::milter::{
    Command, Connect, Dialogue, Due, EnvelopeAddress, Fault, MacroStage, Phase, Reply, ReplyText, Steps,
};

use super::content::Bounds;
use super::transaction::{Forged, Transaction, path};
use super::wanted::WANTED;
use super::{caller, missing, verdict};
use crate::forged;

/// One connection, without its socket.
pub(super) struct Conversation {
    dialogue: Dialogue,
    judge: Arc<dyn Judge>,
    events: Arc<dyn EventSink>,
    bounds: Bounds,
    session: Arc<Session>,
    transaction: Option<Box<Transaction>>,
    alarmed: bool,
    /// What the message that is judged has of fields that are ours to write.
    forged: Forged,
}

/// What is to be done next.
#[derive(Debug)]
pub(super) enum Next {
    /// Read on.
    Read,
    /// Have the message judged, then [`Conversation::conclude`].
    Judge(Box<Submission>),
    /// The MTA says that it is done.
    Close,
}

/// What the MTA hears, if it waits.
enum Answer {
    Continue,
    Skip,
    Refuse(Refusal),
    Tempfail,
}

impl Conversation {
    /// Keeps at most `max_header` bytes of a header section.
    pub(super) fn new(judge: Arc<dyn Judge>, events: Arc<dyn EventSink>, max_header: usize) -> Self {
        Self {
            dialogue: Dialogue::new(&WANTED),
            bounds: Bounds { header: max_header, whole: judge.analysed_bytes() },
            judge,
            events,
            session: Arc::new(Session::new(Via::Milter)),
            transaction: None,
            alarmed: false,
            forged: Forged::default(),
        }
    }

    /// Whether a message has begun and not ended.
    pub(super) fn phase(&self) -> Phase {
        self.dialogue.phase()
    }

    /// The judge this session asks.
    pub(super) fn judge(&self) -> Arc<dyn Judge> {
        Arc::clone(&self.judge)
    }

    /// Takes a command; an answer that is due is appended to `out`.
    ///
    /// # Errors
    /// [`Fault`]: the peer is not an MTA, or a broken one.
    pub(super) fn hear(&mut self, command: &Command<'_>, out: &mut Vec<u8>) -> Result<Next, Fault> {
        let due = self.dialogue.hear(command)?;
        let answer = match command {
            Command::Negotiate(_) => return Ok(self.negotiated(out)),
            Command::EndOfBody(bytes) => return Ok(self.end(bytes, out)),
            Command::Quit => return Ok(Next::Close),
            Command::Connect(connect) => self.connect(connect),
            Command::Helo(name) => self.helo(name),
            Command::Mail(mail) => self.mail(mail),
            Command::Recipient(recipient) => self.recipient(recipient),
            Command::Header { name, value } => self.header(name, value),
            Command::Body(bytes) => self.body(bytes),
            Command::Abort | Command::NextClient => self.forget(),
            Command::Macros(_) | Command::Data | Command::EndOfHeaders | Command::Unknown(_) => Answer::Continue,
        };
        if due == Due::Reply {
            answer.encode(out);
        }
        Ok(Next::Read)
    }

    /// Appends what the verdict means for the MTA.
    pub(super) fn conclude(&self, verdict: &Verdict, out: &mut Vec<u8>) {
        if let Some(agreed) = self.dialogue.agreed() {
            verdict::encode(&verdict.action, self.forged, agreed, out);
        }
    }

    fn negotiated(&self, out: &mut Vec<u8>) -> Next {
        if let Some(agreed) = self.dialogue.agreed() {
            Reply::Negotiated(agreed, &WANTED).encode(out);
        }
        Next::Read
    }

    /// Nobody is refused here: Postfix and Sendmail would greet with a 554 of their own words, at which mail servers defer
    /// instead of bouncing, and nobody reads the sentence and the link. MAIL is refused in ours.
    fn connect(&mut self, connect: &Connect<'_>) -> Answer {
        self.session = Arc::new(caller::connected(connect, self.dialogue.macros()));
        self.alarmed = false;
        Answer::Continue
    }

    /// HELO may come again, after STARTTLS; it ends a transaction (RFC 5321 4.1.4).
    fn helo(&mut self, name: &[u8]) -> Answer {
        self.transaction = None;
        caller::greeted(Arc::make_mut(&mut self.session), name, self.dialogue.macros());
        Answer::Continue
    }

    fn mail(&mut self, mail: &EnvelopeAddress<'_>) -> Answer {
        self.transaction = None;
        if let Some(session) = caller::updated(&self.session, self.dialogue.macros()) {
            self.session = Arc::new(session);
        }
        self.alarm();
        let sender = path(mail);
        let answer = self.admit(Stage::Mail(&sender));
        if matches!(answer, Answer::Continue) {
            self.transaction = Some(Box::new(Transaction::begin(sender, mail, self.bounds)));
        }
        answer
    }

    fn recipient(&mut self, recipient: &EnvelopeAddress<'_>) -> Answer {
        let refused_by_mta = self.dialogue.macros().value_at(MacroStage::Recipient, "rcpt_mailer") == Some(b"error");
        let Some(transaction) = &mut self.transaction else { return Answer::Tempfail };
        if refused_by_mta {
            transaction.envelope.refused_count = transaction.envelope.refused_count.saturating_add(1);
            return Answer::Continue;
        }
        let count = transaction.envelope.recipient_count.saturating_add(1);
        let recipient = path(recipient);
        let answer = self.admit(Stage::Recipient(&recipient, count));
        if let (Answer::Continue, Some(transaction)) = (&answer, &mut self.transaction) {
            transaction.envelope.add_recipient(recipient);
        }
        answer
    }

    fn header(&mut self, name: &[u8], value: &[u8]) -> Answer {
        let exact = self.agreed_on(Steps::LEADING_SPACE);
        if let Some(transaction) = &mut self.transaction {
            transaction.content.header(name, value, exact);
            if let Some(count) = forged::place(name).and_then(|place| transaction.forged.get_mut(place)) {
                *count = count.saturating_add(1);
            }
        }
        Answer::Continue
    }

    fn body(&mut self, bytes: &[u8]) -> Answer {
        let may_skip = self.agreed_on(Steps::SKIP);
        let Some(transaction) = &mut self.transaction else { return Answer::Continue };
        transaction.content.body(bytes);
        if !may_skip || !transaction.content.is_full() {
            return Answer::Continue;
        }
        transaction.content.skip_rest();
        Answer::Skip
    }

    /// The end of the message. From here it is counted, whoever still listens.
    fn end(&mut self, last: &[u8], out: &mut Vec<u8>) -> Next {
        let Some(mut transaction) = self.transaction.take() else {
            // An MTA that goes on although MAIL was refused: it hears so again.
            Answer::Tempfail.encode(out);
            return Next::Read;
        };
        if !last.is_empty() {
            transaction.content.body(last);
        }
        self.forged = transaction.forged;
        let queue_id = self.dialogue.macros().value("i");
        Next::Judge(Box::new(transaction.submit(Arc::clone(&self.session), queue_id)))
    }

    fn forget(&mut self) -> Answer {
        self.transaction = None;
        Answer::Continue
    }

    /// Mail that did not come over SMTP is never refused before its end: Postfix would try again every second, for ever.
    fn admit(&self, stage: Stage<'_>) -> Answer {
        if self.session.via == Via::MilterLocal {
            return Answer::Continue;
        }
        match self.judge.admit(&self.session, stage) {
            Admission::Proceed => Answer::Continue,
            Admission::Refuse(refusal) => Answer::Refuse(refusal),
        }
    }

    /// Tells once for each client that the MTA does not tell enough.
    fn alarm(&mut self) {
        if self.alarmed {
            return;
        }
        if let Some(missing) = missing::at_mail(&self.session, self.dialogue.macros()) {
            self.alarmed = true;
            self.events.emit(&Event::MissingIdentity { via: self.session.via, missing });
        }
    }

    fn agreed_on(&self, step: Steps) -> bool {
        self.dialogue.agreed().is_some_and(|agreed| agreed.steps.has(step))
    }
}

impl Answer {
    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Continue => Reply::Continue.encode(out),
            Self::Skip => Reply::Skip.encode(out),
            Self::Tempfail => Reply::Tempfail.encode(out),
            Self::Refuse(refusal) => Reply::Refuse(&ReplyText::new(refusal)).encode(out),
        }
    }
}
