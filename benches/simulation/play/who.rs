//! Names, addresses and networks of ordinary senders; no two share an address.

use std::net::{IpAddr, Ipv4Addr};

use super::habit::Habit;
use super::rng::Rng;
use super::words::{NAMES, PLACES, SURNAMES};

/// Accounts of a company that does something all at once.
pub(crate) const STAFF: usize = 10;

/// One of them.
#[derive(Debug, Clone)]
pub(crate) struct Who {
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) client: IpAddr,
}

impl Who {
    pub(crate) fn new(habit: Habit, number: usize, rng: &mut Rng) -> Self {
        let name = match habit {
            Habit::Shop | Habit::Viral => "Orders".to_owned(),
            Habit::Alerts => "Monitoring".to_owned(),
            Habit::Newsletter | Habit::Unannounced | Habit::List | Habit::Digest => format!("News {}", surname(number)),
            _ => format!("{} {}", rng.word(NAMES), surname(number)),
        };
        let local = name.to_lowercase().replace(' ', ".");
        let host = u32::try_from(number).unwrap_or(0) + 1;
        let client = Ipv4Addr::from(u32::from(Ipv4Addr::new(240, 1, 0, 0)) + host * 3);
        Self { address: format!("{local}@{}", domain(habit, number)), name, client: client.into() }
    }

    /// The part behind the @.
    pub(crate) fn domain(&self) -> &str {
        self.address.rsplit('@').next().unwrap_or_default()
    }
}

fn domain(habit: Habit, number: usize) -> String {
    match habit {
        Habit::Newsletter => "news.example".to_owned(),
        Habit::List | Habit::Digest => "lists.example".to_owned(),
        Habit::Migrating | Habit::NewCompany => format!("company{}.example", number / STAFF),
        _ => {
            let place = PLACES.get(number / SURNAMES.len() % PLACES.len()).copied().unwrap_or_default();
            let more = number / (SURNAMES.len() * PLACES.len());
            let more = if more > 0 { more.to_string() } else { String::new() };
            format!("{}-{place}{more}.example", surname(number).to_lowercase())
        }
    }
}

fn surname(number: usize) -> &'static str {
    SURNAMES.get(number % SURNAMES.len()).copied().unwrap_or_default()
}

/// The network of the new office.
pub(crate) fn elsewhere(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V4(old) => Ipv4Addr::from(u32::from(old) + (1 << 20)).into(),
        old => old,
    }
}

/// Somebody out there.
pub(crate) fn stranger(rng: &mut Rng) -> String {
    let name = rng.word(NAMES).to_lowercase();
    format!("{name}.{}@recipient{}.example", rng.below(1_000_000), rng.below(400))
}
