//! What every store promises of false-positive reports and exemptions.
#![cfg(test)]

mod samples;

use std::collections::BTreeMap;

use customers::exemption::{Exempt, Exemption};
use customers::report::{Errand, Filed, Report, ReportRefused, ReportState, ReportStore, Taken, Word};
use limits::{Holdings, LetterKind};
use model::{Block, DomainName, MessageId, Score, SubjectKey, SubjectKind, Timestamp};
use samples::alert;
use store::{MemoryStore, SqliteStore};
use testkit::samples::{account, block, evidence, reference, released};

fn each(test: impl Fn(&dyn ReportStore)) {
    test(&MemoryStore::default());
    let directory = tempfile::tempdir().unwrap();
    test(&SqliteStore::open(directory.path()).unwrap());
}

fn blocked(store: &dyn ReportStore, name: &str, since: i64) -> Block {
    let block = block(name, since);
    store.open_block(&block, &[evidence(since)], Some(&alert(name))).unwrap();
    block
}

fn report(block: &Block, at: i64) -> Report {
    Report {
        id: 0,
        block: block.reference.clone(),
        subject: block.subject.clone(),
        message_id: MessageId::new(&format!("<{at}@shop.example>")).unwrap(),
        from: "bob@shop.example".into(),
        flagged: Timestamp(at),
        reported: Timestamp(at + 1),
        by: "operator".into(),
        then: Score::of(evidence(at).hits),
        now: Score::default(),
        spam: 100,
        findings: Vec::new(),
        remarks: vec!["é".into()],
        state: ReportState::Open,
        due: Vec::new(),
        exemptions: Vec::new(),
    }
}

fn word(at: i64) -> Word {
    Word { at: Timestamp(at), by: "operator".into(), reason: "because".into() }
}

fn exemption(name: &str, until: i64) -> Exemption {
    let what = Exempt::Fingerprint { prints: "00ff".into(), points: BTreeMap::from([("text_prize".into(), 100)]) };
    let (since, by, reason) = (Timestamp(1), "operator".into(), "é".into());
    Exemption { id: 0, subject: account(name), what, since, until: Timestamp(until), by, reason, report: Some(1) }
}

fn letters(store: &dyn ReportStore) -> Vec<LetterKind> {
    store.pending_alerts().unwrap().into_iter().map(|letter| letter.kind).collect()
}

#[test]
fn a_report_is_filed_once_with_its_message_and_its_letter() {
    each(|store| {
        let of = blocked(store, "one", 1);
        assert_eq!(store.file_report(&report(&of, 1), b"Subject: x\r\n", 9, Timestamp(5)).unwrap(), Filed::New(1));
        assert_eq!(store.file_report(&report(&of, 1), b"other", 9, Timestamp(6)).unwrap(), Filed::Before(1));
        assert_eq!(store.file_report(&report(&of, 2), b"other", 1, Timestamp(6)).unwrap(), Filed::Full);
        assert_eq!(store.report(1).unwrap(), Some(Report { id: 1, ..report(&of, 1) }));
        assert_eq!(store.report_message(1).unwrap().as_deref(), Some(&b"Subject: x\r\n"[..]));
        assert!(matches!(&letters(store)[..], [_, LetterKind::ReportReceived(letter)] if letter.number == 1));
        assert_eq!((store.report(2).unwrap(), store.report_message(2).unwrap()), (None, None));
    });
}

#[test]
fn a_decision_is_one_step_with_its_exemptions_and_what_is_due() {
    each(|store| {
        let of = blocked(store, "one", 1);
        store.file_report(&report(&of, 1), b"x", 9, Timestamp(5)).unwrap();
        let exempt = vec![exemption("bob@shop.example", 100), exemption("bob@shop.example", 200)];
        let confirm = |report: &mut Report| {
            report.confirm(word(7), &[Errand::Learn, Errand::Release])?;
            Ok(Taken { exempt: exempt.clone(), ..Taken::default() })
        };
        let decided = store.report_step(1, Timestamp(7), &confirm).unwrap().unwrap().unwrap();
        assert_eq!(decided.exemptions, [1, 2]);
        assert_eq!(store.report(1).unwrap().as_ref(), Some(&decided));
        assert_eq!(store.exemptions().unwrap().iter().map(|known| known.id).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(store.reports_due().unwrap(), [decided]);
        assert!(store.reports(true, 9).unwrap().is_empty());
        let again = store.report_step(1, Timestamp(8), &confirm).unwrap().unwrap();
        assert_eq!(again, Err(ReportRefused::Over { id: 1, state: "confirmed" }));
        assert_eq!(store.exemptions().unwrap().len(), 2, "a refused step changes nothing");
        for errand in [Errand::Learn, Errand::Release] {
            let done = |report: &mut Report| Ok(Taken { letter: report.done(errand), ..Taken::default() });
            store.report_step(1, Timestamp(9), &done).unwrap().unwrap().unwrap();
        }
        assert!(store.reports_due().unwrap().is_empty());
        let told = letters(store).into_iter().filter(|kind| matches!(kind, LetterKind::ReportConfirmed(_))).count();
        assert_eq!(told, 1);
        assert!(store.report_step(9, Timestamp(9), &confirm).unwrap().is_none());
    });
}

#[test]
fn messages_go_some_time_after_the_decision_and_at_once_when_dropped() {
    each(|store| {
        let of = blocked(store, "one", 1);
        for at in 1..=3 {
            store.file_report(&report(&of, at), b"x", 9, Timestamp(5)).unwrap();
        }
        let decline = |report: &mut Report| Ok(Taken { letter: Some(report.decline(word(10))?), ..Taken::default() });
        store.report_step(1, Timestamp(10), &decline).unwrap().unwrap().unwrap();
        let drop = |report: &mut Report| report.put_away(word(10)).map(|()| Taken::default());
        store.report_step(2, Timestamp(10), &drop).unwrap().unwrap().unwrap();
        let kept = || (1..=3).map(|id| store.report_message(id).unwrap().is_some()).collect::<Vec<_>>();
        store.prune_reports(Timestamp(10), Timestamp(10)).unwrap();
        assert_eq!(kept(), [true, false, true]);
        store.prune_reports(Timestamp(11), Timestamp(11)).unwrap();
        assert_eq!(kept(), [false, false, true], "a report that waits keeps its message");
        assert_eq!(store.reports(false, 2).unwrap().iter().map(|report| report.id).collect::<Vec<_>>(), [3, 2]);
    });
}

#[test]
fn a_report_is_forgotten_with_its_block_and_its_number_is_never_used_again() {
    each(|store| {
        let of = blocked(store, "one", 1);
        store.file_report(&report(&of, 1), b"x", 9, Timestamp(5)).unwrap();
        store.update_block(&released(of, 2)).unwrap();
        store.prune(Timestamp(3), Timestamp(3), 1000).unwrap();
        assert_eq!((store.report(1).unwrap(), store.report_message(1).unwrap()), (None, None));
        let next = blocked(store, "two", 4);
        assert_eq!(store.file_report(&report(&next, 4), b"x", 9, Timestamp(5)).unwrap(), Filed::New(2));
    });
}

#[test]
fn a_flagged_message_is_found_with_its_latest_block() {
    each(|store| {
        let earlier = Block { since: Timestamp(1), ..block("one", 1) };
        store.open_block(&earlier, &[evidence(5)], None).unwrap();
        store.open_block(&block("two", 9), &[evidence(5), evidence(6)], None).unwrap();
        let id = evidence(5).message_id.unwrap();
        let (found, flagged) = store.flagged(Some(&earlier.subject), &id).unwrap().unwrap();
        assert_eq!((found.reference, flagged), (reference("two"), evidence(5)));
        let other = SubjectKey::parse(SubjectKind::Ip, "192.0.2.1").unwrap();
        assert_eq!(store.flagged(Some(&other), &id).unwrap(), None);
        assert!(store.flagged(None, &id).unwrap().is_some());
        assert_eq!(store.flagged(None, &MessageId::new("<x@y>").unwrap()).unwrap(), None);
        assert_eq!(store.latest_block(&earlier.subject).unwrap().map(|block| block.reference), Some(reference("two")));
        assert_eq!(store.latest_block(&other).unwrap(), None);
    });
}

#[test]
fn exemptions_end() {
    each(|store| {
        assert_eq!(store.add_exemption(&exemption("bob@shop.example", 10)).unwrap(), 1);
        assert_eq!(store.add_exemption(&exemption("eve@shop.example", 20)).unwrap(), 2);
        assert_eq!(store.exemptions().unwrap()[1], Exemption { id: 2, ..exemption("eve@shop.example", 20) });
        store.prune_reports(Timestamp(0), Timestamp(10)).unwrap();
        assert_eq!(store.exemptions().unwrap().len(), 1);
        assert_eq!(store.remove_exemption(2, Timestamp(1)).unwrap().map(|gone| gone.id), Some(2));
        assert_eq!(store.remove_exemption(2, Timestamp(1)).unwrap(), None);
        assert_eq!(store.add_exemption(&exemption("eve@shop.example", 20)).unwrap(), 3);
    });
}

#[test]
fn reports_are_found_by_their_block_and_by_what_belongs_together() {
    each(|store| {
        let (one, other) =
            (blocked(store, "one", 1), Block { subject: account("eve@club.example"), ..block("two", 2) });
        store.open_block(&other, &[evidence(2)], Some(&alert("two"))).unwrap();
        for (of, at) in [(&one, 1), (&other, 2), (&one, 3)] {
            store.file_report(&report(of, at), b"x", 9, Timestamp(5)).unwrap();
        }
        let ids = |reports: Vec<Report>| reports.into_iter().map(|report| report.id).collect::<Vec<_>>();
        assert_eq!(ids(store.reports_about(&one.reference, 9).unwrap()), [3, 1]);
        assert_eq!(ids(store.reports_about(&one.reference, 1).unwrap()), [3]);
        let within = |domain: &str| Holdings::mail_domain(&DomainName::new(domain).unwrap());
        assert_eq!(ids(store.reports_within(&within("shop.example"), 9).unwrap()), [3, 1]);
        assert_eq!(ids(store.reports_within(&within("club.example"), 9).unwrap()), [2]);
        let both = within("shop.example").and(within("club.example"));
        assert_eq!(ids(store.reports_within(&both, 2).unwrap()), [3, 2]);
        assert_eq!(ids(store.reports_within(&Holdings::none(), 9).unwrap()), Vec::<u64>::new());
    });
}
