//! What is believed, for how long, and how much.

use customers::{CustomerRecord, Source};
use model::SubjectKind;
use proptest::prelude::*;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn cache(most: u32) -> Cache {
    let settings = DirectorySettings {
        fresh: SECOND * 100,
        fresh_unknown: SECOND * 10,
        stale: SECOND * 1000,
        try_again_after: SECOND * 30,
        max_known: most,
        ..DirectorySettings::default()
    };
    Cache::new(Terms::from(&settings))
}

fn owner(service: &str) -> Arc<Customer> {
    let contact = vec!["owner@shop.example".into()];
    let record = CustomerRecord { service: service.into(), contact, ..CustomerRecord::default() };
    Arc::new(record.customer(Source::Directory).unwrap())
}

fn account(name: &str) -> SubjectKey {
    SubjectKey::parse(SubjectKind::Account, &format!("{name}@shop.example")).unwrap()
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_secs(1_700_000_000).after(SECOND * u32::try_from(seconds).unwrap())
}

#[test]
fn an_owner_is_believed_then_asked_for_again_then_forgotten() {
    let (mut cache, bob, shop) = (cache(100), account("bob"), owner("shop"));
    assert_eq!(cache.look(&bob, at(0)), Look { said: Said::Nothing, ask: true });
    cache.told(&bob, Some(Arc::clone(&shop)), at(0));
    assert_eq!(cache.look(&bob, at(99)), Look { said: Said::Owner(Arc::clone(&shop)), ask: false });
    assert_eq!(cache.look(&bob, at(100)), Look { said: Said::Owner(Arc::clone(&shop)), ask: true });
    cache.failed(&bob, at(100));
    assert_eq!(cache.look(&bob, at(129)), Look { said: Said::Owner(Arc::clone(&shop)), ask: false });
    assert_eq!(cache.look(&bob, at(999)), Look { said: Said::Owner(shop), ask: true });
    assert_eq!(cache.look(&bob, at(1000)), Look { said: Said::Nothing, ask: true });
    assert_eq!(cache.owners(at(1000)).count(), 0);
}

#[test]
fn that_nobody_owns_it_is_believed_for_a_shorter_time() {
    let (mut cache, bob) = (cache(100), account("bob"));
    cache.told(&bob, None, at(0));
    assert_eq!([9, 10].map(|second| cache.look(&bob, at(second)).ask), [false, true]);
    cache.failed(&bob, at(10));
    assert_eq!(cache.look(&bob, at(10)).said, Said::Nobody, "its last word holds");
    cache.told(&bob, Some(owner("shop")), at(10));
    cache.told(&bob, None, at(200));
    assert_eq!(cache.look(&bob, at(200)).said, Said::Nobody, "what was his is his no more");
}

#[test]
fn an_unknown_one_that_could_not_be_asked_for_waits() {
    let (mut cache, bob) = (cache(100), account("bob"));
    cache.failed(&bob, at(0));
    assert_eq!([29, 30].map(|second| cache.look(&bob, at(second)).ask), [false, true]);
    assert_eq!(cache.look(&bob, at(29)).said, Said::Nothing, "that is not the same as nobody");
}

proptest! {
    /// However much is asked, no more is kept than was declared, and the last answer is always there.
    #[test]
    fn no_more_is_kept_than_declared(names in proptest::collection::vec(0u32..400, 1..600)) {
        let mut cache = cache(100);
        for (second, name) in (0..).zip(&names) {
            let subject = account(&name.to_string());
            cache.told(&subject, Some(owner("shop")), at(second));
            prop_assert!(cache.len() <= 100 && cache.order.len() == cache.len());
            prop_assert!(cache.look(&subject, at(second)).said.owner().is_some());
        }
    }
}
