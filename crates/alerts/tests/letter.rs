//! The alert as it is written, compared whole, and what hostile evidence can't do to it.
#![cfg(test)]

use std::sync::Arc;

use alerts::{AlertSettings, Letter, Mail, Post, render};
use customers::ticket::{Addressee, ReplyBox, ReplyKey, ReplyTokens, Ticket};
use customers::{Address, CustomerSettings, Directory, Language};
use limits::{AlertJob, LetterKind, ReportFlaw, ReportLetter, UnusableReport};
use model::standing::CounterKind;
use model::{Block, BlockState, Evidence, MessageId, Reason, SubjectKey, SubjectKind, Timestamp, WayOut};
use proptest::prelude::*;
use testkit::samples;

/// 2026-11-21 10:15:00 UTC
const SINCE: i64 = 1_795_256_100_000;

fn post() -> Post {
    let settings = AlertSettings {
        from: Some("abuse@provider.example".into()),
        to: vec!["desk@provider.example".into()],
        trust_account: true,
        ..AlertSettings::default()
    };
    Post::new(&settings, "mx1.provider.example", "https://portreeve.example/b/{ref}").unwrap()
}

fn letter(block: &Block, evidence: &[Evidence]) -> Mail {
    letter_to(Arc::new(Directory::nobody(&CustomerSettings::default())), block, evidence)
}

fn letter_to(customers: Arc<Directory>, block: &Block, evidence: &[Evidence]) -> Mail {
    let at = Timestamp(SINCE + 61_000);
    let job = AlertJob::first(block, "mx1.provider.example");
    let letter = Letter { block, evidence, job: &job, ticket: None, at };
    render(&letter, &post().with_customers(customers).with_ladder(ladder()))
}

/// Shop Ltd, who owns everything here and reads this language.
fn customers_in(language: Language) -> Arc<Directory> {
    let file = format!(
        "[[customer]]\nservice = 'hosting-4711'\nname = 'Shop Ltd'\ncontact = ['owner@shop.example']\n\
         language = '{language}'\naccounts = ['*@shop.example']\nnetworks = ['2001:db8::/32']\n"
    );
    Arc::new(Directory::parse(&file, &CustomerSettings::default()).unwrap())
}

fn messages() -> [Evidence; 2] {
    let mut first = samples::evidence(SINCE - 2000);
    first.destination_ip = Some("192.0.2.7".parse().unwrap());
    let mut second = samples::evidence(SINCE - 1000);
    second.score = 300;
    second.headers =
        "From: =?utf-8?Q?Caf=C3=A9_Centre?= <bob@shop.example>\nSubject: =?utf-8?B?R3LDvMOfZSB2b24gSWhyZXIgQmFuaw==?="
            .into();
    [first, second]
}

#[test]
fn the_whole_alert_in_every_language() {
    let mut address = samples::block("k3x9", SINCE);
    address.subject = SubjectKey::parse(SubjectKind::Ip, "2001:db8:1:2::9").unwrap();
    address.automatic_release = false;
    address.reason.sentence = "300 messages within 1 hour".into();
    for language in Language::ALL {
        let blocks = [("account", samples::block("k3x9", SINCE), &messages()[..]), ("ip", address.clone(), &[])];
        for (name, block, evidence) in blocks {
            let mail = letter_to(customers_in(*language), &block, evidence);
            let raw = String::from_utf8(mail.raw).unwrap();
            assert!(!raw.replace("\r\n", "").contains(['\r', '\n']), "every line ends in CRLF");
            assert_golden(&format!("{language}-{name}.eml"), &raw.replace("\r\n", "\n"));
        }
    }
}

#[test]
fn the_letters_of_a_ticket_in_every_language() {
    let mut block = samples::block("k3x9", SINCE);
    (block.way_out, block.automatic_release, block.attempts) = (WayOut::Ticket, false, 12);
    let (ticket, first) = (Ticket::opened(4711, &block), AlertJob::first(&block, "mx1.provider.example"));
    let said = "Change the password first.\nThen write again.";
    let kinds = [
        ("opened", LetterKind::Blocked),
        ("missing", LetterKind::Missing(vec![2])),
        ("received", LetterKind::Received),
        ("answer", LetterKind::Answer(said.into())),
        ("approved", LetterKind::Approved),
        ("refused", LetterKind::Refused(said.into())),
    ];
    let tokens = Arc::new(ReplyTokens::new(vec![ReplyKey::new(b"a key", None)]));
    let support = Address::parse("support@reply.provider.example").unwrap();
    let mailbox = Arc::new(ReplyBox::new(&support, tokens).unwrap());
    for language in Language::ALL {
        let post = post().with_customers(customers_in(*language)).with_replies(Some(Arc::clone(&mailbox)));
        for (number, (name, kind)) in (0..).zip(kinds.clone()) {
            let job = if number == 0 { first.clone() } else { first.follow_up(number, kind, Timestamp(SINCE)) };
            let evidence = messages();
            let at = Timestamp(SINCE + 61_000);
            let mail =
                render(&Letter { block: &block, evidence: &evidence, job: &job, ticket: Some(&ticket), at }, &post);
            assert_eq!(mail.mistake, None);
            let returned = mailbox.addressee(mail.from.as_str(), Timestamp(SINCE));
            assert_eq!(
                returned,
                Some(Addressee::Letter(limits::Matter::Block(block.reference.clone()), number)),
                "{}",
                mail.from
            );
            assert_eq!(mail.to.iter().any(|to| to.as_str() == "desk@provider.example"), [0, 2].contains(&number));
            let raw = String::from_utf8(mail.raw).unwrap().replace("\r\n", "\n");
            assert_golden(&format!("{language}-ticket-{name}.eml"), &raw);
        }
    }
}

#[test]
fn a_block_by_hand_speaks_of_no_messages_in_every_language() {
    let mut account = samples::block("k3x9", SINCE);
    account.reason = Reason::by_hand("the password was stolen", CounterKind::Spam, 0, account.reason.window);
    (account.messages, account.spam) = (0, 0);
    let mut address = account.clone();
    address.subject = SubjectKey::parse(SubjectKind::Ip, "2001:db8:1:2::9").unwrap();
    let waits = Block { way_out: WayOut::Ticket, automatic_release: false, ..account.clone() };
    let ticket = Ticket::opened(4711, &waits);
    let first = AlertJob::first(&account, "mx1.provider.example");
    let letters = [
        ("account", &account, first.clone(), None),
        ("ip", &address, first.clone(), None),
        ("ticket", &waits, first.clone(), Some(&ticket)),
        ("reminder", &waits, first.follow_up(1, LetterKind::Reminder(1), Timestamp(SINCE)), Some(&ticket)),
    ];
    for language in Language::ALL {
        let post = post().with_customers(customers_in(*language)).with_ladder(ladder());
        for (name, block, job, ticket) in &letters {
            let at = Timestamp(SINCE + 61_000);
            let mail = render(&Letter { block, evidence: &[], job, ticket: *ticket, at }, &post);
            assert_eq!(mail.mistake, None);
            for told in ["suspicious", "messages", "suspects", "verdächtig", "Nachrichten unten", "Message-ID"] {
                assert!(!mail.text.contains(told), "{language} {name} speaks of {told}: {}", mail.text);
            }
            let raw = String::from_utf8(mail.raw).unwrap().replace("\r\n", "\n");
            assert_golden(&format!("{language}-by-hand-{name}.eml"), &raw);
        }
    }
}

/// An hour, a day, 30 days.
fn ladder() -> Vec<std::time::Duration> {
    [3600, 86_400, 30 * 86_400].map(std::time::Duration::from_secs).to_vec()
}

fn unusable(flaw: ReportFlaw) -> LetterKind {
    LetterKind::ReportUnusable(UnusableReport { mail: "<1@shop.example>".into(), flaw })
}

#[test]
fn every_reason_why_a_mail_is_no_report_is_told_in_every_language() {
    let mut block = samples::block("k3x9", SINCE);
    block.subject = model::SubjectKey::parse(model::SubjectKind::Ip, "192.0.2.17").unwrap();
    let flaws = [
        ReportFlaw::NothingAttached,
        ReportFlaw::SeveralAttached,
        ReportFlaw::TooLarge(2048),
        ReportFlaw::Incomplete(vec!["Date".into()]),
        ReportFlaw::Altered(vec!["Date".into()]),
        ReportFlaw::NotAmong,
        ReportFlaw::NotFlagged(40, 100),
    ];
    for language in Language::ALL {
        let post = post().with_customers(customers_in(*language));
        let text = |flaw: &ReportFlaw| {
            let kind = unusable(flaw.clone());
            let job = AlertJob::first(&block, "mx1.provider.example").follow_up(1, kind, Timestamp(SINCE));
            render(&Letter { block: &block, evidence: &[], job: &job, ticket: None, at: Timestamp(SINCE) }, &post).text
        };
        let texts: Vec<_> = flaws.iter().map(text).collect();
        let each: std::collections::BTreeSet<_> = texts.iter().collect();
        assert_eq!(each.len(), flaws.len(), "{language}");
        for (number, told) in [(2, "2 Ki"), (3, "Date"), (4, "Date"), (5, "192.0.2.17"), (6, "40")] {
            assert!(texts[number].contains(told), "{language}: {}", texts[number]);
        }
    }
}

#[test]
fn the_letters_of_a_report_in_every_language() {
    let mut block = samples::block("k3x9", SINCE);
    let report = |said: &str| ReportLetter {
        number: 7,
        message_id: "<news@shop.example>".into(),
        said: said.into(),
        change: vec!["unsubscribe".into(), "open_links".into(), "no such practice".into()],
    };
    for language in Language::ALL {
        let post = post().with_customers(customers_in(*language));
        let kinds = [
            ("received", LetterKind::ReportReceived(report("")), true),
            ("confirmed", LetterKind::ReportConfirmed(report("A newsletter.")), false),
            ("declined", LetterKind::ReportDeclined(report("The link leads to a forged login page.")), true),
            ("unusable", unusable(ReportFlaw::Altered(vec!["From".into(), "Date".into()])), true),
        ];
        for (name, kind, active) in kinds {
            block.state = if active { BlockState::BlockedForSpam } else { BlockState::Unblocked };
            let job = AlertJob::first(&block, "mx1.provider.example").follow_up(1, kind, Timestamp(SINCE));
            let at = Timestamp(SINCE + 61_000);
            let mail = render(&Letter { block: &block, evidence: &[], job: &job, ticket: None, at }, &post);
            assert_eq!(mail.mistake, None);
            assert_eq!(mail.to.iter().any(|to| to.as_str() == "desk@provider.example"), name == "received");
            let raw = String::from_utf8(mail.raw).unwrap().replace("\r\n", "\n");
            assert_golden(&format!("{language}-report-{name}.eml"), &raw);
        }
    }
}

#[test]
fn the_end_of_a_block_and_reminders_in_every_language() {
    let block = Block { attempts: 12, ..samples::block("k3x9", SINCE) };
    let over = |by: &str, attempts| {
        let over = samples::released(Block { attempts, ..block.clone() }, SINCE + 3_600_000);
        Block { released: over.released.map(|(at, _)| (at, by.to_owned())), ..over }
    };
    let waits = |way_out| Block { way_out, automatic_release: false, ..block.clone() };
    let first = AlertJob::first(&block, "mx1.provider.example");
    let later = |kind| first.follow_up(1, kind, Timestamp(SINCE));
    let ticket = Ticket::opened(4711, &block);
    let letters = [
        ("released-time", over("time", 0), later(LetterKind::Released)),
        ("released-operator", over("operator", 12), later(LetterKind::Released)),
        ("released-password", over("password", 1), later(LetterKind::Released)),
        ("overtaken", over("time", 12), first.clone()),
        ("reminder-ticket", waits(WayOut::Ticket), later(LetterKind::Reminder(1))),
        ("reminder-password", waits(WayOut::Password), later(LetterKind::Reminder(2))),
        ("reminder-time", waits(WayOut::Time), later(LetterKind::Reminder(3))),
    ];
    for language in Language::ALL {
        for (name, block, job) in &letters {
            let ticket = (block.way_out == WayOut::Ticket).then_some(&ticket);
            let at = Timestamp(SINCE + 3_661_000);
            let letter = Letter { block, evidence: &messages(), job, ticket, at };
            let mail = render(&letter, &post().with_customers(customers_in(*language)));
            assert_eq!(mail.mistake, None);
            let told = mail.to.iter().any(|to| to.as_str() == "desk@provider.example");
            assert_eq!(told, *name == "overtaken", "{name}: operators are told of beginnings");
            let raw = String::from_utf8(mail.raw).unwrap().replace("\r\n", "\n");
            assert_golden(&format!("{language}-{name}.eml"), &raw);
        }
    }
}

/// What is kept is what was read by somebody who speaks the language; `PORTREEVE_BLESS=1` keeps what there is now.
fn assert_golden(name: &str, made: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("PORTREEVE_BLESS").is_some() {
        std::fs::write(&path, made).unwrap();
    }
    assert_eq!(made, std::fs::read_to_string(&path).unwrap_or_default(), "{name}");
}

#[test]
fn the_account_and_its_owner_are_told_and_operators_are_not_named() {
    let mail = letter_to(customers_in(Language::Fr), &samples::block("k3x9", SINCE), &messages());
    let to: Vec<_> = mail.to.iter().map(|to| to.as_str()).collect();
    assert_eq!(to, ["bob@shop.example", "owner@shop.example", "desk@provider.example"]);
    let raw = String::from_utf8(mail.raw).unwrap();
    assert!(raw.contains("To: <bob@shop.example>, <owner@shop.example>\r\n"), "{raw}");
    assert!(!raw.contains("desk@provider.example"));
    assert_eq!(mail.subject, "L'envoi depuis bob@shop.example est bloqué");
}

#[test]
fn in_monitor_mode_only_operators_are_told() {
    let post = post().with_customers(customers_in(Language::En)).in_monitor_mode();
    let block = samples::block("k3x9", SINCE);
    let job = AlertJob::first(&block, "x");
    let letter = Letter { block: &block, evidence: &[], job: &job, ticket: None, at: Timestamp(SINCE) };
    let mail = render(&letter, &post);
    assert_eq!(mail.to.iter().map(|to| to.as_str()).collect::<Vec<_>>(), ["desk@provider.example"]);
    assert!(mail.subject.starts_with("[monitor mode: nothing is refused] "), "{}", mail.subject);
    assert!(mail.text.starts_with("Monitor mode: nothing is refused."), "{}", mail.text);
    assert!(mail.html.contains("Monitor mode: nothing is refused."), "{}", mail.html);
}

#[test]
fn customers_never_learn_of_what_monitor_mode_has_noted() {
    let mut block = samples::released(samples::block("k3x9", SINCE), SINCE + 1);
    block.reason.monitored = true;
    let job = AlertJob::first(&block, "x");
    let kinds = [LetterKind::Blocked, LetterKind::Released, LetterKind::Reminder(1)];
    for language in Language::ALL {
        let post = post().with_customers(customers_in(*language));
        for kind in kinds.clone() {
            let job = AlertJob { kind, ..job.clone() };
            let letter = Letter { block: &block, evidence: &[], job: &job, ticket: None, at: Timestamp(SINCE) };
            let to: Vec<_> = render(&letter, &post).to.iter().map(ToString::to_string).collect();
            assert!(to.iter().all(|to| to == "desk@provider.example"), "{:?}: {to:?}", job.kind);
        }
    }
}

#[test]
fn no_more_than_twenty_messages_are_listed() {
    let many: Vec<_> = (0..50).map(|number| samples::evidence(SINCE + number)).collect();
    let text = letter(&samples::block("k3x9", SINCE), &many).text;
    assert_eq!(text.lines().filter(|line| line.starts_with("Destination IP: ")).count(), 20);
}

#[test]
fn a_message_without_id_and_text_beyond_ascii_are_told() {
    let mut nameless = samples::evidence(SINCE);
    nameless.message_id = None;
    let mut block = samples::block("k3x9", SINCE);
    block.subject = samples::account("jos\u{e9}");
    let mail = letter(&block, &[nameless]);
    assert!(mail.text.contains("Destination IP: unknown - Message-ID: none - Spam score: 410\n"), "{}", mail.text);
    assert!(mail.raw.is_ascii(), "8BITMIME is not asked for");
    assert_eq!(mail.subject, "Sending from jos\u{e9} has been blocked");
}

proptest! {
    /// Message-IDs, logins and reasons are a thief's words.
    #[test]
    fn hostile_words_add_no_header_no_line_and_no_recipient(
        id in "(?s).{1,60}|[\\x00-\\x7f]{1,60}|[a-z]{900,1100}", login in "(?s).{1,40}|[\\x00-\\x7f]{1,40}",
        sentence in "(?s).{0,80}|(\r\n){1,3}Bcc: eve@shop.example",
    ) {
        let mut block = samples::block("k3x9", SINCE);
        if let Some(name) = model::AccountName::new(&login) {
            block.subject = SubjectKey::Account(name);
        }
        block.reason.sentence = sentence;
        let mut evidence = samples::evidence(SINCE);
        evidence.message_id = MessageId::new(&id);
        let mail = letter(&block, &[evidence]);
        prop_assert_eq!(mail.text.lines().filter(|line| line.starts_with("Destination IP: ")).count(), 1);
        let raw = String::from_utf8_lossy(&mail.raw).into_owned();
        prop_assert!(raw.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n', '\0'])), "{raw:?}");
        let head = raw.split("\r\n\r\n").next().unwrap_or_default();
        let names: Vec<_> = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t'])).filter_map(|line| line.split(':').next()).collect();
        prop_assert_eq!(names, [
            "Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version",
            "Content-Type",
        ]);
        prop_assert!(mail.to.len() <= 2);
    }
}
