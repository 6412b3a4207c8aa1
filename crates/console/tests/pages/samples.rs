//! Every page, filled with what a day might bring.

use std::time::Duration;

use access::{AccessRule, Application, AuditEntry, ConsumerKey, CredentialState, Grant};
use console::view::*;
use console::{Page, Pages};
use customers::registry::{CustomerView, Imported, RowMistake};
use customers::report::{Finding, Report, ReportState};
use customers::ticket::{Author, Opening, Ticket};
use customers::{CustomerRecord, Language, Mistake};
use diagnostics::{Patient, State, Task};
use limits::{AlertJob, Delivery, Happening, Posted, RuleCount};
use model::circumstances::Traffic;
use model::{Block, Evidence, Hit, MessageId, Score, SignalName, SubjectKey, SubjectKind, Timestamp, WayOut};
use recall::{Portrait, Seen};
use telemetry::Minute;
use webhooks::Receiver;

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
    add("delivery-none", pages.render(&operator, &DeliveryPage::new(&[], &[], &[], false)));
    add("event", pages.render(&operator, &EventPage::new(&event(), "{\"type\":\"</pre><b>\"}", true)));
    add("reports", pages.render(&operator, &ReportsPage::new(vec![ReportRow::of(&report())], true, Paging::default())));
    add("report", pages.render(&operator, &ReportPage::new(&report(), true)));
    let tasks = vec![TaskRow::of(&task())];
    add(
        "diagnoses",
        pages.render(&operator, &DiagnosesPage::new(tasks, "ip".into(), String::new(), true, Paging::default())),
    );
    add("diagnosis", pages.render(&operator, &DiagnosisPage::new(&task(), true)));
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

fn row(block: &Block, language: Language) -> BlockRow {
    BlockRow::of(block, NOW, console::Words::of(language)).owned(Some("hosting-4711".into()))
}

fn minutes() -> Vec<Minute> {
    (0..1440)
        .map(|back| {
            let wave = 40 + (back * 7919 % 23) + if back < 20 { 90 } else { 0 };
            let spam = if (5..25).contains(&back) { 45 } else { 1 };
            let at = Timestamp(NOW.0 - i64::try_from(back).unwrap() * 60_000);
            Minute {
                at,
                messages: wave,
                spam,
                refused: if back < 12 { 60 } else { 0 },
                blocks: u64::from(back == 12 || back == 600),
            }
        })
        .rev()
        .collect()
}

fn counts() -> Vec<RuleCount> {
    let rule = |rule: &str, counter: &str, count, limit, is_rate| RuleCount {
        rule: rule.into(),
        counter: counter.into(),
        percent_of: None,
        count,
        limit,
        window: Duration::from_secs(600),
        is_rate,
    };
    vec![
        rule("account-spam-burst", "spam", 3, Some(5), false),
        rule("account-spam-day", "spam", 130, Some(100), false),
        rule("account-refused-recipients", "refused_recipients", 4, None, false),
        RuleCount { percent_of: Some("messages".into()), ..rule("account-spam-share", "spam", 12, Some(50), false) },
        RuleCount {
            percent_of: Some("messages".into()),
            ..rule("account-near-spam", "unusual_score", 6112, Some(8500), false)
        },
        rule("account-messages", "messages", 20, Some(600), true),
    ]
}

fn now_page(language: Language) -> NowPage {
    let sender = |name: &str, messages, spam| {
        Sender::of(&testkit::samples::account(name), messages, spam, counts().iter().map(CountRow::of).collect())
    };
    let part = |name: &str, state, sentence: &str| HealthPart {
        name: name.into(),
        state,
        since: NOW.0,
        sentence: sentence.into(),
    };
    NowPage::new(
        &minutes(),
        NOW,
        2,
        (
            vec![row(&account(), language), row(&ip(), language)],
            vec![sender("bob@shop.example", 41_234, 12), sender("news@club.example", 8000, 0)],
        ),
        vec![
            part("store", "working", "the last write worked"),
            part("alerts", "degraded", "3 letters wait, the oldest for 20 minutes"),
            part("clamav", "down", "nobody answers"),
        ],
        console::Words::of(language),
    )
}

fn quiet(language: Language) -> NowPage {
    NowPage::new(&[], NOW, 0, (vec![], vec![]), vec![], console::Words::of(language))
}

fn blocks_page(language: Language) -> BlocksPage {
    let free = testkit::samples::released(ip(), NOW.0);
    let rows = [account(), ip(), free].iter().map(|block| row(block, language)).collect();
    let pages = Paging { first: None, next: Some("/console/blocks?after=abc".into()), shown: 3 };
    BlocksPage::new(rows, String::new(), "active".into(), "any".into(), pages)
        .with_file("/console/blocks.csv?state=active".into())
}

fn block_page(language: Language) -> BlockPage {
    BlockPage::new(row(&account(), language), &evidence(), SPAM).with_ticket(Some(7)).releasable(true)
}

fn subject_page(language: Language) -> SubjectPage {
    let history = [account(), testkit::samples::released(account(), NOW.0 - 90_000_000)];
    SubjectPage::new(
        &account().subject,
        Some("hosting-4711".into()),
        &counts(),
        &history,
        NOW,
        console::Words::of(language),
    )
    .beside(Some(habits(language)))
}

fn habits(language: Language) -> Habits {
    let mut week = [0; recall::WEEK];
    week.iter_mut().enumerate().for_each(|(part, count)| *count = if part < 40 && part % 8 == 3 { 40 } else { 2 });
    let portrait = Portrait {
        days: 41,
        first: Some(Timestamp(NOW.0 - 4_000_000_000)),
        settled: true,
        last: NOW,
        busiest_hour: 12,
        busiest_day: 31,
        usual_strangers: 2,
        knows_recipients: true,
        hour: Traffic { messages: 96, recipients: 104, strangers: 101, refused: 7, led: 0 },
        day: Traffic { messages: 99, recipients: 108, strangers: 102, refused: 7, led: 0 },
        week,
        networks: Seen { settled: 2, new: 1 },
        mailers: Seen { settled: 1, new: 0 },
        froms: Seen { settled: 1, new: 3 },
        names: Seen::default(),
        languages: vec!["en", "fr"],
    };
    Habits::of(&portrait, NOW, console::Words::of(language))
}

pub(crate) fn ticket() -> Ticket {
    let mut ticket = Ticket::opened(7, &account());
    ticket.replied("1. no\n2. <b>yes</b>, to me@home.example\n3. no", NOW).unwrap();
    ticket.refuse("Change the password first.", NOW).unwrap();
    ticket
}

fn ticket_page(language: Language) -> TicketPage {
    TicketPage::new(&ticket(), Some("hosting-4711".into()), Some(row(&account(), language)), &evidence(), SPAM, true)
}

/// A ticket without a block.
fn diagnosed() -> Ticket {
    let whom = customers::ticket::Whom::Subject(account().subject);
    let opening = Opening::diagnosis(whom, 3, Author::Support, "fail  SPF <b>\n", serde_json::json!({}));
    Ticket::begun(8, &opening, NOW)
}

fn case(block: &Block, language: Language) -> CasePage {
    let words = console::Words::of(language);
    let page = CasePage::new(block, &evidence(), "/console/case/token", SPAM, NOW, words)
        .with_contact("Ask help@provider.example.".into());
    if block.way_out == WayOut::Ticket {
        page.with_ticket(&ticket(), "/console/case/token")
    } else {
        page.with_report("/console/case/token")
    }
}

fn report() -> Report {
    let hit = |points| Hit { signal: SignalName::new("html_form"), points, why: "A form.".into() };
    Report {
        id: 3,
        block: account().reference,
        subject: account().subject,
        message_id: MessageId::new("<1@shop.example>").unwrap(),
        from: "news@shop.example".into(),
        flagged: NOW,
        reported: NOW,
        by: "customer".into(),
        then: Score::of(vec![hit(120)]),
        now: Score::of(vec![hit(40)]),
        spam: SPAM,
        findings: vec![Finding { practice: "unsubscribe".into(), good: false, sentence: "No way out.".into() }],
        remarks: vec!["The body could not be checked.".into()],
        state: ReportState::Open,
        due: Vec::new(),
        exemptions: Vec::new(),
    }
}

fn task() -> Task {
    Task {
        id: 4,
        patient: Patient::parse(SubjectKind::Ip, "203.0.113.17").unwrap(),
        state: State::Doing,
        by: "user anna".into(),
        created: NOW,
        started: Some(NOW),
        finished: None,
        checks: 4,
        findings: Vec::new(),
        error: None,
    }
}

fn settings_page() -> SettingsPage {
    let row =
        |key, value: &str, changed| SettingRow { key, value: value.into(), changed, doc: "What it means.".into() };
    let rows = vec![
        row("listen", "[\"127.0.0.1:7681\"]", true),
        row("public_url", "\"https://portreeve.isp.example\"", false),
    ];
    SettingsPage::new(&[SettingsTable { name: "[web]".into(), rows }], true)
}

fn delivery_page() -> DeliveryPage {
    let letter = AlertJob::first(&account(), "mx1.provider.example");
    let sent = AlertJob { sent: Some(NOW), ..letter.clone() };
    let given_up = AlertJob { given_up: Some(NOW), last_error: Some("550 <no>".into()), ..letter.clone() };
    let failing = Receiver {
        name: "panel".into(),
        waiting: 4,
        oldest: Some(NOW),
        dead: 2,
        failing: Some((NOW, "the receiver answered 500".into())),
    };
    let receivers = [failing, Receiver { name: "chat".into(), ..Receiver::default() }];
    let about_ticket = AlertJob::opened(4711, "mx1.provider.example", NOW);
    let told = vec!["owner@shop.example".into()];
    let sent = AlertJob { told, ..sent };
    let alone = |letter| Posted { letter, bounces: Vec::new() };
    let letters =
        [alone(letter), Posted { bounces: vec![bounce()], ..alone(sent) }, alone(given_up), alone(about_ticket)];
    DeliveryPage::new(&letters, &[event()], &receivers, true).found_by(Some("panel".into()), None)
}

fn event() -> Delivery {
    let mut event = Delivery::new("panel", Happening::of_block(None, &account()).unwrap());
    (event.tries, event.last_error) = (3, Some("the receiver answered 500".into()));
    event
}

fn mine_page(language: Language) -> MinePage {
    MinePage::new(vec![row(&account(), language).for_owner()], vec!["hosting-4711".into()], Paging::default())
}

fn audit_page() -> AuditPage {
    let entry = AuditEntry {
        id: 7,
        at: NOW,
        who: "user anna".into(),
        role: "operator".into(),
        client: "192.0.2.1".parse().ok(),
        action: "block.release".into(),
        on: "block k3x9qm2f7c".into(),
        detail: "<b>".into(),
    };
    AuditPage::new(&[entry], String::new(), "block.release".into(), Paging::default())
}

fn key_page() -> KeyPage {
    let application =
        Application { id: 1, key: "0123".into(), name: "Panel <one>".into(), site_key: 1, created: NOW, revoked: None };
    let key = ConsumerKey {
        id: 2,
        application: "0123".into(),
        rules: AccessRule::everything(),
        state: CredentialState::PendingValidation,
        grant: None,
        by: String::new(),
        allowed_ips: Vec::new(),
        redirection: Some("https://panel.example/done".into()),
        created: NOW,
        expires: None,
        last_use: None,
    };
    KeyPage::new(&application, &key, "anna", &Grant::customer(["hosting-4711"]))
}

/// A page that is only there to be rendered.
pub(crate) fn render<P: Page>(frame: &Frame, page: &P) -> String {
    Pages::default().render(frame, page).unwrap()
}

fn hosted(source: &str) -> CustomerView {
    let customer = CustomerRecord {
        service: "rack 9/<b>".into(),
        name: "Rack & Söhne".into(),
        contact: vec!["a@rack.example".into()],
        kind: "mxplan-legacy".into(),
        networks: (0..120).map(|net| format!("192.0.2.{net}")).collect(),
        accounts: vec!["*@rack.example".into()],
        suspended: true,
        expires: Some("2026-12-31".into()),
        limits: [("account-rate".to_owned(), 5000), ("account-spam-day".to_owned(), 0)].into(),
        automatic_releases: Some(1),
        ..CustomerRecord::default()
    };
    let unused = vec![Mistake { field: "networks".into(), sentence: "192.0.2.1 is another's".into() }];
    CustomerView { customer, source: source.into(), changed: Some(NOW), unused }
}

fn bounce() -> limits::Bounce {
    limits::Bounce {
        about: limits::Matter::Block(account().reference),
        letter: 1,
        recipient: "a@rack.example".into(),
        at: NOW,
        status: "5.1.1".into(),
        said: "no such <user>".into(),
    }
}

fn customer_page(language: Language) -> CustomerPage {
    let happened = Happened {
        blocks: vec![row(&account(), language)],
        tickets: vec![TicketRow::of(&ticket(), None)],
        reports: vec![ReportRow::of(&report())],
        bounces: vec![BounceRow::of(&bounce())],
    };
    let left = limits::ReleasesLeft { most: 20, used: 3, window: Duration::from_secs(30 * 86_400) };
    CustomerPage::new(&hosted("store"), left, happened, true, console::Words::of(language))
}

fn customer_form() -> CustomerFormPage {
    let mistake = |field: &str| Mistake { field: field.into(), sentence: "expected something else".into() };
    CustomerFormPage::of(&hosted("store").customer)
        .with_mistakes(["networks", "kind", "limits", "elsewhere"].map(mistake).into())
}
