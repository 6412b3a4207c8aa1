//! Reports of flagged messages that were no spam, and exemptions.

use std::path::PathBuf;

use clap::Subcommand;

use super::SubjectArgs;

#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  portreeve reports add account bob@shop.example newsletter.eml
  portreeve reports list
  portreeve reports show 7                        signals then and now, and what to change
  portreeve reports show 7 --eml | less           the message itself, while it is kept
  portreeve reports decide 7 --ham --exempt fingerprint --for 30d --release
  portreeve reports decide 7 --ham --exempt rule=html_form --exempt sender=@brand.example
  portreeve reports decide 7 --spam --reason 'The link leads to a forged login page.'

The message is the one thing with content that Portreeve keeps: until the decision, and for reports.keep_messages after it.

Exit codes: 0 done, or there are some, 1 none, or not taken for the reason it says, 2 something went wrong.")]
pub(crate) enum ReportsCommand {
    /// Hand in a flagged message as it was sent, with all of its header.
    Add {
        #[command(flatten)]
        subject: SubjectArgs,
        /// The message as a file; - is standard input.
        #[arg(value_name = "FILE.eml|-")]
        file: PathBuf,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Reports that wait for a decision, latest first.
    List {
        /// Decided ones too.
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
    /// One report: the score then and now, and the message against what good senders do.
    Show {
        /// The report's number.
        id: u64,
        /// The message itself.
        #[arg(long, conflicts_with = "json")]
        eml: bool,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Decide. Ham corrects the classifier and is remembered by its fingerprint; the customer is told either way.
    #[command(group = clap::ArgGroup::new("word").required(true))]
    Decide {
        /// The report's number.
        id: u64,
        /// It was spam; needs a reason.
        #[arg(long, group = "word", requires = "reason", conflicts_with_all = ["exempt", "release"])]
        spam: bool,
        /// It was no spam.
        #[arg(long, group = "word")]
        ham: bool,
        /// What costs the sender nothing from now on: fingerprint (copies of this message), sender (its From),
        /// sender=ADDRESS, sender=@DOMAIN or rule=SIGNAL. Takes away no more than that.
        #[arg(long, value_name = "WHAT")]
        exempt: Vec<String>,
        /// How long exemptions last, at most 180d.
        #[arg(long = "for", default_value = "30d", value_name = "TIME")]
        length: String,
        /// What the customer is told.
        #[arg(long)]
        reason: Option<String>,
        /// Release the block as well.
        #[arg(long)]
        release: bool,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Put a report away: its message is forgotten at once, and nobody is told.
    Drop {
        /// The report's number.
        id: u64,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  portreeve exemptions list
  portreeve exemptions add account bob@shop.example rule=url_shortener --for 14d --reason 'campaign of May'
  portreeve exemptions add domain shop.example sender=@brand.example
  portreeve exemptions remove 3

An exemption takes points away, it lets nothing pass: everything else a message shows still counts, and every message is
counted. Each shows in the score as the signal \"exempt\".

Exit codes: 0 done, or there are some, 1 none, or not possible for the reason it says, 2 something went wrong.")]
pub(crate) enum ExemptionsCommand {
    /// Those in force, oldest first.
    List {
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Make one. Copies of a message are exempted by the decision on its report.
    Add {
        #[command(flatten)]
        subject: SubjectArgs,
        /// sender=ADDRESS, sender=@DOMAIN (what its sender's address costs) or rule=SIGNAL.
        what: String,
        /// How long, at most 180d.
        #[arg(long = "for", default_value = "30d", value_name = "TIME")]
        length: String,
        /// Why, for the list.
        #[arg(long)]
        reason: Option<String>,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// End one now.
    Remove {
        /// Its number.
        id: u64,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
}
