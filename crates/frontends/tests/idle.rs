//! Two thousand idle connections over loopback TCP: they are all served, and cost less than 8 KiB each. In a process of
//! its own, so that the memory measured is theirs.
#![cfg(test)]

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use frontends::{Drain, ListenAddr, Listener, Milter, MilterSettings, SocketMode, Stats};
use model::event::NoEvents;
use model::{Action, Score, Session, Submission, Timestamp, Verdict};
use pipeline::{Admission, Judge, Judges, Judging, Stage, judging};
use tokio::sync::watch;

const CONNECTIONS: u64 = 2000;
const BUDGET: u64 = 8 * 1024;
const PAGE: u64 = 4096;
/// Both ends are in this process; the rest is for the runtime and the other tests.
const DESCRIPTORS: u64 = 2 * CONNECTIONS + 200;
/// A session with one message.
const SESSION: [(u8, &[u8]); 11] = [
    (b'O', b"\0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff"),
    (b'D', b"C{client_addr}\x00192.0.2.7\0{daemon_name}\0submission\0"),
    (b'C', b"relay.example\x004\x12\x67192.0.2.7\0"),
    (b'H', b"relay.example\0"),
    (b'D', b"Mi\0Q1\0{auth_type}\0PLAIN\0{auth_authen}\0bob\0"),
    (b'M', b"<a@a.example>\0"),
    (b'R', b"<b@b.example>\0"),
    (b'L', b"Subject\0 x\0"),
    (b'B', &[b'x'; 8000]),
    (b'E', b""),
    (b'A', b""),
];
/// The answers behind that to the negotiation: connection, sender, recipient, body, verdict, each of five bytes.
const ANSWERS: usize = 5 * 5;

struct AcceptsAll;

impl Judge for AcceptsAll {
    fn admit(&self, _: &Session, _: Stage<'_>) -> Admission {
        Admission::Proceed
    }
    fn judge(&self, _: Submission) -> Judging<'_> {
        judging(async {
            Verdict { action: Action::Accept, reason: "test", score: Score::default(), at: Timestamp::default() }
        })
    }
    fn analysed_bytes(&self) -> usize {
        256 << 10
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn two_thousand_idle_connections_are_cheap() {
    let limit = open_files();
    if limit < DESCRIPTORS {
        eprintln!("skipped: needs {DESCRIPTORS} file descriptors, the limit is {limit} (ulimit -n)");
        return;
    }
    let stats = Arc::new(Stats::default());
    let (address, _stop) = start(&stats).await;
    let clients = tokio::task::spawn_blocking(move || {
        // The first ones pay for what all share.
        let mut clients: Vec<_> = (0..100).map(|_| idle(address)).collect();
        let before = resident();
        clients.extend((0..CONNECTIONS).map(|_| idle(address)));
        (clients, resident().saturating_sub(before) / CONNECTIONS)
    });
    let (clients, each) = clients.await.unwrap();
    eprintln!("an idle connection costs {each} bytes");
    assert_eq!(stats.connections_open.get(), clients.len() as u64);
    assert!(each < BUDGET, "an idle connection costs {each} bytes");
}

async fn start(stats: &Arc<Stats>) -> (SocketAddr, watch::Sender<bool>) {
    let address = ListenAddr::parse("inet:127.0.0.1:0").unwrap();
    let listeners = Listener::bind(&address, SocketMode(0o600), &mut HashMap::new()).await.unwrap();
    let address = listeners[0].tcp_address().unwrap();
    let judges = Arc::new(Judges::new(Arc::new(AcceptsAll)));
    let (stop, wish) = watch::channel(false);
    let milter = Milter::new(MilterSettings::default(), judges, Arc::new(NoEvents), Arc::clone(stats));
    tokio::spawn(milter.serve(listeners, Drain::new(wish)));
    (address, stop)
}

/// A connection that has sent a message and then falls silent.
fn idle(address: SocketAddr) -> TcpStream {
    let mut client = TcpStream::connect(address).unwrap();
    for (command, data) in SESSION {
        let length = u32::try_from(data.len() + 1).unwrap();
        client.write_all(&[&length.to_be_bytes()[..], &[command], data].concat()).unwrap();
    }
    let mut length = [0; 4];
    client.read_exact(&mut length).unwrap();
    let mut answers = vec![0; u32::from_be_bytes(length) as usize + ANSWERS];
    client.read_exact(&mut answers).unwrap();
    assert_eq!(answers.last(), Some(&b'a'));
    client
}

fn open_files() -> u64 {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap_or_default();
    line.split_whitespace().nth(3).and_then(|limit| limit.parse().ok()).unwrap_or(0)
}

/// Memory this process holds, in bytes.
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * PAGE
}
