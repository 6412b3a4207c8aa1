//! Scoring a message.

use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  portreeve scan message.eml
  portreeve scan - < message.eml
  portreeve scan --json *.eml | jq .score

Exit codes: 0 below the spam score, 1 spam, 2 something went wrong.")]
pub(crate) struct ScanArgs {
    /// Messages as files; - is standard input.
    #[arg(required = true, value_name = "FILE|-")]
    pub(crate) files: Vec<PathBuf>,
    /// One JSON object a message.
    #[arg(long)]
    pub(crate) json: bool,
}
