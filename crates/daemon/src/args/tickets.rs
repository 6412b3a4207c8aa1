//! Tickets.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  portreeve tickets list
  portreeve tickets show 4711
  portreeve tickets approve 4711
  portreeve tickets refuse 4711 'Please change the password first.'
  portreeve tickets create account bob@shop.example 'Your mail program' 'It tries to log in every second.'

Exit codes: 0 done, or there are some, 1 none, or the ticket does not allow it, 2 something went wrong.")]
pub(crate) enum TicketsCommand {
    /// Open tickets, latest first.
    List {
        /// Those that are over too.
        #[arg(long)]
        all: bool,
        /// Go on where an earlier page ended.
        #[arg(long, value_name = "NUMBER")]
        after: Option<u64>,
        /// At most so many.
        #[arg(long, default_value_t = 100, value_name = "N")]
        limit: usize,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// One ticket: answers, messages, counts as they are now, headers of messages that led to it.
    Show {
        /// The ticket's number.
        id: u64,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Enter what the customer answered, such as his mail to your support desk; he is told what is still missing.
    #[command(after_help = "\
Examples:
  portreeve tickets answered 4711 'no, no, yes'
  portreeve tickets answered 4711 - < reply.txt")]
    Answered {
        /// The ticket's number.
        id: u64,
        /// His text, quotes and signature too; - reads it from standard input.
        text: String,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Write to the customer.
    Reply {
        /// The ticket's number.
        id: u64,
        /// What to write; - reads it from standard input.
        text: String,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Release the account and tell the customer.
    Approve {
        /// The ticket's number.
        id: u64,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Keep the account blocked and tell the customer why; he may answer again.
    Refuse {
        /// The ticket's number.
        id: u64,
        /// Why, in words that he can act on; - reads it from standard input.
        reason: String,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Take no more answers. The account stays blocked until `portreeve blocks unblock`.
    Close {
        /// The ticket's number.
        id: u64,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Open a ticket that is about no block, and write to the customer.
    #[command(after_help = "\
Examples:
  portreeve tickets create account bob@shop.example 'Your mail program' 'It tries to log in every second: please set it right.'
  portreeve tickets create service hosting-4711 'Reverse DNS' --from-customer - < telephone-note.txt")]
    Create {
        /// Whom it concerns; a service by its name among the customers.
        #[arg(value_parser = ["account", "ip", "domain", "service"], value_name = "account|ip|domain|service")]
        kind: String,
        /// Its name.
        name: String,
        /// What it is about, in a line.
        title: String,
        /// What to write; - reads it from standard input.
        text: String,
        /// It is what the customer wrote or said: he is told that it was taken, and you are to answer.
        #[arg(long)]
        from_customer: bool,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Take up a closed ticket again and write to the customer. That of a block only while the block is in force.
    Reopen {
        /// The ticket's number.
        id: u64,
        /// What to write; - reads it from standard input.
        text: String,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Sign the addresses that letters are answered to with a new key, such as after a copy of the old one got lost; replies to
    /// earlier letters are taken for lmtp.old_keys_for more.
    RotateKey,
}
