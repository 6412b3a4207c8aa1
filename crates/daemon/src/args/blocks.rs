//! Blocks and the flagged messages that led to them.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum BlocksCommand {
    /// Who is blocked.
    #[command(after_help = "\
Examples:
  portreeve blocks list
  portreeve blocks list --all --subject 192.0.2.0/24 --since 2026-11-01
  portreeve blocks list --all --customer hosting-4711 --strike 2

Where there are more than --limit, the last line on standard error says how to go on.
Exit codes: 0 there are some, 1 none, 2 something went wrong.")]
    List(BlockSearch),
    /// The flagged messages of all blocks, searched.
    #[command(after_help = "\
Examples:
  portreeve blocks evidence --message-id 20261125@shop.example
  portreeve blocks evidence --destination 198.51.100.25 --since 2026-11-25
  portreeve blocks evidence --customer hosting-4711 --min-score 200 --json

Exit codes: 0 there are some, 1 none, 2 something went wrong.")]
    Evidence(EvidenceSearch),
    /// Every block of an account, address or domain that is kept: when, how many messages, how many spam, the average score.
    #[command(after_help = "\
Examples:
  portreeve blocks history bob@shop.example
  portreeve blocks history 192.0.2.7 --json

How long released blocks are kept: store.keep_blocks.
Exit codes: 0 there is a history, 1 there is none, 2 something went wrong.")]
    History {
        /// The account, address or domain.
        #[arg(value_name = "ACCOUNT|IP|DOMAIN")]
        subject: String,
        /// At most so many blocks, latest first.
        #[arg(long, default_value_t = 100, value_name = "N")]
        limit: usize,
        /// JSON, flagged messages included.
        #[arg(long)]
        json: bool,
    },
    /// One block with the messages that led to it.
    Show {
        /// The block's reference, or the account or address it stops.
        #[arg(value_name = "REF|ACCOUNT|IP")]
        block: String,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Release a block now, as an operator. The strike is remembered.
    #[command(after_help = "Exit codes: 0 released, 1 not blocked, 2 something went wrong.")]
    Unblock {
        /// The block's reference, or the account or address it stops.
        #[arg(value_name = "REF|ACCOUNT|IP")]
        block: String,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct BlockSearch {
    /// Released blocks too.
    #[arg(long)]
    pub(crate) all: bool,
    /// Only in this state.
    #[arg(long, value_parser = ["blockedForSpam", "unblocking", "unblocked"])]
    pub(crate) state: Option<String>,
    /// Only of this kind of subject.
    #[arg(long, value_parser = ["account", "ip", "domain"])]
    pub(crate) kind: Option<String>,
    /// Only this account, address, domain or network; "bob@*" for names that begin so.
    #[arg(long, value_name = "NAME|NETWORK")]
    pub(crate) subject: Option<String>,
    /// Only what the customer of this service owns.
    #[arg(long, value_name = "SERVICE")]
    pub(crate) customer: Option<String>,
    /// Only those tripped by this rule.
    #[arg(long)]
    pub(crate) rule: Option<String>,
    /// Only at this step of the ladder or a higher one.
    #[arg(long, value_name = "N")]
    pub(crate) strike: Option<u32>,
    #[command(flatten)]
    pub(crate) page: PageArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct EvidenceSearch {
    /// Only of this block.
    #[arg(long, value_name = "REF")]
    pub(crate) block: Option<String>,
    /// Only of blocks of this account, address, domain or network.
    #[arg(long, value_name = "NAME|NETWORK")]
    pub(crate) subject: Option<String>,
    /// Only of what the customer of this service owns.
    #[arg(long, value_name = "SERVICE")]
    pub(crate) customer: Option<String>,
    /// Only with this Message-ID.
    #[arg(long, value_name = "ID")]
    pub(crate) message_id: Option<String>,
    /// Only those that were going to this address.
    #[arg(long, value_name = "IP")]
    pub(crate) destination: Option<String>,
    /// Only with this score or a higher one.
    #[arg(long, value_name = "POINTS", allow_negative_numbers = true)]
    pub(crate) min_score: Option<i32>,
    #[command(flatten)]
    pub(crate) page: PageArgs,
}

#[derive(Debug, clap::Args)]
pub(crate) struct PageArgs {
    /// From then on: a day, or a time like 2026-11-25T18:00:00Z.
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Before then.
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// Oldest first instead of latest first.
    #[arg(long)]
    pub(crate) oldest: bool,
    /// At most so many, up to 1000.
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub(crate) limit: usize,
    /// Go on where an earlier page ended.
    #[arg(long, value_name = "CURSOR")]
    pub(crate) after: Option<String>,
    /// JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
