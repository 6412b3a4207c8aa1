//! What may stand behind the question mark of each list.

/// One parameter of a query.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parameter {
    /// Its name.
    pub(super) name: &'static str,
    /// Its type, as JSON Schema names it.
    pub(super) schema: &'static str,
    /// What it means.
    pub(super) about: &'static str,
}

const fn text(name: &'static str, about: &'static str) -> Parameter {
    Parameter { name, schema: "string", about }
}

const fn number(name: &'static str, about: &'static str) -> Parameter {
    Parameter { name, schema: "integer", about }
}

const fn flag(name: &'static str, about: &'static str) -> Parameter {
    Parameter { name, schema: "boolean", about }
}

const SINCE: Parameter = text("since", "From then on: RFC 3339, or a day.");
const UNTIL: Parameter = text("until", "Before then: RFC 3339, or a day.");
const AFTER: Parameter = text("after", "What an earlier page told as next.");
const LIMIT: Parameter = number("limit", "At most so many, 1 to 1000; 100 when it is left out.");
const OLDEST: Parameter = flag("oldest", "Oldest first instead of latest first.");
const CUSTOMER: Parameter = text("customer", "Only what the customer of this service owns.");

pub(super) const BLOCKS: &[Parameter] = &[
    text("state", "Only in this state: blockedForSpam, unblocking or unblocked."),
    text("kind", "Only of this kind of subject: account, ip or domain."),
    text("subject", "An account, an address, a domain, a network, or the beginning of a name and *."),
    CUSTOMER,
    SINCE,
    UNTIL,
    text("rule", "Only those tripped by this rule."),
    number("strike", "Only at this step of the ladder or a higher one."),
    AFTER,
    LIMIT,
    OLDEST,
];

pub(super) const EVIDENCE: &[Parameter] = &[
    text("block", "Only of the block of this reference."),
    text("subject", "Only of blocks of this account, address, domain or network."),
    CUSTOMER,
    SINCE,
    UNTIL,
    text("message_id", "Only with this Message-ID."),
    text("destination", "Only those that were going to this address."),
    number("score", "Only with this score or a higher one."),
    AFTER,
    LIMIT,
    OLDEST,
];

pub(super) const TICKETS: &[Parameter] = &[flag("open", "Only those that still take answers."), LIMIT];

pub(super) const CUSTOMERS: &[Parameter] =
    &[text("owns", "Only the owner of this account, address or domain."), AFTER, LIMIT];

pub(super) const AUDIT: &[Parameter] = &[
    number("before", "Only lines with a lower number."),
    text("who", "Only of him."),
    text("action", "Only of this action."),
    text("on", "Only about this."),
    LIMIT,
];
