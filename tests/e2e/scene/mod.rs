//! A site after some weeks of work, as its console shows it: blocks of every reason and length, tickets and reports in every
//! state, letters and events that arrived, wait or were given up. Everybody in it is made up.

mod blocks;
mod day;
mod errands;
mod talk;

use std::path::Path;
use std::time::Duration;

pub(crate) use day::serve as day;
use model::Timestamp;
use store::SqliteStore;

/// The receiver of events that never answers.
pub(crate) const HOOK: &str = "panel";

/// Customers of the provider's file.
pub(crate) const CUSTOMERS: &str = "\
[[customer]]
service = 'hosting-4711'
name = 'Shop for garden gnomes'
contact = ['owner@owner.example']
kind = 'exchange'
accounts = ['*@shop.example']

[[customer]]
service = 'server-17'
name = 'Host Ltd'
contact = ['root@host.example', 'night-shift@host.example']
kind = 'dedicated'
networks = ['198.51.100.0/24', '2001:db8:4711::/48']
limits = { ip-rate = 9000 }

[[customer]]
service = 'university-of-applied-anthropology'
name = 'University of Applied Anthropology, Department of Long Names'
contact = ['postmaster@institute-for-long-names.university.example']
language = 'de'
kind = 'mxplan'
accounts = ['*@institute-for-long-names.university.example']
domains = ['university.example']

[[customer]]
service = 'office-2'
name = 'Cabinet Dupont & fils'
contact = ['accueil@office.example']
language = 'fr'
kind = 'mxplan-legacy'
accounts = ['*@office.example']
";

/// Customers that were entered in the console.
pub(crate) const ENTERED: &str = "service,name,contact,language,kind,networks,accounts,limits\n\
    reseller-88,Reseller of many small sites,support@reseller.example,en,dedicated,203.0.113.0/26 192.0.2.16/28,,ip-rate=5000\n\
    club-5,Chess club,board@club.example,en,pro,,*@club.example,account-rate=5000\n";

/// What happened before the daemon starts, as its store tells it.
pub(crate) fn fill(store: &Path) {
    let store = SqliteStore::open(store).expect("a new store");
    // The receiver is known first: it is told of what happens from then on.
    errands::listen(&store);
    let blocks = blocks::fill(&store);
    talk::fill(&store, &blocks);
    errands::fill(&store, &blocks);
}

/// A moment so many minutes ago. A page shows the time of day, so the scene is laid by the clock on the wall.
fn ago(minutes: u64) -> Timestamp {
    let now = std::time::UNIX_EPOCH.elapsed().expect("it is after 1970");
    let then = now.saturating_sub(Duration::from_secs(minutes * 60));
    Timestamp(i64::try_from(then.as_millis()).expect("it is before the year 292,000,000"))
}
