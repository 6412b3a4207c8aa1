//! Accounts, who is locked out, and whose they are.

use clap::Subcommand;

use super::SubjectArgs;

#[derive(Debug, Subcommand)]
pub(crate) enum AccountsCommand {
    /// An account's password was changed: releases it, where that is its way out of a block.
    #[command(after_help = "\
Examples:
  portreeve accounts password-changed bob@shop.example
  portreeve accounts password-changed bob@shop.example --at 2026-11-21T10:15:00Z

A change from before the block began releases nothing, nor does one that was told before.

Exit codes: 0 released, 1 not blocked, or not released by this, 2 something went wrong.")]
    PasswordChanged {
        /// The account.
        account: String,
        /// When it was changed (RFC 3339). Default: now.
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum LockoutsCommand {
    /// The locks in force, latest first.
    #[command(after_help = "Exit codes: 0 somebody is locked out, 1 nobody, 2 something went wrong.")]
    List {
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Lift a lock before its time is over.
    #[command(after_help = "\
Examples:
  portreeve lockouts clear account bob@shop.example
  portreeve lockouts clear ip 192.0.2.1

Exit codes: 0 lifted, 1 not locked out, 2 something went wrong.")]
    Clear {
        #[command(flatten)]
        subject: SubjectArgs,
    },
}
