//! A proxy on loopback with a scripted judge.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use frontends::proxy::{Exchangers, Exchanging, Proxy, ProxySettings};
use frontends::{Drain, ListenAddr, Listener, SocketMode, Stats};
use model::{Event, EventSink};
use pipeline::Judges;
use settings::Document;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::judge::ScriptedJudge;

/// A proxy that accepts connections.
pub(crate) struct Stage {
    pub(crate) address: SocketAddr,
    pub(crate) proxy: Arc<Proxy>,
    pub(crate) judge: Arc<ScriptedJudge>,
    pub(crate) told: Arc<Told>,
    pub(crate) drain: watch::Sender<bool>,
    pub(crate) serving: JoinHandle<()>,
}

impl Stage {
    /// With these options of the table `proxy`, a line each.
    pub(crate) async fn new(options: &str) -> Self {
        let judge = Arc::new(ScriptedJudge::default());
        let judges = Arc::new(Judges::new(Arc::clone(&judge) as Arc<dyn pipeline::Judge>));
        let (told, stats) = (Arc::new(Told::default()), Arc::new(Stats::default()));
        let events = Arc::clone(&told) as _;
        let proxy = Proxy::new(settings(options), "host.test", Arc::new(Dns), judges, events, stats).unwrap();
        let listen = ListenAddr::parse("127.0.0.1:0").unwrap();
        let listeners = Listener::bind(&listen, SocketMode(0o600), &mut HashMap::new()).await.unwrap();
        let address = listeners[0].tcp_address().unwrap();
        let (drain, draining) = watch::channel(false);
        let serving = tokio::spawn(Arc::clone(&proxy).serve(listeners, Drain::new(draining)));
        Self { address, proxy, judge, told, drain, serving }
    }
}

/// The refusals that were told, each once.
#[derive(Default)]
pub(crate) struct Told(Mutex<Vec<String>>);

impl Told {
    /// Those that were not taken yet.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl EventSink for Told {
    fn emit(&self, event: &Event<'_>) {
        let Event::Declined(told) = event else { return };
        let account = told.account.map(|account| account.as_str()).unwrap_or("nobody");
        let client = told.client.map(|client| client.to_string()).unwrap_or_default();
        let id = told.message_id.map(|id| format!(" {id}")).unwrap_or_default();
        assert_eq!(told.by == "next_hop", told.next_hop.is_some());
        let line = format!("{} by {} to {account} at {client}{id}: {}", told.stage, told.by, told.reply);
        self.0.lock().unwrap().push(line);
    }
}

/// A DNS that knows one domain: its first exchanger is down, the second one has no address, the third one is this host.
#[derive(Debug)]
struct Dns;

impl Exchangers for Dns {
    fn exchangers<'a>(&'a self, domain: &'a str) -> Exchanging<'a> {
        let hosts = ["127.0.0.2", "nowhere.invalid", "127.0.0.1"].map(String::from).to_vec();
        Box::pin(async move { (domain == "provider.example").then_some(hosts) })
    }
}

/// The table `proxy` with these options.
pub(crate) fn settings(options: &str) -> ProxySettings {
    let received = if options.contains("received =") { "" } else { "received = false" };
    let text = format!("[proxy]\nname = \"proxy.test\"\n{received}\n{options}");
    let mut document = Document::parse(&text);
    let settings = document.table();
    let problems = document.finish().into_sorted();
    assert!(problems.is_empty(), "{problems:?}");
    settings
}
