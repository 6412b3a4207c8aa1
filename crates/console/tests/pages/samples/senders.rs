//! Pages about senders: what they have sent, and what stops them.

use super::*;

pub(super) fn row(block: &Block, language: Language) -> BlockRow {
    BlockRow::of(block, NOW, console::Words::of(language)).owned(Some("hosting-4711".into()))
}

pub(super) fn minutes() -> Vec<Minute> {
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

pub(super) fn counts() -> Vec<RuleCount> {
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

pub(super) fn now_page(language: Language) -> NowPage {
    let sender = |name: &str, messages, spam| {
        Sender::of(&testkit::samples::account(name), messages, spam, counts().iter().map(CountRow::of).collect())
    };
    let part = |name: &str, state, remarks: Vec<Remark>| HealthPart { name: name.into(), state, since: NOW.0, remarks };
    NowPage::new(
        &minutes(),
        NOW,
        2,
        (
            vec![row(&account(), language), row(&ip(), language)],
            vec![sender("bob@shop.example", 41_234, 12), sender("news@club.example", 8000, 0)],
        ),
        vec![
            part("store", "working", vec![Remark::LastWriteWorked]),
            part("alerts", "degraded", vec![Remark::LettersWait(3), Remark::OldestFor(Duration::from_secs(1200))]),
            part("clamav", "down", vec![Remark::Failed("nobody answers".into()), Remark::Policy("continue")]),
        ],
        console::Words::of(language),
    )
}

pub(super) fn quiet(language: Language) -> NowPage {
    NowPage::new(&[], NOW, 0, (vec![], vec![]), vec![], console::Words::of(language))
}

pub(super) fn blocks_page(language: Language) -> BlocksPage {
    let free = testkit::samples::released(ip(), NOW.0);
    let rows = [account(), ip(), free].iter().map(|block| row(block, language)).collect();
    let pages = Paging { first: None, next: Some("/console/blocks?after=abc".into()), shown: 3 };
    BlocksPage::new(rows, String::new(), "active".into(), "any".into(), pages)
        .with_file("/console/blocks.csv?state=active".into())
}

pub(super) fn block_page(language: Language) -> BlockPage {
    BlockPage::new(row(&account(), language), &evidence(), SPAM).with_ticket(Some(7)).releasable(true)
}

/// An account that the block of its domain stops.
pub(super) fn stopped_page(language: Language) -> SubjectPage {
    let words = console::Words::of(language);
    let (subject, mut block) = (account().subject, account());
    block.subject = SubjectKey::parse(SubjectKind::Domain, "shop.example").unwrap();
    SubjectPage::new(&subject, None, &[], &[], NOW, words).stopped_by(row(&block, language))
}

pub(super) fn subject_page(language: Language) -> SubjectPage {
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

pub(super) fn habits(language: Language) -> Habits {
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
