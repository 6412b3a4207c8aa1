//! The API over a ledger, a store in memory and a clock that is driven; requests go through the router, without sockets.

use ground::Ground;
use std::net::{IpAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use access::{AccessRule, Actor, Gate, Grant, NewCredential, Visitor, WebSettings};
use api::{Office, Passwords, compatible};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request};
use customers::{CustomerSettings, Directory};
use diagnostics::{DiagnosisSettings, DiagnosisStore, Server, Task};
use limits::{BlockSettings, Rules, Terms};
use model::{AccountName, Block, ClientAddr, Evidence, Identity, Timestamp};
use pipeline::Addresses;
use serde_json::Value;
use tower::ServiceExt;

pub(crate) const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);
pub(crate) const NET: &str = "198.51.100.0%2F24";
pub(crate) const IP: &str = "198.51.100.23";
pub(crate) const IP6: &str = "2001:db8:1:2::";
pub(crate) const BOB: &str = "bob@shop.example";

const CUSTOMERS: &str = "
[[customer]]
service = 'shop'
name = 'Shop'
contact = ['owner@shop.example']
kind = 'exchange'
networks = ['198.51.100.0/24', '2001:db8:1::/48']
accounts = ['*@shop.example']
[[customer]]
service = 'old'
contact = ['owner@old.example']
kind = 'mxplan-legacy'
accounts = ['*@old.example']
[[customer]]
service = 'pro'
name = 'Pro'
kind = 'pro'
contact = ['owner@pro.example']
accounts = ['*@pro.example']
[[customer]]
service = 'plan'
kind = 'mxplan'
contact = ['owner@plan.example']
accounts = ['*@plan.example']
[[customer]]
service = 'bank'
contact = ['owner@bank.example']
networks = ['203.0.113.0/24']
";

pub(crate) struct World {
    pub(crate) ground: Ground,
    pub(crate) gate: Arc<Gate>,
    router: Router,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with_command(&[])
    }

    /// A world where that command changes passwords.
    pub(crate) fn with_command(command: &[&str]) -> Self {
        let directory = directory();
        let terms = Terms::by_way_out(move |subject| directory.owner(subject).way_out(subject));
        let blocks = BlockSettings { automatic_releases: 0, ..BlockSettings::default() };
        let ground = Ground::new(NOW, Rules { blocks, terms, ..Rules::default() });
        let password_command = command.iter().map(|word| (*word).to_owned()).collect();
        let settings = WebSettings { password_command, ..WebSettings::default() };
        let gate = Arc::new(ground.gate(&settings));
        let asked = DiagnosisSettings { submission: Some(nobody()), ..DiagnosisSettings::default() };
        let office = Office::new(
            Arc::clone(&gate),
            Arc::clone(&ground.tickets),
            Arc::new(Addresses::new(Arc::clone(&ground.desk), Arc::clone(&ground.store) as _)),
            Arc::new(ground::diagnoses(&ground, self::directory(), asked)),
            Arc::new(Passwords::new(&settings, Arc::clone(&ground.desk), Arc::clone(&ground.clock))),
            Arc::new(self::directory()),
            "https://isp.example".into(),
        );
        Self { ground, gate, router: compatible::router(Arc::new(office)) }
    }

    /// Blocks whoever sends from there without login.
    pub(crate) fn block_ip(&self, address: &str) -> Block {
        self.block_ip_towards(address, Some("192.0.2.99"))
    }

    /// The same, for messages to that address, or to nobody knows where.
    pub(crate) fn block_ip_towards(&self, address: &str, destination: Option<&str>) -> Block {
        let client: IpAddr = address.parse().unwrap();
        let identity = Identity { network: Some(ClientAddr::new(client).network()), ..Identity::default() };
        self.block(&identity, destination)
    }

    /// Blocks an account.
    pub(crate) fn block_account(&self, login: &str) -> Block {
        let identity = Identity { account: AccountName::from_login(login), ..Identity::default() };
        self.block(&identity, Some("192.0.2.99"))
    }

    fn block(&self, identity: &Identity, destination: Option<&str>) -> Block {
        let evidence = Evidence {
            destination_ip: destination.and_then(|address| address.parse().ok()),
            score: 410,
            ..testkit::samples::evidence(self.ground.clock.now().0)
        };
        self.ground.block(identity, evidence)
    }

    /// A bearer token for that grant.
    pub(crate) fn token(&self, grant: Grant) -> String {
        format!("Bearer {}", self.gate.add_key("test", grant, None).unwrap().token)
    }

    /// An application with a consumer key: application key, secret, consumer key.
    pub(crate) fn application(&self, rules: Vec<AccessRule>, grant: Grant) -> (String, String, String) {
        let issued = self.gate.add_application("test").unwrap();
        let wanted = NewCredential { rules, ..NewCredential::default() };
        let by = Actor::at_the_socket("test");
        let (consumer, _) = self.gate.add_credential(&issued.application.key, wanted, grant, &by, None).unwrap();
        (issued.application.key, issued.secret, consumer)
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, fields: &[(&str, &str)], body: &str) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", "isp.example:7681");
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::from(body.to_owned())).unwrap();
        let client = "192.0.2.7".parse().ok();
        request.extensions_mut().insert(Visitor { client, https: true });
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        Answer { status, headers, body: serde_json::from_slice(&bytes).unwrap_or_default() }
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Answer {
        self.ask("GET", path, &[("authorization", token)], "").await
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: &str) -> Answer {
        self.ask("POST", path, &[("authorization", token)], body).await
    }

    /// The latest diagnosis, as it is kept, as soon as it is over.
    pub(crate) async fn diagnosed(&self) -> Task {
        loop {
            let task = self.ground.store.diagnoses(None, 1).unwrap().pop().unwrap();
            if task.finished.is_some() {
                return task;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub(crate) fn pass(&self, length: Duration) {
        self.ground.hand.advance(length);
    }
}

/// A submission server that takes no connection.
fn nobody() -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string().parse().unwrap()
}

fn directory() -> Directory {
    Directory::parse(CUSTOMERS, &CustomerSettings::default()).unwrap()
}
