//! Garbage and truncated packets at every state: the connection ends, the daemon doesn't, and they are counted.

use crate::harness::{Milter, Site, samples};

/// What no MTA sends: framing that lies, commands nobody knows, contents cut short.
const GARBAGE: [&[u8]; 8] = [
    b"\0\0\0\0",
    b"\xff\xff\xff\xffO",
    b"\0\0\0\x01O",
    b"\0\0\0\x05Oabcd",
    b"\0\0\0\x01\xfe",
    b"\0\0\0\x0aChost\0\x34\0\0\0",
    b"\0\0\0\x03Dx\xff",
    b"GET / HTTP/1.1\r\n\r\n",
];

/// How far a session comes before the garbage.
const STATES: [usize; 5] = [0, 1, 2, 3, 4];

#[tokio::test(flavor = "multi_thread")]
async fn garbage_at_every_state_ends_only_its_own_connection() {
    let site = Site::new("").await;
    let mut daemon = site.start().await;
    for state in STATES {
        for garbage in GARBAGE {
            let mut milter = session_at(&site, state).await;
            milter.raw(garbage).await;
            milter.close_writing().await;
            while milter.answer().await.is_some() {}
        }
    }
    assert!(daemon.runs());
    daemon.metric_reaches("portreeve_milter_faults_total", "", 1.0).await;
    honest_mail_passes(&site).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packet_cut_anywhere_is_no_message() {
    let site = Site::new("").await;
    let daemon = site.start().await;
    let whole = b"\0\0\0\x18M<bob@shop.example>\0BODY=8";
    for cut in 1..whole.len() {
        let mut milter = session_at(&site, 2).await;
        milter.raw(&whole[..cut]).await;
        milter.close_writing().await;
        while milter.answer().await.is_some() {}
    }
    assert!(daemon.metric("portreeve_messages_total", "").await == 0.0, "nothing was whole, nothing is counted");
    honest_mail_passes(&site).await;
}

/// A connection that has negotiated, connected, said HELO, MAIL and so on, as far as told.
async fn session_at(site: &Site, state: usize) -> Milter {
    if state == 0 {
        return Milter::connect_raw(&site.socket()).await;
    }
    let mut milter = Milter::connect(&site.socket()).await;
    let steps: [(u8, &[u8]); 3] = [
        (b'C', b"host.example\x004\x10\x00198.51.100.9\0"),
        (b'M', b"<bob@shop.example>\0"),
        (b'R', b"<victim@far.example>\0"),
    ];
    for (command, data) in steps.iter().take(state - 1) {
        milter.ask(*command, data).await;
    }
    milter
}

pub(crate) async fn honest_mail_passes(site: &Site) {
    let mut session = Milter::session(&site.socket(), "alice@shop.example", "203.0.113.5").await;
    let answer = session.send("alice@shop.example", "friend@near.example", &samples("ham")[0]).await;
    assert!(matches!(answer.command, 'a' | 'c'), "{answer:?}");
}
