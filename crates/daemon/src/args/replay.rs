//! Replaying recorded mail.

use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
A journal is what the daemon writes with [journal] directory = \"...\". It holds signals and no content: their points are
computed anew, signals and rules on content that did not exist then can't be; what can't be known is named.

Mail is given as files, folders, Maildirs or mboxes. It is scored as `portreeve scan` does, without any network.

Nothing is sent, and nothing of the running daemon is touched. Refusals are assumed to be real, even if the
configuration is in monitor mode.

Examples:
  portreeve replay /var/lib/portreeve/journal --config new.toml
  portreeve replay ~/Maildir/.Sent --config new.toml --account-from folder
  portreeve replay archive.mbox --account-from header:X-Authenticated-Sender --time-from received
  portreeve replay spam/ --account thief@example.com --every 3s      how soon is this stopped?
  portreeve replay journal --config new.toml --json | jq .blocks

Exit codes: 0 nobody would have been blocked, 1 somebody would, 2 something went wrong.")]
pub(crate) struct ReplayArgs {
    /// A journal's directory or file, or mail: files, folders, Maildirs, mboxes.
    #[arg(required = true, value_name = "MAIL|JOURNAL")]
    pub(crate) paths: Vec<PathBuf>,
    /// Where the account of given mail stands: auto (the authenticated sender in Received, else From), from-address,
    /// header:NAME, folder (one folder for each account), or nobody (the client's address in Received is charged).
    #[arg(long, value_name = "WHERE", default_value = "auto")]
    pub(crate) account_from: String,
    /// All given mail is this account's.
    #[arg(long, value_name = "NAME", conflicts_with = "account_from")]
    pub(crate) account: Option<String>,
    /// Where the time of given mail stands: date, or received (the topmost Received, or the line before it in an mbox).
    #[arg(long, value_name = "WHERE", default_value = "date", value_parser = ["date", "received"])]
    pub(crate) time_from: String,
    /// One message each so often instead of at its own time, such as 500ms, 3s or 10m.
    #[arg(long, value_name = "TIME")]
    pub(crate) every: Option<String>,
    /// One JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}
