//! A milter server on a Unix socket of its own, and an MTA's end of a connection to it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use frontends::{Drain, ListenAddr, Listener, Milter, MilterSettings, SocketMode, Stats};
use model::Action;
use pipeline::{Judge, Judges};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::judge::ScriptedJudge;
use crate::packet;

/// How long the milter may stay silent; the clock is paused, so it costs nothing.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server; dropping the sender of `stop` ends it.
pub(crate) struct Bench {
    pub(crate) judge: Arc<ScriptedJudge>,
    judges: Arc<Judges>,
    pub(crate) stats: Arc<Stats>,
    pub(crate) stop: watch::Sender<bool>,
    pub(crate) server: JoinHandle<()>,
    directory: tempfile::TempDir,
}

impl Bench {
    pub(crate) async fn start() -> Self {
        Self::with(MilterSettings::default()).await
    }

    pub(crate) async fn with(settings: MilterSettings) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let address = ListenAddr::Unix(directory.path().join("milter.sock"));
        let listeners = Listener::bind(&address, SocketMode(0o600), &mut HashMap::new()).await.unwrap();
        let judge = Arc::new(ScriptedJudge::default());
        let judges = Arc::new(Judges::new(Arc::clone(&judge) as Arc<dyn Judge>));
        let (stop, wish) = watch::channel(false);
        let stats = Arc::new(Stats::default());
        let milter = Milter::new(settings, Arc::clone(&judges), Arc::clone(&judge) as _, Arc::clone(&stats));
        let server = tokio::spawn(milter.serve(listeners, Drain::new(wish)));
        Self { judge, judges, stats, stop, server, directory }
    }

    /// Puts a judge in force that says this.
    pub(crate) fn replace_judge(&self, verdict: Action) {
        let judge = ScriptedJudge::default();
        judge.state().verdict = verdict;
        self.judges.replace(Arc::new(judge));
    }

    pub(crate) async fn connect(&self) -> Mta {
        Mta(UnixStream::connect(self.directory.path().join("milter.sock")).await.unwrap())
    }
}

/// What the milter does next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    Packet(String),
    Closed,
    Nothing,
}

/// The MTA's end.
pub(crate) struct Mta(UnixStream);

impl Mta {
    /// Sends bytes; a milter that has closed shows when it is heard.
    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        let _ = self.0.write_all(bytes).await;
    }

    /// Sends the packets of the lines.
    pub(crate) async fn say(&mut self, lines: &str) {
        for line in lines.lines() {
            self.send(&packet::encode(line.trim()).unwrap()).await;
        }
    }

    /// Goes through the packets and their answers up to the end of the lines.
    pub(crate) async fn converse(&mut self, lines: &str, answers: usize) {
        self.say(lines).await;
        for _ in 0..answers {
            assert!(matches!(self.hear().await, Heard::Packet(_)));
        }
    }

    pub(crate) async fn hang_up(&mut self) {
        let _ = self.0.shutdown().await;
    }

    pub(crate) async fn hear(&mut self) -> Heard {
        timeout(PATIENCE, self.packet()).await.unwrap_or(Heard::Nothing)
    }

    async fn packet(&mut self) -> Heard {
        let Ok(length) = self.0.read_u32().await else { return Heard::Closed };
        let mut packet = vec![0; length as usize];
        match self.0.read_exact(&mut packet).await {
            Ok(_) => Heard::Packet(packet::decode(packet[0], &packet[1..])),
            Err(_) => Heard::Closed,
        }
    }
}
