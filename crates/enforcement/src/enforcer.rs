//! The task that keeps the world in step with the blocks: woken by changes, and by time.

use std::sync::Arc;
use std::time::Duration;

use model::{Block, Clock, Event, EventSink};
use tokio::sync::Notify;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::command::{Commands, Ended, Settled};
use crate::health::Health;
use crate::memory::{Known, Memory};
use crate::nft::{Firewall, NftError, Repairs};
use crate::settings::EnforcementSettings;
use crate::stats::{Figures, Stats};
use crate::wanted::wanted;

/// Asks for the blocks to be enforced now: those that SMTP refuses by, from the same record.
pub type Enforced = Box<dyn Fn() -> Vec<Block> + Send + Sync>;

/// Changes that come within this time are made together.
const BREATH: Duration = Duration::from_millis(50);
/// The commands' errands are compared with the blocks this often even when nobody calls.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// The task. Dropping it, at any moment, leaves the sets as they are: they have time-outs, and the next start looks.
pub struct Enforcer {
    settings: EnforcementSettings,
    node: String,
    enforced: Enforced,
    clock: Arc<dyn Clock>,
    events: Arc<dyn EventSink>,
    known: Known,
    shared: Arc<Shared>,
}

/// Wakes the enforcer and asks it; made first, because who changes blocks is there before their enforcer.
#[derive(Clone, Default)]
pub struct EnforcerHandle(Arc<Shared>);

#[derive(Default)]
struct Shared {
    network: Notify,
    commands: Notify,
    stats: Stats,
}

impl Enforcer {
    /// The enforcer that this handle wakes. Run it with `tokio::spawn(enforcer.run())`; `node` stands in what commands are
    /// told.
    pub fn new(
        handle: &EnforcerHandle,
        settings: EnforcementSettings,
        node: &str,
        enforced: Enforced,
        clock: Arc<dyn Clock>,
        events: Arc<dyn EventSink>,
    ) -> Self {
        let (node, known, shared) = (node.to_owned(), Known::default(), Arc::clone(&handle.0));
        Self { settings, node, enforced, clock, events, known, shared }
    }

    /// Goes on where an earlier process stopped: `blocks` are those that the command was told of and not released from, as
    /// `memory` has them.
    #[must_use]
    pub fn remembering(mut self, memory: Arc<dyn Memory>, blocks: Vec<Block>) -> Self {
        self.known = Known { blocks, memory: Some(memory) };
        self
    }

    /// Runs until it is dropped.
    pub async fn run(self) {
        let network = async {
            if self.settings.nftables {
                self.network().await;
            }
        };
        let commands = async {
            if !self.settings.command.is_empty() {
                self.commands().await;
            }
        };
        tokio::join!(network, commands);
    }

    async fn network(&self) {
        let mut firewall = Firewall::new(self.settings.clone());
        let mut health = Health::new("nftables", Arc::clone(&self.events));
        let mut timer = interval(self.settings.check_interval);
        timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let is_time = tokio::select! {
                _ = timer.tick() => true,
                () = self.shared.network.notified() => false,
            };
            let now = self.clock.now();
            let wanted = wanted(&(self.enforced)(), now);
            let result = if is_time { firewall.look(&wanted, now).await } else { firewall.follow(&wanted, now).await };
            if result.is_ok() {
                self.shared.stats.elements.set(wanted.len());
            }
            self.tell(&mut health, result, &firewall);
            sleep(BREATH).await;
        }
    }

    fn tell(&self, health: &mut Health, result: Result<Repairs, NftError>, firewall: &Firewall) {
        self.shared.stats.looks.count();
        match result {
            Err(error) => {
                self.shared.stats.failed_looks.count();
                health.fails(&error.to_string());
            }
            Ok(repairs) => {
                repairs.each().for_each(|(repair, count)| health.repaired(repair, count));
                match firewall.unused() {
                    [] => health.works(),
                    unused => health.fails(&self.nobody_looks(unused)),
                }
            }
        }
    }

    fn nobody_looks(&self, unused: &[String]) -> String {
        let (sets, table) = (unused.join(" and "), &self.settings.table);
        format!("no rule of the table inet {table} uses {sets}: who is in there is not stopped; load your rules again")
    }

    async fn commands(&self) {
        let mut commands =
            Commands::new(self.settings.clone(), self.node.clone(), self.known.clone(), self.clock.now());
        let mut health = Health::new("enforcement_command", Arc::clone(&self.events));
        loop {
            let now = self.clock.now();
            commands.follow((self.enforced)(), now);
            commands.start(now);
            self.shared.stats.open_commands.set(commands.open());
            if commands.untold() > 0 {
                health.fails(&format!("there are {} blocks too many to tell the command", commands.untold()));
            }
            let pause = commands.pause(now).map_or(LOOK_AGAIN, |pause| pause.clamp(BREATH, LOOK_AGAIN));
            tokio::select! {
                (errand, result) = commands.ended() => {
                    let ended = commands.settle(&errand, result, self.clock.now());
                    self.tell_command(&mut health, &ended, &commands);
                }
                () = self.shared.commands.notified() => {}
                () = sleep(pause) => {}
            }
        }
    }

    fn tell_command(&self, health: &mut Health, ended: &Ended, commands: &Commands) {
        let stats = &self.shared.stats;
        match ended.settled {
            Settled::Told => stats.told.count(),
            Settled::Again => stats.failed.count(),
            Settled::GivenUp => stats.given_up.count(),
        }
        match &ended.error {
            Some(error) if ended.settled == Settled::GivenUp => health.fails(&format!("{error}; it is given up")),
            Some(error) => health.fails(&error.to_string()),
            None if health.is_failing() && !commands.is_failing() => health.works(),
            None => {}
        }
    }
}

impl EnforcerHandle {
    /// The blocks to be enforced may have changed. Never waits.
    pub fn wake(&self) {
        self.0.network.notify_one();
        self.0.commands.notify_one();
    }

    /// Sizes and totals, for metrics.
    pub fn figures(&self) -> Figures {
        self.0.stats.figures()
    }
}

/// A block that began or ended wakes the enforcer.
impl EventSink for EnforcerHandle {
    fn emit(&self, event: &Event<'_>) {
        if matches!(event, Event::BlockChanged { .. }) {
            self.wake();
        }
    }
}
