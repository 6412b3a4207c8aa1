//! Whether this site's own addresses are listed: its operator must know before its customers tell.

use std::sync::Arc;
use std::time::Duration;

use model::circumstances::Asked;

use crate::reputation::{Reputation, listings};
use crate::subjects::Subject;
use crate::zones::Said;

impl Reputation {
    /// Looks the own addresses up and tells what is listed; `None` when nothing is to be looked up.
    pub async fn check_own(&self) -> Option<usize> {
        if self.settings.own_addresses.is_empty() || !self.any_list_asks(Asked::OwnAddress) {
            return None;
        }
        let mut found = Vec::new();
        for address in &self.settings.own_addresses {
            let subject = Subject::address(Asked::OwnAddress, *address);
            for zone in self.zones_for(&subject) {
                if let Said::Listings(listings) = listings(&self.dns, &self.health, &zone, &subject).await {
                    let told = |listing: &model::circumstances::Listing| {
                        format!("{address} in {} ({})", listing.zone, listing.says)
                    };
                    found.extend(listings.iter().map(told));
                }
            }
        }
        self.health.own_addresses(&found);
        Some(found.len())
    }

    fn pause(&self) -> Duration {
        self.settings.own_check_every
    }
}

/// Checks the own addresses at once and then as often as the configuration in force says, until it is dropped.
pub async fn watch_own_addresses(in_force: impl Fn() -> Arc<Reputation>) {
    loop {
        let reputation = in_force();
        reputation.check_own().await;
        tokio::time::sleep(reputation.pause()).await;
    }
}
