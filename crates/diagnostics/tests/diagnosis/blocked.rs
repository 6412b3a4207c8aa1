//! Blocked, suspended, locked: what keeps an account from sending, and what to do.

use customers::{Language, Said};
use diagnostics::Check::{self, Blocked, Locked, Suspended};
use diagnostics::Outcome::{Fail, Pass, Unknown, Warn};
use diagnostics::{Cause, DiagnosisSettings, Locks, Owners, told};
use limits::{Lockout, Store};
use model::SubjectKind::{self, Account, Domain, Ip};
use model::{Block, Timestamp, WayOut};

use crate::world::{NOW, World};

const fn bob(check: Check) -> (SubjectKind, &'static str, Check) {
    (Account, "bob@shop.example", check)
}

fn enforced(world: &World, block: Block) {
    world.store.open_block(&block, &[], None).unwrap();
    world.tools.ledger.restore(vec![block], Vec::new(), NOW);
}

fn block() -> Block {
    testkit::samples::block("k3x9", NOW.0)
}

#[tokio::test]
async fn a_block_is_told_with_its_way_out() {
    let world = World::new().await;
    world.expect(bob(Blocked), Pass, "It is not blocked.").await;
    enforced(&world, Block { way_out: WayOut::Ticket, automatic_release: false, ..block() });
    world.expect(bob(Blocked), Fail, "account bob@shop.example is blocked for spam since").await;
    let found = world.found(Account, "bob@shop.example", Blocked).await;
    assert!(found.advice.contains("ticket 1 (answering)"), "{}", found.advice);
    let task = world.diagnosed(Account, "bob@shop.example").await;
    let summary = task.summary();
    assert_eq!(
        (summary.is_spammer, summary.can_send_email, summary.cause),
        (Some(true), Some(false), Some(Cause::SpamBlock))
    );
}

#[tokio::test]
async fn a_block_of_the_domain_stops_its_accounts() {
    let world = World::new().await;
    let subject = model::SubjectKey::parse(Domain, "shop.example").unwrap();
    enforced(&world, Block { subject, ..block() });
    world.expect(bob(Blocked), Fail, "domain shop.example is blocked for spam").await;
    world.expect((Domain, "shop.example", Blocked), Fail, "reference k3x9").await;
    world.expect((Domain, "other.example", Blocked), Pass, "").await;
}

#[tokio::test]
async fn what_monitor_mode_has_blocked_is_a_warning() {
    let world = World::new().await;
    let mut block = block();
    block.reason.monitored = true;
    enforced(&world, block);
    world.expect(bob(Blocked), Warn, "mail still leaves").await;
}

#[tokio::test]
async fn an_address_of_a_blocked_network_is_blocked() {
    let world = World::new().await;
    let subject = model::SubjectKey::parse(Ip, "2001:db8:1:2::1").unwrap();
    enforced(&world, Block { subject, ..block() });
    world.expect((Ip, "2001:db8:1:2::99", Blocked), Fail, "ip 2001:db8:1:2::/64 is blocked").await;
    world.expect((Ip, "2001:db8:1:3::99", Blocked), Pass, "").await;
}

#[tokio::test]
async fn a_suspended_or_expired_service_is_told() {
    let shop = |more: &str| {
        format!("[[customer]]\nservice = 's1'\ncontact = ['o@shop.example']\naccounts = ['*@shop.example']\n{more}\n")
    };
    let yesterday = NOW.before(std::time::Duration::from_secs(86_400)).to_string();
    let ends = |days: u64| {
        let day = NOW.after(std::time::Duration::from_secs(days * 86_400)).to_string();
        format!("expires = '{}'", &day[..10])
    };
    for (more, outcome, says) in [
        (String::new(), Pass, "The service s1 is in order"),
        ("suspended = true".into(), Fail, "The service s1 is suspended"),
        (format!("expires = '{}'", &yesterday[..10]), Fail, "is over since"),
        (ends(3), Warn, "ends at"),
        (ends(30), Pass, "in order"),
    ] {
        let world = World::with(DiagnosisSettings::default(), &shop(&more)).await;
        world.expect(bob(Suspended), outcome, says).await;
    }
    World::new().await.expect(bob(Suspended), Unknown, "No known customer owns it").await;
}

#[tokio::test]
async fn a_silent_directory_is_told_and_not_taken_for_good_or_bad_news() {
    let mut world = World::new().await;
    world.change(|tools| tools.owners = Owners::new(|_| Said::Nothing));
    world.expect(bob(Suspended), Unknown, "directory of customers did not answer").await;
    let found = world.found(Account, "bob@shop.example", Suspended).await;
    assert!(found.advice.contains("the part \"directory\" of /readyz"), "{}", found.advice);
    let summary = world.diagnosed(Account, "bob@shop.example").await.summary();
    assert_eq!((summary.is_suspended, summary.cause), (None, None));
    for language in [Language::Fr, Language::De] {
        assert_ne!(told(&found.found, language), found.found);
        assert_ne!(told(&found.advice, language), found.advice);
    }
}

#[tokio::test]
async fn a_lock_is_told_until_it_ends() {
    let mut world = World::new().await;
    world.expect(bob(Locked), Pass, "It is not locked").await;
    world.change(|tools| {
        tools.locks = Locks::new(|subject| {
            (subject.name() == "bob@shop.example").then(|| Lockout {
                subject: subject.clone(),
                since: NOW,
                until: Timestamp(NOW.0 + 600_000),
                failures: 12,
                network: model::Network::parse("198.51.100.7"),
            })
        });
    });
    world.expect(bob(Locked), Fail, "after 12 failed logins, the last from 198.51.100.7, until").await;
    world.expect((Account, "ann@shop.example", Locked), Pass, "It is not locked").await;
}
