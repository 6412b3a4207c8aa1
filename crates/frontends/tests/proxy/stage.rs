//! A proxy on loopback with a scripted judge.

use std::net::SocketAddr;
use std::sync::Arc;

use frontends::proxy::{Accepted, Proxy, ProxySettings};
use model::Via;
use model::event::NoEvents;
use pipeline::Judges;
use settings::Document;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::judge::ScriptedJudge;

/// A proxy that accepts connections.
pub struct Stage {
    pub address: SocketAddr,
    pub proxy: Arc<Proxy>,
    pub judge: Arc<ScriptedJudge>,
    pub drain: watch::Sender<bool>,
}

impl Stage {
    /// With these options of the table `proxy`, a line each.
    pub async fn new(options: &str) -> Self {
        let text = format!("[proxy]\nname = \"proxy.test\"\n{options}");
        let mut document = Document::parse(&text);
        let settings: ProxySettings = document.table();
        let problems = document.finish().into_sorted();
        assert!(problems.is_empty(), "{problems:?}");
        let judge = Arc::new(ScriptedJudge::default());
        let judges = Arc::new(Judges::new(Arc::clone(&judge) as Arc<dyn pipeline::Judge>));
        let (drain, draining) = watch::channel(false);
        let proxy = Arc::new(Proxy::new(settings, "host.test", judges, Arc::new(NoEvents), draining).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(accept(listener, Arc::clone(&proxy)));
        Self { address, proxy, judge, drain }
    }
}

async fn accept(listener: TcpListener, proxy: Arc<Proxy>) {
    while let Ok((tcp, peer)) = listener.accept().await {
        let accepted = Accepted { tcp, peer, original_dst: None, via: Via::Proxy };
        tokio::spawn(Arc::clone(&proxy).session(accepted));
    }
}
