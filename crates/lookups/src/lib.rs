//! What DNS says: the one place that asks name servers, for the alerts, the proxy, the score and diagnoses.
//!
//! Whoever sends mail chooses most of the names asked for. So every look-up is bounded in time, all of them in number,
//! what is remembered in size; an answer that does not come is "unknown" and never an error of the caller's.

mod authentication;
mod cache;
mod dns;
mod exchangers;
mod health;
mod hickory;
mod listed;
mod name;
mod own;
mod reputation;
mod resolver;
mod servers;
mod settings;
mod stats;
mod subjects;
mod zones;

pub use authentication::SpfSays;
pub use dns::Dns;
pub use exchangers::{Exchanger, Mx};
pub use health::Health;
pub use listed::{ListAnswer, ListSays, Listee};
pub use name::Name;
pub use own::watch_own_addresses;
pub use reputation::Reputation;
pub use resolver::{Answer, Asking, Kind, Question, Record, Reply, Resolver, Service, Trouble};
pub use servers::DnsError;
pub use settings::{AnswerNet, DnsListRule, DnsSettings, NameServer, ReputationSettings, SignedFor, Zone, check};
pub use stats::Figures;
