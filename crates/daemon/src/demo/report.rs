//! The end of the demo: what a person wants to know.

use super::play::{Played, THIEF};
use super::sink::Arrived;
use crate::out::say;
use crate::serve::App;

pub(super) fn print(app: &App, played: &Played, alert: Option<&Arrived>) {
    say!("\nWhat happened");
    say!("  {:<46} {}", "spam messages that left before the block", played.spam_left);
    say!("  {:<46} {}", "spam messages refused", played.spam_refused);
    say!("  {:<46} {}", "spam that left from a server without logins", played.server_left);
    say!("  {:<46} {}", "ordinary messages delivered", played.ham_delivered);
    say!("  {:<46} {}", "ordinary messages refused or delayed", played.ham_refused.len());
    for reply in played.ham_refused.iter().take(3) {
        say!("      {reply}");
    }
    match &played.first_refusal {
        Some(reply) => say!("\nWhat {THIEF} reads at the next attempt\n  {reply}"),
        None => say!("\n{THIEF} was not blocked: these messages do not look like spam to the rules in force."),
    }
    if played.first_refusal.is_some() {
        print_alert(alert);
    }
    print_next(app);
}

fn print_alert(alert: Option<&Arrived>) {
    let Some(alert) = alert else {
        say!("\nThe alert has not arrived in time; it stays in the outbox and is tried again.");
        return;
    };
    say!("\nThe alert, as it was sent to {}", alert.recipients.join(", "));
    let letter = features::letter(alert.text.as_bytes());
    for name in ["from", "to", "subject"] {
        say!("  | {name}: {}", letter.field(name).unwrap_or_default());
    }
    say!("  |");
    for line in letter.text.lines() {
        say!("  | {line}");
    }
    say!("  The same as HTML is its second part.");
}

fn print_next(app: &App) {
    say!("\nWhere to look next");
    if let Some(http) = app.http_address() {
        say!("  metrics   http://{http}/metrics   (while the demo runs; portreeve demo --keep goes on)");
        say!("  state     http://{http}/readyz");
    }
    say!("  options   portreeve config sample");
    say!("  serve     portreeve serve --config portreeve.toml");
    say!("  Postfix   smtpd_milters = inet:127.0.0.1:7625");
}
