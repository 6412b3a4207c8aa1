//! Letters and their signed links.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum AlertsCommand {
    /// Letters about blocks and tickets, latest first: waiting, sent, given up, or bounced with the reason, and whom each has
    /// reached.
    #[command(after_help = "\
Examples:
  portreeve alerts list --bounced
  portreeve alerts list --json | jq '.items[] | select(.state == \"given_up\")'

Exit codes: 0 there are some, 1 there is none, 2 something went wrong.")]
    List {
        /// Only those that did not arrive; known where [lmtp] takes their bounces.
        #[arg(long)]
        bounced: bool,
        /// Go on where an earlier page ended.
        #[arg(long, value_name = "CURSOR")]
        after: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 100, value_name = "N")]
        limit: usize,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Try a letter at once that was not sent yet; one that was given up, once more.
    #[command(after_help = "\
Examples:
  portreeve alerts send-now k3x9qm2f7cabcdef.0    # as `alerts list` names it
  portreeve alerts send-now ticket-4711.2

Exit codes: 0 it is tried now, 1 there is no such letter, 2 something went wrong, or it was sent already.")]
    SendNow {
        /// The letter, as in the first column of `alerts list`.
        #[arg(value_name = "ID")]
        letter: String,
    },
    /// Give a letter up that was not sent yet: it is tried no more.
    #[command(after_help = "\
Examples:
  portreeve alerts give-up k3x9qm2f7cabcdef.1

Exit codes: 0 it is given up, 1 there is no such letter, 2 something went wrong, or it was sent already.")]
    GiveUp {
        /// The letter, as in the first column of `alerts list`.
        #[arg(value_name = "ID")]
        letter: String,
    },
    /// Print a letter as it would be written, about a block that never was.
    #[command(after_help = "\
Examples:
  portreeve alerts preview ip-blocked --lang fr
  portreeve alerts preview account-blocked --html > letter.html")]
    Preview {
        /// Which letter: "ip-blocked", "account-blocked", "account-notice", "ticket-opened", "ticket-missing", "ticket-received",
        /// "ticket-answer", "ticket-approved", "ticket-refused", "ticket-created", "ticket-message", "report-received",
        /// "report-confirmed", "report-declined", "report-unusable", "released", "reminder", "collected" or "digest".
        #[arg(value_name = "KIND")]
        notice: String,
        /// The language: "en", "fr" or "de".
        #[arg(long, default_value = "en", value_name = "LANGUAGE")]
        lang: String,
        /// The HTML instead of the text.
        #[arg(long)]
        html: bool,
    },
}

#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  portreeve links new k3x9qm2f7cabcdef          # for a customer whose link is too old
  portreeve links revoke k3x9qm2f7cabcdef
  portreeve links revoke --all
  portreeve links rotate

Exit codes: 0 done, 1 no such block, 2 something went wrong.")]
pub(crate) enum LinksCommand {
    /// Print a new link to a block's page, as its letter has one: whoever has it sees the block and may do what its owner may.
    New {
        /// The block.
        #[arg(value_name = "REF")]
        block: String,
    },
    /// Let the links that were sent so far lead nowhere.
    Revoke {
        /// The block whose links are meant.
        #[arg(value_name = "REF", required_unless_present = "all")]
        block: Option<String>,
        /// All of them.
        #[arg(long, conflicts_with = "block")]
        all: bool,
    },
    /// Sign with a new key from now on; what older ones signed stays good until its time is over.
    Rotate,
}
