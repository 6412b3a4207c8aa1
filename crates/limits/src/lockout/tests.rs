//! Lockouts: the rule against a plain model, bounds, and what a flood of names can not do.

use std::time::Duration;

use proptest::prelude::*;

use super::*;

const HOME: &str = "192.0.2.7";
const ELSEWHERE: &str = "198.51.100.9";

fn settings() -> LockoutSettings {
    LockoutSettings { account_failures: 3, client_failures: 5, max_tracked: 100, ..LockoutSettings::default() }
}

fn who(account: &str, address: &str) -> Identity {
    Identity { account: AccountName::from_login(account), network: Network::parse(address), domain: None }
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_secs(1_800_000_000).after(Duration::from_secs(seconds))
}

#[test]
fn the_limit_locks_and_the_time_unlocks() {
    let lockouts = Lockouts::new(&settings());
    let guess = who("bob@shop.example", ELSEWHERE);
    assert!(lockouts.failed(&guess, at(0)).is_empty());
    assert!(lockouts.failed(&guess, at(1)).is_empty());
    let began = lockouts.failed(&guess, at(2));
    assert_eq!(began.len(), 1);
    assert_eq!((began[0].failures, began[0].until), (3, at(2 + 900)));
    assert_eq!(lockouts.locked(&who("bob@shop.example", "203.0.113.1"), at(901)), Some(began[0].clone()));
    assert_eq!(lockouts.locked(&guess, at(902)), None, "its time is over before anybody tidies up");
    assert_eq!(lockouts.end(at(902)), began);
    assert!(lockouts.failed(&guess, at(903)).is_empty(), "it begins anew");
}

#[test]
fn failures_far_apart_are_no_guessing() {
    let lockouts = Lockouts::new(&settings());
    let guess = who("bob@shop.example", ELSEWHERE);
    for step in 0..20 {
        assert!(lockouts.failed(&guess, at(step * 901)).is_empty());
    }
}

#[test]
fn a_success_forgets_the_account_s_failures_but_not_the_client_s() {
    let lockouts = Lockouts::new(&settings());
    let own = who("thief@shop.example", ELSEWHERE);
    for victim in 0..4 {
        assert!(lockouts.failed(&who(&format!("user{victim}@shop.example"), ELSEWHERE), at(victim)).is_empty());
        lockouts.succeeded(&own);
    }
    let began = lockouts.failed(&who("user5@shop.example", ELSEWHERE), at(5));
    assert_eq!(began.len(), 1);
    assert_eq!(began[0].subject.kind(), SubjectKind::Ip);
    assert!(lockouts.locked(&own, at(6)).is_some(), "whoever comes from there");
    assert!(lockouts.locked(&who("user5@shop.example", HOME), at(6)).is_none());
}

#[test]
fn nobody_can_lock_a_customer_out_from_elsewhere() {
    let lockouts = Lockouts::new(&settings());
    lockouts.succeeded(&who("bob@shop.example", HOME));
    for second in 0..3 {
        lockouts.failed(&who("bob@shop.example", ELSEWHERE), at(second));
    }
    assert!(lockouts.locked(&who("bob@shop.example", ELSEWHERE), at(4)).is_some());
    assert!(lockouts.locked(&who("bob@shop.example", HOME), at(4)).is_none());
}

#[test]
fn a_lock_is_lifted_by_hand_and_survives_by_being_restored() {
    let lockouts = Lockouts::new(&LockoutSettings { account_failures: 1, client_failures: 0, ..settings() });
    let bob = who("bob@shop.example", ELSEWHERE);
    let lock = lockouts.failed(&bob, at(0)).remove(0);
    let after_restart = Lockouts::new(&settings());
    after_restart.restore([lock.clone()], at(10));
    assert_eq!(after_restart.all(at(10)), std::slice::from_ref(&lock));
    assert_eq!(after_restart.clear(&lock.subject), Some(lock.clone()));
    assert_eq!(after_restart.locked(&bob, at(10)), None);
    after_restart.restore([lock], at(901));
    assert!(after_restart.all(at(901)).is_empty(), "its time was over while nobody ran");
}

#[test]
fn a_flood_of_names_costs_bounded_memory_and_frees_nobody() {
    let lockouts = Lockouts::new(&LockoutSettings { client_failures: 0, ..settings() });
    let bob = who("bob@shop.example", ELSEWHERE);
    (0..3).for_each(|second| drop(lockouts.failed(&bob, at(second))));
    for number in 0..10_000 {
        lockouts.failed(&who(&format!("made-up-{number}@shop.example"), ELSEWHERE), at(3));
        assert!(lockouts.state().tallies.len() <= 100);
    }
    assert!(lockouts.locked(&bob, at(4)).is_some());
}

/// What may happen to a few accounts and addresses.
#[derive(Debug, Clone)]
enum Step {
    Failed(u8, u8),
    Succeeded(u8, u8),
    Wait(u16),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..3u8, 0..3u8).prop_map(|(account, client)| Step::Failed(account, client)),
        1 => (0..3u8, 0..3u8).prop_map(|(account, client)| Step::Succeeded(account, client)),
        2 => (0..1200u16).prop_map(Step::Wait),
    ]
}

proptest! {
    /// The plain model: the failures of an account since its last success, none further than the window from the next.
    #[test]
    fn an_account_is_locked_exactly_when_the_rule_says_so(steps in prop::collection::vec(step(), 0..120)) {
        let lockouts = Lockouts::new(&LockoutSettings { client_failures: 0, ..settings() });
        let mut clock = 0;
        let mut failures = [const { Vec::<u64>::new() }; 3];
        let mut until = [0; 3];
        for step in steps {
            match step {
                Step::Wait(seconds) => clock += u64::from(seconds),
                Step::Succeeded(account, client) => {
                    lockouts.succeeded(&who(&format!("u{account}@shop.example"), &format!("192.0.2.{client}")));
                    failures[usize::from(account)].clear();
                }
                Step::Failed(account, client) => {
                    let began = lockouts.failed(&who(&format!("u{account}@shop.example"), &format!("192.0.2.{client}")), at(clock));
                    let account = usize::from(account);
                    if until[account] > clock {
                        prop_assert!(began.is_empty(), "a lock is not made longer");
                        continue;
                    }
                    if failures[account].last().is_some_and(|last| clock - last > 900) {
                        failures[account].clear();
                    }
                    failures[account].push(clock);
                    prop_assert_eq!(began.len(), usize::from(failures[account].len() == 3));
                    if failures[account].len() == 3 {
                        failures[account].clear();
                        until[account] = clock + 900;
                    }
                }
            }
            for (account, until) in until.iter().enumerate() {
                let stranger = who(&format!("u{account}@shop.example"), "203.0.113.200");
                prop_assert_eq!(lockouts.locked(&stranger, at(clock)).is_some(), *until > clock);
            }
        }
    }
}
