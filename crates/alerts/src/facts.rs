//! What a letter can tell, as its templates see it. README of the templates: the fields here are their variables.
//!
//! Message-IDs, logins and reasons come from mail of a thief: each is cleaned and bounded before it gets here.

use customers::ticket::Question;
use customers::{Customer, Language};
use limits::LetterKind;
use minijinja::Value;
use model::{Block, BlockState, Evidence, SubjectKey, WayOut};
use serde::Serialize;

use crate::letter::Letter;
use crate::post::Post;
use crate::reason::reason_in;
use crate::reports::ReportFacts;
use crate::templates::Notice;
use crate::text::clean;
use crate::words::{length, minute};

/// No more messages than this are listed; the rest stands behind the link.
pub(crate) const MAX_SAMPLES: usize = 20;
/// A Message-ID may have 998 bytes; with what stands beside it on the line it must not.
pub(crate) const MAX_MESSAGE_ID: usize = 850;
/// What the support desk says: so many lines, of so many bytes each.
const MAX_LINES: usize = 200;
const MAX_LINE: usize = 900;
/// Anything else that is filled in, in bytes.
pub(crate) const MAX_VALUE: usize = 320;

/// The variables of a template.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Facts {
    /// `en`, `fr` or `de`.
    pub(crate) language: &'static str,
    /// Who is blocked.
    pub(crate) subject: Subject,
    /// The block.
    pub(crate) block: BlockFacts,
    /// Why.
    pub(crate) reason: ReasonFacts,
    /// The messages that led to it, oldest first, at most 20.
    pub(crate) samples: Vec<Sample>,
    /// How many more led to it.
    pub(crate) more: u64,
    /// The block's ticket, as the letter tells of it.
    pub(crate) ticket: TicketFacts,
    /// The false-positive report, as the letter tells of it.
    pub(crate) report: ReportFacts,
    /// How the block has ended, when it has.
    pub(crate) released: ReleasedFacts,
    /// Which reminder it is, from 1; 0 in other letters.
    pub(crate) reminder: u32,
    /// The customer's name; empty when it isn't known.
    pub(crate) customer: String,
    /// The service's name; empty when it isn't known.
    pub(crate) service: String,
    /// Whether somebody is known who gets the way out, beside the account's own mailbox and the operators.
    pub(crate) owner_told: bool,
    /// Where details are, and the way out; empty in a notice to a mailbox that is not trusted.
    pub(crate) link: String,
    /// Whether nobody is refused because of the block (monitor mode); such letters go to operators only.
    pub(crate) monitored: bool,
    /// The node's name.
    pub(crate) node: String,
}

/// Who is blocked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Subject {
    /// `ip`, `account` or `domain`.
    pub(crate) kind: &'static str,
    /// His name.
    pub(crate) name: String,
}

/// The block; times as `2026-11-21 10:15 UTC`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct BlockFacts {
    pub(crate) reference: String,
    pub(crate) since: String,
    pub(crate) until: String,
    /// Whether it ends by itself.
    pub(crate) automatic: bool,
    /// Whether its owner is not known yet, and with him how it ends.
    pub(crate) awaits_owner: bool,
    /// Set when it doesn't only because the customer's automatic releases are used up.
    pub(crate) used_up: Option<UsedUpFacts>,
    /// `time`, `ticket` or `password`.
    pub(crate) way_out: &'static str,
    /// The step of the ladder, from 1.
    pub(crate) strike: u32,
    /// Messages in the rule's window.
    pub(crate) messages: u64,
    /// Spam among them.
    pub(crate) spam: u64,
    /// Attempts refused since.
    pub(crate) attempts: u64,
    /// Whether an operator has decided it, and no rule.
    pub(crate) by_hand: bool,
    /// Whether that is so and no suspicious message is known: then none may be spoken of.
    pub(crate) without_messages: bool,
    /// How long the next block would be, in the letter's language; empty when it isn't known.
    pub(crate) next: String,
}

/// A customer's automatic releases, none of which is left.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct UsedUpFacts {
    pub(crate) most: u32,
    /// Within how long, in the letter's language.
    pub(crate) window: String,
}

/// The ticket; of a block without one its number is 0.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct TicketFacts {
    pub(crate) number: u64,
    /// The numbers of the questions that are still open.
    pub(crate) missing: Vec<u8>,
    /// What the support desk says, by lines: its message, or the reason of a refusal.
    pub(crate) said: Vec<String>,
    /// Whether a reply to the letter reaches the ticket.
    pub(crate) by_mail: bool,
    /// The three questions, in their order.
    pub(crate) questions: Vec<&'static str>,
    /// Whether an operator has decided its block.
    pub(crate) by_hand: bool,
}

/// How a block has ended.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct ReleasedFacts {
    /// When; empty when it hasn't.
    pub(crate) at: String,
    /// `time`, `operator`, `customer`, `password` or `ticket`.
    pub(crate) by: String,
    /// Whether this letter tells of the block's beginning too, which could not be told while it was in force.
    pub(crate) overtaken: bool,
}

/// Why the block began.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ReasonFacts {
    /// In the letter's language.
    pub(crate) sentence: String,
    pub(crate) count: u64,
    /// In how long, in the letter's language.
    pub(crate) window: String,
}

/// One flagged message.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Sample {
    pub(crate) at: String,
    pub(crate) destination: String,
    pub(crate) message_id: String,
    pub(crate) score: i32,
    /// The header fields that are kept of it, a line each, decoded.
    pub(crate) headers: Vec<String>,
}

impl Facts {
    /// The facts of a block.
    pub(crate) fn of(letter: &Letter<'_>, owner: &Customer, post: &Post) -> Self {
        let (block, language) = (letter.block, owner.language);
        let samples: Vec<_> =
            letter.evidence.iter().take(MAX_SAMPLES).map(|message| sample(message, language)).collect();
        let listed = u64::try_from(samples.len()).unwrap_or(u64::MAX);
        Self {
            language: language.as_str(),
            subject: Subject { kind: block.subject.kind().as_str(), name: clean(&block.subject.name(), MAX_VALUE) },
            block: block_facts(letter, language, post),
            reason: reason(block, language),
            more: if listed == 0 { 0 } else { block.spam.saturating_sub(listed) },
            samples,
            ticket: ticket(letter, language, post),
            report: ReportFacts::of(letter, language, post),
            released: released(letter, language),
            reminder: match letter.job.kind {
                LetterKind::Reminder(number) => number,
                _ => 0,
            },
            customer: clean(&owner.name, MAX_VALUE),
            service: clean(&owner.service, MAX_VALUE),
            owner_told: !post.contacts(block).is_empty(),
            link: clean(&post.link_to(&block.reference), MAX_VALUE),
            monitored: post.is_noted(block),
            node: clean(&post.node, MAX_VALUE),
        }
    }

    /// The same, as templates take them.
    pub(crate) fn value(&self) -> Value {
        Value::from_serialize(self)
    }

    /// Facts as they might be, for previews and for checking templates.
    pub(crate) fn sample(notice: Notice, language: Language) -> Self {
        let subject = match notice {
            Notice::IpBlocked => Subject { kind: "ip", name: "192.0.2.17".into() },
            _ => Subject { kind: "account", name: "bob@shop.example".into() },
        };
        let window = std::time::Duration::from_secs(600);
        Self {
            language: language.as_str(),
            subject,
            block: BlockFacts {
                reference: "k3x9qm2f7c".into(),
                since: "2026-11-21 10:15 UTC".into(),
                until: "2026-11-21 11:15 UTC".into(),
                automatic: true,
                awaits_owner: false,
                used_up: None,
                way_out: "time",
                strike: 2,
                messages: 7,
                spam: 5,
                attempts: 12,
                by_hand: false,
                without_messages: false,
                next: length(language, std::time::Duration::from_secs(86_400)),
            },
            reason: ReasonFacts {
                sentence: "5 messages that look like spam within 10 minutes".into(),
                count: 5,
                window: length(language, window),
            },
            samples: vec![Sample {
                at: "2026-11-21 10:14 UTC".into(),
                destination: "203.0.113.7".into(),
                message_id: "<20261121101400.4711@shop.example>".into(),
                score: 410,
                headers: vec!["From: Bob <bob@shop.example>".into(), "Subject: You have won".into()],
            }],
            ticket: TicketFacts {
                number: 4711,
                missing: vec![2, 3],
                said: vec!["Please change the password first.".into()],
                by_mail: true,
                questions: questions(language, true),
                by_hand: false,
            },
            report: ReportFacts::sample(language),
            released: ReleasedFacts { at: "2026-11-21 11:15 UTC".into(), by: "time".into(), overtaken: true },
            reminder: 1,
            more: 4,
            customer: "Shop Ltd".into(),
            service: "hosting-4711".into(),
            owner_told: true,
            link: "https://portreeve.example/b/k3x9qm2f7c".into(),
            monitored: false,
            node: "mx1.provider.example".into(),
        }
    }

    /// The same with nothing known that need not be.
    pub(crate) fn bare_sample(notice: Notice, language: Language) -> Self {
        let mut facts = Self::sample(notice, language);
        (facts.customer, facts.service) = (String::new(), String::new());
        (facts.samples, facts.more) = (Vec::new(), 0);
        facts.block.automatic = false;
        let month = std::time::Duration::from_secs(30 * 86_400);
        facts.block.used_up = Some(UsedUpFacts { most: 20, window: length(language, month) });
        facts.block.attempts = 0;
        (facts.owner_told, facts.monitored) = (false, true);
        facts.block.strike = 1;
        (facts.block.by_hand, facts.block.without_messages, facts.block.next) = (true, true, String::new());
        let (questions, by_hand) = (questions(language, false), true);
        facts.ticket = TicketFacts { number: 4711, questions, by_hand, ..TicketFacts::default() };
        facts.report = ReportFacts::bare_sample();
        facts.released = ReleasedFacts { by: "operator".into(), ..ReleasedFacts::default() };
        if matches!(notice, Notice::Reminder) {
            (facts.ticket.number, facts.block.way_out) = (0, "password");
        }
        if facts.subject.kind == "account" {
            facts.subject = Subject { kind: "domain", name: "shop.example".into() };
        }
        facts
    }
}

fn block_facts(letter: &Letter<'_>, language: Language, post: &Post) -> BlockFacts {
    let block = letter.block;
    let by_hand = block.reason.decided().is_some();
    let used_up = block.used_up().map(|quota| UsedUpFacts { most: quota.most, window: length(language, quota.window) });
    BlockFacts {
        reference: block.reference.to_string(),
        since: minute(language, block.since),
        until: minute(language, block.until()),
        automatic: block.automatic_release,
        awaits_owner: block.awaits_owner(),
        used_up,
        way_out: block.way_out.as_str(),
        strike: block.strike,
        messages: block.messages,
        spam: block.spam,
        attempts: block.attempts,
        by_hand,
        without_messages: by_hand && letter.evidence.is_empty(),
        next: post.next_length(block).map(|next| length(language, next)).unwrap_or_default(),
    }
}

fn questions(language: Language, shows_messages: bool) -> Vec<&'static str> {
    Question::ALL.into_iter().map(|question| question.asked(language, shows_messages)).collect()
}

fn ticket(letter: &Letter<'_>, language: Language, post: &Post) -> TicketFacts {
    let Some(ticket) = letter.ticket else { return TicketFacts::default() };
    let (missing, said) = match &letter.job.kind {
        LetterKind::Missing(questions) => (questions.clone(), ""),
        LetterKind::Answer(text) | LetterKind::Refused(text) => (Vec::new(), text.as_str()),
        _ => (Vec::new(), ""),
    };
    let by_hand = letter.block.reason.decided().is_some();
    TicketFacts {
        number: ticket.id,
        missing,
        said: lines(said),
        by_mail: post.reply_address(ticket.id).is_some(),
        questions: questions(language, !by_hand || !letter.evidence.is_empty()),
        by_hand,
    }
}

/// Hostile text by lines, each harmless.
pub(crate) fn lines(text: &str) -> Vec<String> {
    text.lines().take(MAX_LINES).map(|line| clean(line, MAX_LINE)).collect()
}

fn released(letter: &Letter<'_>, language: Language) -> ReleasedFacts {
    let Some((at, by)) = letter.block.released.as_ref().filter(|_| !letter.block.is_active()) else {
        return ReleasedFacts::default();
    };
    let overtaken = is_overtaken(letter);
    ReleasedFacts { at: minute(language, *at), by: clean(by, MAX_VALUE), overtaken }
}

/// Whether the letter that tells that a block began is written when it is over.
pub(crate) fn is_overtaken(letter: &Letter<'_>) -> bool {
    letter.job.kind == LetterKind::Blocked && letter.block.state == BlockState::Unblocked
}

pub(crate) fn reason(block: &Block, language: Language) -> ReasonFacts {
    let reason = &block.reason;
    ReasonFacts {
        sentence: clean(&reason_in(language, reason), MAX_VALUE),
        count: reason.count,
        window: length(language, reason.window),
    }
}

fn sample(evidence: &Evidence, language: Language) -> Sample {
    let message_id = evidence.message_id.as_ref().map(|id| clean(id.as_str(), MAX_MESSAGE_ID));
    Sample {
        at: minute(language, evidence.at),
        destination: evidence.destination_ip.map_or_else(|| "unknown".into(), |ip| ip.to_string()),
        message_id: message_id.unwrap_or_else(|| "none".into()),
        score: evidence.score,
        headers: evidence.headers.lines().map(|line| clean(&features::shown_header(line), MAX_LINE)).collect(),
    }
}

/// Which letter it is.
pub(crate) fn notice(letter: &Letter<'_>) -> Notice {
    if is_overtaken(letter) {
        return Notice::Released;
    }
    match (&letter.job.kind, &letter.block.subject) {
        (LetterKind::Blocked, SubjectKey::Ip(_)) => Notice::IpBlocked,
        (LetterKind::Blocked, _) if letter.block.way_out == WayOut::Ticket && letter.ticket.is_some() => {
            Notice::TicketOpened
        }
        (LetterKind::Blocked, _) => Notice::AccountBlocked,
        (LetterKind::Opened, _) => Notice::TicketCreated,
        (LetterKind::Missing(_), _) => Notice::TicketMissing,
        (LetterKind::Received, _) => Notice::TicketReceived,
        (LetterKind::Answer(_), _) => Notice::TicketAnswer,
        (LetterKind::Approved, _) => Notice::TicketApproved,
        (LetterKind::Refused(_), _) => Notice::TicketRefused,
        (LetterKind::ReportReceived(_), _) => Notice::ReportReceived,
        (LetterKind::ReportConfirmed(_), _) => Notice::ReportConfirmed,
        (LetterKind::ReportDeclined(_), _) => Notice::ReportDeclined,
        (LetterKind::ReportUnusable(_), _) => Notice::ReportUnusable,
        (LetterKind::Released, _) => Notice::Released,
        (LetterKind::Reminder(_), _) => Notice::Reminder,
    }
}
