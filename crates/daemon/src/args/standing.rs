//! How somebody stands.

use super::SubjectArgs;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  portreeve standing account bob@shop.example
  portreeve standing ip 192.0.2.17
  portreeve standing account bob@shop.example --json | jq -r .why

The running daemon is asked: counters are in its memory.
Exit codes: 0 it may send, 1 it is blocked, 2 something went wrong.")]
pub(crate) struct StandingArgs {
    #[command(flatten)]
    pub(crate) subject: SubjectArgs,
    /// JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
