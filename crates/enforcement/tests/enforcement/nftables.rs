//! Real nftables sets, in a namespace of the test's own: filled, emptied, rebuilt, repaired.

use std::sync::Arc;
use std::time::Duration;

use enforcement::{EnforcementSettings, Enforcer, EnforcerHandle};
use model::time::ManualClock;
use model::{Clock, Timestamp};
use tokio::task::JoinHandle;

use crate::world::{Blocks, Namespace, Told, blocked, blocked_for_good, until};

const RULES: &str = "table inet portreeve {
    set blocked4 { type ipv4_addr; flags timeout; }
    set blocked6 { type ipv6_addr; flags interval,timeout; }
    chain stop { type filter hook prerouting priority -200; policy accept;
        tcp dport 25 ip saddr @blocked4 drop
        tcp dport 25 ip6 saddr @blocked6 drop
    }
}";

const T0: Timestamp = Timestamp::from_secs(1_700_000_000);

struct Stage {
    namespace: Namespace,
    blocks: Blocks,
    told: Told,
    clock: ManualClock,
}

impl Stage {
    fn new() -> Option<Self> {
        let namespace = Namespace::new()?;
        Some(Self { namespace, blocks: Blocks::default(), told: Told::default(), clock: ManualClock::at(T0) })
    }

    /// Starts an enforcer that looks at the sets this often.
    fn start(&self, check_interval: Duration) -> (JoinHandle<()>, EnforcerHandle) {
        let nft = self.namespace.program();
        let settings = EnforcementSettings { nftables: true, nft, check_interval, ..Default::default() };
        let (clock, events): (Arc<dyn Clock>, _) = (Arc::new(self.clock.clone()), Arc::new(self.told.clone()));
        let handle = EnforcerHandle::default();
        let enforcer = Enforcer::new(&handle, settings, "node.example", self.blocks.enforced(), clock, events);
        (tokio::spawn(enforcer.run()), handle)
    }

    async fn holds(&self, v4: &[&str], v6: &[&str]) {
        let sorted = |set| {
            let mut found = self.namespace.addresses(set);
            found.sort();
            found
        };
        until(&format!("the sets hold {v4:?} and {v6:?}"), || sorted("blocked4") == v4 && sorted("blocked6") == v6)
            .await;
    }
}

const SELDOM: Duration = Duration::from_secs(3600);
const OFTEN: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread")]
async fn a_block_is_in_the_set_within_a_second_and_out_at_release() {
    let Some(stage) = Stage::new() else { return };
    stage.namespace.load(RULES);
    let (_task, handle) = stage.start(SELDOM);
    until("it has looked", || handle.figures().looks > 0).await;
    let since = T0.before(Duration::from_secs(600));
    stage.blocks.set(vec![
        blocked("192.0.2.1", since),
        blocked_for_good("192.0.2.2", since),
        blocked("2001:db8:1:2::9", since),
    ]);
    let started = tokio::time::Instant::now();
    handle.wake();
    stage.holds(&["192.0.2.1", "192.0.2.2"], &["2001:db8:1:2::/64"]).await;
    assert!(started.elapsed() < Duration::from_secs(5), "it took {:?}", started.elapsed());

    let mut elements = stage.namespace.elements("blocked4");
    elements.extend(stage.namespace.elements("blocked6"));
    assert!(elements[0].starts_with("192.0.2.1 timeout 50m expires 49m5"), "50 of 60 minutes are left: {elements:?}");
    assert!(elements.contains(&"192.0.2.2".to_owned()), "until somebody releases it: {elements:?}");
    assert!(elements[2].starts_with("2001:db8:1:2::/64 timeout 50m"), "{elements:?}");

    stage.blocks.set(vec![blocked("2001:db8:1:3::9", since)]);
    handle.wake();
    stage.holds(&[], &["2001:db8:1:3::/64"]).await;
    assert_eq!(stage.told.lines(), Vec::<String>::new(), "our own changes are no repairs");
    assert_eq!(handle.figures().elements, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_rebuilds_and_takes_out_what_ended_meanwhile() {
    let Some(stage) = Stage::new() else { return };
    stage.namespace.load(RULES);
    stage.blocks.set(vec![blocked("192.0.2.1", T0), blocked_for_good("192.0.2.2", T0)]);
    let (task, _handle) = stage.start(SELDOM);
    stage.holds(&["192.0.2.1", "192.0.2.2"], &[]).await;
    task.abort();
    stage.blocks.set(vec![blocked("192.0.2.1", T0), blocked("192.0.2.3", T0)]);
    stage.clock.advance(Duration::from_secs(1800));
    let (_task, _handle) = stage.start(SELDOM);
    stage.holds(&["192.0.2.1", "192.0.2.3"], &[]).await;
    let elements = stage.namespace.elements("blocked4");
    assert!(elements.iter().all(|element| element.contains("timeout 30m")), "time has gone on: {elements:?}");
    assert_eq!(stage.told.lines(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_changes_is_repaired_and_told() {
    let Some(stage) = Stage::new() else { return };
    stage.namespace.load(RULES);
    stage.blocks.set(vec![blocked("192.0.2.1", T0), blocked("192.0.2.2", T0), blocked("2001:db8:1:2::9", T0)]);
    let (_task, _handle) = stage.start(OFTEN);
    let all = (&["192.0.2.1", "192.0.2.2"][..], &["2001:db8:1:2::/64"][..]);
    stage.holds(all.0, all.1).await;

    stage.namespace.load("flush set inet portreeve blocked4");
    until("the flush is told", || stage.told.contains("repaired nftables missing 2")).await;
    stage.holds(all.0, all.1).await;

    stage.namespace.load(
        "add element inet portreeve blocked4 { 198.51.100.1 }; add element inet portreeve blocked6 { 2001:db8:f::/48 }",
    );
    until("the strangers are told", || stage.told.contains("repaired nftables surplus 2")).await;
    stage.holds(all.0, all.1).await;

    let other_time = "delete element inet portreeve blocked4 { 192.0.2.1 }; add element inet portreeve blocked4 { 192.0.2.1 timeout 5d }";
    stage.namespace.load(other_time);
    until("the time-out is told", || stage.told.contains("repaired nftables timeout 1")).await;
    until("it is right", || stage.namespace.elements("blocked4")[0].starts_with("192.0.2.1 timeout 1h")).await;
    assert!(!stage.told.contains("degraded"), "{:?}", stage.told.lines());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vanished_table_is_made_again_and_missing_rules_are_told_until_they_are_back() {
    let Some(stage) = Stage::new() else { return };
    stage.namespace.load(RULES);
    stage.blocks.set(vec![blocked("192.0.2.1", T0)]);
    let (_task, handle) = stage.start(OFTEN);
    stage.holds(&["192.0.2.1"], &[]).await;
    stage.namespace.load("flush ruleset");
    stage.holds(&["192.0.2.1"], &[]).await;
    until("the table is told", || stage.told.contains("repaired nftables vanished 3")).await;
    let unused = "degraded nftables smtp_refusal: no rule of the table inet portreeve uses blocked4 and blocked6";
    until("the missing rules are told", || stage.told.contains(unused)).await;
    stage.blocks.set(vec![blocked("192.0.2.1", T0), blocked("192.0.2.7", T0)]);
    stage.namespace.load("delete table inet portreeve");
    handle.wake();
    stage.holds(&["192.0.2.1", "192.0.2.7"], &[]).await;
    stage.namespace.load(RULES);
    until("it works again", || stage.told.contains("recovered nftables")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_blocks_go_in_by_pieces() {
    let Some(stage) = Stage::new() else { return };
    stage.namespace.load(RULES);
    let addresses = (0..1100u32).map(|n| format!("192.0.{}.{}", n >> 8, n & 255));
    let networks = (0..600u32).map(|n| format!("2001:db8:0:{n:x}::1"));
    stage.blocks.set(addresses.chain(networks).map(|address| blocked(&address, T0)).collect());
    let (_task, handle) = stage.start(SELDOM);
    let held = || (stage.namespace.addresses("blocked4").len(), stage.namespace.addresses("blocked6").len());
    until("all are there", || held() == (1100, 600)).await;
    stage.blocks.set(Vec::new());
    handle.wake();
    stage.holds(&[], &[]).await;
    assert_eq!(stage.told.lines(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_set_that_is_not_as_it_must_be_is_a_sentence_and_recovers() {
    let Some(stage) = Stage::new() else { return };
    stage
        .namespace
        .load("add table inet portreeve; add set inet portreeve blocked6 { type ipv4_addr; flags interval, timeout; }");
    stage.blocks.set(vec![blocked("2001:db8:1:2::9", T0)]);
    let (_task, handle) = stage.start(OFTEN);
    until("it is told", || {
        stage.told.contains("degraded nftables smtp_refusal: ") && stage.told.contains("failed with exit status: 1: ")
    })
    .await;
    assert!(handle.figures().failed_looks > 0);
    stage.namespace.load("flush ruleset");
    stage.namespace.load(RULES);
    stage.holds(&[], &["2001:db8:1:2::/64"]).await;
    until("it works again", || stage.told.contains("recovered nftables")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_nft_that_hangs_is_killed_and_told() {
    let dir = tempfile::tempdir().unwrap();
    let told = Told::default();
    let settings = EnforcementSettings {
        nftables: true,
        nft: crate::world::script(dir.path(), "nft", "sleep 600"),
        timeout: Duration::from_millis(200),
        ..Default::default()
    };
    let (clock, events): (Arc<dyn Clock>, _) = (Arc::new(ManualClock::at(T0)), Arc::new(told.clone()));
    let _handle = EnforcerHandle::default();
    let enforcer = Enforcer::new(&_handle, settings, "node.example", Blocks::default().enforced(), clock, events);
    let _task = tokio::spawn(enforcer.run());
    until("it is told", || told.contains("took longer than 200 ms and was killed")).await;
}
