//! What customers and operators have written to each other: tickets and reports, in every state.

use customers::report::{Finding, Report, ReportState, ReportStore, Taken, Word};
use customers::ticket::{Author, Opening, Ticket, TicketStore, Whom};
use limits::LetterKind;
use model::{Block, Hit, MessageId, Score, SignalName};
use store::SqliteStore;

use super::ago;
use super::blocks::{LONG, UNBROKEN};

const ANSWERS: &str = "1. No, I was on holiday and did not send any of these.\n2. No.\n\
    3. Yes. There was a mail from our bank, or so it said, that asked for the password of the mailbox.";
const HALF: &str = "1. no, never!\n\nPlease hurry, we have customers waiting for their gnomes.";
const TABLE: &str = "fail     SPF         shop.example has 2 SPF records, so receivers use none.\n\
    warn     DMARC       The policy of shop.example is \"none\".\n\
    pass     MX          10 mx1.provider.example";

/// Tickets begin with their blocks; this is how they go on.
pub(super) fn fill(store: &SqliteStore, blocks: &[Block]) {
    let of = |name: &str| {
        let block = blocks.iter().find(|block| block.subject.name() == name).expect("a block of the scene");
        store.ticket_of(&block.reference).expect("our own store").expect("a ticket").id
    };
    replied(store, of("carol@shop.example"), ANSWERS);
    replied(store, of(UNBROKEN), HALF);
    replied(store, of(LONG), ANSWERS);
    step(store, of(LONG), |ticket| {
        ticket
            .refuse("Somebody still logs in from 203.0.113.77. Change the password first, then write again.", ago(60))
            .map(Some)
    });
    open(store, "diagnosis", Opening::diagnosis(whom(&blocks[0]), 1, Author::Support, TABLE, serde_json::json!({})));
    let asked = "For two days a newsletter of ours hasn't been delivered to anybody. Whom may we ask?";
    let service = Whom::Service { service: "club-5".into() };
    let question = Opening::question(service.clone(), "Our newsletter does not arrive", Author::Customer, asked);
    let id = open(store, "question", question.expect("a question"));
    step(store, id, |ticket| {
        ticket
            .support_wrote("The other side asks for SPF: we have set it for you. Please try again.", ago(30))
            .map(Some)
    });
    let closed = Opening::question(service, "Invoice for October", Author::Customer, "We did not get one.");
    let id = open(store, "closed", closed.expect("a question"));
    step(store, id, |ticket| ticket.close(ago(20)).map(|()| None));
    reports(store, blocks);
}

fn whom(block: &Block) -> Whom {
    Whom::Subject(block.subject.clone())
}

fn open(store: &SqliteStore, what: &str, opening: Opening) -> u64 {
    let opened = store.open_ticket(&opening, "filter.test.example", ago(200)).expect("our own store");
    opened.unwrap_or_else(|refused| panic!("{what}: {refused}")).id
}

fn replied(store: &SqliteStore, id: u64, text: &str) {
    step(store, id, |ticket| ticket.replied(text, ago(25)));
}

type Refused = customers::ticket::StepRefused;

fn step(store: &SqliteStore, id: u64, step: impl Fn(&mut Ticket) -> Result<Option<LetterKind>, Refused>) {
    store.step(id, &step).expect("our own store").expect("a ticket").expect("a step");
}

fn reports(store: &SqliteStore, blocks: &[Block]) {
    for (nth, block) in blocks.iter().enumerate().take(6) {
        let report = report(block, nth);
        let filed = store
            .file_report(&report, b"From: somebody@shop.example\r\n\r\nGnomes.\r\n", 9, ago(40))
            .expect("our own store");
        let customers::report::Filed::New(id) = filed else { panic!("{filed:?}") };
        let word = |reason: &str| Word { at: ago(5), by: "user anna".into(), reason: reason.into() };
        let decide = |report: &mut Report| match nth {
            3 => report.confirm(word("It was a newsletter that people had asked for. Sorry!"), &[]).map(|()| None),
            4 => report.decline(word("The links lead to a site that asks for passwords.")).map(Some),
            _ => report.put_away(word("sent twice")).map(|()| None),
        };
        if nth >= 3 {
            let step = |report: &mut Report| decide(report).map(|letter| Taken { letter, ..Taken::default() });
            store.report_step(id, ago(5), &step).expect("our own store").expect("a report").expect("a step");
        }
    }
}

fn report(block: &Block, nth: usize) -> Report {
    let hit = |signal, points, why: &str| Hit { signal: SignalName::new(signal), points, why: why.into() };
    let then = vec![
        hit("subject_shouting", 15, "The subject is all in capitals: NOVEMBER AT THE CONCERT HALL"),
        hit("html_image_only", 60, "The message is a picture and hardly any text."),
        hit("same_many", 45, "212 copies of the same text were sent within the hour."),
    ];
    let now = then.iter().take(1 + nth % 3).cloned().collect();
    let said =
        |practice: &str, good, sentence: &str| Finding { practice: practice.into(), good, sentence: sentence.into() };
    Report {
        id: 0,
        block: block.reference.clone(),
        subject: block.subject.clone(),
        message_id: MessageId::new(&format!("<november-{nth}.CAFx0zYt8Q=k9uA7Vn2L5rGd3WqJb6@news.shop.example>"))
            .expect("an id"),
        from: "news@shop.example".into(),
        flagged: ago(60),
        reported: ago(40),
        by: "customer".into(),
        then: Score::of(then),
        now: Score::of(now),
        spam: 100,
        findings: vec![
            said("unsubscribe", false, "There is no way to leave the list: add a List-Unsubscribe field."),
            said("text", true, "There is a text beside the HTML."),
        ],
        remarks: vec!["The message lacks its attachment, so that was not looked at again.".into()],
        state: ReportState::Open,
        due: Vec::new(),
        exemptions: Vec::new(),
    }
}
