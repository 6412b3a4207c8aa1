//! Given mail through a configuration that blocks and one that does not.
#![cfg(test)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use limits::{RateRule, Rules, TripRule};
use model::{AccountName, Timestamp};
use pipeline::{AllowanceRule, IdentitySettings, Mode, OnFailure, Policy};
use recall::RecallSettings;
use replay::given::{AccountFrom, Given, Reading, TimeFrom};
use replay::{Rehearsal, Report, Setup};
use scoring::{RuleRow, ScoreSettings};

fn setup(score: ScoreSettings) -> Setup {
    let rules = Rules { trips: TripRule::defaults(), rates: RateRule::defaults(), monitor: true, ..Rules::default() };
    let policy = Policy {
        mode: Mode::Monitor,
        node: "test.example".into(),
        score,
        identity: IdentitySettings::default(),
        blocks: rules.blocks.clone(),
        link: "https://help.example/b/{ref}".into(),
        on_store_failure: OnFailure::Continue,
        on_scorer_failure: OnFailure::Continue,
        alerts: false,
    };
    Setup { policy, rules, own_rules: Vec::new(), allowances: Vec::new(), recall: RecallSettings::default(), seed: 1 }
}

fn thief(every: u64) -> Reading {
    let account = AccountFrom::Named(AccountName::from_login("thief@example.com").unwrap());
    Reading { account, time: TimeFrom::Date, every: Some(Duration::from_secs(every)), analysed_bytes: 1 << 18 }
}

fn as_written() -> Reading {
    Reading { account: AccountFrom::Auto, time: TimeFrom::Date, every: None, analysed_bytes: 1 << 18 }
}

fn samples(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/mail").join(kind)
}

fn played(paths: &[PathBuf], reading: &Reading, score: ScoreSettings) -> Report {
    let given = Given::find(paths, reading, || ()).unwrap();
    let mut stage = Rehearsal::new(setup(score)).unwrap();
    given.play(&mut stage, reading, |_, _, _| ()).unwrap();
    stage.finish()
}

#[test]
fn a_pile_of_spam_gets_its_account_blocked_and_enforced_even_in_monitor_mode() {
    let report = played(&[samples("spam")], &thief(3), ScoreSettings::default());
    assert_eq!(report.blocks.len(), 1, "{report:?}");
    let block = &report.blocks[0];
    assert_eq!((block.subject.as_str(), block.rule.as_str()), ("account thief@example.com", "account-spam-burst"));
    assert!(block.before.messages >= 4 && block.before.messages < 8, "{block:?}");
    let all = std::fs::read_dir(samples("spam")).unwrap().count() as u64;
    assert_eq!(block.refused_since, all - block.before.messages, "{block:?}");
    assert_eq!(report.all.messages, all);
}

#[test]
fn rules_of_the_operators_own_are_applied_to_given_mail() {
    let rule = RuleRow { points: 400, ..RuleRow::examples().remove(0) };
    let folder = tempfile::tempdir().unwrap();
    for number in 0..8 {
        let mail = format!("From: bob@shop.example\nSubject: Invoice {number}\n\nPlease pay to GB00 TEST 0000 1234.\n");
        std::fs::write(folder.path().join(format!("{number}.eml")), mail).unwrap();
    }
    let blocks = |own_rules: Vec<RuleRow>| {
        let given = Given::find(&[folder.path().to_owned()], &thief(3), || ()).unwrap();
        let mut stage = Rehearsal::new(Setup { own_rules, ..setup(ScoreSettings::default()) }).unwrap();
        given.play(&mut stage, &thief(3), |_, _, _| ()).unwrap();
        stage.finish().blocks.len()
    };
    assert_eq!((blocks(Vec::new()), blocks(vec![rule])), (0, 1));
}

#[test]
fn what_logins_may_write_is_applied_to_given_mail() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..8 {
        let mail = format!("From: bob@shop.example\nTo: eve@far.example\nSubject: Lunch {number}\n\nAt noon?\n");
        std::fs::write(folder.path().join(format!("{number}.eml")), mail).unwrap();
    }
    let mut score = ScoreSettings::default();
    score.points.0.insert("from_not_allowed".into(), 200);
    let blocks = |from: &str| {
        let allowances = vec![AllowanceRule { logins: vec!["thief@example.com".into()], from: vec![from.into()] }];
        let given = Given::find(&[folder.path().to_owned()], &thief(3), || ()).unwrap();
        let mut stage = Rehearsal::new(Setup { allowances, ..setup(score.clone()) }).unwrap();
        given.play(&mut stage, &thief(3), |_, _, _| ()).unwrap();
        stage.finish().blocks.len()
    };
    assert_eq!((blocks("@shop.example"), blocks("@other.example")), (0, 1));
}

#[test]
fn another_threshold_and_another_pace_block_nobody() {
    let lenient = ScoreSettings { spam: 10_000, reject: 0, ..ScoreSettings::default() };
    assert_eq!(played(&[samples("spam")], &thief(3), lenient).blocks.len(), 0);
    let slow = played(&[samples("spam")], &thief(3600), ScoreSettings::default());
    assert_eq!(slow.blocks.len(), 0, "eight messages at one an hour are no burst: {slow:?}");
}

#[test]
fn ordinary_mail_goes_through_in_the_order_of_its_dates() {
    let report = played(&[samples("ham")], &as_written(), ScoreSettings::default());
    assert_eq!((report.all.left, report.all.messages, report.blocks.len()), (12, 12, 0), "{report:?}");
    assert!(report.from < report.to);
}

const MBOX: &str = "From bob@shop.example Sat Jan  3 01:05:34 2026\n\
    From: Bob <bob@shop.example>\nTo: jane@recipient.example\nSubject: one\n\n>From here it is far.\n\n\
    From bob@shop.example Sat Jan  3 02:05:34 2026\n\
    Received: from client.example (client.example [203.0.113.9])\n (Authenticated sender: Bob.Login@shop.example)\n by \
    mx.example; Sat, 03 Jan 2026 02:05:33 +0000\nFrom: Alias <alias@shop.example>\nTo: jane@recipient.example\nSubject: two\n\nHello\n";

#[test]
fn an_mbox_tells_times_and_accounts() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("archive.mbox");
    std::fs::write(&file, MBOX).unwrap();
    let given = Given::find(&[file], &as_written(), || ()).unwrap();
    let mut stage = Rehearsal::new(setup(ScoreSettings::default())).unwrap();
    let mut accounts = Vec::new();
    given.play(&mut stage, &as_written(), |_, account, _| accounts.push(account.map(ToString::to_string))).unwrap();
    assert_eq!(accounts, [Some("bob@shop.example".to_owned()), Some("bob.login@shop.example".to_owned())]);
    let report = stage.finish();
    assert_eq!(report.from, Some(Timestamp::from_secs(1_767_402_334)), "the line before the message");
    assert_eq!(report.to, Some(Timestamp::from_secs(1_767_405_933)), "Received");
    assert_eq!(given.without_time, 0);
}

#[test]
fn one_folder_for_each_account_and_maildirs_are_named_by_their_folder() {
    let dir = tempfile::tempdir().unwrap();
    for account in ["anna", "bob"] {
        let cur = dir.path().join(account).join("cur");
        std::fs::create_dir_all(&cur).unwrap();
        std::fs::write(dir.path().join(account).join("dovecot-uidlist"), "1 V1").unwrap();
        std::fs::write(
            cur.join("1.host:2,S"),
            "From: x@shop.example\nDate: Sat, 03 Jan 2026 02:05:33 +0000\n\nHello\n",
        )
        .unwrap();
    }
    let reading = Reading { account: AccountFrom::Folder, ..as_written() };
    let given = Given::find(&[dir.path().to_owned()], &reading, || ()).unwrap();
    let mut accounts = Vec::new();
    let mut stage = Rehearsal::new(setup(ScoreSettings::default())).unwrap();
    given.play(&mut stage, &reading, |_, account, _| accounts.push(account.unwrap().to_string())).unwrap();
    assert_eq!(accounts, ["anna", "bob"]);
}
