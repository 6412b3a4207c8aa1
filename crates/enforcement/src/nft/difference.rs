//! What has to change in the sets, and what somebody else has changed; pure.

use std::time::Duration;

use model::{Network, Timestamp};

use super::listing::Listing;
use crate::wanted::Wanted;

/// Time-outs are counted in whole seconds, and nft takes its time: less than this is no difference.
const TOLERANCE: Duration = Duration::from_secs(5);

/// What to do so that the sets hold what is wanted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Difference {
    /// To be put in.
    pub(super) missing: Vec<(Network, Option<Timestamp>)>,
    /// To be taken out.
    pub(super) surplus: Vec<Network>,
    /// There, with a wrong time-out.
    pub(super) retimed: Vec<(Network, Option<Timestamp>)>,
}

impl Difference {
    pub(super) fn between(wanted: &Wanted, held: &Wanted, now: Timestamp) -> Self {
        let mut difference = Self::default();
        for (network, until) in wanted {
            match held.get(network) {
                None => difference.missing.push((*network, *until)),
                Some(held) if !same(*until, *held) => difference.retimed.push((*network, *until)),
                Some(_) => {}
            }
        }
        // What ends now goes by itself; to take out what has just gone would fail.
        let stays = |until: &Option<Timestamp>| until.is_none_or(|until| until > now);
        let surplus = held.iter().filter(|(network, until)| !wanted.contains_key(*network) && stays(until));
        difference.surplus = surplus.map(|(network, _)| *network).collect();
        difference
    }
}

fn same(one: Option<Timestamp>, other: Option<Timestamp>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.since(other).max(other.since(one)) <= TOLERANCE,
        (None, None) => true,
        _ => false,
    }
}

/// What was not as we had left it, and is again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Repairs {
    /// The table or one of the sets had vanished.
    pub(crate) vanished: u64,
    /// Elements that somebody had removed.
    pub(crate) missing: u64,
    /// Elements that somebody had put in.
    pub(crate) surplus: u64,
    /// Elements with another time-out than ours.
    pub(crate) retimed: u64,
}

impl Repairs {
    pub(super) fn of(left: &Wanted, listing: &Listing, now: Timestamp) -> Self {
        // An element near its end is there or gone, and either is right.
        let stays = |until: &Option<Timestamp>| until.is_none_or(|until| until > now.after(TOLERANCE));
        let standing =
            |all: &Wanted| all.iter().filter(|(_, until)| stays(until)).map(|(net, until)| (*net, *until)).collect();
        let (left, held): (Wanted, Wanted) = (standing(left), standing(&listing.held));
        let difference = Difference::between(&left, &held, now);
        let vanished = [listing.has_table, listing.has_set4, listing.has_set6];
        Self {
            vanished: vanished.iter().filter(|there| !**there).count() as u64,
            missing: difference.missing.len() as u64,
            surplus: (difference.surplus.len() + listing.foreign.len()) as u64,
            retimed: difference.retimed.len() as u64,
        }
    }

    /// Each kind with its count, those that happened.
    pub(crate) fn each(self) -> impl Iterator<Item = (&'static str, u64)> {
        let all = [
            ("vanished", self.vanished),
            ("missing", self.missing),
            ("surplus", self.surplus),
            ("timeout", self.retimed),
        ];
        all.into_iter().filter(|(_, count)| *count > 0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sets(entries: &[(u8, Option<i64>)]) -> Wanted {
        let network = |octet: u8| Network::parse(&format!("192.0.2.{octet}")).unwrap();
        entries.iter().map(|(octet, until)| (network(*octet), until.map(Timestamp::from_secs))).collect()
    }

    fn held(entries: &[(u8, Option<i64>)]) -> Listing {
        Listing { has_table: true, has_set4: true, has_set6: true, held: sets(entries), ..Listing::default() }
    }

    #[test]
    fn what_is_near_its_end_was_changed_by_nobody() {
        let now = Timestamp::from_secs(1000);
        let left = sets(&[(1, Some(1003)), (2, Some(2000)), (3, None)]);
        assert_eq!(Repairs::of(&left, &held(&[(2, Some(2002)), (3, None), (4, Some(1001))]), now), Repairs::default());
        let repairs = Repairs::of(&left, &held(&[(2, Some(2900)), (5, None)]), now);
        assert_eq!(repairs, Repairs { vanished: 0, missing: 1, surplus: 1, retimed: 1 });
        assert_eq!(
            Repairs::of(&left, &Listing::nothing(), now),
            Repairs { vanished: 3, missing: 2, surplus: 0, retimed: 0 }
        );
    }

    fn any_set() -> impl Strategy<Value = Wanted> {
        proptest::collection::btree_map(0u8..12, proptest::option::of(900i64..3000), 0..10)
            .prop_map(|entries| sets(&entries.into_iter().collect::<Vec<_>>()))
    }

    proptest! {
        /// After the change nothing is left to change.
        #[test]
        fn a_difference_applied_is_gone(wanted in any_set(), held in any_set()) {
            let now = Timestamp::from_secs(1000);
            let difference = Difference::between(&wanted, &held, now);
            let mut then = held;
            then.retain(|network, until| !difference.surplus.contains(network) && until.is_none_or(|until| until > now) || wanted.contains_key(network));
            then.extend(difference.missing.iter().chain(&difference.retimed).copied());
            prop_assert!(then.keys().eq(wanted.keys()));
            prop_assert!(then.iter().all(|(network, until)| same(*until, wanted[network])));
            prop_assert_eq!(Difference::between(&wanted, &then, now), Difference::default());
        }
    }
}
