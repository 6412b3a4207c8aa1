//! A daemon with everything switched on that shows or enforces, and somebody who may look everywhere.

use std::net::SocketAddr;

use model::Timestamp;
use serde_json::Value;
use testkit::Relay;

use super::surface::Surface;
use crate::console::add_user;
use crate::harness::{Daemon, Milter, Page, Site, ask, free_port, link_in, loopback, post, samples, until, within};

const CUSTOMERS: &str = "[[customer]]\nservice = 'server-0815'\nname = 'Host'\ncontact = ['root@host.example']\n\
    kind = 'dedicated'\nnetworks = ['198.51.100.0/24']\n[[customer]]\nservice = 'shop'\nname = 'Shop'\n\
    contact = ['owner@owner.example']\nkind = 'exchange'\naccounts = ['*@shop.example']\n";
const PAGES: &str = "https://portreeve.test.example/console/case/";

/// Who sends.
#[derive(Debug, Clone, Copy)]
pub(super) enum Who {
    /// An address without a login.
    Address(&'static str),
    /// A login.
    Account(&'static str),
    /// The domain of logins.
    Domain(&'static str),
}

impl Who {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Address(name) | Self::Account(name) | Self::Domain(name) => name,
        }
    }

    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Address(_) => "ip",
            Self::Account(_) => "account",
            Self::Domain(_) => "domain",
        }
    }

    /// Where he sends from, and as whom.
    pub(super) fn session(self) -> (&'static str, &'static str) {
        match self {
            Self::Address(address) => (address, ""),
            Self::Account(login) => ("203.0.113.7", login),
            Self::Domain(_) => panic!("a domain doesn't send"),
        }
    }
}

/// The latest block, by the one way to look that all others are held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) reference: String,
    pub(super) state: String,
    pub(super) began: String,
    /// When its owner may end it, where that is the way out.
    pub(super) until: Option<String>,
    pub(super) released: Option<String>,
    pub(super) strike: u64,
}

pub(super) struct World {
    pub(super) site: Site,
    running: Option<Daemon>,
    pub(super) proxy: SocketAddr,
    /// Tokens of an operator and of a customer of both services.
    pub(super) operator: String,
    customer: String,
    /// An operator's session at the console.
    cookie: String,
    /// Where the proxy's mail goes.
    pub(super) outside: Relay,
}

impl World {
    pub(super) async fn new(settings: &str) -> Self {
        let (outside, proxy) = (Relay::start().await, loopback(free_port()));
        let mut site = Site::new(settings).await;
        let file = site.path("customers.toml");
        std::fs::write(&file, CUSTOMERS).unwrap();
        site.set(&format!(
            "[customers]\nfile = \"{}\"\n[proxy]\nlisten = [\"{proxy}\"]\nnext_hops = [\"{}\"]\n\
             xclient_from = [\"127.0.0.1\"]\nauth_needs_tls = false\n[web]\npublic_url = \"https://portreeve.test.example\"\n\
             [alerts]\ncustomer_letters = 100\noperator_letters = 100\n",
            file.display(),
            outside.address()
        ));
        let daemon = site.start().await;
        add_user(&site, &["anna", "--role", "operator"]);
        let cookie = log_in(daemon.web()).await;
        let (operator, customer) = (
            token(&site, &["--role", "operator"]),
            token(&site, &["--role", "customer", "--customer", "server-0815", "--customer", "shop"]),
        );
        Self { site, running: Some(daemon), proxy, operator, customer, cookie, outside }
    }

    pub(super) fn daemon(&self) -> &Daemon {
        self.running.as_ref().expect("it runs")
    }

    pub(super) async fn crash(&mut self) {
        self.running.take().expect("it runs").kill();
        self.running = Some(self.site.start().await);
    }

    pub(super) async fn reload(&mut self, settings: &str) {
        let told = |world: &Self| {
            let lines = world.daemon().lines();
            let words = lines.iter().filter_map(|line| line["message"].as_str());
            words.filter(|words| words.starts_with("the configuration was read again")).count()
        };
        let before = told(self);
        self.site.set(settings);
        self.daemon().signal("HUP");
        until("the configuration is in force", || async { told(self) > before }).await;
    }

    /// A command of an operator that has to work.
    pub(super) fn run(&self, arguments: &[&str]) -> Vec<u8> {
        let output = self.site.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        output.stdout
    }

    /// What a command says to programs; 1 means that there is nothing.
    pub(super) fn json(&self, arguments: &[&str]) -> Value {
        let output = self.site.run(&[arguments, &["--json"]].concat());
        assert!(matches!(output.status.code(), Some(0 | 1)), "{arguments:?}: {output:?}");
        serde_json::from_slice(&output.stdout).unwrap_or_default()
    }

    /// `GET` of an API, as an operator below /api and as the customer elsewhere.
    pub(super) async fn api(&self, path: &str) -> (u16, Value) {
        let token = if path.starts_with("/api/") { &self.operator } else { &self.customer };
        let bearer = format!("Bearer {token}");
        let page = ask(self.daemon().web(), "GET", path, &[("authorization", &bearer)], "").await;
        (page.status, serde_json::from_str(&page.body).unwrap_or_default())
    }

    /// A page of the console, for the operator who has logged in.
    pub(super) async fn page(&self, path: &str) -> String {
        read(ask(self.daemon().web(), "GET", path, &[("cookie", &self.cookie)], "").await, path)
    }

    /// The page behind the link of the letter about a block.
    pub(super) async fn linked(&self, reference: &str) -> String {
        let start = format!("{PAGES}{reference}.");
        let link = || {
            let letters = self.site.relay.mails().into_iter().map(|mail| mail.text.replace("=\r\n", ""));
            let words = letters.flat_map(|text| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
            words.into_iter().find_map(|word| word.find(&start).map(|at| word[at..].to_owned()))
        };
        until("the letter", || async { link().is_some() }).await;
        let key = link().unwrap().trim_start_matches(PAGES).split(['"', '<', '>']).next().unwrap().to_owned();
        let path = format!("/console/case/{key}");
        read(ask(self.daemon().web(), "GET", &path, &[], "").await, &path)
    }

    pub(super) async fn record(&self, who: Who) -> Option<Record> {
        let (status, page) = self.api(&format!("/api/blocks?limit=1&kind={}&subject={}", who.kind(), who.name())).await;
        assert_eq!(status, 200, "{page}");
        let block = page["items"].get(0)?;
        let text = |name: &str| block[name].as_str().map(str::to_owned);
        Some(Record {
            reference: text("reference")?,
            state: text("state")?,
            began: text("began_at")?,
            until: text("unblock_allowed_at"),
            released: text("released_at"),
            strike: block["strikes"].as_u64()?,
        })
    }

    /// Spam until it is refused for a block.
    pub(super) async fn spam(&self, who: Who) {
        let (address, login) = who.session();
        let mut session = Milter::session(&self.site.socket(), login, address).await;
        for (count, mail) in (1..40).zip(samples("spam").iter().cycle()) {
            let mail = mail.renumbered(&format!("<{count}.{}@host.example>", rand_word()));
            if link_in(&session.send("bob@shop.example", "victim@far.example", &mail).await.text()).is_some() {
                return;
            }
        }
        panic!("40 spam messages and no block");
    }

    /// Its owner ends the block as soon as he may.
    pub(super) async fn unblock(&self, who: Who) {
        let reference = self.record(who).await.expect("a block").reference;
        let (path, bearer) = (format!("/api/blocks/{reference}/unblock"), format!("Bearer {}", self.customer));
        let asked =
            || async { post(self.daemon().web(), &path, &[("authorization", &bearer)], "").await.status == 200 };
        until("its time is over", asked).await;
    }

    /// Once the block has come to this state, every way to look says so.
    pub(super) async fn agrees(&self, who: Who, state: &str) {
        let is_there = || async { self.record(who).await.map_or("unblocked".to_owned(), |found| found.state) == state };
        until(state, is_there).await;
        for surface in Surface::ALL {
            within(&format!("{surface:?}"), async { while !self.look(surface, who).await {} }).await;
        }
    }

    /// Every way to look at an account says that the block of its domain stops it.
    pub(super) async fn is_stopped_by(&self, domain: &'static str, who: Who) {
        let record = self.record(Who::Domain(domain)).await;
        assert_eq!(record.as_ref().map(|record| record.state.as_str()), Some("blockedForSpam"));
        for surface in Surface::OF_DOMAIN {
            let seen = surface.look(self, who, None).await;
            assert_eq!(
                seen.disagrees(record.as_ref()),
                None,
                "{surface:?} of {who:?}: {seen:?}, and the record: {record:?}"
            );
        }
    }

    /// Looks by each of these that was not there yet, for as long as the release of the block is under way.
    pub(super) async fn under_way(&self, who: Who, unseen: &mut Vec<Surface>) {
        let state = || async { self.record(who).await.map(|found| found.state).unwrap_or_default() };
        until("the release", || async { state().await != "blockedForSpam" }).await;
        while let Some(surface) = unseen.last().copied() {
            if state().await != "unblocking" {
                return;
            }
            let shown = self.look(surface, who).await;
            if shown && state().await == "unblocking" {
                unseen.pop();
            }
        }
    }

    /// Looks once. False when the record changed meanwhile; a panic when the two disagree.
    async fn look(&self, surface: Surface, who: Who) -> bool {
        let before = self.record(who).await;
        let seen = surface.look(self, who, before.as_ref()).await;
        if self.record(who).await != before {
            return false;
        }
        assert_eq!(
            seen.disagrees(before.as_ref()),
            None,
            "{surface:?} of {who:?}: {seen:?}, and the record: {before:?}"
        );
        true
    }
}

/// A page as a browser reads it: the template engine escapes slashes too.
fn read(page: Page, path: &str) -> String {
    assert_eq!(page.status, 200, "{path}: {}", page.body);
    page.body.replace("&#x2f;", "/")
}

/// Anna's session.
async fn log_in(web: SocketAddr) -> String {
    let form = ask(web, "GET", "/console/login", &[], "").await;
    let fields = [("cookie", form.cookie()), ("content-type", "application/x-www-form-urlencoded")];
    let csrf = form.hidden("csrf").expect("a form");
    let sent = format!("csrf={csrf}&to=&name=anna&password=correct+horse+battery");
    let entered = post(web, "/console/login", &fields, &sent).await;
    assert_eq!(entered.status, 303, "{}", entered.body);
    entered.cookie().to_owned()
}

fn token(site: &Site, grant: &[&str]) -> String {
    let made = site.run(&[&["keys", "add", "test", "--json"], grant].concat());
    let told: Value = serde_json::from_slice(&made.stdout).unwrap_or_else(|_| panic!("{made:?}"));
    told["token"].as_str().unwrap().to_owned()
}

/// Message-IDs differ from one call to the next.
fn rand_word() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("batch{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A time as programs are told it: milliseconds since 1970, or RFC 3339.
pub(super) fn moment(value: &Value) -> Option<Timestamp> {
    value.as_i64().map(Timestamp).or_else(|| Timestamp::parse(value.as_str()?))
}
