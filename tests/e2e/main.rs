//! End to end: the real binary with real mail servers, real sockets and real signals, all on loopback.
//!
//! Tests that need Postfix or Sendmail skip themselves with a message where it is missing; with
//! `PORTREEVE_REQUIRE_MTA=1` (which `tests/run` sets once it has installed them) a missing one is a failure.
#![cfg(test)]

mod harness;

mod agreement;
mod alert_route;
mod bounced;
mod by_hand;
mod console;
mod consumer_keys;
mod crash;
mod customers;
mod diagnosis;
mod dns_lists;
mod enforcement;
mod foreign_clients;
mod forged;
mod garbage;
mod guessed;
mod hooks;
mod hostile_web;
mod idle;
mod intercept;
mod kill;
mod learning;
mod letters;
mod local_submission;
mod lockout;
mod mail_authentication;
mod monitor;
mod monitoring;
mod native_api;
mod owners;
mod pictures;
mod postfix;
mod provider_clients;
mod proxy;
mod readiness;
mod recall;
mod refused_message;
mod reload;
mod replay;
mod replies;
mod reports;
mod scan;
mod scanners;
mod scene;
mod sendmail;
mod service_manager;
mod shutdown;
mod signed_links;
mod store_failures;
mod tickets;
mod webhooks;
