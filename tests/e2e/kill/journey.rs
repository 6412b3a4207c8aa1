//! One sender's way from block to release, with an axe: whatever reaches a relay or a receiver for the first time is kept there
//! without an answer, and the daemon is killed.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::UNIX_EPOCH;

use model::Timestamp;
use serde_json::Value;
use testkit::Receiver;

use crate::harness::{Daemon, LOOK_AGAIN, Milter, Site, samples, within};

const CUSTOMER: &str = "[[customer]]\nservice = 'hosting-4711'\nname = 'Shop'\ncontact = ['owner@owner.example']\n\
    kind = 'KIND'\naccounts = ['*@shop.example']\nnetworks = ['198.51.100.0/24']\n";
/// An address is free to go after three seconds, and only when somebody asks; the second time after an hour.
const BLOCKS: &str = "[blocks]\nladder = [\"3s\", \"1h\"]\nautomatic_releases = 0\n[alerts]\ncustomer_letters = 100\n\
    operator_letters = 100\n";

/// Who sends.
#[derive(Debug, Clone, Copy)]
pub(super) enum Who {
    /// A login.
    Account(&'static str),
    /// An address without one.
    Address(&'static str),
}

pub(super) struct Journey {
    pub(super) site: Site,
    who: Who,
    receiver: Receiver,
    daemon: Option<Daemon>,
    /// Letters and events that arrived without an answer, and for which the daemon died.
    held: usize,
    kills: usize,
    /// The block as it was shown last.
    shown: Option<Value>,
}

impl Journey {
    pub(super) async fn begin(who: Who, kind: &str, more: &str) -> Self {
        let receiver = Receiver::start().await;
        receiver.hold_first();
        let mut site = Site::new(BLOCKS).await;
        site.relay.hold_first();
        site.set(more);
        let customers = site.path("customers.toml");
        std::fs::write(&customers, CUSTOMER.replace("KIND", kind)).unwrap();
        site.set(&format!("[customers]\nfile = \"{}\"\n", customers.display()));
        super::hook(&mut site, &receiver);
        Self { site, who, receiver, daemon: None, held: 0, kills: 0, shown: None }
    }

    /// Gives the daemon a command that is told of blocks.
    pub(super) fn tells_a_command(&mut self) -> Told {
        let (program, told) = (self.site.path("tell"), Told { log: self.site.path("told") });
        let body = "#!/bin/sh\n[ -e $1.fails ] && exit 1\ncat >>$1\n";
        std::fs::write(&program, body).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        self.site.set(&format!("[enforcement]\ncommand = [\"{}\", \"{}\"]\n", program.display(), told.log.display()));
        told
    }

    pub(super) fn web(&self) -> SocketAddr {
        self.daemon.as_ref().expect("it runs").web()
    }

    /// Spam until it is blocked for the first time; the block's reference.
    pub(super) async fn block(&mut self) -> String {
        self.daemon = Some(self.site.start().await);
        self.is_blocked(1).await
    }

    /// Once more, on probation: the strike is remembered.
    pub(super) async fn block_again(&mut self) -> String {
        self.shown = None;
        self.is_blocked(2).await
    }

    async fn is_blocked(&mut self, strike: u64) -> String {
        match self.who {
            Who::Account(login) => super::spam(self, "198.51.100.7", login).await,
            Who::Address(address) => super::spam(self, address, "").await,
        }
        self.kill_and_start().await;
        assert_eq!(self.state(), "blockedForSpam");
        self.quiet().await;
        let block = self.shown.as_ref().expect("it was looked at");
        assert_eq!(block["strikes"].as_u64(), Some(strike), "{block}");
        block["reference"].as_str().expect("a reference").to_owned()
    }

    /// A command of an operator: the daemon is killed while it is asked, asked again where that came to nothing, and killed
    /// once it has answered.
    pub(super) async fn command(&mut self, arguments: &[&str], state: &str) {
        let mut first = Command::new(env!("CARGO_BIN_EXE_portreeve"));
        first.args(arguments).arg("--config").arg(self.site.config()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut first = first.spawn().expect("the binary runs");
        self.kill_and_start().await;
        first.wait().expect("it is our child");
        if self.state() != state {
            let second = self.site.run(arguments);
            assert_eq!(second.status.code(), Some(0), "{second:?}");
            self.kill_and_start().await;
        }
        assert_eq!(self.state(), state);
        self.quiet().await;
    }

    /// What was promised holds after each start.
    pub(super) async fn kill_and_start(&mut self) {
        self.daemon.take().expect("it runs").kill();
        self.kills += 1;
        self.daemon = Some(self.site.start().await);
        self.look();
        assert_eq!(self.refused().await, self.state() == "blockedForSpam", "what is shown is enforced");
    }

    /// The latest block, which only goes forward.
    fn look(&mut self) {
        let list = self.site.run(&["blocks", "list", "--all", "--json"]);
        let list: Value = serde_json::from_slice(&list.stdout).expect("JSON");
        let block = list["items"][0].clone();
        if let Some(before) = self.shown.replace(block.clone()) {
            for kept in ["reference", "began_at", "unblock_allowed_at", "expires_at", "strikes", "way_out"] {
                assert_eq!(block[kept], before[kept], "{kept} of {block}");
            }
            assert!(rank(&block) >= rank(&before), "{before} became {block}");
        }
    }

    /// The state of the latest block.
    pub(super) fn state(&mut self) -> String {
        self.look();
        self.shown.as_ref().and_then(|block| block["state"].as_str()).unwrap_or_default().to_owned()
    }

    /// Whether the latest block's time is over.
    pub(super) fn may_go(&self) -> bool {
        let block = self.shown.as_ref().expect("it was looked at");
        let end = block["unblock_allowed_at"].as_str().and_then(Timestamp::parse).expect("a time");
        let now = UNIX_EPOCH.elapsed().expect("after 1970");
        // The time is told in whole seconds, rounded down.
        i64::try_from(now.as_millis()).expect("not so soon") > end.0 + 999
    }

    async fn refused(&self) -> bool {
        match self.who {
            Who::Account(login) => self.site.refuses(login).await,
            Who::Address(address) => {
                let mut session = Milter::session(&self.site.socket(), "", address).await;
                session.mail("bob@shop.example").await.command != 'c'
            }
        }
    }

    /// Good mail passes, and blocks nobody: what was counted before the release is forgotten, whenever it was written down.
    pub(super) async fn sends(&mut self) {
        let (address, login) = match self.who {
            Who::Account(login) => ("198.51.100.7", login),
            Who::Address(address) => (address, ""),
        };
        let mut session = Milter::session(&self.site.socket(), login, address).await;
        for mail in &samples("ham")[..2] {
            let answer = session.send("bob@shop.example", "friend@near.example", mail).await;
            assert!(matches!(answer.command, 'a' | 'c'), "{}", answer.text());
        }
        self.kill_and_start().await;
        assert_eq!(self.state(), "unblocked");
    }

    /// Waits, and kills whenever something has arrived for the first time.
    pub(super) async fn until(&mut self, what: &str, mut condition: impl FnMut(&mut Self) -> bool) {
        within(what, async {
            let mut again = tokio::time::interval(LOOK_AGAIN);
            while !condition(self) {
                again.tick().await;
                self.axe().await;
            }
        })
        .await;
    }

    async fn axe(&mut self) {
        let held = self.letters().len() + self.events().len();
        if held > self.held {
            self.held = held;
            self.kill_and_start().await;
        }
    }

    /// Waits until nothing is left to be sent.
    pub(super) async fn quiet(&mut self) {
        self.until("everything is sent", |journey| {
            let waits = journey.site.run(&["webhooks", "list", "--json"]);
            let letters = journey.site.run(&["alerts", "list", "--json"]);
            let letters: Value = serde_json::from_slice(&letters.stdout).unwrap_or_default();
            let sent =
                letters["items"].as_array().is_some_and(|all| all.iter().all(|letter| letter["state"] == "sent"));
            sent && waits.status.code() == Some(1)
        })
        .await;
    }

    /// Copies of each letter, by Message-ID.
    fn letters(&self) -> BTreeMap<String, usize> {
        let mut copies = BTreeMap::new();
        for mail in self.site.relay.mails() {
            *copies.entry(mail.message_id().to_owned()).or_default() += 1;
        }
        copies
    }

    /// Copies of each event, by id.
    fn events(&self) -> BTreeMap<String, usize> {
        let mut copies = BTreeMap::new();
        for request in self.receiver.requests() {
            assert!(request.is_signed_with(super::SECRET.as_bytes()));
            *copies.entry(request.id().to_owned()).or_default() += 1;
        }
        copies
    }

    pub(super) fn field_of_letter(&self, name: &str) -> String {
        let letter = self.site.relay.mails().remove(0).text;
        let found = letter.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        found.unwrap_or_else(|| panic!("no {name} in {letter}")).trim_matches(['<', '>']).to_owned()
    }

    /// About this block so many letters and these events arrived, each twice or more under one name, the events in this order.
    pub(super) fn told(&self, block: &str, letters: usize, kinds: &[&str]) {
        let own = |copies: BTreeMap<String, usize>| -> Vec<_> {
            copies.into_iter().filter(|(name, _)| name.contains(block)).collect()
        };
        let (sent, events) = (own(self.letters()), own(self.events()));
        assert_eq!(sent.len(), letters, "{sent:?}");
        assert!(sent.iter().chain(&events).all(|(_, copies)| *copies >= 2), "{sent:?} {events:?}");
        let mut first = Vec::new();
        for request in self.receiver.requests() {
            if request.id().contains(block) && !first.contains(&request.kind()) {
                first.push(request.kind());
            }
        }
        assert_eq!(first, kinds);
        assert_eq!(events.len(), kinds.len(), "none under two names: {events:?}");
    }

    /// What was measured.
    pub(super) fn ends(self) {
        let copies = |copies: BTreeMap<String, usize>| (copies.len(), copies.values().sum::<usize>());
        let ((letters, mails), (events, requests)) = (copies(self.letters()), copies(self.events()));
        let who = self.who;
        eprintln!(
            "measured: {who:?}: {} kills, {letters} letters in {mails} mails, {events} events in {requests} requests",
            self.kills
        );
    }
}

fn rank(block: &Value) -> usize {
    let order = ["blockedForSpam", "unblocking", "unblocked"];
    order.iter().position(|state| block["state"] == *state).expect("a state")
}

/// What the enforcement command was told.
pub(super) struct Told {
    log: PathBuf,
}

impl Told {
    /// "blocked REFERENCE" or "released REFERENCE", in their order.
    pub(super) fn heard(&self) -> Vec<String> {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let letters = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let words = |letter: Value| Some(format!("{} {}", letter["event"].as_str()?, letter["block"].as_str()?));
        letters.filter_map(words).collect()
    }

    /// From now on it fails, or no more.
    pub(super) fn fails(&self, fails: bool) {
        let mark = self.log.with_file_name("told.fails");
        let changed = if fails { std::fs::write(mark, "") } else { std::fs::remove_file(mark) };
        changed.expect("our own directory");
    }
}
