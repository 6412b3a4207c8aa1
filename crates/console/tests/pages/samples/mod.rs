//! Every page, filled with what a day might bring.

mod cases;
mod house;
mod senders;

use std::time::Duration;

use access::{AccessRule, Application, AuditEntry, ConsumerKey, CredentialState, Grant};
use console::view::*;
use console::{Page, Pages, Remark};
use customers::registry::{CustomerView, Imported, RowMistake};
use customers::report::{Finding, Report, ReportState};
use customers::ticket::{Author, Opening, Ticket};
use customers::{CustomerRecord, Language, Mistake};
use diagnostics::{Cause, Check, Outcome, Patient, State, Task};
use limits::{AlertJob, Delivery, Happening, LetterState, Posted, RuleCount};
use model::circumstances::Traffic;
use model::{Block, Evidence, Hit, MessageId, Score, SignalName, SubjectKey, SubjectKind, Timestamp, WayOut};
use recall::{Portrait, Seen};
use telemetry::Minute;
use webhooks::Receiver;

pub(crate) use cases::ticket;
use cases::*;
use house::*;
use senders::*;

pub(crate) const NOW: Timestamp = Timestamp(1_764_086_400_000);
const SPAM: i32 = 100;

/// A page's name and its HTML.
pub(crate) fn all(language: Language) -> Vec<(&'static str, String)> {
    let pages = Pages::default();
    let mut shown = Vec::new();
    let (operator, customer) = (frame(language, "operator"), frame(language, "customer"));
    let mut add = |name, html: Result<String, minijinja::Error>| {
        shown.push((name, html.unwrap_or_else(|error| panic!("{name}: {error:#}"))));
    };
    add("login", pages.render(&stranger(language), &LoginPage::default()));
    add("now", pages.render(&operator, &now_page(language)));
    add("now-quiet", pages.render(&operator, &quiet(language)));
    add("blocks", pages.render(&operator, &blocks_page(language)));
    add(
        "blocks-none",
        pages.render(&operator, &BlocksPage::new(vec![], "x\"y".into(), "all".into(), "ip".into(), Paging::default())),
    );
    add("block", pages.render(&operator, &block_page(language)));
    add("confirm", pages.render(&operator, &ConfirmPage::release(&row(&account(), language), operator.words())));
    add("subject", pages.render(&operator, &subject_page(language)));
    add("subject-domain", pages.render(&operator, &stopped_page(language)));
    add(
        "tickets",
        pages.render(
            &operator,
            &TicketsPage::new(
                vec![TicketRow::of(&ticket(), Some("hosting-4711".into())), TicketRow::of(&diagnosed(), None)],
                true,
                Paging { first: None, next: Some("/console/tickets?before=7".into()), shown: 2 },
            ),
        ),
    );
    add("ticket", pages.render(&operator, &ticket_page(language)));
    let alone = TicketPage::new(&diagnosed(), None, None, &[], SPAM, true);
    add("ticket-diagnosis", pages.render(&operator, &alone));
    let mut closed = diagnosed();
    closed.close(NOW).unwrap();
    let closed = TicketPage::new(&closed, None, None, &[], SPAM, true);
    add("ticket-closed", pages.render(&operator, &closed));
    add("audit", pages.render(&operator, &audit_page()));
    add("settings", pages.render(&operator, &settings_page()));
    add("delivery", pages.render(&operator, &delivery_page()));
    add("delivery-none", pages.render(&operator, &DeliveryPage::new(&[], 0, false)));
    add("event", pages.render(&operator, &EventPage::new(&event(), "{\"type\":\"</pre><b>\"}", true)));
    add("reports", pages.render(&operator, &ReportsPage::new(vec![ReportRow::of(&report())], true, Paging::default())));
    add("report", pages.render(&operator, &ReportPage::new(&report(), true)));
    let tasks = vec![TaskRow::of(&task())];
    add("diagnoses", pages.render(&operator, &DiagnosesPage::new(tasks, wished(&[]), true, Paging::default())));
    let wrong = [("name", "diagnosis.wrong.ip"), ("password", "diagnosis.wrong.password")];
    let unfit = DiagnosesPage::new(Vec::new(), wished(&wrong), true, Paging::default());
    add("diagnosis-unfit", pages.render(&operator, &unfit));
    add("diagnosis", pages.render(&operator, &DiagnosisPage::new(&task(), true, language)));
    add("key", pages.render(&stranger(language), &key_page()));
    add("key-granted", pages.render(&stranger(language), &key_page().answered(true)));
    let listed = CustomersPage::new(
        [hosted("store"), hosted("directory")].iter().map(CustomerRow::of).collect(),
        "a\"b".into(),
        "any".into(),
        Paging::default(),
        true,
    );
    add("customers", pages.render(&operator, &listed));
    let nobody = CustomersPage::new(vec![], String::new(), "any".into(), Paging::default(), false);
    add("customers-none", pages.render(&operator, &nobody));
    add("customer", pages.render(&operator, &customer_page(language)));
    add("customer-form", pages.render(&operator, &customer_form()));
    add("customer-new", pages.render(&operator, &CustomerFormPage::empty()));
    let mistake = RowMistake { line: 3, field: "kind".into(), sentence: "expected <b>".into() };
    let refused = Imported { mistakes: vec![mistake], ..Imported::default() };
    add("import", pages.render(&operator, &ImportPage::after(refused, false)));
    add("import-done", pages.render(&operator, &ImportPage::after(Imported::default(), true)));
    add("mine", pages.render(&customer, &mine_page(language)));
    for (name, block) in
        [("case", account()), ("case-ip", over(ip())), ("case-free", testkit::samples::released(ip(), NOW.0))]
    {
        add(name, pages.render(&stranger(language), &case(&block, language)));
    }
    add(
        "notice",
        pages.render(
            &stranger(language),
            &NoticePage::error("slow", &[("time", "1 min")], Some("/console/".into()), operator.words()),
        ),
    );
    shown
}

pub(crate) fn stranger(language: Language) -> Frame {
    let mut frame = Frame::new(language, "/console/blocks?q=a%26b&language=de");
    frame.node = "mx1.provider.example".into();
    frame.csrf = "0123456789abcdef".into();
    frame
}

pub(crate) fn frame(language: Language, role: &'static str) -> Frame {
    let mut frame = stranger(language);
    frame.viewer = Some(Viewer { name: "anna".into(), role });
    frame.monitor = true;
    frame.message = Some(Message { tone: Tone::Good, text: "bob@shop.example".into() });
    let words = ["now", "blocks", "tickets"];
    frame.nav = words
        .map(|word| NavItem { word, href: "/console/", current: word == "now", count: (word != "now").then_some(3) })
        .into();
    frame
}

pub(crate) fn account() -> Block {
    let mut block = testkit::samples::block("k3x9qm2f7c", NOW.0 - 1_200_000);
    block.way_out = WayOut::Ticket;
    block.attempts = 1234;
    block
}

pub(crate) fn ip() -> Block {
    let mut block = testkit::samples::block("zzzzqm2f7c", NOW.0 - 1_200_000);
    block.subject = SubjectKey::parse(SubjectKind::Ip, "203.0.113.17").unwrap();
    block.reason.sentence = "50 % of 40 messages looking like spam within 8 hours".into();
    (block.reason.count, block.reason.window) = (50, Duration::from_secs(8 * 3600));
    block.strike = 2;
    block
}

fn over(mut block: Block) -> Block {
    block.since = Timestamp(NOW.0 - 7_200_000);
    block
}

pub(crate) fn evidence() -> Vec<Evidence> {
    (0..5).map(message).collect()
}

fn message(index: i64) -> Evidence {
    let mut message = testkit::samples::evidence(NOW.0 - 1_500_000 + index * 30_000);
    message.message_id = MessageId::new(&format!("<{index}.<script>alert(1)</script>\u{202e}@shop.example>"));
    message.destination_ip = "198.51.100.25".parse().ok();
    message.score = 110 + 75 * i32::try_from(index).unwrap();
    let hit = |signal, points, why: &str| Hit { signal: SignalName::new(signal), points, why: why.into() };
    message.hits = vec![
        hit("html_form", 80, "The message holds a form that asks for a password."),
        hit("url_shortener", 40, "A link hides where it leads behind \"sho.rt.example\"."),
        hit("content_classifier", -10, "The text reads like ordinary mail."),
    ];
    message
}

fn wished(wrong: &[(&'static str, &'static str)]) -> Wished {
    Wished { kind: "ip".into(), name: "a<b".into(), wrong: wrong.to_vec() }
}

/// A page that is only there to be rendered.
pub(crate) fn render<P: Page>(frame: &Frame, page: &P) -> String {
    Pages::default().render(frame, page).unwrap()
}
