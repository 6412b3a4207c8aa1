//! Webhooks.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  portreeve webhooks list --dead
  portreeve webhooks show panel evt_k3x9qm2f7c_12
  portreeve webhooks replay panel                       every dead letter again
  portreeve webhooks replay panel evt_k3x9qm2f7c_12
  portreeve webhooks test panel

Exit codes: 0 done, or there are some, 1 none, unknown, or the receiver has refused, 2 something went wrong.")]
pub(crate) enum WebhooksCommand {
    /// Events, latest first: those that wait or were given up.
    List {
        /// Of this webhook only.
        #[arg(value_name = "NAME")]
        name: Option<String>,
        /// Dead letters only.
        #[arg(long)]
        dead: bool,
        /// Those that were delivered too.
        #[arg(long, conflicts_with = "dead")]
        all: bool,
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
    /// One event: what came of it, and the body that is sent.
    Show {
        /// The webhook.
        name: String,
        /// The event's id.
        id: String,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Send an event once more, whatever came of it; without an id every dead letter.
    Replay {
        /// The webhook.
        name: String,
        /// The event's id.
        id: Option<String>,
    },
    /// Give an event up, so that later ones of its subject go on; without an id throw every dead letter away.
    Drop {
        /// The webhook.
        name: String,
        /// The event's id.
        id: Option<String>,
    },
    /// Send an event of the type "test" now, and tell what the receiver says.
    Test {
        /// The webhook.
        name: String,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
}
