//! What is told of a ticket.

use ::customers::Language;
use ::customers::ticket::{About, Author, Message, Question, TicketState, Whom};
use pipeline::TicketFile;

use super::schema::wire;
use super::types::{When, Word, Words};

wire! {
    /// One message of a ticket.
    TicketMessage {
        /// When.
        at: When,
        /// Who.
        from: Word<Author>,
        /// The address that a mail came from, as the mail says; null for what came otherwise.
        address: Option<String>,
        /// Whether that is the account itself that the ticket is about: whoever has stolen its password may have written.
        by_account: bool,
        /// What, quotes left out.
        body: String,
        /// The files that came with the mail, by name; they are not kept.
        attached: Vec<TicketFileName>,
    }
    /// One of the three questions of a ticket.
    QuestionView {
        /// Which one.
        question: Word<Question>,
        /// The same in words, in English.
        text: String,
        /// What was answered last; null: nothing yet.
        answer: Option<String>,
    }
    /// A file that came with a reply.
    TicketFileName {
        /// Its name, as the mail says.
        name: String,
        /// Its size in bytes.
        size: u64,
    }
    /// A ticket with the counts of its block as they are now.
    TicketView {
        /// Its number.
        id: u64,
        /// Where it stands.
        state: Word<Stands>,
        /// Whether answers are still taken.
        is_open: bool,
        /// What it is about.
        about: Word<Matter>,
        /// The same in a line.
        title: String,
        /// The block's reference; null when it is about none.
        block: Option<String>,
        /// The number of the diagnosis whose result its first message is; null when it carries none.
        diagnosis: Option<u64>,
        /// Whom it concerns.
        subject: Party,
        /// The service that owns the subject, when one is known to.
        customer: Option<String>,
        /// When it was opened.
        opened_at: When,
        /// When something happened last.
        updated_at: When,
        /// Suspicious messages that led to it; 0 without a block.
        suspicious_messages: u64,
        /// Attempts to send that were refused since.
        refused_attempts: u64,
        /// What is asked of whoever was blocked, with his answers so far; other tickets ask nothing.
        questions: Vec<QuestionView>,
        /// What was written, oldest first.
        messages: Vec<TicketMessage>,
    }
    /// Whom something concerns.
    Party {
        /// What it is: "account", "ip", "domain" or, a customer's, "service".
        kind: String,
        /// Its name.
        name: String,
    }
    /// Some tickets.
    TicketPage {
        /// The tickets, latest first. A page may be shorter than the limit and have others behind it.
        items: Vec<TicketView>,
        /// What to give as `after` for the next page; null: this is the last.
        next: Option<String>,
    }
}

/// Where a ticket may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stands(&'static str);

impl Stands {
    pub(super) const fn answering() -> Self {
        Self("answering")
    }

    pub(super) fn of(state: &TicketState) -> Self {
        Self(state.as_str())
    }
}

impl Words for Stands {
    fn all() -> Vec<Self> {
        TicketState::WORDS.map(Self).to_vec()
    }
    fn word(self) -> &'static str {
        self.0
    }
}

/// What a ticket may be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Matter(&'static str);

impl Matter {
    pub(super) const fn block() -> Self {
        Self("block")
    }

    pub(super) fn of(about: &About) -> Self {
        Self(about.as_str())
    }
}

impl Words for Matter {
    fn all() -> Vec<Self> {
        About::WORDS.map(Self).to_vec()
    }
    fn word(self) -> &'static str {
        self.0
    }
}

impl Words for Question {
    fn all() -> Vec<Self> {
        Self::ALL.to_vec()
    }
    fn word(self) -> &'static str {
        self.as_str()
    }
}

impl Party {
    pub(super) fn of(whom: &Whom) -> Self {
        Self { kind: whom.kind().to_owned(), name: whom.name() }
    }
}

impl TicketView {
    /// The ticket; `customer` is the service that it concerns.
    pub(super) fn of(file: TicketFile, customer: Option<String>) -> Self {
        let questions = questions(&file);
        let TicketFile { ticket, block, .. } = file;
        Self {
            id: ticket.id,
            state: Word(Stands::of(&ticket.state)),
            is_open: ticket.is_open().is_ok(),
            about: Word(Matter::of(&ticket.about)),
            title: ticket.title(),
            block: ticket.block().map(ToString::to_string),
            diagnosis: ticket.about.diagnosis(),
            subject: Party::of(&ticket.subject),
            customer,
            opened_at: When(ticket.opened),
            updated_at: When(ticket.updated),
            suspicious_messages: block.as_ref().map_or(0, |block| block.spam),
            refused_attempts: block.as_ref().map_or(0, |block| block.attempts),
            questions,
            messages: ticket.messages.into_iter().map(TicketMessage::from).collect(),
        }
    }
}

/// What is asked of whoever was blocked; other tickets ask nothing.
fn questions(file: &TicketFile) -> Vec<QuestionView> {
    let answers = &file.ticket.answers;
    let asked = Question::ALL.into_iter().filter(|_| file.ticket.block().is_some());
    let shows = file.shows_messages();
    asked
        .map(|question| QuestionView {
            question: Word(question),
            text: question.asked(Language::En, shows).to_owned(),
            answer: answers.get(question).map(str::to_owned),
        })
        .collect()
}

impl From<Message> for TicketMessage {
    fn from(message: Message) -> Self {
        let Message { at, from, address, by_account, body, attached, .. } = message;
        let attached = attached.into_iter().map(|file| TicketFileName { name: file.name, size: file.size }).collect();
        Self { at: When(at), from: Word(from), address, by_account, body, attached }
    }
}
