//! Asks through hickory.

use std::net::IpAddr;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::lookup::Lookup;
use hickory_resolver::net::{DnsError as WireError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{self, RData, RecordType};

use crate::name::Name;
use crate::resolver::{Answer, Asking, Kind, Question, Record, Reply, Resolver, Service, Trouble};

/// hickory's resolver behind our words.
pub(crate) struct Hickory(pub(crate) TokioResolver);

impl Resolver for Hickory {
    fn ask<'a>(&'a self, question: &'a Question) -> Asking<'a> {
        Box::pin(async move {
            match self.0.lookup(question.name.wire(), record_type(question.kind)).await {
                Ok(found) => reply(&found),
                Err(error) => refusal(&error),
            }
        })
    }
}

fn record_type(kind: Kind) -> RecordType {
    match kind {
        Kind::A => RecordType::A,
        Kind::Aaaa => RecordType::AAAA,
        Kind::Mx => RecordType::MX,
        Kind::Txt => RecordType::TXT,
        Kind::Srv => RecordType::SRV,
        Kind::Ptr => RecordType::PTR,
    }
}

/// Aliases on the way count for the time to live, not for the answer.
fn reply(found: &Lookup) -> Reply {
    let records: Vec<_> = found.answers().iter().filter_map(record).collect();
    let seconds = found.answers().iter().map(|record| record.ttl).min();
    let answer = if records.is_empty() { Answer::NoRecords } else { Answer::Records(records) };
    Reply { answer, ttl: seconds.map(|seconds| Duration::from_secs(seconds.into())) }
}

fn record(record: &rr::Record) -> Option<Record> {
    match &record.data {
        RData::A(address) => Some(Record::Address(IpAddr::V4(address.0))),
        RData::AAAA(address) => Some(Record::Address(IpAddr::V6(address.0))),
        RData::MX(exchanger) => Some(Record::Exchanger(exchanger.preference, Name::from_wire(&exchanger.exchange))),
        RData::TXT(text) => Some(Record::Text(joined(text.txt_data.iter().map(AsRef::as_ref)))),
        RData::SRV(found) => Some(Record::Service(Service {
            priority: found.priority,
            weight: found.weight,
            port: found.port,
            target: Name::from_wire(&found.target),
        })),
        RData::PTR(name) => Some(Record::Pointer(Name::from_wire(name))),
        _ => None,
    }
}

fn joined<'t>(strings: impl Iterator<Item = &'t [u8]>) -> String {
    let bytes: Vec<u8> = strings.flatten().copied().collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn refusal(error: &NetError) -> Reply {
    let NetError::Dns(WireError::NoRecordsFound(none)) = error else {
        let trouble = if matches!(error, NetError::Timeout) { Trouble::TimedOut } else { Trouble::Failed };
        return Reply { answer: Answer::Unknown(trouble), ttl: None };
    };
    let ttl = none.negative_ttl.map(|seconds| Duration::from_secs(seconds.into()));
    let answer = match none.response_code {
        ResponseCode::NXDomain => Answer::NoSuchName,
        ResponseCode::NoError => Answer::NoRecords,
        _ => Answer::Unknown(Trouble::Failed),
    };
    Reply { answer, ttl }
}
