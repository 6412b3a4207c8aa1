//! Pages about what customers say and ask: tickets, reports, diagnoses.

use super::*;

pub(crate) fn ticket() -> Ticket {
    let mut ticket = Ticket::opened(7, &account());
    ticket.replied("1. no\n2. <b>yes</b>, to me@home.example\n3. no", NOW).unwrap();
    for message in &mut ticket.messages {
        (message.address, message.by_account) = (Some("bob@shop.example".into()), true);
    }
    ticket.refuse("Change the password first.", NOW).unwrap();
    ticket
}

pub(super) fn ticket_page(language: Language) -> TicketPage {
    TicketPage::new(&ticket(), Some("hosting-4711".into()), Some(row(&account(), language)), &evidence(), SPAM, true)
}

/// A ticket without a block.
pub(super) fn diagnosed() -> Ticket {
    let whom = customers::ticket::Whom::Subject(account().subject);
    let opening = Opening::diagnosis(whom, 3, Author::Support, "fail  SPF <b>\n", serde_json::json!({}));
    Ticket::begun(8, &opening, NOW)
}

pub(super) fn case(block: &Block, language: Language) -> CasePage {
    let words = console::Words::of(language);
    let page = CasePage::new(block, &evidence(), "/console/case/token", SPAM, NOW, words)
        .with_contact("Ask help@provider.example.".into());
    if block.way_out == WayOut::Ticket {
        page.with_ticket(&ticket(), "/console/case/token")
    } else {
        page.with_report("/console/case/token").with_reports(&[report()])
    }
}

pub(super) fn report() -> Report {
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

pub(super) fn task() -> Task {
    Task {
        id: 4,
        patient: Patient::parse(SubjectKind::Ip, "203.0.113.17").unwrap(),
        state: State::Doing,
        by: "user anna".into(),
        created: NOW,
        started: Some(NOW),
        finished: None,
        checks: 4,
        findings: vec![diagnostics::Finding {
            check: Check::Authentication,
            outcome: Outcome::Fail,
            found: "smtp.host.example does not take the password: 535 No.".into(),
            means:
                "Whoever can't log in can't send. A refused password may also be the sign of a block or a suspension."
                    .into(),
            advice: "Try again in some minutes.".into(),
            cause: Some(Cause::Password),
        }],
        error: None,
    }
}

pub(super) fn mine_page(language: Language) -> MinePage {
    MinePage::new(vec![row(&account(), language).for_owner()], vec!["hosting-4711".into()], Paging::default())
}
