//! Letters of tickets that no block has opened: that one is open, and what the support desk writes. Their facts are the variables
//! of the templates `ticket-created` and `ticket-message`.

use customers::ticket::{About, Author, Ticket};
use customers::{Address, Customer, Language};
use limits::{AlertJob, LetterKind};
use minijinja::Value;
use model::Timestamp;
use serde::Serialize;

use crate::facts::{MAX_VALUE, Subject, lines};
use crate::letter::{Mail, bare, body, head};
use crate::post::Post;
use crate::templates::{Notice, Words};
use crate::text::clean;

/// What such a letter can tell.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Conversation {
    language: &'static str,
    /// Whom the ticket concerns; its kind may be `service` too.
    subject: Subject,
    ticket: Open,
    /// What is said, by lines: the ticket's first message, or the support desk's latest.
    said: Vec<String>,
    customer: String,
    service: String,
    node: String,
}

#[derive(Debug, Clone, Serialize)]
struct Open {
    number: u64,
    /// `diagnosis` or `question`.
    about: &'static str,
    /// The line that it was opened with.
    title: String,
    /// Whether the customer has opened it.
    by_customer: bool,
    /// Whether a reply to the letter reaches the ticket.
    by_mail: bool,
}

impl Conversation {
    fn of(ticket: &Ticket, kind: &LetterKind, owner: &Customer, post: &Post) -> Self {
        let first = ticket.messages.first();
        let said = match kind {
            LetterKind::Answer(text) => text,
            _ => first.map(|message| message.body.as_str()).unwrap_or_default(),
        };
        Self {
            language: owner.language.as_str(),
            subject: Subject { kind: ticket.subject.kind(), name: clean(&ticket.subject.name(), MAX_VALUE) },
            ticket: Open {
                number: ticket.id,
                about: ticket.about.as_str(),
                title: title(ticket),
                by_customer: first.is_some_and(|message| message.from == Author::Customer),
                by_mail: post.reply_address(ticket.id).is_some(),
            },
            said: lines(said),
            customer: clean(&owner.name, MAX_VALUE),
            service: clean(&owner.service, MAX_VALUE),
            node: clean(&post.node, MAX_VALUE),
        }
    }

    /// As it might be, for previews and for checking templates; `bare`: with nothing that need not be.
    pub(crate) fn sample(notice: Notice, language: Language, bare: bool) -> Value {
        let diagnosis = notice == Notice::TicketCreated && !bare;
        let said = if diagnosis {
            vec!["fail     SPF                         192.0.2.1 is not allowed to send for shop.example".to_owned()]
        } else {
            vec!["Since when does it happen?".to_owned(), String::new(), "Kind regards".to_owned()]
        };
        Value::from_serialize(Self {
            language: language.as_str(),
            subject: Subject { kind: "account", name: "bob@shop.example".into() },
            ticket: Open {
                number: 4711,
                about: if diagnosis { "diagnosis" } else { "question" },
                title: "Mail is slow".into(),
                by_customer: bare,
                by_mail: !bare,
            },
            said,
            customer: if bare { String::new() } else { "Shop Ltd".into() },
            service: if bare { String::new() } else { "hosting-4711".into() },
            node: "mx1.provider.example".into(),
        })
    }
}

/// The other kinds are named by the templates, in their languages.
fn title(ticket: &Ticket) -> String {
    match &ticket.about {
        About::Question { title } => clean(title, MAX_VALUE),
        About::Block { .. } | About::Diagnosis { .. } => String::new(),
    }
}

/// Who gets a letter of a ticket: the customer, or the account itself where nobody else is known; operators when it is theirs to
/// answer, or when nobody else can be told.
pub(crate) fn readers(ticket: &Ticket, kind: &LetterKind, post: &Post) -> Readers {
    let customer = post.correspondents(&ticket.subject);
    let told = customer.is_empty() || *kind == LetterKind::Opened;
    let operators = post.operators.iter().filter(|address| told && !customer.contains(address)).cloned().collect();
    Readers { customer, operators }
}

/// The recipients of one letter of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Readers {
    customer: Vec<Address>,
    operators: Vec<Address>,
}

impl Readers {
    fn all(&self) -> Vec<Address> {
        [self.customer.as_slice(), &self.operators].concat()
    }

    /// Operators are not named beside a customer.
    fn shown(&self) -> &[Address] {
        if self.customer.is_empty() { &self.operators } else { &self.customer }
    }
}

/// Writes the letter.
pub(crate) fn render(ticket: &Ticket, letter: &AlertJob, at: Timestamp, post: &Post) -> Mail {
    let owner = post.owner_of(&ticket.subject);
    let facts = Value::from_serialize(Conversation::of(ticket, &letter.kind, &owner, post));
    let notice = if letter.kind == LetterKind::Opened { Notice::TicketCreated } else { Notice::TicketMessage };
    let (words, mistake) = post.words(notice, owner.language, &facts);
    let readers = readers(ticket, &letter.kind, post);
    let raw = compose(ticket, letter, readers.shown(), &words, at, post);
    let Words { subject, text, html } = words;
    Mail { from: post.reverse_path(letter), to: readers.all(), subject, text, html, raw, mistake }
}

fn compose(
    ticket: &Ticket,
    letter: &AlertJob,
    shown: &[Address],
    words: &Words,
    at: Timestamp,
    post: &Post,
) -> Vec<u8> {
    let boundary = format!("{}-{}", letter.about, letter.number);
    let mut builder = head(post, shown, words, &letter.message_id, at).body(body(words, &boundary));
    if let Some(first) = letter.thread() {
        builder = builder.in_reply_to(bare(&first)).references(bare(&first));
    }
    if let Some(address) = post.reply_address(ticket.id) {
        builder = builder.reply_to(address.as_str().to_owned());
    }
    // Writing to a vector doesn't fail.
    builder.write_to_vec().unwrap_or_default()
}
