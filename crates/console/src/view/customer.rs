//! Customers: the list, and one with what is his and what happened around him.

use std::time::Duration;

use super::delivery::matter_href;
use customers::registry::CustomerView;
use customers::{CustomerRecord, Kind, Mistake};
use limits::{Bounce, ReleasesLeft};
use serde::Serialize;

use super::block::{BlockRow, percent};
use super::paging::Paging;
use super::report::ReportRow;
use super::ticket::TicketRow;
use crate::render::Page;
use crate::words::Words;

/// Names of one list that a page shows; the form has all of them.
const MOST_NAMES: usize = 100;

/// The page of a service's customer.
pub(crate) fn customer_href(service: &str) -> String {
    format!("/console/customer/{}", percent(service))
}

/// A customer in the list.
#[derive(Debug, Clone, Serialize)]
pub struct CustomerRow {
    service: String,
    href: String,
    name: String,
    kind: String,
    language: String,
    contact: String,
    source: String,
    suspended: bool,
    /// Whether something of him can't be used.
    unused: bool,
    networks: u64,
    accounts: u64,
    domains: u64,
}

impl CustomerRow {
    /// A customer.
    pub fn of(view: &CustomerView) -> Self {
        let CustomerRecord { service, name, contact, networks, accounts, domains, .. } = &view.customer;
        Self {
            service: service.clone(),
            href: customer_href(service),
            name: name.clone(),
            kind: view.customer.kind.clone(),
            language: view.customer.language.clone(),
            contact: contact.join(", "),
            source: view.source.clone(),
            suspended: view.customer.suspended,
            unused: !view.unused.is_empty(),
            networks: networks.len() as u64,
            accounts: accounts.len() as u64,
            domains: domains.len() as u64,
        }
    }
}

/// The list of customers.
#[derive(Debug, Clone, Serialize)]
pub struct CustomersPage {
    rows: Vec<CustomerRow>,
    search: String,
    source: String,
    sources: [&'static str; 3],
    filtered: bool,
    pages: Paging,
    may_change: bool,
}

impl CustomersPage {
    /// What a list may be narrowed to; the first is everything.
    pub const SOURCES: [&str; 3] = ["any", "file", "store"];

    /// A page of customers, as they were searched for.
    pub fn new(rows: Vec<CustomerRow>, search: String, source: String, pages: Paging, may_change: bool) -> Self {
        let filtered = !search.is_empty() || source != "any";
        Self { rows, search, source, sources: Self::SOURCES, filtered, pages, may_change }
    }
}

impl Page for CustomersPage {
    const TEMPLATE: &'static str = "customers.html";
}

/// One customer.
#[derive(Debug, Clone, Serialize)]
pub struct CustomerPage {
    row: CustomerRow,
    /// What he has, in a kind of our own; another one has no words.
    known_kind: bool,
    /// When he was changed, in the store.
    changed: Option<i64>,
    expires: Option<String>,
    automatic_releases: Option<u32>,
    releases: Releases,
    owned: Vec<Owned>,
    limits: Vec<(String, u64)>,
    unused: Vec<String>,
    blocks: Vec<BlockRow>,
    tickets: Vec<TicketRow>,
    reports: Vec<ReportRow>,
    bounces: Vec<BounceRow>,
    may_change: bool,
}

/// What happened around him, in rows.
#[derive(Debug, Clone, Default)]
pub struct Happened {
    /// His blocks.
    pub blocks: Vec<BlockRow>,
    /// His tickets.
    pub tickets: Vec<TicketRow>,
    /// Messages reported as flagged by mistake.
    pub reports: Vec<ReportRow>,
    /// Letters that came back.
    pub bounces: Vec<BounceRow>,
}

#[derive(Debug, Clone, Serialize)]
struct Releases {
    left: u32,
    most: u32,
    window: String,
}

/// Names of one kind that are his.
#[derive(Debug, Clone, Serialize)]
struct Owned {
    word: &'static str,
    names: Vec<String>,
    more: u64,
}

/// A letter that came back.
#[derive(Debug, Clone, Serialize)]
pub struct BounceRow {
    about: String,
    about_href: String,
    recipient: String,
    at: i64,
    status: String,
    said: String,
}

impl BounceRow {
    /// A bounce.
    pub fn of(bounce: &Bounce) -> Self {
        let Bounce { about, recipient, at, status, said, .. } = bounce;
        Self {
            about: about.to_string(),
            about_href: matter_href(about),
            recipient: recipient.clone(),
            at: at.0,
            status: status.clone(),
            said: said.clone(),
        }
    }
}

impl Owned {
    fn of(word: &'static str, names: &[String]) -> Self {
        let shown: Vec<_> = names.iter().take(MOST_NAMES).cloned().collect();
        Self { word, more: (names.len() - shown.len()) as u64, names: shown }
    }
}

impl CustomerPage {
    /// A customer; `may_change` is whether the viewer may change customers. Only those of the store are changed here.
    pub fn new(
        view: &CustomerView,
        releases: ReleasesLeft,
        happened: Happened,
        may_change: bool,
        words: &Words,
    ) -> Self {
        let customer = &view.customer;
        let Happened { blocks, tickets, reports, bounces } = happened;
        Self {
            row: CustomerRow::of(view),
            known_kind: Kind::from_word(&customer.kind).is_some(),
            changed: view.changed.map(|at| at.0),
            expires: customer.expires.clone(),
            automatic_releases: customer.automatic_releases,
            releases: Releases::of(releases, words),
            owned: vec![
                Owned::of("networks", &customer.networks),
                Owned::of("accounts", &customer.accounts),
                Owned::of("domains", &customer.domains),
            ],
            limits: customer.limits.iter().map(|(rule, limit)| (rule.clone(), *limit)).collect(),
            unused: view.unused.iter().map(Mistake::to_string).collect(),
            blocks,
            tickets,
            reports,
            bounces,
            may_change: may_change && view.source == "store",
        }
    }
}

impl Releases {
    fn of(left: ReleasesLeft, words: &Words) -> Self {
        let ReleasesLeft { most, used, window } = left;
        Self { left: most.saturating_sub(used), most, window: words.length(Duration::from_secs(window.as_secs())) }
    }
}

impl Page for CustomerPage {
    const TEMPLATE: &'static str = "customer.html";
}
