//! What the command line does is done under /api, too: each command with the routes that do it, or the reason why none does.

use api::native::{Route, routes};
use clap::{Command, CommandFactory};

use super::Args;

/// How a program does over HTTP what a command does.
enum Over {
    /// By these routes.
    Http(&'static [&'static str]),
    /// Not at all, for this reason.
    Nothing(&'static str),
}

use Over::{Http, Nothing};

const TABLE: &[(&str, Over)] = &[
    ("accounts password-changed", Http(&["POST /api/accounts/{account}/password-changed"])),
    ("alerts give-up", Http(&["DELETE /api/letters/{letter}"])),
    ("alerts list", Http(&["GET /api/letters", "GET /api/bounces"])),
    ("alerts preview", Http(&["POST /api/templates/{template}/preview"])),
    ("alerts send-now", Http(&["POST /api/letters/{letter}/send"])),
    ("audit list", Http(&["GET /api/audit", "GET /api/audit.csv"])),
    ("blocks add", Http(&["POST /api/blocks"])),
    ("blocks evidence", Http(&["GET /api/evidence"])),
    ("blocks history", Http(&["GET /api/subjects/{kind}/{name}/history"])),
    ("blocks list", Http(&["GET /api/blocks"])),
    ("blocks show", Http(&["GET /api/blocks/{reference}", "GET /api/blocks/{reference}/evidence"])),
    ("blocks unblock", Http(&["POST /api/blocks/{reference}/release"])),
    ("check", Http(&["POST /api/configuration/check"])),
    ("config sample", Nothing("it is the program's documentation; GET /api/configuration tells what is in force")),
    ("customers add", Http(&["POST /api/customers"])),
    ("customers import", Http(&["POST /api/customer-imports"])),
    ("customers list", Http(&["GET /api/customers"])),
    ("customers owner", Http(&["GET /api/owners/{kind}/{name}"])),
    ("customers remove", Http(&["DELETE /api/customers/{service}"])),
    ("customers sample", Nothing("it is the program's documentation")),
    ("customers set", Http(&["PUT /api/customers/{service}"])),
    ("customers show", Http(&["GET /api/customers/{service}"])),
    ("demo", Nothing("it starts a daemon of its own")),
    (
        "diagnose",
        Http(&["POST /api/diagnoses", "GET /api/diagnoses/{diagnosis}", "POST /api/diagnoses/{diagnosis}/ticket"]),
    ),
    ("eval", Nothing("it reads collections of mail on this host, for hours, and needs no daemon")),
    ("exemptions add", Http(&["POST /api/exemptions"])),
    ("exemptions list", Http(&["GET /api/exemptions"])),
    ("exemptions remove", Http(&["DELETE /api/exemptions/{exemption}"])),
    ("fingerprints confirm", Http(&["POST /api/fingerprints"])),
    ("fingerprints forget", Http(&["DELETE /api/fingerprints/{print}"])),
    ("fingerprints list", Http(&["GET /api/fingerprints"])),
    ("keys add", Http(&["POST /api/keys", "POST /api/applications"])),
    ("keys list", Http(&["GET /api/keys", "GET /api/applications", "GET /api/credentials"])),
    ("keys refuse", Http(&["POST /api/credentials/{credential}/refuse"])),
    (
        "keys revoke",
        Http(&["DELETE /api/keys/{key}", "DELETE /api/applications/{key}", "DELETE /api/credentials/{credential}"]),
    ),
    ("keys validate", Http(&["POST /api/credentials/{credential}/validate"])),
    ("learn forget", Http(&["DELETE /api/lessons"])),
    ("learn ham", Http(&["POST /api/lessons"])),
    ("learn spam", Http(&["POST /api/lessons"])),
    ("links new", Http(&["POST /api/blocks/{reference}/links"])),
    ("links revoke", Http(&["DELETE /api/blocks/{reference}/links", "DELETE /api/links"])),
    ("links rotate", Http(&["POST /api/links/rotate"])),
    ("lockouts clear", Http(&["DELETE /api/lockouts/{kind}/{name}"])),
    ("lockouts list", Http(&["GET /api/lockouts"])),
    ("replay", Http(&["POST /api/replays"])),
    ("reports add", Http(&["POST /api/reports"])),
    ("reports decide", Http(&["POST /api/reports/{report}/decide"])),
    ("reports drop", Http(&["DELETE /api/reports/{report}"])),
    ("reports list", Http(&["GET /api/reports"])),
    ("reports show", Http(&["GET /api/reports/{report}", "GET /api/reports/{report}/message"])),
    ("scan", Http(&["POST /api/scans"])),
    ("serve", Nothing("it is the daemon")),
    ("standing", Http(&["GET /api/subjects/{kind}/{name}"])),
    ("tickets answered", Http(&["POST /api/tickets/{ticket}/answers"])),
    ("tickets approve", Http(&["POST /api/tickets/{ticket}/approve"])),
    ("tickets close", Http(&["POST /api/tickets/{ticket}/close"])),
    ("tickets create", Http(&["POST /api/tickets"])),
    ("tickets list", Http(&["GET /api/tickets"])),
    ("tickets refuse", Http(&["POST /api/tickets/{ticket}/refuse"])),
    ("tickets reopen", Http(&["POST /api/tickets/{ticket}/reopen"])),
    ("tickets reply", Http(&["POST /api/tickets/{ticket}/reply"])),
    ("tickets rotate-key", Http(&["POST /api/reply-key/rotate"])),
    ("tickets show", Http(&["GET /api/tickets/{ticket}"])),
    ("train", Nothing("it reads collections of mail on this host, for hours, and needs no daemon")),
    ("users add", Http(&["POST /api/users"])),
    ("users list", Http(&["GET /api/users"])),
    ("users password", Http(&["POST /api/users/{user}/password"])),
    ("users remove", Http(&["DELETE /api/users/{user}"])),
    (
        "webhooks drop",
        Http(&["DELETE /api/webhooks/{hook}/events/{event}", "DELETE /api/webhooks/{hook}/dead-letters"]),
    ),
    ("webhooks list", Http(&["GET /api/webhooks", "GET /api/webhook-events"])),
    (
        "webhooks replay",
        Http(&["POST /api/webhooks/{hook}/events/{event}/replay", "POST /api/webhooks/{hook}/dead-letters/replay"]),
    ),
    ("webhooks show", Http(&["GET /api/webhooks/{hook}/events/{event}"])),
    ("webhooks test", Http(&["POST /api/webhooks/{hook}/test"])),
];

/// The names of the commands that do something, in order.
fn commands(command: &Command, before: &str) -> Vec<String> {
    let name = |command: &Command| format!("{before} {}", command.get_name()).trim().to_owned();
    let (families, leaves): (Vec<_>, Vec<_>) = command.get_subcommands().partition(|command| command.has_subcommands());
    let mut all: Vec<_> = leaves.into_iter().map(name).collect();
    all.extend(families.into_iter().flat_map(|family| commands(family, &name(family))));
    all.sort();
    all
}

#[test]
fn every_command_has_its_routes_or_a_reason() {
    let listed: Vec<_> = TABLE.iter().map(|(command, _)| (*command).to_owned()).collect();
    assert_eq!(commands(&Args::command(), ""), listed, "each command once, in order");
    let reasons = TABLE.iter().filter_map(|(_, over)| if let Nothing(reason) = over { Some(*reason) } else { None });
    assert!(reasons.into_iter().all(|reason| !reason.is_empty()));
}

#[test]
fn every_route_that_is_named_is_there() {
    let name = |route: &Route| format!("{} {}", route.method.to_uppercase(), route.path);
    let there: Vec<_> = routes().iter().map(name).collect();
    for (command, over) in TABLE {
        let named: &[_] = if let Http(routes) = over { routes } else { &[] };
        for route in named {
            assert!(there.iter().any(|one| one == route), "{command}: there is no {route}");
        }
    }
}
