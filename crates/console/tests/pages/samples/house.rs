//! Pages about the house itself: letters, settings, customers, who did what.

use super::*;

pub(super) fn settings_page() -> SettingsPage {
    let row =
        |key, value: &str, changed| SettingRow { key, value: value.into(), changed, doc: "What it means.".into() };
    let rows = vec![
        row("listen", "[\"127.0.0.1:7681\"]", true),
        row("public_url", "\"https://portreeve.isp.example\"", false),
    ];
    SettingsPage::new(&[SettingsTable { name: "[web]".into(), rows }], true)
}

pub(super) fn delivery_page() -> DeliveryPage {
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
    let next =
        |list: &str| Paging { first: None, next: Some(format!("/console/delivery?after=9.panel#{list}")), shown: 4 };
    DeliveryPage::new(&receivers, 2, true).with_events(&[event()], "panel".into(), None, next("events")).with_letters(
        &letters,
        Some(LetterState::Bounced),
        next("letters"),
    )
}

pub(super) fn event() -> Delivery {
    let mut event = Delivery::new("panel", Happening::of_block(None, &account()).unwrap());
    (event.tries, event.last_error) = (3, Some("the receiver answered 500".into()));
    event
}

pub(super) fn audit_page() -> AuditPage {
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

pub(super) fn key_page() -> KeyPage {
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

pub(super) fn hosted(source: &str) -> CustomerView {
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

pub(super) fn bounce() -> limits::Bounce {
    limits::Bounce {
        about: limits::Matter::Block(account().reference),
        letter: 1,
        recipient: "a@rack.example".into(),
        at: NOW,
        status: "5.1.1".into(),
        said: "no such <user>".into(),
    }
}

pub(super) fn customer_page(language: Language) -> CustomerPage {
    let happened = Happened {
        blocks: vec![row(&account(), language)],
        tickets: vec![TicketRow::of(&ticket(), None)],
        reports: vec![ReportRow::of(&report())],
        bounces: vec![BounceRow::of(&bounce())],
    };
    let left = limits::ReleasesLeft { most: 20, used: 3, window: Duration::from_secs(30 * 86_400) };
    CustomerPage::new(&hosted("store"), left, happened, true, console::Words::of(language))
}

pub(super) fn customer_form() -> CustomerFormPage {
    let mistake = |field: &str| Mistake { field: field.into(), sentence: "expected something else".into() };
    CustomerFormPage::of(&hosted("store").customer)
        .with_mistakes(["networks", "kind", "limits", "elsewhere"].map(mistake).into())
}
