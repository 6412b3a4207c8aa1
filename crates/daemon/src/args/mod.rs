//! The command line: one file for each family of commands.

mod access;
mod accounts;
mod blocks;
mod customers;
mod demo;
mod diagnose;
mod learning;
mod letters;
#[cfg(test)]
mod over_http;
mod replay;
mod reports;
mod scan;
mod standing;
mod subject;
mod tickets;
mod webhooks;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

pub(crate) use access::{AuditCommand, GrantArgs, KeysCommand, UsersCommand};
pub(crate) use accounts::{AccountsCommand, LockoutsCommand};
pub(crate) use blocks::{BlockArgs, BlockSearch, BlocksCommand, EvidenceSearch, Meant};
pub(crate) use customers::{CustomerFields, CustomersCommand};
pub(crate) use demo::DemoArgs;
pub(crate) use diagnose::DiagnoseArgs;
pub(crate) use learning::{EvalArgs, Examples, FingerprintsCommand, LearnCommand, TrainArgs};
pub(crate) use letters::{AlertsCommand, LinksCommand};
pub(crate) use replay::ReplayArgs;
pub(crate) use reports::{ExemptionsCommand, ReportsCommand};
pub(crate) use scan::ScanArgs;
pub(crate) use standing::StandingArgs;
pub(crate) use subject::{SubjectArgs, named};
pub(crate) use tickets::TicketsCommand;
pub(crate) use webhooks::WebhooksCommand;

/// Exit code when something went wrong (an answer of "no" is 1).
pub(crate) const EXIT_FAILURE: u8 = 2;

/// Outbound anti-spam filter: scores every message, counts per account and IP, stops the sender, says why.
#[derive(Debug, Parser)]
#[command(
    version,
    propagate_version = true,
    after_help = "\
Examples:
  portreeve demo                                  see it work, on loopback, with sample mail
  portreeve config sample > portreeve.toml        every option with its default
  portreeve check --config portreeve.toml         every mistake at once
  portreeve serve --config portreeve.toml
  portreeve scan message.eml                      why a message scores what it scores
  portreeve blocks list                           who is blocked, and why
  portreeve standing account bob@shop.example     how near he is to a block
  portreeve replay journal --config new.toml      who would have been blocked by another configuration

Exit codes: 0 yes or done, 1 no (spam, nothing found, not allowed now), 2 something went wrong."
)]
pub(crate) struct Args {
    /// The configuration file. Without it: built-in defaults, loopback only, state under ./portreeve-data.
    #[arg(long, short, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the daemon in the foreground.
    #[command(after_help = "\
Signals: TERM and INT drain and stop, HUP reads the configuration again.
Postfix: smtpd_milters = inet:127.0.0.1:7625")]
    Serve,
    /// Check the configuration: every mistake at once, with its line and what is allowed.
    #[command(after_help = "\
Example:
  portreeve check --config portreeve.toml

What works and is most likely not meant, such as links that only this host can open, is a warning.
Exit codes: 0 good, with warnings or without, 2 mistakes.")]
    Check,
    /// Score one message and say why.
    Scan(ScanArgs),
    /// Train the content classifier on labelled mail of your own.
    Train(TrainArgs),
    /// Measure how well labelled mail is told apart, with everything as the daemon would apply it and the network cut.
    Eval(EvalArgs),
    /// Tell the daemon that messages are spam or ham; it applies that at once and keeps it.
    #[command(subcommand)]
    Learn(LearnCommand),
    /// Look at blocks, begin them by hand, and release them.
    #[command(subcommand)]
    Blocks(BlocksCommand),
    /// How an account, an address or a domain stands: its counters against its rules, what stops it, and why.
    Standing(StandingArgs),
    /// Tickets: what customers of blocked accounts answered and what you decide, questions, results of diagnoses.
    #[command(subcommand)]
    Tickets(TicketsCommand),
    /// What the provider's panel tells of accounts.
    #[command(subcommand)]
    Accounts(AccountsCommand),
    /// Who is locked out after failed logins.
    #[command(subcommand)]
    Lockouts(LockoutsCommand),
    /// About the letters that tell of blocks.
    #[command(subcommand)]
    Alerts(AlertsCommand),
    /// Flagged messages that were no spam, says who reports them: check, compare, decide.
    #[command(subcommand)]
    Reports(ReportsCommand),
    /// What costs one sender nothing, for a time.
    #[command(subcommand)]
    Exemptions(ExemptionsCommand),
    /// The programs that are told what happens, and what is still to be told.
    #[command(subcommand)]
    Webhooks(WebhooksCommand),
    /// Who owns an address, an account or a domain.
    #[command(subcommand)]
    Customers(CustomersCommand),
    /// Keys of the APIs: bearer tokens, applications and their consumer keys.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Who may log in at the console.
    #[command(subcommand)]
    Users(UsersCommand),
    /// The signed links of letters.
    #[command(subcommand)]
    Links(LinksCommand),
    /// What was changed and looked at, and by whom.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Find out what is wrong with an account, an address or a domain.
    Diagnose(DiagnoseArgs),
    /// Run recorded or given mail through a configuration and see who would have been blocked, before it is live.
    Replay(ReplayArgs),
    /// Say of messages that they are spam or ham: their like is known from then on.
    #[command(subcommand)]
    Fingerprints(FingerprintsCommand),
    /// About the configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Start the daemon on loopback with a receiving sink, play ordinary senders and one stolen account, and show what
    /// happened.
    Demo(DemoArgs),
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print the sample configuration: every option with its documentation and default.
    Sample,
}
