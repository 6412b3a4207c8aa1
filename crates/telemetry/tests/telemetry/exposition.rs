//! What a scrape sees: conventional names, help for each family, bounded labels, and the right counts.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

use crate::common::{block, clock, identity, judged, spam, telemetry, verdict};
use model::{
    Action, BlockState, Envelope, Event, EventSink, Judged, SubjectKey, SubjectKind, Timestamp, Via, WebDoor, WebGuess,
};
use telemetry::{MetricError, Telemetry};

fn everything_happened() -> Telemetry {
    let telemetry = telemetry(&clock());
    judged(&telemetry, &spam(), "<1@shop.example>");
    let identity = identity();
    telemetry.emit(&Event::Refused {
        via: Via::Milter,
        identity: &identity,
        stage: "mail",
        reason: "blocked",
        reply: "550 5.7.1 no",
        monitored: false,
    });
    telemetry.emit(&Event::BlockChanged { block: &block(BlockState::BlockedForSpam, 1), monitored: false });
    telemetry.emit(&Event::Degraded { part: "store", policy: "continue", error: "the disk is full" });
    telemetry.emit(&Event::MissingIdentity { via: Via::Milter, missing: "{auth_authen}: add it to mail macros" });
    telemetry.emit(&Event::LoginFailed { via: Via::Proxy, identity: &identity });
    for turned_away in [false, true] {
        let guess = WebGuess { door: WebDoor::Key, client: None, on: None, turned_away, first: true };
        telemetry.emit(&Event::WebGuess(guess));
    }
    telemetry.emit(&Event::WebLogin { door: WebDoor::Password, user: "ann", client: None });
    let subject = SubjectKey::parse(SubjectKind::Account, "bob@shop.example").unwrap();
    let (failures, until) = (20, Timestamp::from_secs(1_800_000_000));
    telemetry.emit(&Event::LockoutChanged { subject: &subject, failures, until, change: "began" });
    telemetry.register_gauges("portreeve_blocks_active", "Blocks in force.", "kind", || vec![("ip", 2.0)]).unwrap();
    let labels = ["about", "state"];
    let read = || vec![(["block", "deciding"], 3.0), (["question", "answering"], 0.0)];
    telemetry.register_gauge_table("portreeve_tickets", "Open tickets.", labels, read).unwrap();
    telemetry.register_counter("portreeve_alerts_sent_total", "Alerts the relay took.", || 7.0).unwrap();
    telemetry
}

/// The figure of a series, as written in the exposition.
fn figure(text: &str, series: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))?;
    line.parse().ok()
}

#[test]
fn events_are_counted_where_they_belong() {
    let text = everything_happened().render();
    let expected = [
        ("portreeve_messages_total{verdict=\"reject\",via=\"milter\"}", 1.0),
        ("portreeve_messages_total{verdict=\"accept\",via=\"milter\"}", 0.0),
        ("portreeve_verdict_reasons_total{reason=\"spam\",verdict=\"reject\"}", 1.0),
        ("portreeve_spam_messages_total", 1.0),
        ("portreeve_recipients_total", 3.0),
        ("portreeve_message_bytes_total", 2048.0),
        ("portreeve_message_score_bucket{le=\"99\"}", 0.0),
        ("portreeve_message_score_bucket{le=\"150\"}", 1.0),
        ("portreeve_judge_duration_seconds_bucket{le=\"0.0005\"}", 1.0),
        ("portreeve_signal_hits_total{signal=\"html_only\"}", 1.0),
        ("portreeve_signal_hits_total{signal=\"no_date\"}", 0.0),
        ("portreeve_signal_hits_total{signal=\"other\"}", 1.0),
        ("portreeve_web_guesses_total{door=\"key\"}", 1.0),
        ("portreeve_web_guesses_total{door=\"reference\"}", 0.0),
        ("portreeve_web_guesses_turned_away_total{door=\"key\"}", 1.0),
        ("portreeve_web_logins_total{door=\"password\"}", 1.0),
        ("portreeve_refusals_total{reason=\"blocked\",stage=\"mail\"}", 1.0),
        ("portreeve_blocks_opened_total{kind=\"account\",strike=\"1\"}", 1.0),
        ("portreeve_blocks_released_total{kind=\"account\",strike=\"1\"}", 0.0),
        ("portreeve_degraded{part=\"store\"}", 1.0),
        ("portreeve_degraded{part=\"resolver\"}", 0.0),
        ("portreeve_failures_total{part=\"store\",policy=\"continue\"}", 1.0),
        ("portreeve_missing_identity_total{missing=\"{auth_authen}\",via=\"milter\"}", 1.0),
        ("portreeve_blocks_active{kind=\"ip\"}", 2.0),
        ("portreeve_tickets{about=\"block\",state=\"deciding\"}", 3.0),
        ("portreeve_tickets{about=\"question\",state=\"answering\"}", 0.0),
        ("portreeve_alerts_sent_total", 7.0),
        ("process_start_time_seconds", 1_700_000_000.0),
    ];
    for (series, count) in expected {
        assert_eq!(figure(&text, series), Some(count), "{series} in\n{text}");
    }
}

#[test]
fn a_release_and_a_recovery_are_counted() {
    let telemetry = everything_happened();
    telemetry.emit(&Event::BlockChanged { block: &block(BlockState::Unblocking, 1), monitored: false });
    telemetry.emit(&Event::BlockChanged { block: &block(BlockState::Unblocked, 1), monitored: false });
    telemetry.emit(&Event::BlockChanged { block: &block(BlockState::BlockedForSpam, 77), monitored: false });
    telemetry.emit(&Event::Recovered { part: "store" });
    let text = telemetry.render();
    assert_eq!(figure(&text, "portreeve_blocks_released_total{kind=\"account\",strike=\"1\"}"), Some(1.0));
    assert_eq!(figure(&text, "portreeve_blocks_opened_total{kind=\"account\",strike=\"5\"}"), Some(1.0));
    assert_eq!(figure(&text, "portreeve_degraded{part=\"store\"}"), Some(0.0));
    assert_eq!(telemetry.degradation("store"), None);
}

#[test]
fn an_unread_message_has_no_score_and_monitored_ones_are_told_apart() {
    let telemetry = telemetry(&clock());
    let unread = verdict(Action::Defer(model::Refusal::permanent("later")), "rate", Vec::new());
    judged(&telemetry, &unread, "<1@shop.example>");
    let passed = verdict(Action::Accept, "spam", vec![crate::common::hit("no_date", 120)]);
    telemetry.emit(&Event::Judged(Judged {
        via: Via::Proxy,
        identity: &identity(),
        queue_id: None,
        message_id: None,
        envelope: &Envelope { recipient_count: 1, ..Envelope::default() },
        features: None,
        size: 1,
        verdict: &passed,
        would: "reject",
        took: std::time::Duration::ZERO,
    }));
    let text = telemetry.render();
    assert_eq!(figure(&text, "portreeve_message_score_count"), Some(1.0));
    assert_eq!(figure(&text, "portreeve_messages_total{verdict=\"accept\",via=\"proxy\"}"), Some(1.0));
    assert_eq!(figure(&text, "portreeve_monitored_messages_total{verdict=\"reject\"}"), Some(1.0));
}

#[test]
fn the_spam_score_follows_a_reload() {
    let telemetry = telemetry(&clock());
    telemetry.set_spam_score(200);
    judged(&telemetry, &spam(), "<1@shop.example>");
    assert_eq!(figure(&telemetry.render(), "portreeve_spam_messages_total"), Some(0.0));
}

#[test]
fn every_family_has_help_and_a_conventional_name() {
    let text = everything_happened().render();
    let helped: BTreeSet<_> = text.lines().filter_map(|line| line.strip_prefix("# HELP ")).map(first_word).collect();
    let types: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' ')).collect();
    assert!(types.len() > 20, "{text}");
    for (name, kind) in types {
        assert!(helped.contains(name), "{name} has no help");
        assert!(name.starts_with("portreeve_") || name.starts_with("process_"), "{name}");
        assert_eq!(kind == "counter", name.ends_with("_total"), "{name} is a {kind}");
        assert!(!["_ms", "_millis", "_kb", "_minutes"].iter().any(|unit| name.ends_with(unit)), "{name}: base units");
    }
}

fn first_word(line: &str) -> &str {
    line.split(' ').next().unwrap_or_default()
}

#[test]
fn labels_are_words_of_the_program() {
    let text = everything_happened().render();
    let allowed = [
        "about", "by", "state", "change", "door", "kind", "le", "missing", "part", "policy", "reason", "signal",
        "stage", "strike", "verdict", "version", "via",
    ];
    for series in text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('{')) {
        for label in series.1.split("\",").filter_map(|pair| pair.split_once("=\"")) {
            assert!(allowed.contains(&label.0), "{}", label.0);
        }
    }
    for stranger in ["bob", "shop.example", "192.0.2.7", "4Q1z"] {
        assert!(!text.contains(stranger), "{stranger} is in the metrics");
    }
}

#[test]
fn unconventional_names_are_refused_at_registration() {
    let telemetry = telemetry(&clock());
    let name = |result| matches!(result, Err(MetricError::Name { .. }));
    assert!(name(telemetry.register_gauge("queue_depth", "Depth.", || 0.0)));
    assert!(name(telemetry.register_gauge("portreeve_things_total", "Things.", || 0.0)));
    assert!(name(telemetry.register_counter("portreeve_things", "Things.", || 0.0)));
    assert!(name(telemetry.register_gauge("portreeve_Things", "Things.", || 0.0)));
    assert!(matches!(telemetry.register_gauge("portreeve_things", "", || 0.0), Err(MetricError::NoHelp(_))));
    telemetry.register_gauge("portreeve_things", "Things.", || 0.0).unwrap();
    assert!(matches!(telemetry.register_gauge("portreeve_things", "Again.", || 0.0), Err(MetricError::Rejected(_))));
}

#[test]
fn promtool_finds_nothing_to_say() {
    let Ok(mut promtool) =
        Command::new("promtool").args(["check", "metrics"]).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn()
    else {
        eprintln!("skipped: promtool is not installed");
        return;
    };
    promtool.stdin.take().unwrap().write_all(everything_happened().render().as_bytes()).unwrap();
    let said = promtool.wait_with_output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
}
