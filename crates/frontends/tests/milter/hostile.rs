//! Hostile peers over a real socket: garbage, cut packets and impossible orders at every state. The connection is closed,
//! and the server serves the next one.

use proptest::prelude::*;
use tokio::runtime::{Builder, Runtime};

use crate::bench::{Bench, Heard};
use crate::packet;

/// A session's lines with the number of answers up to each.
const SESSION: [(&str, usize); 9] = [
    ("O 6 1ff 1fffff", 1),
    ("D C {client_addr}=192.0.2.7", 0),
    ("C relay.example 4 4711 192.0.2.7", 1),
    ("H relay.example", 0),
    ("M <a@a.example>", 1),
    ("R <b@b.example>", 1),
    ("L Subject: x", 0),
    ("N", 0),
    ("B body", 1),
];

/// Garbage that is a fault wherever it comes.
const GARBAGE: [&[u8]; 6] = [
    &[0, 0, 0, 0],
    &[0xff, 0xff, 0xff, 0xff, b'B'],
    &[0, 0, 0, 1, 0xff],
    &[0, 0, 0, 1, b'D'],
    &[0, 0, 0, 3, b'C', b'h', 0],
    b"EHLO relay.example\r\n",
];

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().start_paused(true).build().unwrap()
}

/// Sends the session's first `steps` lines and then `bytes`, hangs up and waits for the close.
async fn attack(bench: &Bench, steps: usize, bytes: &[u8]) {
    let mut mta = bench.connect().await;
    for (line, answers) in &SESSION[..steps] {
        mta.converse(line, *answers).await;
    }
    mta.send(bytes).await;
    mta.hang_up().await;
    while mta.hear().await != Heard::Closed {}
}

async fn still_serves(bench: &Bench) {
    let mut mta = bench.connect().await;
    mta.converse("O 6 1ff 1fffff\nC relay.example 4 4711 192.0.2.7", 2).await;
    assert_eq!(bench.stats.connections_open.get(), 1);
    assert_eq!(bench.stats.crashes.get(), 0);
}

#[tokio::test(start_paused = true)]
async fn garbage_at_every_state_closes_the_connection_and_is_counted() {
    let bench = Bench::start().await;
    for steps in 0..=SESSION.len() {
        for garbage in GARBAGE {
            let faults = || bench.stats.faults().map(|(_, count)| count).sum::<u64>();
            let before = faults();
            attack(&bench, steps, garbage).await;
            assert_eq!(faults(), before + 1, "{garbage:?} after {steps} steps");
        }
    }
    still_serves(&bench).await;
}

#[tokio::test(start_paused = true)]
async fn every_packet_may_be_cut_at_every_byte() {
    let bench = Bench::start().await;
    for (steps, (line, _)) in SESSION.iter().enumerate() {
        let packet = packet::encode(line).unwrap();
        for length in 1..packet.len() {
            attack(&bench, steps, &packet[..length]).await;
        }
    }
    let truncated = bench.stats.faults().find(|(label, _)| *label == "truncated").unwrap().1;
    let cuts: usize = SESSION.iter().map(|(line, _)| packet::encode(line).unwrap().len() - 1).sum();
    assert_eq!(truncated, cuts as u64);
    still_serves(&bench).await;
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_that_is_sent_harms_the_server(
        attacks in proptest::collection::vec((0..=SESSION.len(), proptest::collection::vec(packets(), 1..8)), 1..8)
    ) {
        runtime().block_on(async {
            let bench = Bench::start().await;
            for (steps, packets) in attacks {
                attack(&bench, steps, &packets.concat()).await;
            }
            still_serves(&bench).await;
        });
    }
}

/// Packets with a right length, a command that is mostly known, and any data.
fn packets() -> impl Strategy<Value = Vec<u8>> {
    let command = prop_oneof![9 => proptest::sample::select(b"ODCHMRTLNBEAUQK".to_vec()), 1 => any::<u8>()];
    let data = prop_oneof![
        Just(Vec::new()),
        proptest::collection::vec(any::<u8>(), 0..40),
        "[a-z<>@ \\x00{}i]{0,40}".prop_map(String::into_bytes),
        any::<u8>().prop_map(|byte| vec![byte; 70_000]),
    ];
    (command, data).prop_map(|(command, data)| {
        let length = u32::try_from(data.len() + 1).unwrap();
        [&length.to_be_bytes()[..], &[command], &data].concat()
    })
}
