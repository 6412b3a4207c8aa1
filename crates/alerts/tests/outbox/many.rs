//! Letters about many blocks, letters that were overtaken, reminders and digests: what a storm or an outage makes of them.

use std::collections::BTreeMap;

use alerts::{Concern, Digest};
use customers::{CustomerSettings, Directory, Language};
use limits::LetterKind;
use model::{Block, SubjectKey, SubjectKind, WayOut};
use proptest::prelude::*;

use super::*;

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);
pub(crate) const WITHIN: Duration = Duration::from_secs(600);

/// Shop Ltd owns the accounts at shop.example and 192.0.2.0/24.
pub(crate) fn customers(language: Language) -> Arc<Directory> {
    let file = format!(
        "[[customer]]\nservice = 'hosting-4711'\nname = 'Shop Ltd'\ncontact = ['owner@owner.example']\n\
         language = '{language}'\naccounts = ['*@shop.example']\nnetworks = ['192.0.2.0/24']\n"
    );
    Arc::new(Directory::parse(&file, &CustomerSettings::default()).unwrap())
}

pub(crate) fn few(settings: AlertSettings) -> AlertSettings {
    AlertSettings { customer_letters: 3, operator_letters: 4, ..settings }
}

async fn bench() -> Bench {
    bench_in(Language::En, few).await
}

pub(crate) async fn bench_in(language: Language, change: fn(AlertSettings) -> AlertSettings) -> Bench {
    let mut bench = Bench::over(Arc::new(MemoryStore::default()), Relay::start().await, change).await;
    bench.customers = Some(customers(language));
    bench.outbox.reconfigure(bench.post());
    bench.outbox.flush().await;
    bench
}

pub(crate) fn address(number: u32) -> SubjectKey {
    SubjectKey::parse(SubjectKind::Ip, &format!("192.0.2.{number}")).unwrap()
}

impl Bench {
    pub(crate) fn now(&self) -> i64 {
        use model::Clock;
        self.clock.now().0
    }

    /// A block that begins now.
    pub(crate) fn begin(&self, name: &str, subject: SubjectKey, way_out: WayOut) {
        let block =
            Block { subject, way_out, automatic_release: way_out == WayOut::Time, ..samples::block(name, self.now()) };
        let alert = AlertJob::first(&block, "mx1.provider.example");
        self.store.open_block(&block, &[samples::evidence(self.now() - 1)], Some(&alert)).unwrap();
    }

    /// An operator releases it now.
    pub(crate) fn end(&self, name: &str) {
        let block = self.store.block(&samples::reference(name)).unwrap().unwrap();
        self.store.update_block(&samples::released(block, self.now())).unwrap();
    }

    pub(crate) fn to(&self, reader: &str) -> Vec<String> {
        let mails = self.relay.mails().into_iter().filter(|mail| mail.to.iter().any(|to| to == reader));
        mails.map(|mail| mail.text).collect()
    }

    fn letters(&self, name: &str) -> Vec<AlertJob> {
        self.store.letters_of(&limits::Matter::Block(samples::reference(name))).unwrap()
    }
}

#[tokio::test]
async fn a_thousand_blocks_at_once_are_one_digest() {
    let bench = bench_in(Language::En, |settings| settings).await;
    for number in 0..1000 {
        let subject = SubjectKey::parse(SubjectKind::Ip, &format!("203.0.{}.{}", number / 250, number % 250)).unwrap();
        bench.begin(&format!("b{number}"), subject, WayOut::Time);
    }
    bench.outbox.flush().await;
    assert_eq!(bench.relay.mails().len(), 0, "nobody but operators is to be told, and not a thousand times");
    bench.after(WITHIN).await;
    bench.after(WITHIN).await;
    let told = bench.to("postmaster");
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("\r\nSubject: mx1.provider.example: 1000 new blocks, 0 open tickets\r\n"), "{}", told[0]);
    assert!(told[0].contains("and 950 more"), "{}", told[0]);
    assert!(bench.store.owed_letters().unwrap().is_empty());
    assert!(bench.store.pending_alerts().unwrap().is_empty());
    assert_eq!(bench.outbox.figures().digests, 1);
}

#[tokio::test]
async fn a_customer_with_many_blocks_gets_one_letter_about_them_and_each_account_its_own() {
    let bench = bench().await;
    for number in 0..3 {
        bench.begin(&format!("first{number}"), address(number), WayOut::Time);
    }
    bench.outbox.flush().await;
    assert_eq!(bench.to("owner@owner.example").len(), 3, "a few go singly, and at once");
    for number in 3..8 {
        bench.begin(&format!("more{number}"), address(number), WayOut::Time);
    }
    bench.begin("account", samples::account("bob@shop.example"), WayOut::Ticket);
    bench.outbox.flush().await;
    assert_eq!((bench.to("owner@owner.example").len(), bench.to("bob@shop.example").len()), (3, 1));
    bench.after(WITHIN - Duration::from_secs(1)).await;
    assert_eq!(bench.to("owner@owner.example").len(), 3);
    bench.end("more3");
    bench.outbox.flush().await;
    bench.after(Duration::from_secs(1)).await;
    let told = bench.to("owner@owner.example");
    assert_eq!(told.len(), 4);
    let last = told.last().unwrap();
    assert!(last.contains("\r\nSubject: 6 blocks for spam, service hosting-4711\r\n"), "{last}");
    for number in 3..8 {
        assert!(last.contains(&format!("\r\n192.0.2.{number}: blocked since ")), "{number}: {last}");
    }
    let words = last.replace("\r\n", " ");
    assert!(
        words.contains("released 21 November 2026, 10:24 UTC") && words.contains("until ticket 1 is decided"),
        "{last}"
    );
    let job = bench.letters("more4").remove(0);
    assert!(job.instead.is_some_and(|id| last.contains(&id)), "it is known which letter told it");
    bench.after(DAY).await;
    let told: Vec<_> = bench.to("postmaster").into_iter().filter(|text| text.contains("more4")).collect();
    assert_eq!(told.len(), 1, "operators are told in the digest");
}

#[tokio::test]
async fn after_an_outage_each_is_told_once_of_what_began_and_ended_meanwhile() {
    let bench = bench_in(Language::En, |settings| settings).await;
    bench.relay.close_at(Stage::Greeting);
    for number in 0..30 {
        let who = samples::account(&format!("user{number}@shop.example"));
        bench.begin(&format!("b{number}"), who, WayOut::Time);
        bench.after(Duration::from_secs(20)).await;
    }
    bench.after(HOUR).await;
    (0..30).for_each(|number| bench.end(&format!("b{number}")));
    bench.after(HOUR).await;
    assert!(bench.relay.mails().is_empty());
    bench.relay.work();
    for _ in 0..10 {
        bench.after(HOUR).await;
    }
    for number in 0..30 {
        let told = bench.to(&format!("user{number}@shop.example"));
        assert_eq!(told.len(), 1, "user{number}");
        assert!(told[0].contains("was blocked and works again\r\n"), "{}", told[0]);
    }
    let owner = bench.to("owner@owner.example");
    assert!((1..=3).contains(&owner.len()), "{} letters to the owner", owner.len());
    let operators = bench.to("postmaster");
    assert!((1..=3).contains(&operators.len()), "{} letters to operators", operators.len());
    for number in 0..30 {
        assert!(owner.iter().any(|text| text.contains(&format!("/b/b{number}\r\n"))), "b{number}");
        assert!(operators.iter().any(|text| text.contains(&format!("/b/b{number}\r\n"))), "b{number}");
    }
}

#[tokio::test]
async fn the_end_of_a_block_is_told_in_its_conversation() {
    let bench = bench().await;
    bench.begin("one", samples::account("bob@shop.example"), WayOut::Time);
    bench.outbox.flush().await;
    bench.after(MINUTE).await;
    bench.end("one");
    bench.outbox.flush().await;
    let told = bench.to("bob@shop.example");
    assert_eq!(told.len(), 2);
    assert!(told[1].contains("\r\nSubject: Sending from bob@shop.example works again\r\n"), "{}", told[1]);
    assert!(told[1].contains("\r\nReferences: <block-one@mx1.provider.example>\r\n"), "{}", told[1]);
    assert_eq!(bench.to("postmaster").len(), 1, "operators were told of the beginning");
    assert!(bench.outbox.sent_by_kind().contains(&("released", 1)));
}

#[tokio::test]
async fn a_letter_that_was_overtaken_says_both_and_the_other_is_not_sent() {
    let bench = bench().await;
    bench.relay.answer(Stage::Mail, "451 4.3.0 later");
    bench.begin("one", samples::account("bob@shop.example"), WayOut::Time);
    bench.outbox.flush().await;
    bench.end("one");
    bench.outbox.flush().await;
    bench.relay.work();
    bench.after(HOUR).await;
    bench.after(HOUR).await;
    let told = bench.to("bob@shop.example");
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("The block is over."), "{}", told[0]);
    let [first, last] = bench.letters("one").try_into().unwrap();
    assert_eq!((last.sent, last.instead), (first.sent, Some(first.message_id)));
}

#[tokio::test]
async fn whoever_is_not_told_of_releases_is_not() {
    let bench = bench_in(Language::En, |settings| AlertSettings { released: false, ..settings }).await;
    bench.begin("one", samples::account("bob@shop.example"), WayOut::Time);
    bench.outbox.flush().await;
    bench.end("one");
    bench.outbox.flush().await;
    assert_eq!(bench.relay.mails().len(), 1);
    assert_eq!(bench.letters("one")[1].instead.as_deref(), Some("alerts.released is off"));
    assert_eq!(bench.outbox.figures().overtaken, 1);
}

#[tokio::test]
async fn who_has_something_to_do_is_reminded_a_few_times_with_the_counts_of_the_day() {
    let bench = bench().await;
    bench.begin("ticket", samples::account("bob@shop.example"), WayOut::Ticket);
    bench.begin("password", samples::account("ann@shop.example"), WayOut::Password);
    bench.begin("time", samples::account("eve@shop.example"), WayOut::Time);
    bench.outbox.flush().await;
    bench.tried.store(12, std::sync::atomic::Ordering::Relaxed);
    bench.after(2 * DAY).await;
    assert_eq!(bench.to("bob@shop.example").len(), 1);
    bench.after(DAY).await;
    let told = bench.to("bob@shop.example");
    assert_eq!(told.len(), 2);
    assert!(told[1].contains("Reminder: sending from bob@shop.example is still blocked"), "{}", told[1]);
    let words = told[1].split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("12 attempts to send were refused since"), "{words}");
    let told = bench.to("ann@shop.example");
    assert!(told[1].contains("as soon as the password"), "{}", told[1]);
    for _ in 0..30 {
        bench.after(DAY).await;
    }
    assert_eq!(bench.to("bob@shop.example").len(), 4, "three times");
    assert_eq!(bench.to("eve@shop.example").len(), 1, "it ends by itself");
}

#[tokio::test]
async fn whoever_waits_for_an_operator_is_not_reminded_and_a_reminder_can_be_overtaken() {
    let bench = bench().await;
    bench.begin("one", samples::account("bob@shop.example"), WayOut::Ticket);
    bench.begin("two", samples::account("ann@shop.example"), WayOut::Password);
    bench.outbox.flush().await;
    bench.store.step(1, &|ticket| ticket.replied("no, no, no", Timestamp(START))).unwrap().unwrap().unwrap();
    bench.relay.answer_recipient("ann@shop.example", "451 4.3.0 later");
    bench.relay.answer_recipient("owner@owner.example", "451 4.3.0 later");
    bench.after(3 * DAY).await;
    assert!(!bench.letters("one").iter().any(|letter| letter.kind == LetterKind::Reminder(1)));
    bench.end("two");
    bench.relay.work();
    bench.after(HOUR).await;
    let letters = bench.letters("two");
    assert_eq!(letters[1].instead.as_deref(), Some("overtaken: the block is over"));
    assert!(bench.to("ann@shop.example").last().unwrap().contains("works again"));
}

#[tokio::test]
async fn a_digest_tells_what_there_is_and_nothing_is_not_sent() {
    let bench = bench().await;
    bench.after(3 * DAY).await;
    assert!(bench.relay.mails().is_empty(), "nothing to tell");
    bench.begin("one", samples::account("bob@shop.example"), WayOut::Ticket);
    bench.outbox.flush().await;
    bench.after(DAY).await;
    let digests = || bench.to("postmaster").into_iter().filter(|text| text.contains("open ticket")).collect::<Vec<_>>();
    assert_eq!(digests().len(), 1);
    assert!(
        digests()[0].contains("ticket 1, bob@shop.example: the customer is to answer, for 1 day"),
        "{}",
        digests()[0]
    );
    bench.after(HOUR).await;
    assert_eq!(digests().len(), 1);
    *bench.concern.lock().unwrap() = Some(Concern { part: "resolver".into(), sentence: "nobody answers".into() });
    bench.relay.answer(Stage::Rcpt, "451 4.3.0 later");
    bench.after(DAY).await;
    assert_eq!(digests().len(), 1);
    bench.relay.work();
    bench.after(HOUR).await;
    let last = digests().pop().unwrap();
    assert!(last.contains("resolver: nobody answers"), "{last}");
}

#[tokio::test]
async fn letters_that_were_given_up_are_in_the_digest() {
    let bench = bench_in(Language::En, |settings| AlertSettings { digest: Digest::Hourly, ..settings }).await;
    bench.begin("one", samples::account("bob@shop.example"), WayOut::Time);
    bench.relay.answer(Stage::Mail, "550 5.7.1 not you");
    bench.outbox.flush().await;
    bench.after(5 * DAY).await;
    bench.after(DAY).await;
    bench.relay.work();
    bench.after(DAY).await;
    let told = bench.to("postmaster").pop().unwrap();
    assert!(told.contains("given up:") && told.contains("550 5.7.1 not you"), "{told}");
}

#[tokio::test]
async fn letters_about_many_in_every_language() {
    for language in Language::ALL {
        let change: fn(AlertSettings) -> AlertSettings = match language {
            Language::En => |settings| AlertSettings { digest_language: Language::En, ..few(settings) },
            Language::Fr => |settings| AlertSettings { digest_language: Language::Fr, ..few(settings) },
            Language::De => |settings| AlertSettings { digest_language: Language::De, ..few(settings) },
        };
        let bench = bench_in(*language, change).await;
        *bench.concern.lock().unwrap() = Some(Concern { part: "resolver".into(), sentence: "nobody answers".into() });
        bench.begin("block1", samples::account("bob@shop.example"), WayOut::Ticket);
        (2..7).for_each(|number| bench.begin(&format!("block{number}"), address(number), WayOut::Time));
        bench.end("block3");
        bench.outbox.flush().await;
        bench.after(WITHIN).await;
        for (reader, name) in [("owner@owner.example", "collected"), ("postmaster", "digest")] {
            let told = bench.to(reader);
            assert_eq!(told.len(), 1, "{reader}");
            super::assert_golden(&format!("{language}-{name}.eml"), &told[0].replace("\r\n", "\n"));
        }
    }
}

#[derive(Debug, Clone)]
enum Happens {
    Block(u8),
    Release(u8),
    RelayDown,
    RelayUp,
    Killed,
    Pause(u32),
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        6 => any::<u8>().prop_map(Happens::Block),
        3 => any::<u8>().prop_map(Happens::Release),
        1 => Just(Happens::RelayDown),
        1 => Just(Happens::RelayUp),
        1 => Just(Happens::Killed),
        2 => (1u32..10_000).prop_map(Happens::Pause),
    ]
}

async fn whatever_happens(story: Vec<Happens>) {
    let mut bench = bench().await;
    let mut begun: BTreeMap<String, SubjectKey> = BTreeMap::new();
    for happens in story {
        match happens {
            Happens::Block(who) => {
                let name = format!("s{}", begun.len());
                let account = samples::account(&format!("user{who}@shop.example"));
                let subject = if who % 2 == 0 { account } else { address(who.into()) };
                bench.begin(&name, subject.clone(), WayOut::Time);
                begun.insert(name, subject);
            }
            Happens::Release(which) => {
                let known: Vec<_> = begun.keys().collect();
                if let Some(name) = known.get(usize::from(which) % known.len().max(1)) {
                    let block = bench.store.block(&samples::reference(name)).unwrap().unwrap();
                    if block.is_active() {
                        bench.end(name);
                    }
                }
            }
            Happens::RelayDown => drop(bench.relay.close_at(Stage::Message)),
            Happens::RelayUp => drop(bench.relay.work()),
            Happens::Killed => bench.restart().await,
            Happens::Pause(seconds) => bench.after(Duration::from_secs(seconds.into())).await,
        }
        bench.outbox.flush().await;
    }
    bench.relay.work();
    for _ in 0..6 {
        bench.after(5 * HOUR).await;
    }
    for (name, subject) in &begun {
        let told = |reader: &str| bench.to(reader).iter().any(|text| text.contains(&format!("/b/{name}\r\n")));
        assert!(told("owner@owner.example"), "the owner knows nothing of {name}");
        assert!(told("postmaster"), "operators know nothing of {name}");
        if let SubjectKey::Account(account) = subject {
            assert!(told(account.as_str()), "{account} knows nothing of {name}");
        }
    }
    assert!(bench.store.owed_letters().unwrap().is_empty());
    assert!(bench.store.pending_alerts().unwrap().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn whatever_happens_everybody_is_told_of_every_block(story in prop::collection::vec(happens(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(whatever_happens(story));
    }
}
