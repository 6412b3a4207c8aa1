//! `/ip`: the networks of customers, and which of their addresses are blocked for spam.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use access::{Action, Owner, Ruling, may};
use axum::Json;
use axum::extract::{Extension, State};
use axum::http::HeaderMap;
use axum::response::Response;
use ipnet::IpNet;
use limits::Releaser;
use model::{Block, BlockState, ClientAddr, Evidence, MessageId, Network, SubjectKey};
use serde::Deserialize;
use serde_json::{Value, json};

use super::aside;
use super::caller::Caller;
use super::extract::{Path, Query};
use super::moment::{moment, written};
use super::page::{Entry, answer, is_like};
use super::refusal::Refusal;
use crate::office::Office;

#[derive(Deserialize, Default)]
pub(super) struct ListQuery {
    ip: Option<String>,
    #[serde(rename = "routedTo.serviceName")]
    service: Option<String>,
    version: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    description: Option<String>,
}

/// `GET /ip`
pub(super) async fn list(
    State(office): State<Arc<Office>>,
    Extension(caller): Extension<Caller>,
    Query(query): Query<ListQuery>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let inside = query
        .ip
        .as_deref()
        .map(|text| network(text).ok_or_else(|| Refusal::bad("ip: expected an address")))
        .transpose()?;
    let directory = office.directory();
    let mut found: Vec<_> = directory
        .networks()
        .filter(|(_, owner)| {
            may(&caller.actor.principal, Action::SeeSubject, Owner::Service(&owner.service)).is_allowed()
        })
        .filter(|(net, owner)| query.fits(*net, &owner.service, &owner.name, inside))
        .map(|(net, owner)| Entry { id: json!(net.to_string()), object: described(net, &owner.service, &owner.name) })
        .collect();
    found.sort_by_key(|entry| entry.id.to_string());
    answer(&headers, found)
}

impl ListQuery {
    fn fits(&self, net: IpNet, service: &str, name: &str, inside: Option<IpNet>) -> bool {
        let version = if net.addr().is_ipv4() { "4" } else { "6" };
        inside.is_none_or(|wanted| net.contains(&wanted) || wanted.contains(&net))
            && self.service.as_deref().is_none_or(|wanted| is_like(service, wanted))
            && self.version.as_deref().is_none_or(|wanted| wanted.trim_start_matches('v') == version)
            && self.kind.as_deref().is_none_or(|wanted| wanted == "dedicated")
            && self.description.as_deref().is_none_or(|wanted| is_like(name, &format!("%{wanted}%")))
    }
}

fn described(net: IpNet, service: &str, name: &str) -> Value {
    let description = (!name.is_empty()).then_some(name);
    let routed = (!service.is_empty()).then(|| json!({ "serviceName": service }));
    json!({
        "ip": net.to_string(),
        "type": "dedicated",
        "version": if net.addr().is_ipv4() { 4 } else { 6 },
        "description": description,
        "routedTo": routed,
        "country": null,
        "organisationId": null,
        "canBeTerminated": false,
    })
}

/// `GET /ip/{ip}`
pub(super) async fn show(
    State(office): State<Arc<Office>>,
    Extension(caller): Extension<Caller>,
    Path(text): Path<String>,
) -> Result<Json<Value>, Refusal> {
    let net = reached(&office, &caller, &text)?;
    let directory = office.directory();
    let owner = directory.owner_of(net);
    let (service, name) = owner.map(|owner| (owner.service.clone(), owner.name.clone())).unwrap_or_default();
    Ok(Json(described(net, &service, &name)))
}

/// `GET /ip/{ip}/antihack`, `/arp` and `/phishing`: nothing is ever found there, but clients ask.
pub(super) async fn nothing(
    State(office): State<Arc<Office>>,
    Extension(caller): Extension<Caller>,
    Path(text): Path<String>,
) -> Result<Json<Value>, Refusal> {
    reached(&office, &caller, &text)?;
    Ok(Json(json!([])))
}

#[derive(Deserialize)]
pub(super) struct SpamQuery {
    state: Option<String>,
}

/// `GET /ip/{ip}/spam`
pub(super) async fn spam(
    State(office): State<Arc<Office>>,
    Extension(caller): Extension<Caller>,
    Path(text): Path<String>,
    Query(SpamQuery { state }): Query<SpamQuery>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let state = state.as_deref().map(state_of).transpose()?;
    let net = reached(&office, &caller, &text)?;
    let blocks = aside(office.clone(), move |office| Ok(office.addresses.within(net)?)).await?;
    let seen = blocks.iter().filter(|block| office.may_block(&caller.actor, Action::SeeBlock, block).is_allowed());
    let wanted = seen.filter(|block| state.is_none_or(|state| block.state == state));
    let entry = |block: &Block| Entry { id: json!(shown(&block.subject)), object: spam_ip(block, block.state) };
    answer(&headers, wanted.map(entry).collect())
}

/// `GET /ip/{ip}/spam/{ipSpamming}`
pub(super) async fn spam_of(
    State(office): State<Arc<Office>>,
    Extension(caller): Extension<Caller>,
    Path((net, address)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    let block = latest(&office, &caller, Action::SeeBlock, &net, &address).await?;
    Ok(Json(spam_ip(&block, block.state)))
}

#[derive(Deserialize)]
pub(super) struct StatsQuery {
    from: Option<String>,
    to: Option<String>,
}

/// `GET /ip/{ip}/spam/{ipSpamming}/stats`: one entry for each block of the address that is still remembered.
pub(super) async fn stats(
    State(office): State<Arc<Office>>,
    Extension(caller): Extension<Caller>,
    Path((net, address)): Path<(String, String)>,
    Query(StatsQuery { from, to }): Query<StatsQuery>,
) -> Result<Json<Value>, Refusal> {
    let (from, to) = (moment("from", from.as_deref())?, moment("to", to.as_deref())?);
    let block = latest(&office, &caller, Action::SeeEvidence, &net, &address).await?;
    let stats = aside(office, move |office| {
        office.gate.note(&caller.actor, Action::SeeEvidence, &block.subject.to_string(), "")?;
        Ok(office.addresses.history(&block.subject, from, to)?)
    });
    Ok(Json(stats.await?.iter().map(|(block, evidence)| spam_stats(block, evidence)).collect()))
}

/// `POST /ip/{ip}/spam/{ipSpamming}/unblock`: as the customer, so the time has to be over, whoever calls.
pub(super) async fn unblock(
    State(office): State<Arc<Office>>,
    Extension(caller): Extension<Caller>,
    Path((net, address)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    let block = latest(&office, &caller, Action::Unblock, &net, &address).await?;
    let runtime = tokio::runtime::Handle::current();
    let released = aside(office, move |office| {
        office.gate.note(&caller.actor, Action::Unblock, &format!("block {}", block.reference), "")?;
        Ok(runtime.block_on(office.desk.release(&block.reference, Releaser::Customer))?)
    });
    // It is granted now; what stands beyond our own refusals follows.
    Ok(Json(spam_ip(&released.await?, BlockState::Unblocking)))
}

/// The block that an address is, or was last, under, if the caller may do that.
async fn latest(
    office: &Arc<Office>,
    caller: &Caller,
    action: Action,
    net: &str,
    address: &str,
) -> Result<Block, Refusal> {
    let missing = || Refusal::missing(address);
    let net = reached(office, caller, net)?;
    let wanted = address.split('/').next().and_then(|text| text.parse::<IpAddr>().ok()).ok_or_else(missing)?;
    let network = ClientAddr::new(wanted).network();
    if !belongs(net, network) {
        return Err(missing());
    }
    let subject = SubjectKey::Ip(network);
    let found = aside(office.clone(), move |office| Ok(office.addresses.latest(&subject)?)).await?;
    let block = found.ok_or_else(missing)?;
    match office.may_block(&caller.actor, action, &block) {
        Ruling::Allowed => Ok(block),
        Ruling::Forbidden => Err(Refusal::looks_only()),
        Ruling::Hidden => Err(missing()),
    }
}

/// Whether an address, or the /64 that stands for it, is of a network.
fn belongs(net: IpNet, network: Network) -> bool {
    net.contains(&network.net()) || network.net().contains(&net)
}

/// The network of a path, if there is one for the caller.
fn reached(office: &Office, caller: &Caller, text: &str) -> Result<IpNet, Refusal> {
    let net = network(text).ok_or_else(|| Refusal::missing(text))?;
    let directory = office.directory();
    let owner = directory.owner_of(net);
    let service = owner.map(|owner| owner.service.clone()).unwrap_or_default();
    let ruling = may(&caller.actor.principal, Action::SeeSubject, Owner::Service(&service));
    if ruling.is_allowed() { Ok(net) } else { Err(Refusal::missing(text)) }
}

/// A network, or an address as the network of it alone. An IPv4 address that is written as IPv6 is what it is; numbers that
/// begin with 0 are none, since some read them as octal.
fn network(text: &str) -> Option<IpNet> {
    let Some((address, length)) = text.split_once('/') else {
        return text.parse::<IpAddr>().ok().map(|address| IpNet::from(address.to_canonical()));
    };
    let length = length.bytes().all(|digit| digit.is_ascii_digit()).then(|| length.parse().ok())??;
    IpNet::new(address.parse().ok()?, length).ok().map(|net| net.trunc())
}

fn state_of(word: &str) -> Result<BlockState, Refusal> {
    let states = [BlockState::BlockedForSpam, BlockState::Unblocked, BlockState::Unblocking];
    let found = states.into_iter().find(|state| state.as_str() == word);
    found.ok_or_else(|| Refusal::bad("state: expected blockedForSpam, unblocked or unblocking"))
}

/// An address of IPv4; of IPv6 the first of the /64 that is counted as one.
fn shown(subject: &SubjectKey) -> String {
    match subject {
        SubjectKey::Ip(network) => network.net().addr().to_string(),
        other => other.name(),
    }
}

fn spam_ip(block: &Block, state: BlockState) -> Value {
    json!({
        "date": written(block.since),
        "ipSpamming": shown(&block.subject),
        "state": state.as_str(),
        "time": block.length.as_secs(),
    })
}

fn spam_stats(block: &Block, evidence: &[Evidence]) -> Value {
    let count = i64::try_from(evidence.len()).unwrap_or(i64::MAX);
    let sum: i64 = evidence.iter().map(|message| i64::from(message.score)).sum();
    let detected: Vec<_> = evidence.iter().map(spam_target).collect();
    json!({
        "timestamp": block.since.as_secs(),
        "total": block.messages,
        "numberOfSpams": block.spam,
        "averageSpamscore": sum.checked_div(count),
        "detectedSpams": (!detected.is_empty()).then_some(detected),
    })
}

fn spam_target(message: &Evidence) -> Value {
    json!({
        "date": message.at.as_secs(),
        // The published type allows no null, and strict clients read it as an address.
        "destinationIp": message.destination_ip.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
        "messageId": message.message_id.as_ref().map_or("", MessageId::as_str),
        "spamscore": message.score,
    })
}
