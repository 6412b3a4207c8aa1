//! What the classifier and the fingerprints are taught, and what that is worth.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
A collection is a folder with spam and ham in it: folders of messages, Maildirs or mboxes (spam.mbox). DIR is a collection
or a folder of several; each counts the same, however many messages it has.

Examples:
  portreeve train ~/mail --out my.weights
  portreeve train --mail-alone ~/mail --out my.weights    without the texts of usual mail that come with the program
  portreeve eval --folds 5 ~/mail                 what such weights are worth")]
pub(crate) struct TrainArgs {
    /// Labelled mail.
    #[arg(required = true, value_name = "DIR")]
    pub(crate) folders: Vec<PathBuf>,
    /// Where the weights go.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The same mail and the same seed give the same weights.
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub(crate) seed: u64,
    /// Learn from the given mail alone, not also from the texts of usual mail that come with the program.
    #[arg(long)]
    pub(crate) mail_alone: bool,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Figures on mail that the weights were trained on are worthless. For honest ones the classifier is trained anew, on the given
mail: with --folds each message is scored by weights that saw nothing of its campaign or its sender, with --leave-out by
weights that saw nothing of its collection.

Examples:
  portreeve eval corpora
  portreeve eval --folds 5 corpora
  portreeve eval --leave-out household corpora
  portreeve eval --without to_missing --scores scores.tsv corpora")]
pub(crate) struct EvalArgs {
    /// Labelled mail, as for train.
    #[arg(required = true, value_name = "DIR")]
    pub(crate) folders: Vec<PathBuf>,
    /// Train anew for each of K parts of the mail, on the others.
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(2..=100), conflicts_with = "leave_out")]
    pub(crate) folds: Option<u32>,
    /// Train on the other collections, and measure this one.
    #[arg(long, value_name = "COLLECTION")]
    pub(crate) leave_out: Option<String>,
    /// Signals to leave out, such as those that see what was done to a collection.
    #[arg(long, value_name = "SIGNAL", value_delimiter = ',')]
    pub(crate) without: Vec<String>,
    /// Weights other than the program's own.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["folds", "leave_out"])]
    pub(crate) weights: Option<PathBuf>,
    /// A line for each message: collection, label, path and score, with tabs between.
    #[arg(long, value_name = "FILE")]
    pub(crate) scores: Option<PathBuf>,
    /// For the parts and the training.
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub(crate) seed: u64,
    /// JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LearnCommand {
    /// These messages are spam.
    Spam(Examples),
    /// These messages are not spam.
    Ham(Examples),
    /// Forget everything that was learned; fingerprints are forgotten with `portreeve fingerprints forget`.
    Forget,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Examples {
    /// Messages as files; - is standard input.
    #[arg(required = true, value_name = "FILE|-")]
    pub(crate) files: Vec<PathBuf>,
    /// Teach what resembles the message only; leave the fingerprints that are confirmed as they are.
    #[arg(long)]
    pub(crate) no_fingerprint: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum FingerprintsCommand {
    /// Remember a message as spam or ham by its fingerprint. The daemon keeps hashes, never the message.
    #[command(after_help = "\
Examples:
  portreeve fingerprints confirm spam message.eml
  portreeve fingerprints confirm ham - < newsletter.eml

Exit codes: 0 confirmed, 2 something went wrong, as when the message has no fingerprint.")]
    Confirm {
        /// What it is.
        #[arg(value_parser = ["spam", "ham"])]
        word: String,
        /// The message as a file; - is standard input.
        #[arg(value_name = "FILE|-")]
        file: PathBuf,
    },
    /// What was confirmed.
    #[command(after_help = "Exit codes: 0 something was, 1 nothing, 2 something went wrong.")]
    List {
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Take a word back.
    Forget {
        /// Its name, as `list` shows it.
        id: String,
    },
}
