//! The ways to look at a block, and what each lets one see.

use std::time::Duration;

use serde_json::Value;

use super::world::{Record, Who, World, moment};
use crate::harness::{Client, Milter, get, link_in};

/// A way to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Surface {
    CommandList,
    CommandShow,
    NativeStates,
    NativeSubject,
    Compatible,
    CompatibleList,
    ConsoleList,
    ConsoleBlock,
    ConsoleSubject,
    SignedLink,
    RefusalLink,
    Metric,
    Diagnosis,
    Milter,
    Proxy,
}

use Surface::*;

/// What was seen; nothing is held against the record that a way to look doesn't show.
#[derive(Debug, Default)]
pub(super) struct Seen {
    state: Option<String>,
    refused: Option<bool>,
    reference: Option<String>,
    began: Option<String>,
    until: Option<String>,
    released: Option<String>,
}

impl Seen {
    /// What is not as the record says.
    pub(super) fn disagrees(&self, record: Option<&Record>) -> Option<&'static str> {
        let is = |seen: &Option<String>, known: Option<&String>| seen.is_none() || seen.as_ref() == known;
        let state = record.map_or("unblocked", |record| &record.state);
        let until = record.and_then(|record| record.until.as_ref());
        [
            ("state", self.state.as_ref().is_none_or(|seen| seen == state)),
            ("refused", self.refused.is_none_or(|seen| seen == (state == "blockedForSpam"))),
            ("reference", is(&self.reference, record.map(|record| &record.reference))),
            ("began", is(&self.began, record.map(|record| &record.began))),
            ("until", until.is_none() || is(&self.until, until)),
            ("released", is(&self.released, record.and_then(|record| record.released.as_ref()))),
        ]
        .into_iter()
        .find_map(|(name, agrees)| (!agrees).then_some(name))
    }

    fn refused(refused: bool) -> Self {
        Self { refused: Some(refused), ..Self::default() }
    }

    /// A refusal names its block.
    fn answered(refusal: Option<&str>) -> Self {
        let link = refusal.map(|text| link_in(text).unwrap_or_else(|| panic!("no link in {text}")));
        let reference = link.and_then(|link| link.rsplit('/').next()).map(str::to_owned);
        Self { reference, ..Self::refused(refusal.is_some()) }
    }
}

const STATES: [&str; 3] = ["blockedForSpam", "unblocking", "unblocked"];

impl Surface {
    pub(super) const ALL: [Self; 15] = [
        CommandList,
        CommandShow,
        NativeStates,
        NativeSubject,
        Compatible,
        CompatibleList,
        ConsoleList,
        ConsoleBlock,
        ConsoleSubject,
        SignedLink,
        RefusalLink,
        Metric,
        Diagnosis,
        Milter,
        Proxy,
    ];

    /// Those that show of an account what the block of its domain does.
    pub(super) const OF_DOMAIN: [Self; 6] = [NativeSubject, Compatible, ConsoleSubject, Diagnosis, Milter, Proxy];

    /// Those that answer within a second, whatever else the machine does.
    pub(super) fn quick() -> Vec<Self> {
        Self::ALL.into_iter().filter(|surface| *surface != Diagnosis).collect()
    }

    /// Looks; without a block where there was none, at what can be looked at then.
    pub(super) async fn look(self, world: &World, who: Who, record: Option<&Record>) -> Seen {
        match (self, record) {
            (NativeSubject, _) => native_subject(world, who).await,
            (Metric, _) => Seen::refused(
                world.daemon().metric("portreeve_blocked_subjects", "").await > blocked_others(world, who).await,
            ),
            (Diagnosis, _) => diagnosis(world, who),
            (Milter, _) => milter(world, who).await,
            (Proxy, _) => proxy(world, who).await,
            (ConsoleSubject, _) => {
                let page = world.page(&format!("/console/subjects/{}/{}", who.kind(), who.name())).await;
                Seen { state: Some(state_on(&page)), ..Seen::default() }
            }
            (Compatible, _) => compatible(world, who, record).await,
            (_, None) => Seen::default(),
            (CommandList, Some(record)) => of_command(find(&world.json(&["blocks", "list", "--all"]), record)),
            (CommandShow, Some(record)) => of_command(&world.json(&["blocks", "show", &record.reference])["block"]),
            (NativeStates, Some(record)) => native_states(world, record).await,
            (CompatibleList, Some(_)) => compatible_list(world, who).await,
            (ConsoleList, Some(record)) => console_list(world, record).await,
            (ConsoleBlock, Some(record)) => {
                on_page(&world.page(&format!("/console/blocks/{}", record.reference)).await, record)
            }
            (SignedLink, Some(record)) => on_page(&world.linked(&record.reference).await, record),
            (RefusalLink, Some(record)) => {
                let page = get(world.daemon().http(), &format!("/b/{}", record.reference)).await.body;
                let (_, rest) = page.split_once("<dt>State</dt><dd>").unwrap_or_else(|| panic!("no state in {page}"));
                let word = rest.split('<').next().unwrap_or_default().to_lowercase();
                Seen { state: Some(named(&word)), ..Seen::default() }
            }
        }
    }
}

/// Blocks in force of anybody else.
async fn blocked_others(world: &World, who: Who) -> f64 {
    let (_, page) = world.api("/api/blocks?state=blockedForSpam").await;
    let items = page["items"].as_array().cloned().unwrap_or_default();
    items.iter().filter(|block| block["subject"]["name"] != who.name()).count() as f64
}

fn find<'v>(list: &'v Value, record: &Record) -> &'v Value {
    let all = list["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let found = all.iter().find(|block| block["reference"] == *record.reference);
    found.unwrap_or_else(|| panic!("{record:?} is not in {list:#}"))
}

fn of_command(block: &Value) -> Seen {
    let text = |name: &str| block[name].as_str().map(str::to_owned);
    Seen {
        state: text("state"),
        reference: text("reference"),
        began: text("began_at"),
        until: text("unblock_allowed_at"),
        released: text("released_at"),
        ..Seen::default()
    }
}

/// The one state by which it is found.
async fn native_states(world: &World, record: &Record) -> Seen {
    let mut under = Vec::new();
    for state in STATES {
        let (_, page) = world.api(&format!("/api/blocks?state={state}")).await;
        let items = page["items"].as_array().cloned().unwrap_or_default();
        under.extend(items.iter().any(|block| block["reference"] == *record.reference).then_some(state));
    }
    Seen { state: Some(under.join(" and ")), ..Seen::default() }
}

async fn native_subject(world: &World, who: Who) -> Seen {
    let (status, subject) = world.api(&format!("/api/subjects/{}/{}", who.kind(), who.name())).await;
    assert_eq!(status, 200, "{subject}");
    let blocks = [&subject["block"], &subject["domain_block"]];
    let block = blocks.into_iter().find(|block| block["state"] == "blockedForSpam").unwrap_or(&subject["block"]);
    let reference = block["reference"].as_str().map(str::to_owned);
    Seen { reference, ..Seen::refused(block["state"] == "blockedForSpam") }
}

async fn compatible(world: &World, who: Who, record: Option<&Record>) -> Seen {
    let Who::Address(address) = who else {
        let path = format!("/1.0/email/exchange/shop/service/shop/account/{}", who.name());
        let (status, account) = world.api(&path).await;
        assert_eq!(status, 200, "{account}");
        let refused = account["spamDetected"].as_bool().expect("a boolean");
        // A domain that is blocked by hand has no ticket.
        if record.is_some() || !refused {
            assert_eq!(account["spamTicketNumber"].is_null(), !refused, "{account}");
        }
        return Seen::refused(refused);
    };
    let (status, spam) = world.api(&format!("/1.0/ip/198.51.100.0%2F24/spam/{address}")).await;
    assert_eq!(status, if record.is_some() { 200 } else { 404 }, "{spam}");
    let since = moment(&spam["date"]);
    let until = since.zip(spam["time"].as_u64()).map(|(since, time)| since.after(Duration::from_secs(time)));
    Seen {
        state: spam["state"].as_str().map(str::to_owned),
        began: since.map(|time| time.to_string()),
        until: until.map(|time| time.to_string()),
        ..Seen::default()
    }
}

async fn compatible_list(world: &World, who: Who) -> Seen {
    let Who::Address(address) = who else {
        let (_, accounts) = world.api("/1.0/email/exchange/shop/service/shop/account").await;
        assert!(accounts.as_array().is_some_and(|all| all.iter().any(|one| one == who.name())), "{accounts}");
        return Seen::default();
    };
    let mut under = Vec::new();
    for state in STATES {
        let (_, all) = world.api(&format!("/1.0/ip/198.51.100.0%2F24/spam?state={state}")).await;
        under.extend(all.as_array().is_some_and(|all| all.iter().any(|one| one == address)).then_some(state));
    }
    Seen { state: Some(under.join(" and ")), ..Seen::default() }
}

async fn console_list(world: &World, record: &Record) -> Seen {
    let page = world.page("/console/blocks?state=all").await;
    let href = format!("/console/blocks/{}\"", record.reference);
    let (before, _) = page.split_once(&href).unwrap_or_else(|| panic!("no {href} in {page}"));
    let row = before.rfind("<tr>").map_or("", |at| &before[at..]);
    Seen { state: Some(word_of(row)), ..Seen::default() }
}

fn on_page(page: &str, record: &Record) -> Seen {
    let page = page.split_once("<h1").unwrap_or_else(|| panic!("no heading in {page}")).1;
    let mut times =
        page.split("<time datetime=\"").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned);
    let (began, then) = (times.next(), times.next());
    let (until, released) = if record.released.is_some() { (None, then) } else { (then, None) };
    Seen { state: Some(state_on(page)), began, until, released, ..Seen::default() }
}

/// The state that stands beside a page's heading.
fn state_on(page: &str) -> String {
    word_of(page.split_once("<h1").map_or(page, |(_, rest)| rest))
}

fn word_of(html: &str) -> String {
    let (_, rest) = html.split_once("class=\"state ").unwrap_or_else(|| panic!("no state in {html}"));
    named(rest.split('"').next().unwrap_or_default())
}

/// The state by the name that the API gives it.
fn named(word: &str) -> String {
    if word == "blocked" { "blockedForSpam".to_owned() } else { word.to_owned() }
}

fn diagnosis(world: &World, who: Who) -> Seen {
    let output = world.site.run(&["diagnose", who.kind(), who.name(), "--json"]);
    let view: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"));
    let findings = view["findings"].as_array().expect("findings");
    let blocked = findings.iter().find(|finding| finding["check"] == "blocked").expect("it is looked at");
    match blocked["outcome"].as_str() {
        Some("fail") => Seen::refused(true),
        Some("pass" | "warn") => Seen::refused(false),
        _ => panic!("{blocked}"),
    }
}

/// What a milter session is answered, at the latest at MAIL.
async fn milter(world: &World, who: Who) -> Seen {
    let (address, login) = who.session();
    let mut session = Milter::session(&world.site.socket(), login, address).await;
    let answer = session.mail("bob@shop.example").await;
    Seen::answered((answer.command != 'c').then(|| answer.text()).as_deref())
}

/// What a client of the proxy is answered.
async fn proxy(world: &World, who: Who) -> Seen {
    let (address, login) = who.session();
    let mut client = Client::connect(world.proxy).await;
    let login = if login.is_empty() { String::new() } else { format!(" LOGIN={login}") };
    let mut reply = client.command(&format!("XCLIENT ADDR={address} NAME=host.example{login}")).await;
    for command in ["EHLO client.example", "MAIL FROM:<bob@shop.example>"] {
        if reply.code < 400 {
            reply = client.command(command).await;
        }
    }
    Seen::answered((reply.code >= 400).then(|| reply.line()).as_deref())
}
