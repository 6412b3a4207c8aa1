//! The operator's command: what it is told, how often, and what becomes of one that fails or hangs.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use enforcement::{EnforcementSettings, Enforcer, EnforcerHandle};
use model::time::ManualClock;
use model::{Block, Clock, SubjectKind, Timestamp};
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::samples;
use tokio::task::JoinHandle;

use crate::world::{Blocks, Told, blocked, blocked_for_good, letters, script, until};

const T0: Timestamp = Timestamp::from_secs(1_700_000_000);

struct Desk {
    dir: TempDir,
    settings: EnforcementSettings,
    blocks: Blocks,
    told: Told,
    clock: ManualClock,
}

impl Desk {
    /// A command with this body; it finds what it writes to in `$1`.
    fn new(body: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let program = script(dir.path(), "tell", body);
        let command = vec![program.display().to_string(), dir.path().join("log").display().to_string()];
        let settings = EnforcementSettings { command, ..Default::default() };
        Self { dir, settings, blocks: Blocks::default(), told: Told::default(), clock: ManualClock::at(T0) }
    }

    fn log(&self) -> PathBuf {
        self.dir.path().join("log")
    }

    fn events(&self) -> Vec<String> {
        let words =
            |letter: Value| format!("{} {}", letter["event"].as_str().unwrap(), letter["subject"].as_str().unwrap());
        letters(&self.log()).into_iter().map(words).collect()
    }

    fn start(&self) -> (JoinHandle<()>, EnforcerHandle) {
        let (clock, events): (Arc<dyn Clock>, _) = (Arc::new(self.clock.clone()), Arc::new(self.told.clone()));
        let settings = self.settings.clone();
        let handle = EnforcerHandle::default();
        let enforcer = Enforcer::new(&handle, settings, "node.example", self.blocks.enforced(), clock, events);
        (tokio::spawn(enforcer.run()), handle)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_reads_the_event_as_json() {
    let desk = Desk::new("cat >>$1");
    desk.blocks.set(vec![blocked("192.0.2.1", T0.before(Duration::from_secs(60)))]);
    let (_task, handle) = desk.start();
    until("it is told", || letters(&desk.log()).len() == 1).await;
    let expected = json!({
        "event": "blocked", "node": "node.example", "block": "ref192.0.2.1", "kind": "ip", "subject": "192.0.2.1",
        "network": "192.0.2.1/32", "since": "2023-11-14T22:12:20Z", "until": "2023-11-14T23:12:20Z", "seconds_left": 3540,
        "strike": 1, "rule": "spam", "reason": "5 messages that look like spam within 10 minutes", "messages": 7, "spam": 5,
    });
    assert_eq!(letters(&desk.log()), [expected]);
    desk.blocks.set(vec![blocked_for_good("2001:db8::7", T0)]);
    handle.wake();
    until("the rest is told", || letters(&desk.log()).len() == 3).await;
    let mut events = desk.events();
    events.sort();
    assert_eq!(events, ["blocked 192.0.2.1", "blocked 2001:db8::/64", "released 192.0.2.1"]);
    let for_good = letters(&desk.log()).into_iter().find(|letter| letter["network"] == "2001:db8::/64").unwrap();
    assert_eq!((for_good.get("until"), for_good.get("seconds_left")), (None, None));
    until("all is counted", || handle.figures().told == 3).await;
    assert_eq!(desk.told.lines(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_kinds_that_were_asked_for() {
    let mut desk = Desk::new("cat >>$1");
    let account = Block { ..samples::block("account", T0.0) };
    desk.blocks.set(vec![account.clone(), blocked("192.0.2.1", T0)]);
    let (task, _handle) = desk.start();
    until("it is told", || !desk.events().is_empty()).await;
    assert_eq!(desk.events(), ["blocked 192.0.2.1"]);
    task.abort();
    desk.settings.command_subjects = vec![SubjectKind::Account];
    let (_task, _handle) = desk.start();
    until("it is told", || desk.events().len() == 2).await;
    assert_eq!(desk.events()[1], "blocked bob@shop.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_fails_is_run_again_and_its_complaint_told() {
    let desk = Desk::new("[ -e $1.open ] || { echo the firewall is away >&2; exit 4; }; cat >>$1");
    desk.blocks.set(vec![blocked("192.0.2.1", T0)]);
    let (_task, handle) = desk.start();
    let failed = "degraded enforcement_command smtp_refusal: ";
    until("the failure is told", || desk.told.contains(failed)).await;
    assert!(desk.told.contains("failed with exit status: 4: the firewall is away"), "{:?}", desk.told.lines());
    std::fs::write(desk.dir.path().join("log.open"), "").unwrap();
    desk.clock.advance(Duration::from_secs(1));
    handle.wake();
    until("it is told", || desk.events() == ["blocked 192.0.2.1"]).await;
    until("it works again", || desk.told.contains("recovered enforcement_command")).await;
    assert_eq!((handle.figures().failed, handle.figures().told), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_hangs_is_killed_and_holds_up_nobody_else() {
    let mut desk = Desk::new("read -r letter; case $letter in *192.0.2.1*) sleep 600;; esac; echo \"$letter\" >>$1");
    desk.settings.timeout = Duration::from_millis(700);
    desk.settings.command_parallel = 2;
    desk.blocks.set(["192.0.2.1", "192.0.2.2", "192.0.2.3"].map(|address| blocked(address, T0)).to_vec());
    let (_task, handle) = desk.start();
    until("the others are told", || desk.events().len() == 2).await;
    until("the one is killed", || desk.told.contains("took longer than 700 ms and was killed")).await;
    assert_eq!((handle.figures().failed, handle.figures().told), (1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_run_at_one_time_than_allowed() {
    let mut desk = Desk::new("mkdir $1.$$; ls -d $1.* | wc -l >>$1.most; cat >>$1; rmdir $1.$$");
    desk.settings.command_parallel = 3;
    desk.blocks.set((1..=30).map(|n| blocked(&format!("192.0.2.{n}"), T0)).collect());
    let (_task, _handle) = desk.start();
    until("all are told", || desk.events().len() == 30).await;
    let most = std::fs::read_to_string(desk.dir.path().join("log.most")).unwrap();
    // The file of the counts themselves is one of those counted.
    assert!(most.split_whitespace().all(|count| count.parse::<u32>().unwrap() <= 4), "{most}");
}
