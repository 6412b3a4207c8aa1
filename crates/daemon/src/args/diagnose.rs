//! Diagnosing.

use super::SubjectArgs;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The daemon does the work, within [diagnosis] budget; this command shows how far it is. Interrupting the command cancels it.

The password of an account is asked for when [diagnosis] names a submission server. It goes to the daemon over its socket and to that
server under TLS, once; it is never written or logged.

Examples:
  portreeve diagnose account bob@shop.example
  portreeve diagnose account bob@shop.example --password-fd 3 3< password.txt
  portreeve diagnose account bob@shop.example --ticket
  portreeve diagnose ip 192.0.2.17
  portreeve diagnose domain shop.example --json | jq .summary

Exit codes: 0 nothing fails (warnings and what could not be found out count as nothing), 1 something fails,
2 something went wrong, or the diagnosis ended early.")]
pub(crate) struct DiagnoseArgs {
    #[command(flatten)]
    pub(crate) subject: SubjectArgs,
    /// Read the account's password from this file descriptor instead of asking for it at the terminal.
    #[arg(long, value_name = "N", conflicts_with = "no_password")]
    pub(crate) password_fd: Option<u32>,
    /// Don't try to log in.
    #[arg(long)]
    pub(crate) no_password: bool,
    /// Open a ticket that carries the result, and send it to whoever owns what was diagnosed.
    #[arg(long)]
    pub(crate) ticket: bool,
    /// JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
