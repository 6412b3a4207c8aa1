//! Examples for the document: of every body that a call takes, and of what most calls answer. Each is a value of the type itself, so
//! that none can have other fields; a test holds them against their schemas.

use ::customers::ticket::{Author, Question};
use ::customers::{Kind, Language};
use access::Role;
use axum::http::StatusCode;
use model::{BlockState, SubjectKind, Timestamp, WayOut};
use serde::Serialize;
use serde_json::{Value, json};

use super::accounts::PasswordChanged;
use super::blocks::{BlockView, BlockWanted, Subject};
use super::credentials::{ApplicationWanted, GrantWanted};
use super::customer_changes::CustomerWanted;
use super::customers::CustomerView;
use super::diagnoses::{DiagnosisView, DiagnosisWanted, FindingView, SummaryView};
use super::evidence::{EvidenceView, SignalView};
use super::exemptions::ExemptionWanted;
use super::keys::KeyWanted;
use super::openings::{Concerned, TicketWanted};
use super::owners::OwnerWanted;
use super::problem::Problem;
use super::reports::{ChangeView, PracticeView, ReportDecision, ReportView, Stands};
use super::templates::{PreviewWanted, TemplateFiles};
use super::ticket_views::{Matter, Party, QuestionView, Stands as Stage, TicketMessage, TicketView};
use super::tickets::{TicketAnswers, TicketText};
use super::types::{Amounts, Bounded, Day, Secret, Text, Texts, When, Word};
use super::users::{InvitationWanted, PasswordWanted, UserGrant, UserWanted};
use super::{MAIL, MAX_BODY};

const BLOCK: &str = "k3x9qm2f7cabcdef";
const BOB: &str = "bob@shop.example";
const SERVICE: &str = "hosting-4711";
/// 2026-11-25T18:00:00Z
const BEGAN: Timestamp = Timestamp::from_secs(1_795_629_600);

/// An example of the component of that name.
pub(super) fn of(component: &str) -> Option<Value> {
    wanted(component).map(without_nulls).or_else(|| given(component))
}

/// An example of a body that is no JSON.
pub(super) fn of_media(media: &str) -> Option<Value> {
    let text = match media {
        MAIL => {
            "From: Bob <bob@shop.example>\r\nTo: friend@recipient.example\r\nSubject: November at the concert hall\r\n\
                 Date: Wed, 25 Nov 2026 17:59:00 +0000\r\nMessage-ID: <1@shop.example>\r\n\r\nDear friends of music, …\r\n"
        }
        "text/csv" => "service,contact,accounts\nhosting-4711,owner@shop.example,*@shop.example\n",
        "application/toml" => "[score]\nspam = 100\n",
        _ => return None,
    };
    Some(text.into())
}

/// What a call that goes wrong is answered with.
pub(super) fn of_problem(status: &str) -> Option<Value> {
    let problem = match status {
        "400" => Problem::new(StatusCode::BAD_REQUEST, "this is no JSON from line 1, column 9 on"),
        "401" => Problem::no_credentials(),
        "403" => Problem::forbidden(),
        "404" => Problem::nothing().about("block", BLOCK),
        "409" => Problem::key_reused(),
        "412" => Problem::new(StatusCode::PRECONDITION_FAILED, "the customer was changed meanwhile: look again"),
        "413" => Problem::too_large(MAX_BODY),
        "415" => Problem::wrong_media("application/json"),
        "422" => Problem::field("name", "expected an account's login"),
        "429" => Problem::too_many("too many wrong keys came from there", 60),
        "500" => Problem::cut_off(),
        "503" => Problem::broken("the store can't be written"),
        _ => return None,
    };
    told(problem.details())
}

/// What a call takes; what may be left out is left out where it says nothing.
fn wanted(component: &str) -> Option<Value> {
    match component {
        "BlockWanted" => told(BlockWanted {
            kind: Word(SubjectKind::Account),
            name: text(BOB),
            reason: text("The password is on a public list."),
            length_seconds: Some(Bounded(3600)),
        }),
        "TicketAnswers" => told(TicketAnswers {
            sender: Some(text("no")),
            redirection: Some(text("no")),
            replied: Some(text("yes, once")),
            text: None,
        }),
        "TicketText" => told(TicketText { text: text("Please change the password first.") }),
        "TicketWanted" => told(TicketWanted {
            kind: Word(Concerned::Subject(SubjectKind::Account)),
            name: text(BOB),
            title: text("Your mail program"),
            text: text("It tries to log in every second."),
        }),
        "ReportDecision" => told(ReportDecision {
            is_spam: false,
            reason: Some(text("It is a newsletter that was asked for.")),
            exempt: Some(vec!["fingerprint".into()]),
            exempt_days: Some(Bounded(30)),
            release: Some(true),
        }),
        "ExemptionWanted" => told(ExemptionWanted {
            kind: Word(SubjectKind::Account),
            name: text(BOB),
            what: text("rule=url_shortener"),
            days: Some(Bounded(14)),
            reason: Some(text("campaign of May")),
        }),
        "DiagnosisWanted" => {
            told(DiagnosisWanted { kind: Word(SubjectKind::Domain), name: text("shop.example"), password: None })
        }
        "PasswordChanged" => told(PasswordChanged { at: Some(When(BEGAN)) }),
        "CustomerWanted" => told(customer_wanted()),
        "OwnerWanted" => told(OwnerWanted { service: text(SERVICE) }),
        "PreviewWanted" => told(PreviewWanted { language: Some(Word(Language::Fr)), files: files() }),
        "TemplateFiles" => told(TemplateFiles { files: files() }),
        other => of_access(other),
    }
}

/// What a call takes that is about keys and users.
fn of_access(component: &str) -> Option<Value> {
    let (role, services) = (Word(Role::Customer), Some(vec![SERVICE.to_owned()]));
    match component {
        "KeyWanted" => told(KeyWanted { name: text("panel"), role, services, days: Some(Bounded(365)) }),
        "ApplicationWanted" => {
            told(ApplicationWanted { name: text("panel"), role: Some(role), services, days: Some(Bounded(365)) })
        }
        "GrantWanted" => told(GrantWanted { role, services, days: Some(Bounded(365)) }),
        "UserWanted" => told(UserWanted { name: text("shop"), role, services, password: None }),
        "UserGrant" => told(UserGrant { role, services }),
        "PasswordWanted" => told(PasswordWanted { password: Some(Secret(text("correct horse battery staple"))) }),
        "InvitationWanted" => told(InvitationWanted { minutes: Some(Bounded(60)) }),
        _ => None,
    }
}

fn customer_wanted() -> CustomerWanted {
    CustomerWanted {
        service: text(SERVICE),
        name: Some(text("Shop Ltd")),
        kind: Some(Word(Kind::Pro)),
        contact: vec![text("owner@owner.example")],
        language: Some(Word(Language::De)),
        networks: Some(vec![text("192.0.2.0/28")]),
        accounts: Some(vec![text("*@shop.example")]),
        domains: None,
        suspended: None,
        expires: Some(Day("2026-12-31".into())),
        limits: None,
        automatic_releases: None,
    }
}

/// What calls answer.
fn given(component: &str) -> Option<Value> {
    match component {
        "BlockView" => told(block()),
        "EvidenceView" => told(evidence()),
        "TicketView" => told(ticket()),
        "ReportView" => told(report()),
        "CustomerView" => told(customer()),
        "DiagnosisView" => told(diagnosis()),
        _ => None,
    }
}

fn block() -> BlockView {
    BlockView {
        reference: BLOCK.into(),
        subject: bob(),
        customer: Some(SERVICE.into()),
        state: Word(BlockState::BlockedForSpam),
        monitored: false,
        began_at: When(BEGAN),
        way_out: Word(WayOut::Time),
        awaits_owner: false,
        unblock_allowed_at: Some(later(3600)),
        expires_at: Some(later(3600)),
        strikes: 1,
        rule: "account-spam-burst".into(),
        reason: "5 spam messages within 10 minutes".into(),
        messages: 7,
        spam: 5,
        refused_attempts: 12,
        released_at: None,
        released_by: None,
    }
}

fn evidence() -> EvidenceView {
    EvidenceView {
        id: 1,
        block: BLOCK.into(),
        subject: bob(),
        judged_at: When(BEGAN),
        message_id: Some("<1@shop.example>".into()),
        queue_id: Some("4bXyZk1".into()),
        score: 310,
        signals: vec![signal()],
        client_ip: Some("198.51.100.23".into()),
        recipients: 1,
        destination_domain: Some("recipient.example".into()),
        destination_ip: Some("203.0.113.25".into()),
        headers: "From: Bob <bob@shop.example>\r\nSubject: You have won\r\n".into(),
    }
}

fn ticket() -> TicketView {
    let question = |question: Question, answer: Option<&str>| QuestionView {
        question: Word(question),
        text: question.asked(Language::En, true).into(),
        answer: answer.map(str::to_owned),
    };
    TicketView {
        id: 4711,
        state: Word(Stage::answering()),
        is_open: true,
        about: Word(Matter::block()),
        title: format!("Account locked for spam: {BOB}"),
        block: Some(BLOCK.into()),
        diagnosis: None,
        subject: Party { kind: "account".into(), name: BOB.into() },
        customer: Some(SERVICE.into()),
        opened_at: When(BEGAN),
        updated_at: later(600),
        suspicious_messages: 5,
        refused_attempts: 12,
        questions: vec![
            question(Question::Sender, Some("no")),
            question(Question::Redirection, None),
            question(Question::Replied, None),
        ],
        messages: vec![TicketMessage {
            at: later(600),
            from: Word(Author::Customer),
            address: None,
            by_account: false,
            body: "1. no".into(),
            attached: Vec::new(),
        }],
    }
}

fn report() -> ReportView {
    ReportView {
        id: 7,
        state: Word(Stands::open()),
        block: BLOCK.into(),
        subject: bob(),
        customer: Some(SERVICE.into()),
        message_id: "<1@shop.example>".into(),
        from: BOB.into(),
        flagged_at: When(BEGAN),
        reported_at: later(900),
        reported_by: "customer".into(),
        score_then: 120,
        score_now: 40,
        spam_score: 100,
        signals: vec![signal()],
        changes: vec![ChangeView {
            signal: "subject_shouting".into(),
            then: Some(120),
            now: None,
            why: "the subject is in capitals".into(),
            asked_again: true,
        }],
        practices: vec![PracticeView {
            practice: "unsubscribe".into(),
            good: false,
            sentence: "A newsletter has a List-Unsubscribe field.".into(),
        }],
        remarks: Vec::new(),
        decision: None,
        exemptions: Vec::new(),
    }
}

fn customer() -> CustomerView {
    CustomerView {
        service: SERVICE.into(),
        name: "Shop Ltd".into(),
        kind: "pro".into(),
        contact: vec!["owner@owner.example".into()],
        language: "de".into(),
        networks: vec!["192.0.2.0/28".into()],
        accounts: vec!["*@shop.example".into()],
        domains: Vec::new(),
        suspended: false,
        expires: Some(Day("2026-12-31".into())),
        limits: Amounts::of([("account-rate".to_owned(), 5000)].into()),
        automatic_releases: None,
        source: "store".into(),
        changed_at: Some(When(BEGAN)),
        unused: Some(Vec::new()),
    }
}

fn diagnosis() -> DiagnosisView {
    DiagnosisView {
        id: 12,
        subject: Subject { kind: Word(SubjectKind::Domain), name: "shop.example".into() },
        state: "done".into(),
        progress: 100,
        asked_by: "user ann".into(),
        asked_at: When(BEGAN),
        began_at: Some(When(BEGAN)),
        ended_at: Some(later(4)),
        error: None,
        findings: vec![FindingView {
            check: "mx".into(),
            outcome: "fail".into(),
            found: "There is no MX record.".into(),
            means: "Mail to the domain goes to its address, or nowhere.".into(),
            advice: "Publish an MX record.".into(),
            cause: None,
        }],
        summary: SummaryView {
            can_receive: Some(false),
            can_send: None,
            is_blocked: Some(false),
            is_locked: Some(false),
            is_suspended: Some(false),
            is_mx_valid: Some(false),
            is_srv_valid: None,
            cause: None,
        },
    }
}

fn bob() -> Subject {
    Subject { kind: Word(SubjectKind::Account), name: BOB.into() }
}

fn signal() -> SignalView {
    SignalView { signal: "subject_shouting".into(), points: 120, why: "the subject is in capitals".into() }
}

fn files() -> Texts {
    let text = "Subject: {{ name }} is blocked\n\nYour address was blocked for spam.\n";
    Texts([("en/ip-blocked.txt".to_owned(), text.to_owned())].into())
}

fn later(seconds: u64) -> When {
    When(BEGAN.after(std::time::Duration::from_secs(seconds)))
}

fn text<const LEAST: usize, const MOST: usize>(text: &str) -> Text<LEAST, MOST> {
    Text(text.to_owned())
}

/// As it goes over the wire; the document goes without one that can't be written.
fn told(example: impl Serialize) -> Option<Value> {
    serde_json::to_value(example).ok()
}

fn without_nulls(mut example: Value) -> Value {
    if let Some(fields) = example.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    example
}

/// The example of a schema that is a reference, or of a page of what has one.
pub(super) fn of_schema(schema: &Value, components: &super::schema::Components) -> Option<Value> {
    let name = named(schema)?;
    of(name).or_else(|| {
        let fields = components.get(name)?.get("properties")?;
        let item = of(named(fields.pointer("/items/items")?)?)?;
        fields.get("next").map(|_| json!({ "items": [item], "next": null }))
    })
}

fn named(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.rsplit('/').next()
}

#[cfg(test)]
mod tests {
    use super::super::fit;
    use super::super::openapi::document;
    use super::super::schema::Components;
    use super::*;

    /// Every place of the document where something goes over the wire.
    fn contents(document: &Value) -> Vec<(String, &Value)> {
        let operations = document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap());
        let places = operations.flat_map(|(_, operation)| {
            let id = operation["operationId"].as_str().unwrap();
            let body = operation.pointer("/requestBody/content").map(|content| (format!("{id} takes"), content));
            let answers = operation["responses"].as_object().unwrap().iter();
            body.into_iter()
                .chain(answers.map(move |(status, answer)| (format!("{id} gives {status}"), &answer["content"])))
        });
        places
            .flat_map(|(place, content)| content.as_object().unwrap().values().map(move |one| (place.clone(), one)))
            .collect()
    }

    #[test]
    fn every_example_fits_its_schema() {
        let document = document();
        let components: Components = document["components"]["schemas"].as_object().unwrap().clone();
        let mut shown = 0;
        for (place, content) in contents(&document) {
            if let Some(example) = content.get("example") {
                let mistakes = fit::mistakes(example, &content["schema"], &components);
                assert!(mistakes.is_empty(), "{place}: {mistakes:?}");
                shown += 1;
            }
        }
        assert!(shown > 500, "{shown}");
    }

    #[test]
    fn every_body_and_every_problem_has_an_example() {
        let document = document();
        for (place, content) in contents(&document) {
            let is_problem = content["schema"]["$ref"].as_str().is_some_and(|name| name.ends_with("/ProblemDetails"));
            if is_problem || place.ends_with("takes") {
                assert!(content.get("example").is_some(), "{place}");
            }
        }
        let answers = |path: &str, status: &str| {
            document["paths"][path]["get"]["responses"][status]["content"]["application/json"]["example"].clone()
        };
        for path in [
            "/api/blocks/{reference}",
            "/api/tickets/{ticket}",
            "/api/reports/{report}",
            "/api/customers/{service}",
            "/api/diagnoses/{diagnosis}",
            "/api/blocks",
            "/api/evidence",
            "/api/tickets",
        ] {
            assert!(answers(path, "200").is_object(), "{path}");
        }
    }
}
