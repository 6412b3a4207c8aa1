//! What a person finds in the log: one line for each event, at its level, and no way to forge one.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::common::{block, clock, identity, judged, spam, telemetry};
use model::time::ManualClock;
use model::{Block, BlockState, ClientAddr, Declined, Event, EventSink, Via, WayOut};
use proptest::prelude::*;
use telemetry::Telemetry;

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Captured {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// The log lines of what `act` does, as text.
fn lines(act: impl FnOnce(&Telemetry, &ManualClock)) -> Vec<String> {
    let captured = Captured::default();
    let writer = captured.clone();
    let subscriber =
        tracing_subscriber::fmt().with_ansi(false).without_time().with_writer(move || writer.clone()).finish();
    let clock = clock();
    tracing::subscriber::with_default(subscriber, || act(&telemetry(&clock), &clock));
    captured.text().lines().map(str::to_owned).collect()
}

#[test]
fn a_judged_message_is_one_line_with_everything_about_it() {
    let lines = lines(|telemetry, _| judged(telemetry, &spam(), "<1@shop.example>"));
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    let parts = [
        " INFO ",
        "message judged",
        "via=\"milter\"",
        "message_id=\"<1@shop.example>\"",
        "queue_id=\"4Q1z\"",
        "account=\"bob@shop.example\"",
        "ip=192.0.2.7",
        "recipients=3",
        "score=110",
        "signals=html_only=60,operators_own=50",
        "verdict=\"reject\"",
        "reason=\"spam\"",
        "took_us=300",
    ];
    for part in parts {
        assert!(line.contains(part), "{part} is missing in {line}");
    }
    assert!(!line.contains("would="), "{line}");
}

#[test]
fn refusals_are_information_and_blocks_are_warnings() {
    let lines = lines(|telemetry, _| {
        let identity = identity();
        let reply = "550 5.7.1 Sending is blocked";
        telemetry.emit(&Event::Refused {
            via: Via::Milter,
            identity: &identity,
            stage: "connect",
            reason: "blocked",
            reply,
            monitored: true,
        });
        telemetry.emit(&Event::BlockChanged { block: &block(BlockState::BlockedForSpam, 2), monitored: false });
    });
    assert!(lines[0].contains(" INFO ") && lines[0].contains("stage=\"connect\""), "{lines:?}");
    assert!(lines[0].contains("monitored=true"), "{lines:?}");
    assert!(lines[1].contains(" WARN ") && lines[1].contains("state=\"blockedForSpam\""), "{lines:?}");
    assert!(lines[1].contains("until=2023-11-14T23:13:20Z way_out=\"time\" automatic_release=true"), "{lines:?}");
}

#[test]
fn a_block_that_waits_for_somebody_has_no_end_in_the_log() {
    let waiting = Block { way_out: WayOut::Ticket, automatic_release: false, ..block(BlockState::BlockedForSpam, 1) };
    let lines = lines(|telemetry, _| telemetry.emit(&Event::BlockChanged { block: &waiting, monitored: false }));
    assert!(lines[0].contains("way_out=\"ticket\" automatic_release=false"), "{lines:?}");
    assert!(!lines[0].contains("until="), "{lines:?}");
}

fn declined(telemetry: &Telemetry, client: &str, times: usize) {
    let account = identity().account;
    let declined = Declined {
        via: Via::Proxy,
        client: ClientAddr::parse(client),
        account: account.as_ref(),
        stage: "content",
        by: "next_hop",
        reply: "554 5.7.1 no\r\nlevel=ERROR",
        next_hop: Some("203.0.113.1:25".parse().unwrap()),
        message_id: Some("<1@shop.example>"),
    };
    (0..times).for_each(|_| telemetry.emit(&Event::Declined(declined)));
}

#[test]
fn what_the_proxy_refuses_is_a_line_that_says_who_and_whose_word() {
    let lines = lines(|telemetry, _| declined(telemetry, "192.0.2.7", 1));
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    for part in [
        " INFO ",
        "refused",
        "via=\"proxy\"",
        "account=\"bob@shop.example\"",
        "ip=192.0.2.7",
        "stage=\"content\"",
        "by=\"next_hop\"",
        "reply=\"554 5.7.1 no\\r\\nlevel=ERROR\"",
        "next_hop=203.0.113.1:25",
        "message_id=\"<1@shop.example>\"",
    ] {
        assert!(line.contains(part), "{part} is missing in {line}");
    }
    assert!(!line.contains("left_out"), "{line}");
}

#[test]
fn a_flood_of_refusals_does_not_flood_the_log_nor_hide_others() {
    let lines = lines(|telemetry, clock| {
        declined(telemetry, "192.0.2.7", 5000);
        declined(telemetry, "192.0.2.8", 1);
        (0..2000_u32).for_each(|n| declined(telemetry, &format!("198.18.{}.{}", n / 250, n % 250), 1));
        clock.advance(Duration::from_secs(60));
        declined(telemetry, "192.0.2.7", 1);
        assert!(telemetry.render().contains("portreeve_proxy_refusals_unlogged_total 6001"), "{}", telemetry.render());
    });
    assert_eq!(lines.len(), 1001, "a thousand a minute, and the first of the next");
    assert!(lines[20].contains("192.0.2.8") && lines[20].contains("left_out=4980"), "{}", lines[20]);
    assert!(lines[1000].contains("left_out=1021"), "{}", lines[1000]);
}

#[test]
fn a_failure_is_an_error_once_until_it_is_over() {
    let fails = |policy| Event::Degraded { part: "store", policy, error: "the disk is full" };
    let lines = lines(|telemetry, clock| {
        telemetry.emit(&Event::Recovered { part: "store" });
        (0..3).for_each(|_| telemetry.emit(&fails("continue")));
        clock.advance(Duration::from_secs(90));
        telemetry.emit(&fails("tempfail"));
        let failing = telemetry.degradation("store").unwrap();
        assert_eq!((failing.since.as_secs(), failing.policy), (1_700_000_000, "tempfail"));
        telemetry.emit(&Event::Recovered { part: "store" });
        telemetry.emit(&fails("continue"));
    });
    let levels: Vec<_> = lines.iter().map(|line| line.split_whitespace().next().unwrap()).collect();
    assert_eq!(levels, ["ERROR", "ERROR", "INFO", "ERROR"], "{lines:#?}");
    assert!(lines[2].contains("failed_for_s=90"), "{lines:#?}");
}

#[test]
fn a_missing_identity_is_said_once_an_hour_with_its_count() {
    let missing = |missing| Event::MissingIdentity { via: Via::Milter, missing };
    let lines = lines(|telemetry, clock| {
        (0..50).for_each(|_| telemetry.emit(&missing("{auth_authen}")));
        telemetry.emit(&missing("{client_addr}"));
        clock.advance(Duration::from_secs(3600));
        telemetry.emit(&missing("{auth_authen}"));
    });
    assert_eq!(lines.len(), 3, "{lines:#?}");
    assert!(lines[0].contains("times=1"), "{lines:#?}");
    assert!(lines[2].contains("times=50"), "{lines:#?}");
}

#[test]
fn hostile_text_starts_no_line_and_fakes_no_field() {
    let hostile = "<a@b.example>\" verdict=\"accept\"\n2026 ERROR forged\u{1b}[2J\u{202e}";
    let lines = lines(|telemetry, _| {
        judged(telemetry, &spam(), hostile);
        telemetry.emit(&Event::Degraded { part: "resolver", policy: "continue", error: hostile });
    });
    assert_eq!(lines.len(), 2, "{lines:#?}");
    for line in &lines {
        assert!(!line.contains(" verdict=\"accept\""), "{line}");
        assert!(!line.chars().any(|c| c.is_control() || c == '\u{202e}'), "{line}");
    }
}

proptest! {
    #[test]
    fn whatever_the_message_id_there_is_one_printable_line(id in any::<String>()) {
        let lines = lines(|telemetry, _| judged(telemetry, &spam(), &id));
        prop_assert_eq!(lines.len(), 1);
        prop_assert!(!lines[0].chars().any(char::is_control));
    }
}
