//! How long a connection lives: silence, slow peers, draining, peers that vanish, the connection limit.

use std::time::Duration;

use frontends::MilterSettings;
use model::{Action, Refusal};
use tokio::time::Instant;

use crate::bench::{Bench, Heard, Mta};

const NEGOTIATED: &str = "O 6 1ff 1fffff\nC relay.example 4 4711 192.0.2.7";
const ENVELOPE: &str = "M <a@a.example>\nR <b@b.example>";

async fn connected(bench: &Bench) -> Mta {
    let mut mta = bench.connect().await;
    mta.converse(NEGOTIATED, 2).await;
    mta
}

fn patient(idle: u64, content: u64) -> MilterSettings {
    MilterSettings {
        idle_timeout: Duration::from_secs(idle),
        content_timeout: Duration::from_secs(content),
        ..MilterSettings::default()
    }
}

/// How long the milter takes to close, in seconds of the paused clock.
async fn closes_after(mta: &mut Mta) -> u64 {
    let start = Instant::now();
    assert_eq!(mta.hear().await, Heard::Closed);
    start.elapsed().as_secs()
}

#[tokio::test(start_paused = true)]
async fn silence_is_borne_for_as_long_as_the_settings_say() {
    let bench = Bench::with(patient(50, 20)).await;
    assert_eq!(closes_after(&mut bench.connect().await).await, 50, "nothing said at all");
    let mut mta = connected(&bench).await;
    assert_eq!(closes_after(&mut mta).await, 50, "between messages");
    let mut mta = connected(&bench).await;
    mta.converse(ENVELOPE, 2).await;
    assert_eq!(closes_after(&mut mta).await, 50, "a client may think between RCPT and DATA");
    let mut mta = connected(&bench).await;
    mta.converse(ENVELOPE, 2).await;
    mta.say("L Subject: x").await;
    assert_eq!(closes_after(&mut mta).await, 20, "content comes in one go");
    let mut mta = connected(&bench).await;
    mta.send(&[0, 0, 0, 9, b'M']).await;
    assert_eq!(closes_after(&mut mta).await, 20, "so does a packet");
    assert_eq!(bench.stats.timeouts.get(), 5);
}

#[tokio::test(start_paused = true)]
async fn draining_closes_idle_connections_and_lets_messages_end() {
    let bench = Bench::start().await;
    let (mut idle, mut busy) = (connected(&bench).await, connected(&bench).await);
    busy.converse(ENVELOPE, 2).await;
    bench.stop.send(true).unwrap();
    assert_eq!(closes_after(&mut idle).await, 0);
    busy.say("L Subject: x\nN\nE").await;
    assert_eq!(busy.hear().await, Heard::Packet("a".into()));
    assert_eq!(closes_after(&mut busy).await, 0);
    bench.server.await.unwrap();
    assert_eq!(bench.stats.connections_open.get(), 0);
}

#[tokio::test(start_paused = true)]
async fn draining_has_a_deadline() {
    let settings = MilterSettings { drain_timeout: Duration::from_secs(7), ..MilterSettings::default() };
    let bench = Bench::with(settings).await;
    let mut stuck = connected(&bench).await;
    stuck.converse(ENVELOPE, 2).await;
    bench.stop.send(true).unwrap();
    assert_eq!(closes_after(&mut stuck).await, 7);
    bench.server.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_verdict_is_reached_although_the_mta_has_gone() {
    let bench = Bench::start().await;
    bench.judge.state().takes = Duration::from_secs(12);
    let mut mta = connected(&bench).await;
    mta.converse(ENVELOPE, 2).await;
    mta.say("E").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    drop(mta);
    tokio::time::sleep(Duration::from_secs(12)).await;
    assert!(bench.judge.state().judged.is_some());
    assert_eq!(bench.stats.verdicts_untold.get(), 1);
    assert_eq!(bench.stats.connections_open.get(), 0);
}

#[tokio::test(start_paused = true)]
async fn connections_beyond_the_limit_are_closed_at_once() {
    let bench = Bench::with(MilterSettings { max_connections: 2, ..MilterSettings::default() }).await;
    let _two = (connected(&bench).await, connected(&bench).await);
    assert_eq!(closes_after(&mut bench.connect().await).await, 0);
    assert_eq!((bench.stats.connections.get(), bench.stats.connections_refused.get()), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_session_keeps_the_judge_it_started_with() {
    let bench = Bench::start().await;
    let mut old = connected(&bench).await;
    bench.replace_judge(Action::Reject(Refusal::permanent("no")));
    let mut new = connected(&bench).await;
    for (mta, verdict) in [(&mut old, "a"), (&mut new, "y 550 5.7.1 no")] {
        mta.converse(ENVELOPE, 2).await;
        mta.say("E").await;
        assert_eq!(mta.hear().await, Heard::Packet(verdict.into()));
    }
}
