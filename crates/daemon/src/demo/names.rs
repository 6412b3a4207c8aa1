//! A name server on loopback for the world that the demo plays: the recipients' providers have addresses, nothing else exists.
//! The addresses are for documentation (RFC 5737) and never connected to.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use hickory_resolver::proto::op::{Message, ResponseCode};
use hickory_resolver::proto::rr::rdata::A;
use hickory_resolver::proto::rr::{RData, Record, RecordType};
use tokio::net::UdpSocket;

/// How many providers the world has.
const PROVIDERS: u8 = 5;
/// A question over UDP is no longer (RFC 1035 4.2.1).
const MAX_QUESTION: usize = 512;
/// Seconds that an answer is remembered.
const TTL: u32 = 3600;

/// The domain of the recipient with that number.
pub(super) fn provider(number: usize) -> String {
    format!("provider{}.example", number % usize::from(PROVIDERS))
}

/// Answers on a free port of loopback until the runtime ends.
pub(super) async fn start() -> io::Result<SocketAddr> {
    let socket = UdpSocket::bind("127.0.0.1:0").await?;
    let address = socket.local_addr()?;
    tokio::spawn(async move {
        let mut question = [0; MAX_QUESTION];
        while let Ok((length, asker)) = socket.recv_from(&mut question).await {
            if let Some(answer) = question.get(..length).and_then(answer) {
                // Who does not hear the answer asks again.
                let _ = socket.send_to(&answer, asker).await;
            }
        }
    });
    Ok(address)
}

fn answer(question: &[u8]) -> Option<Vec<u8>> {
    let asked = Message::from_vec(question).ok()?;
    let query = asked.queries.first()?.clone();
    let mut reply = Message::response(asked.metadata.id, asked.metadata.op_code);
    reply.metadata.recursion_desired = asked.metadata.recursion_desired;
    reply.metadata.recursion_available = true;
    match address_of(&query.name().to_ascii().to_ascii_lowercase()) {
        Some(address) if query.query_type() == RecordType::A => {
            reply.add_answer(Record::from_rdata(query.name().clone(), TTL, RData::A(A(address))));
        }
        Some(_) => {}
        None => reply.metadata.response_code = ResponseCode::NXDomain,
    }
    reply.add_query(query);
    reply.to_vec().ok()
}

fn address_of(name: &str) -> Option<Ipv4Addr> {
    let number: u8 = name.strip_prefix("provider")?.strip_suffix(".example.")?.parse().ok()?;
    (number < PROVIDERS).then(|| Ipv4Addr::new(198, 51, 100, 25 + number))
}

#[cfg(test)]
mod tests {
    use hickory_resolver::proto::op::{MessageType, OpCode, Query};
    use hickory_resolver::proto::rr::Name;

    use super::*;

    fn asked(name: &str, kind: RecordType) -> Message {
        let mut question = Message::new(7, MessageType::Query, OpCode::Query);
        question.add_query(Query::query(Name::from_ascii(name).unwrap(), kind));
        Message::from_vec(&answer(&question.to_vec().unwrap()).unwrap()).unwrap()
    }

    #[test]
    fn every_recipient_has_an_address_and_nothing_else_exists() {
        for number in 0..100 {
            let told = asked(&provider(number), RecordType::A);
            assert!(matches!(told.answers[..], [ref one] if matches!(one.data, RData::A(_))), "{told:?}");
        }
        let exchanger = asked(&provider(0), RecordType::MX);
        assert_eq!((exchanger.metadata.response_code, exchanger.answers.len()), (ResponseCode::NoError, 0));
        for name in ["shop.example.", "provider5.example.", "mx.provider1.example."] {
            assert_eq!(asked(name, RecordType::A).metadata.response_code, ResponseCode::NXDomain, "{name}");
        }
        assert_eq!(answer(b"no question"), None);
    }
}
