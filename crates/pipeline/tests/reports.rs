//! False-positive reports with the real judge, ledger, classifier layer and memory, and a store in memory.
#![cfg(test)]

use std::sync::Arc;
use std::time::Duration;

use customers::exemption::{Exempt, Exemption};
use customers::report::{Errand, Report, ReportSettings, ReportStore, Taken, Word};
use ground::Ground;
use limits::{Ledger, LetterKind, ReportFlaw, Rules, Store};
use model::circumstances::Confirmation;
use model::envelope::Path;
use model::event::NoEvents;
use model::time::ManualClock;
use model::{
    BlockRef, Clock, Envelope, Login, Message, Session, SubjectKey, SubjectKind, Submission, Timestamp, Verdict, Via,
};
use pipeline::{
    Answered, Blocking, Decision, Exemptions, Fingerprints, IdentitySettings, Judges, Lessons, Mode, OnFailure,
    Pardons, Policy, Reached, Reeve, ReportRules, Reports, Wish, difference,
};
use recall::{Recall, RecallSettings};
use scoring::{Engine, ScoreSettings};
use store::MemoryStore;

const START: Timestamp = Timestamp::from_secs(1_790_000_000);
const DAY: Duration = Duration::from_secs(86_400);

struct World {
    clock: ManualClock,
    store: Arc<MemoryStore>,
    ledger: Arc<Ledger>,
    judges: Arc<Judges>,
    lessons: Arc<Lessons>,
    recall: Arc<Recall>,
    exemptions: Arc<Exemptions>,
    reports: Reports,
    _folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let rules = Rules { trips: limits::TripRule::defaults(), ..Rules::default() };
        let Ground { hand: clock, clock: clocks, store, ledger, journal, desk, .. } = Ground::new(START, rules);
        let lessons = Arc::new(Lessons::open(folder.path()).unwrap());
        let recall = Arc::new(Recall::new(&RecallSettings::default()));
        let exemptions = Arc::new(Exemptions::default());
        let policy = policy();
        let engine = Engine::new(&policy.score).with_learned(lessons.learned());
        let blocking = Blocking::new(Arc::clone(&journal) as _, Arc::new(NoEvents));
        let events = Arc::new(NoEvents);
        let reeve = Reeve::new(policy, engine, Arc::clone(&ledger), blocking, events, Arc::clone(&clocks))
            .remembering(Arc::clone(&recall))
            .exempting(Arc::clone(&exemptions));
        let judges = Arc::new(Judges::new(Arc::new(reeve)));
        let kept: Arc<dyn ReportStore> = Arc::clone(&store) as _;
        let pardons =
            Pardons::new(Arc::clone(&kept), Arc::clone(&exemptions), Arc::clone(&clocks), Arc::clone(&judges));
        let reached = Reached {
            desk,
            lessons: Arc::clone(&lessons),
            fingerprints: Arc::new(Fingerprints::new(Arc::clone(&recall), journal, Arc::clone(&clocks))),
            pardons: Arc::new(pardons),
        };
        let rules = ReportRules { settings: ReportSettings::default(), keep_blocks: DAY * 400 };
        let reports = Reports::new(kept, Arc::clone(&judges), reached, clocks, rules, || {});
        Self { clock, store, ledger, judges, lessons, recall, exemptions, reports, _folder: folder }
    }

    async fn send(&self, login: &str, text: &str) -> Verdict {
        self.clock.advance(Duration::from_secs(1));
        let mut session = Session::new(Via::Milter);
        session.login = SubjectKey::parse(SubjectKind::Account, login).map(|subject| match subject {
            SubjectKey::Account(account) => Login { account, mechanism: String::new() },
            _ => unreachable!(),
        });
        session.client = model::ClientAddr::parse("192.0.2.9");
        let mut envelope = Envelope { sender: Path::new(&format!("<{login}>")), ..Envelope::default() };
        envelope.add_recipient(Path::new("<friend@recipient.example>"));
        let message = Message::whole(text.as_bytes().to_vec());
        self.judges.current().judge(Submission { session: Arc::new(session), envelope, message }).await
    }

    /// Sends until the account is blocked; the block.
    async fn block(&self, login: &str) -> BlockRef {
        for number in 0..20 {
            self.send(login, &newsletter(login, number)).await;
        }
        self.ledger.block(&account(login)).unwrap().reference.clone()
    }

    fn is_blocked(&self, login: &str) -> bool {
        self.ledger.block(&account(login)).is_some_and(|block| block.is_active())
    }

    fn letters(&self) -> Vec<LetterKind> {
        self.store.pending_alerts().unwrap().into_iter().map(|letter| letter.kind).collect()
    }

    fn told(&self, login: &str, message: &str) -> String {
        self.reports.add(&account(login), message.as_bytes(), "operator").unwrap_err().to_string()
    }
}

fn policy() -> Policy {
    let mut score = ScoreSettings::default();
    score.points.0.extend([("subject_shouting".into(), 120), ("content_classifier".into(), 0)]);
    Policy {
        mode: Mode::Enforce,
        node: "node.example".into(),
        score,
        identity: IdentitySettings::default(),
        blocks: limits::BlockSettings::default(),
        link: "https://help.example/b/{ref}".into(),
        on_store_failure: OnFailure::Continue,
        on_scorer_failure: OnFailure::Continue,
        alerts: true,
    }
}

fn account(login: &str) -> SubjectKey {
    SubjectKey::parse(SubjectKind::Account, login).unwrap()
}

/// Innocent, but for a subject in capitals, which costs too much here.
fn newsletter(login: &str, number: u32) -> String {
    message(login, number, "https://www.concerts.example/", "")
}

fn message(login: &str, number: u32, link: &str, more: &str) -> String {
    format!(
        "From: Concert hall <{login}>\r\nTo: Friend <friend@recipient.example>\r\nSubject: NOVEMBER AT THE CONCERT HALL\r\n\
         Date: Mon, 21 Sep 2026 13:33:20 +0000\r\nMessage-ID: <news-{number}@shop.example>\r\n\r\n\
         Dear friends of music, the leaves are down and the hall is warm: this month we have three evenings for you. On the \
         eighteenth the quartet plays Haydn, on the twenty-fourth our youth orchestra shows what it has rehearsed since summer, \
         and on the thirtieth the choir sings what everybody knows by heart. The whole programme: {link}\r\n{more}"
    )
}

fn decision(exempt: Vec<Wish>, release: bool) -> Decision {
    Decision { is_ham: true, reason: "A newsletter.".into(), exempt, length: DAY * 30, release }
}

#[tokio::test]
async fn an_innocent_newsletter_is_reported_exempted_and_released_and_spam_still_blocks() {
    let world = World::new();
    let bob = "bob@shop.example";
    world.block(bob).await;
    let report = world.reports.add(&account(bob), newsletter(bob, 1).as_bytes(), "operator").unwrap();
    assert_eq!((report.id, report.then.total >= 120, report.now.total >= 120), (1, true, true), "{report:?}");
    assert!(report.remarks[0].contains("no Received field"));
    let change: Vec<_> = report.findings.iter().filter(|finding| !finding.good).map(|f| f.practice.as_str()).collect();
    assert_eq!(change, ["own_links", "calm_subject"]);
    let shortener =
        difference(&report.then, &report.now).into_iter().find(|change| change.signal == "subject_shouting");
    assert_eq!(
        shortener.map(|change| (change.then, change.now, change.asked_again)),
        Some((Some(120), Some(120), true))
    );

    let decided = world.reports.decide(1, &decision(vec![Wish::Fingerprint], true), "anna").await.unwrap();
    assert_eq!((decided.state.as_str(), &decided.due[..], &decided.exemptions[..]), ("confirmed", &[][..], &[1][..]));
    assert!(!world.is_blocked(bob));
    assert_eq!(world.lessons.learned().counts(), (0, 1));
    assert_eq!(world.recall.confirmed()[0].word, Confirmation::Ham);
    let kinds = world.letters();
    assert!(
        matches!(&kinds[..], [LetterKind::Blocked, LetterKind::ReportReceived(_), LetterKind::ReportConfirmed(_)]),
        "{kinds:?}"
    );

    let again = world.send(bob, &newsletter(bob, 30)).await;
    assert!(again.action.delivers() && again.score.total < 100, "{:?}", again.score);
    let exempt = again.score.hits.iter().find(|hit| hit.signal.as_str() == "exempt").unwrap();
    assert!(exempt.points < 0 && exempt.why.contains("(exemption 1) of copies of this message: "), "{exempt:?}");
    for number in 40..50 {
        let spam =
            message(bob, number, "https://www.elsewhere.example/", "You have won the lottery, send your bank details.");
        world.send(bob, &spam).await;
    }
    assert!(world.is_blocked(bob), "what the same login sends beyond it still counts");
}

#[tokio::test]
async fn each_reason_not_to_take_a_report_is_said() {
    let world = World::new();
    let (bob, eve) = ("bob@shop.example", "eve@shop.example");
    world.block(bob).await;
    world.block(eve).await;
    let good = newsletter(bob, 1);
    for (message, told) in [
        (String::new(), "the file is empty"),
        (format!("{good}{}", "x".repeat(1 << 20)), "at most 1048576 are taken"),
        (format!("From a@b Mon\n{good}\n\nFrom c@d Tue\n{good}"), "an mbox with several messages"),
        (good.replacen("Date:", "X-Date:", 1), "the header is not complete: Date is missing"),
        (good.replacen("From:", "X-From:", 1).replacen("Message-ID:", "X-ID:", 1), "From, Message-ID are missing"),
        (good.replacen("NOVEMBER", "DECEMBER", 1), "not the message as it was sent: Subject is not what"),
        (
            format!(
                "From: {bob}\nDate: Mon, 21 Sep 2026 13:33:20 +0000\nMessage-ID: <1@x>\nContent-Type: message/rfc822\n\n{good}"
            ),
            "carries another message as an attachment",
        ),
        (newsletter(bob, 99).replacen("NOVEMBER AT THE CONCERT HALL", "November", 1), "was not flagged: it scores"),
        (newsletter(bob, 99), "is not among those that account bob@shop.example was blocked for"),
        (newsletter(bob, 99).replacen("21 Sep 2026", "21 Sep 2020", 1), "flagged messages are remembered for 400 days"),
    ] {
        let said = world.told(bob, &message);
        assert!(said.contains(told), "{said}\nfor {told}");
    }
    let never = world.told("carol@shop.example", &newsletter("carol@shop.example", 99));
    assert!(never.contains("has not been blocked within the last 400 days"), "{never}");
    let other = world.told("carol@shop.example", &newsletter(bob, 1));
    assert!(other.contains("led to a block of another sender"), "{other}");
    world.reports.add(&account(bob), good.as_bytes(), "operator").unwrap();
    assert_eq!(world.told(bob, &good), "the message was reported before: report 1");
    world.reports.reload(ReportRules {
        settings: ReportSettings { max_open: 1, ..ReportSettings::default() },
        keep_blocks: DAY,
    });
    assert!(world.told(bob, &newsletter(bob, 2)).starts_with("1 reports wait for a decision already"));
}

#[tokio::test]
async fn a_customer_reports_by_mail_what_is_attached() {
    let world = World::new();
    let bob = "bob@shop.example";
    let block = world.block(bob).await;
    let mail = |parts: &[String]| {
        let parts: String =
            parts.iter().map(|part| format!("--x\r\nContent-Type: message/rfc822\r\n\r\n{part}\r\n")).collect();
        format!(
            "From: {bob}\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nPlease look.\r\n{parts}--x--\r\n"
        )
    };
    let told =
        |parts: &[String]| world.reports.by_mail(&block, mail(parts).as_bytes()).map_err(|error| error.to_string());
    assert!(told(&[]).unwrap_err().starts_with("no message is attached"));
    assert!(told(&[newsletter(bob, 1), newsletter(bob, 2)]).unwrap_err().starts_with("several messages"));
    world.block("eve@shop.example").await;
    let others = newsletter("eve@shop.example", 17).replace("news-17", "news-x");
    assert!(told(&[others]).unwrap_err().starts_with("the message is not among those"));
    let report = told(&[newsletter(bob, 1)]).unwrap();
    assert_eq!((report.id, report.by.as_str(), report.subject), (1, "customer", account(bob)));
    assert!(told(&[newsletter(bob, 1)]).unwrap_err().contains("reported before"));
}

#[tokio::test]
async fn a_message_that_links_where_anybody_leads_is_not_exempt_by_its_fingerprint() {
    let world = World::new();
    let bob = "bob@shop.example";
    for number in 0..9 {
        world.send(bob, &message(bob, number, "https://www.concerts.example/ https://bit.ly/news", "")).await;
    }
    let sent = message(bob, 1, "https://www.concerts.example/ https://bit.ly/news", "");
    world.reports.add(&account(bob), sent.as_bytes(), "operator").unwrap();
    let refused = world.reports.decide(1, &decision(vec![Wish::Fingerprint], false), "anna").await.unwrap_err();
    assert!(refused.to_string().contains("anybody can change where they lead"), "{refused}");
    assert!(world.reports.show(1).unwrap().is_open().is_ok(), "nothing is decided by halves");
}

#[tokio::test]
async fn looking_at_a_report_leaves_no_trace() {
    let world = World::new();
    let bob = "bob@shop.example";
    world.block(bob).await;
    let before = (world.recall.figures(), world.lessons.learned().counts(), world.ledger.block(&account(bob)));
    world.reports.add(&account(bob), newsletter(bob, 1).as_bytes(), "operator").unwrap();
    assert_eq!((world.recall.figures(), world.lessons.learned().counts(), world.ledger.block(&account(bob))), before);
}

/// As after `kill -9` behind any of the steps: the decision is on disk, some of its errands are done.
#[tokio::test]
async fn a_decision_that_was_cut_off_is_carried_on() {
    for done in 0..=3 {
        let world = World::new();
        let bob = "bob@shop.example";
        world.block(bob).await;
        world.reports.add(&account(bob), newsletter(bob, 1).as_bytes(), "operator").unwrap();
        let all = [Errand::Learn, Errand::Fingerprint, Errand::Release];
        let word = Word { at: world.clock.now(), by: "anna".into(), reason: String::new() };
        let step = |report: &mut Report| report.confirm(word.clone(), &all).map(|()| Taken::default());
        world.store.report_step(1, START, &step).unwrap().unwrap().unwrap();
        for errand in &all[..done] {
            let step = |report: &mut Report| Ok(Taken { letter: report.done(*errand), ..Taken::default() });
            world.store.report_step(1, START, &step).unwrap().unwrap().unwrap();
        }
        world.reports.resume().await.unwrap();
        world.reports.resume().await.unwrap();
        assert_eq!(world.is_blocked(bob), done == 3, "the release was struck out without being done: not ours");
        assert_eq!(world.lessons.learned().counts(), (0, u32::from(done < 1)));
        assert_eq!(world.recall.figures().confirmed, usize::from(done < 2));
        let told = world.letters().into_iter().filter(|kind| matches!(kind, LetterKind::ReportConfirmed(_))).count();
        assert_eq!(told, 1, "exactly one letter, whatever was done");
        assert!(world.store.reports_due().unwrap().is_empty());
    }
}

#[tokio::test]
async fn to_decline_needs_a_reason_and_changes_nothing_else() {
    let world = World::new();
    let bob = "bob@shop.example";
    world.block(bob).await;
    world.reports.add(&account(bob), newsletter(bob, 1).as_bytes(), "operator").unwrap();
    let mut decline = Decision { is_ham: false, reason: " ".into(), ..decision(Vec::new(), false) };
    let refused = world.reports.decide(1, &decline, "anna").await.unwrap_err().to_string();
    assert!(refused.contains("needs a reason"), "{refused}");
    decline.reason = "It is a phishing page.".into();
    world.reports.decide(1, &decline, "anna").await.unwrap();
    let again = world.reports.decide(1, &decision(Vec::new(), true), "anna").await.unwrap_err().to_string();
    assert_eq!(again, "report 1 is declined already");
    assert_eq!((world.lessons.learned().counts(), world.is_blocked(bob)), ((0, 0), true));
    assert!(
        matches!(world.letters().last(), Some(LetterKind::ReportDeclined(letter)) if letter.said == decline.reason)
    );
    let figures = world.reports.figures();
    assert_eq!((figures.open, figures.outcomes[0], figures.outcomes[3]), (0, ("taken", 1), ("declined", 1)));
}

#[tokio::test]
async fn exemptions_are_for_one_subject_and_end() {
    let world = World::new();
    let (bob, eve) = ("bob@shop.example", "eve@shop.example");
    let pardons = world.reports.pardons();
    let exempt = |what: Exempt, days: u32| Exemption {
        id: 0,
        subject: account(bob),
        what,
        since: Timestamp::default(),
        until: world.clock.now().after(DAY * days),
        by: "anna".into(),
        reason: String::new(),
        report: None,
    };
    let told = |what, days| pardons.add(exempt(what, days)).unwrap_err().to_string();
    assert!(told(Exempt::Signal("subject_shoutin".into()), 9).contains("there is no signal \"subject_shoutin\""));
    assert!(told(Exempt::Signal("confirmed_spam".into()), 9).contains("never exempt"));
    assert!(told(Exempt::Sender("nobody".into()), 9).contains("is no sender"));
    assert!(
        told(Exempt::Signal("subject_shouting".into()), 181).contains("an exemption lasts from 1 minute to 180 days")
    );
    pardons.add(exempt(Exempt::Signal("subject_shouting".into()), 9)).unwrap();
    let total = |verdict: Verdict| verdict.score.total;
    assert!(total(world.send(bob, &newsletter(bob, 1)).await) < 100);
    assert!(total(world.send(eve, &newsletter(eve, 2)).await) >= 100, "nobody else's");
    world.clock.advance(DAY * 9);
    assert!(total(world.send(bob, &newsletter(bob, 3)).await) >= 100, "it has ended");
    world.reports.prune().unwrap();
    assert!(world.exemptions.is_empty() && pardons.list().unwrap().is_empty());
    for _ in 0..Exemption::MOST {
        pardons.add(exempt(Exempt::Signal("subject_shouting".into()), 30)).unwrap();
    }
    assert!(told(Exempt::Signal("html_form".into()), 30).contains("has 20 exemptions already"));
    let last = pardons.list().unwrap().pop().unwrap();
    assert_eq!(pardons.remove(last.id).unwrap().id, last.id);
    assert!(pardons.remove(last.id).is_err());
}

#[tokio::test]
async fn a_mail_that_is_no_report_is_answered_once_and_not_without_end() {
    let world = World::new();
    let block = world.block("bob@shop.example").await;
    let before = world.letters().len();
    let why = world.reports.by_mail(&block, b"From: bob@shop.example\r\n\r\nThis is an outrage.\r\n").unwrap_err();
    let answer = |mail: &str| world.reports.answer(&block, Some(mail), &why).unwrap();
    assert_eq!(answer("<1@shop.example>"), Answered::ByLetter);
    assert_eq!(answer("<1@shop.example>"), Answered::ByLetter, "the mail came again");
    assert_eq!(world.letters().len(), before + 1, "and is answered once");
    assert_eq!(answer("<2@shop.example>"), Answered::Not, "so soon: it may be a program");
    world.clock.advance(Duration::from_secs(3600));
    assert_eq!(answer("<3@shop.example>"), Answered::ByLetter);
    let told = world.letters().into_iter().filter_map(|kind| match kind {
        LetterKind::ReportUnusable(told) => Some((told.mail, told.flaw)),
        _ => None,
    });
    let flaw = ReportFlaw::NothingAttached;
    let expected = ["<1@shop.example>", "<3@shop.example>"].map(|mail| (mail.to_owned(), flaw.clone()));
    assert_eq!(told.collect::<Vec<_>>(), expected);
    let nobody = BlockRef::new("nosuchblock").unwrap();
    assert_eq!(world.reports.answer(&nobody, None, &why).unwrap(), Answered::Not);
}

#[test]
fn an_exemption_that_begins_or_ends_wakes_those_who_tell_of_it() {
    let world = World::new();
    let woken = Arc::new(std::sync::atomic::AtomicU32::new(0));
    let counted = Arc::clone(&woken);
    let count = move || {
        counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    };
    let clock = Arc::new(world.clock.clone());
    let store = Arc::clone(&world.store) as _;
    let pardons = Pardons::new(store, Arc::clone(&world.exemptions), clock, Arc::clone(&world.judges)).waking(count);
    let wanted = Exemption {
        id: 0,
        subject: account("bob@shop.example"),
        what: Exempt::Signal("subject_shouting".into()),
        since: START,
        until: START.after(DAY * 2),
        by: "alice".into(),
        reason: "a newsletter".into(),
        report: None,
    };
    let made = pardons.add(wanted).unwrap();
    assert_eq!(woken.load(std::sync::atomic::Ordering::Relaxed), 1);
    assert!(pardons.remove(made.id + 1).is_err());
    pardons.remove(made.id).unwrap();
    assert_eq!(woken.load(std::sync::atomic::Ordering::Relaxed), 2);
}
