//! The nftables sets: made equal to what is wanted, looked after, repaired.
//!
//! It talks JSON to `nft -j -f -` (libnftables-json(5)). A change goes in without looking first; when it is refused, or
//! when it is time, the sets are listed and what differs is put right.

mod difference;
mod listing;
mod script;

use std::time::Duration;

use ipnet::IpNet;
use model::{Network, Timestamp};

use crate::process::{self, RunError};
use crate::settings::EnforcementSettings;
use crate::wanted::Wanted;
use difference::Difference;
pub(crate) use difference::Repairs;
use listing::Listing;

/// Why the sets are not as they should be.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NftError {
    /// nft did not do it.
    #[error(transparent)]
    Run(#[from] RunError),
    /// nft answered what we can't read.
    #[error("nft answered what is no listing: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// Elements of such a set can't be told apart.
    #[error("the set {0} has auto-merge, which joins neighbouring networks: define it without")]
    Merging(String),
}

/// Table and sets, with what we know they hold.
pub(crate) struct Firewall {
    settings: EnforcementSettings,
    /// What our last change has left there; `None` when that is unknown.
    left: Option<Wanted>,
    /// The sets that no rule used when we last looked.
    unused: Vec<String>,
}

impl Firewall {
    /// Over sets of which nothing is known.
    pub(crate) fn new(settings: EnforcementSettings) -> Self {
        Self { settings, left: None, unused: Vec::new() }
    }

    /// Makes the sets hold what is wanted, without looking as long as our own changes are all that happens.
    pub(crate) async fn follow(&mut self, wanted: &Wanted, now: Timestamp) -> Result<Repairs, NftError> {
        if let Some(left) = self.left.take() {
            let change = Difference::between(wanted, &left, now);
            if self.apply(&change, wanted, now).await.is_ok() {
                return Ok(Repairs::default());
            }
        }
        self.look(wanted, now).await
    }

    /// Looks at what the sets hold and puts right what differs; tells what somebody else must have changed.
    pub(crate) async fn look(&mut self, wanted: &Wanted, now: Timestamp) -> Result<Repairs, NftError> {
        let left = self.left.take();
        let listing = self.listed(now).await?;
        let repairs = left.map(|left| Repairs::of(&left, &listing, now)).unwrap_or_default();
        self.run(&script::missing(&listing, &self.settings)).await?;
        self.run(&script::foreign(&listing, &self.settings)).await?;
        self.unused = listing.unused;
        self.apply(&Difference::between(wanted, &listing.held, now), wanted, now).await?;
        Ok(repairs)
    }

    /// The sets that no rule used when we last looked: what is in them is stopped by nobody.
    pub(crate) fn unused(&self) -> &[String] {
        &self.unused
    }

    async fn apply(&mut self, change: &Difference, wanted: &Wanted, now: Timestamp) -> Result<(), NftError> {
        for script in script::changes(change, &self.settings, now) {
            self.run(&script).await?;
        }
        self.left = Some(wanted.clone());
        Ok(())
    }

    async fn listed(&self, now: Timestamp) -> Result<Listing, NftError> {
        match self.nft(&script::list(&self.settings)).await {
            Ok(answer) => Listing::parse(&answer, &self.settings, now),
            Err(RunError::Failed { said, .. }) if said.contains("No such file or directory") => Ok(Listing::nothing()),
            Err(error) => Err(error.into()),
        }
    }

    async fn run(&self, script: &script::Script) -> Result<(), NftError> {
        if !script.is_empty() {
            self.nft(script).await?;
        }
        Ok(())
    }

    async fn nft(&self, script: &script::Script) -> Result<Vec<u8>, RunError> {
        let args = ["-j", "-f", "-"].map(str::to_owned);
        process::run(&self.settings.nft, &args, script.json().as_bytes(), self.timeout()).await
    }

    fn timeout(&self) -> Duration {
        self.settings.timeout
    }
}

/// The set that holds a network.
fn set_of(network: Network, settings: &EnforcementSettings) -> &str {
    match network.net() {
        IpNet::V4(_) => settings.set4.as_str(),
        IpNet::V6(_) => settings.set6.as_str(),
    }
}
