//! A DNS server on loopback that answers what the test has told it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use hickory_server::Server;
use hickory_server::net::runtime::Time;
use hickory_server::proto::op::{HeaderCounts, Metadata, ResponseCode};
use hickory_server::proto::rr::rdata::{MX, PTR, SRV, TXT};
use hickory_server::proto::rr::{Name, RData, Record, RecordType};
use hickory_server::server::{Request, RequestHandler, ResponseHandler, ResponseInfo};
use hickory_server::zone_handler::MessageResponseBuilder;
use tokio::net::{TcpListener, UdpSocket};

/// Answers over UDP and TCP on one port. Names it wasn't told of don't exist.
#[derive(Clone)]
pub struct DnsServer {
    address: SocketAddr,
    zone: Arc<Mutex<Zone>>,
    _server: Arc<Server<Answers>>,
}

#[derive(Default)]
struct Zone {
    records: BTreeMap<Name, Vec<RData>>,
    silent: BTreeSet<Name>,
    failing: BTreeSet<Name>,
    asked: Vec<String>,
}

impl DnsServer {
    /// Starts on a free port; it ends with its last handle.
    pub async fn start() -> Self {
        let (udp, tcp) = sockets().await;
        let address = udp.local_addr().unwrap();
        let zone = Arc::<Mutex<Zone>>::default();
        let mut server = Server::new(Answers(Arc::clone(&zone)));
        server.register_socket(udp);
        server.register_listener(tcp, Duration::from_secs(5), 32);
        Self { address, zone, _server: Arc::new(server) }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The name has this address.
    pub fn address_of(&self, name: &str, ip: &str) -> &Self {
        let ip: IpAddr = ip.parse().unwrap();
        self.record(name, ip.into())
    }

    /// The domain's mail goes there; `.` is the null MX (RFC 7505).
    pub fn mx(&self, domain: &str, preference: u16, exchange: &str) -> &Self {
        self.record(domain, RData::MX(MX::new(preference, name(exchange))))
    }

    /// The name has this text.
    pub fn txt(&self, name: &str, text: &str) -> &Self {
        self.record(name, RData::TXT(TXT::new(vec![text.to_owned()])))
    }

    /// The service is there.
    pub fn srv(&self, name_: &str, priority: u16, weight: u16, port: u16, target: &str) -> &Self {
        self.record(name_, RData::SRV(SRV::new(priority, weight, port, name(target))))
    }

    /// The address, as DNS writes it backwards, is called so.
    pub fn ptr(&self, owner: &str, target: &str) -> &Self {
        self.record(owner, RData::PTR(PTR(name(target))))
    }

    /// Questions about the name are never answered.
    pub fn silence(&self, silent: &str) -> &Self {
        self.zone.lock().unwrap().silent.insert(name(silent));
        self
    }

    /// Questions about the name are answered SERVFAIL.
    pub fn fail(&self, failing: &str) -> &Self {
        self.zone.lock().unwrap().failing.insert(name(failing));
        self
    }

    /// The name is gone.
    pub fn forget(&self, gone: &str) -> &Self {
        self.zone.lock().unwrap().records.remove(&name(gone));
        self
    }

    /// What was asked so far, as `MX recipient.example.`, in order.
    pub fn asked(&self) -> Vec<String> {
        self.zone.lock().unwrap().asked.clone()
    }

    fn record(&self, owner: &str, data: RData) -> &Self {
        self.zone.lock().unwrap().records.entry(name(owner)).or_default().push(data);
        self
    }
}

/// One port for both protocols: a port that is free for UDP may be taken for TCP, then the next is tried.
async fn sockets() -> (UdpSocket, TcpListener) {
    loop {
        let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()).await {
            return (udp, tcp);
        }
    }
}

fn name(text: &str) -> Name {
    let mut name = Name::from_ascii(text).unwrap().to_lowercase();
    name.set_fqdn(true);
    name
}

struct Answers(Arc<Mutex<Zone>>);

impl Answers {
    /// The response code and the records; `None` for silence.
    fn look_up(&self, asked: &Name, kind: RecordType) -> Option<(ResponseCode, Vec<Record>)> {
        let mut zone = self.0.lock().unwrap();
        zone.asked.push(format!("{kind} {asked}"));
        if zone.silent.contains(asked) {
            return None;
        }
        if zone.failing.contains(asked) {
            return Some((ResponseCode::ServFail, Vec::new()));
        }
        let Some(known) = zone.records.get(asked) else { return Some((ResponseCode::NXDomain, Vec::new())) };
        let matching = known.iter().filter(|data| data.record_type() == kind);
        let records = matching.map(|data| Record::from_rdata(asked.clone(), 60, data.clone())).collect();
        Some((ResponseCode::NoError, records))
    }
}

#[async_trait]
impl RequestHandler for Answers {
    async fn handle_request<R: ResponseHandler, T: Time>(&self, request: &Request, mut response: R) -> ResponseInfo {
        let mut metadata = Metadata::response_from_request(&request.metadata);
        metadata.recursion_available = true;
        let nothing = hickory_server::proto::op::Header { metadata, counts: HeaderCounts::default() };
        let Ok(info) = request.request_info() else { return nothing.into() };
        let asked = Name::from(info.query.name().clone());
        let Some((code, records)) = self.look_up(&asked, info.query.query_type()) else { return nothing.into() };
        metadata.response_code = code;
        let built = MessageResponseBuilder::from_message_request(request).build(metadata, &records, [], [], []);
        response.send_response(built).await.unwrap_or_else(|_| nothing.into())
    }
}
