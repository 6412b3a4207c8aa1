//! A journal under other points, and what it can't tell.
#![cfg(test)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use std::collections::BTreeMap;

use journal::{Began, Change, Entry, Judgement};
use limits::{RateRule, Rules, TripRule};
use model::{AccountName, BlockRef, BlockState, SubjectKey, Timestamp, Via};
use pipeline::{IdentitySettings, Mode, OnFailure, Policy};
use recall::RecallSettings;
use replay::{Past, Rehearsal, Report, Setup, Then};
use scoring::{RuleRow, ScoreSettings};

const START: Timestamp = Timestamp::from_secs(1_790_000_000);

fn stage(score: ScoreSettings) -> Rehearsal {
    let rules = Rules { trips: TripRule::defaults(), rates: RateRule::defaults(), ..Rules::default() };
    let policy = Policy {
        mode: Mode::Enforce,
        node: "test.example".into(),
        score,
        identity: IdentitySettings::default(),
        blocks: rules.blocks.clone(),
        link: "https://help.example/b/{ref}".into(),
        on_store_failure: OnFailure::Continue,
        on_scorer_failure: OnFailure::Continue,
        alerts: false,
    };
    Rehearsal::new(Setup {
        policy,
        rules,
        own_rules: Vec::new(),
        allowances: Vec::new(),
        recall: RecallSettings::default(),
        seed: 1,
    })
    .unwrap()
}

/// Everything was looked for but `html_form`, and `text_selling` gave half of what it gives now.
fn began() -> Entry {
    let mut points: BTreeMap<String, i32> =
        ScoreSettings::default().points_in_force().map(|(name, points)| (name.to_owned(), points)).collect();
    points.remove("html_form");
    points.insert("text_selling".into(), 30);
    Entry::Began(Began { points, spam: 100, ..Began::default() })
}

fn message(second: i64, hits: &[(&str, i32)]) -> Entry {
    Entry::Message(Judgement {
        at: Timestamp(START.0 + second * 1000),
        via: Via::Milter,
        account: AccountName::from_login("bob@shop.example"),
        ip: None,
        domain: None,
        from: None,
        to: vec![1],
        n: 1,
        lost: 0,
        size: 1000,
        id: None,
        text: None,
        read: true,
        score: hits.iter().map(|(_, points)| points).sum(),
        hits: hits.iter().map(|(name, points)| ((*name).to_owned(), *points)).collect(),
        did: "accept".into(),
        would: None,
        why: "clean".into(),
    })
}

fn play(entries: Vec<Entry>, score: ScoreSettings) -> (Report, Then) {
    play_with(entries, score, &[])
}

fn play_with(entries: Vec<Entry>, score: ScoreSettings, own_rules: &[RuleRow]) -> (Report, Then) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("journal-00000001.jsonl");
    let lines: Vec<_> = entries.iter().map(|entry| serde_json::to_string(entry).unwrap()).collect();
    std::fs::write(&file, lines.join("\n")).unwrap();
    let mut stage = stage(score.clone());
    let then = Past::new(&mut stage, &score, own_rules).take_all(journal::read(&file).unwrap(), |_| ()).unwrap();
    (stage.finish(), then)
}

#[test]
fn points_are_computed_anew_and_parts_stay_parts() {
    // 30 of 30 then is 60 now; with 45 it is spam. Half of it, 15 of 30, is not.
    let full = [("text_selling", 30), ("html_misleading_link", 45)];
    let half = [("text_selling", 15), ("html_misleading_link", 45)];
    let entries = |hits: &[(&str, i32)]| {
        let messages = (0..6).map(|second| message(second, hits));
        std::iter::once(began()).chain(messages).collect::<Vec<_>>()
    };
    let (report, then) = play(entries(&full), ScoreSettings::default());
    assert_eq!((report.all.spam, report.blocks.len()), (5, 1), "{report:?}");
    assert_eq!(then.answers["accept -> accept"], 4);
    assert_eq!(then.answers["accept -> reject"], 2);
    let (report, _) = play(entries(&half), ScoreSettings::default());
    assert_eq!((report.all.spam, report.blocks.len()), (0, 0), "{report:?}");
}

#[test]
fn what_is_spam_now_is_not_saved_by_the_classifier_as_the_daemon_would_have_it() {
    let hits = [("text_selling", 30), ("html_misleading_link", 45), ("content_classifier", -20)];
    let entries = std::iter::once(began()).chain((0..6).map(|second| message(second, &hits)));
    let (report, _) = play(entries.collect(), ScoreSettings::default());
    assert_eq!((report.all.spam, report.blocks.len()), (5, 1), "{report:?}");
}

#[test]
fn what_a_journal_cannot_tell_is_named() {
    let (_, then) = play(vec![began(), message(0, &[("somebody_elses", 20)])], ScoreSettings::default());
    assert!(then.not_looked_for.iter().eq(["html_form"]), "{then:?}");
    assert!(then.unknown_signals.iter().eq(["somebody_elses"]), "{then:?}");
}

#[test]
fn hits_of_the_operators_own_rules_get_the_points_of_now() {
    let rule = RuleRow { points: 120, ..RuleRow::examples().remove(0) };
    let Entry::Began(mut then) = began() else { panic!("it has begun") };
    then.points.insert(rule.name.clone(), 40);
    let mut entries = vec![Entry::Began(then)];
    entries.extend((0..6).map(|second| message(second, &[(rule.name.as_str(), 40)])));
    let (report, then) = play_with(entries.clone(), ScoreSettings::default(), std::slice::from_ref(&rule));
    assert_eq!((report.blocks.len(), then.unknown_signals.len()), (1, 0), "{report:?}");
    let (report, then) = play(entries, ScoreSettings::default());
    assert_eq!(report.blocks.len(), 0);
    assert!(then.unknown_signals.iter().eq([&rule.name]), "the rule is gone, and that is told");
    let (_, then) = play_with(vec![began()], ScoreSettings::default(), std::slice::from_ref(&rule));
    assert!(then.not_looked_for.contains(&rule.name), "a rule that is new is named");
}

#[test]
fn what_an_operator_released_is_released() {
    let spam = [("html_misleading_link", 150)];
    let mut entries = vec![began()];
    entries.extend((0..5).map(|second| message(second, &spam)));
    entries.push(Entry::Block(Change {
        at: Timestamp(START.0 + 60_000),
        block: BlockRef::new("abcd").unwrap(),
        subject: SubjectKey::Account(AccountName::from_login("bob@shop.example").unwrap()),
        state: BlockState::Unblocking,
        rule: "account-spam-burst".into(),
        by: Some("operator".into()),
        noted: false,
    }));
    entries.push(message(61, &[]));
    let (report, _) = play(entries, ScoreSettings::default());
    assert_eq!(report.blocks.len(), 1);
    assert_eq!(report.blocks[0].ended, Some(Timestamp(START.0 + 60_000)));
    assert_eq!((report.all.refused_as_blocked, report.all.left), (1, 5), "{report:?}");
}
