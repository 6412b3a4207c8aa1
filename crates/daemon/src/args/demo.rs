//! The demonstration.

use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  portreeve demo
  portreeve demo --mail ~/Maildir/.Junk/cur     the stolen account sends these instead
  portreeve demo --keep                         go on serving afterwards, to look around")]
pub(crate) struct DemoArgs {
    /// What the stolen account sends: a folder of messages, or an mbox file. Default: own samples.
    #[arg(long, value_name = "DIR|MBOX")]
    pub(crate) mail: Option<PathBuf>,
    /// As fast as it goes instead of at a thief's pace, and no longer than the show.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Go on afterwards, with the console, until Ctrl-C. Without --quick that is so on a terminal.
    #[arg(long)]
    pub(crate) keep: bool,
}
