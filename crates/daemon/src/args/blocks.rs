//! Blocks and the flagged messages that led to them.

use clap::Subcommand;
use model::{SubjectKey, SubjectKind};

use super::{SubjectArgs, named};

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
    /// Block an account, address or domain now, as an operator, before or without a rule.
    #[command(after_help = "\
Examples:
  portreeve blocks add account bob@shop.example --reason 'the password was stolen'
  portreeve blocks add ip 192.0.2.7 --for 6h --reason 'the web site was broken into; call us'

It is a block like any other: refused at once, on the next step of the ladder, with letter, ticket and webhooks. The customer reads the
reason. With --for it lasts so long and ends by itself, where time is the way out; without it, as the ladder and
blocks.automatic_releases say.

Exit codes: 0 blocked, 1 blocked already or allow-listed, 2 something went wrong.")]
    Add {
        #[command(flatten)]
        subject: SubjectArgs,
        /// How long, from 1m to 366d. Default: the next step of the ladder.
        #[arg(long = "for", value_name = "TIME")]
        length: Option<String>,
        /// Why, in one line and at most 200 characters, as the customer reads it.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Every block of an account, address or domain that is kept: when, how many messages, how many spam, the average score.
    #[command(after_help = "\
Examples:
  portreeve blocks history account bob@shop.example
  portreeve blocks history ip 192.0.2.7 --json

How long released blocks are kept: store.keep_blocks.
Exit codes: 0 there is a history, 1 there is none, 2 something went wrong.")]
    History {
        #[command(flatten)]
        subject: SubjectArgs,
        /// At most so many blocks, latest first.
        #[arg(long, default_value_t = 100, value_name = "N")]
        limit: usize,
        /// Go on where an earlier page ended.
        #[arg(long, value_name = "CURSOR")]
        after: Option<String>,
        /// JSON, flagged messages included.
        #[arg(long)]
        json: bool,
    },
    /// One block with the messages that led to it.
    #[command(after_help = "\
Examples:
  portreeve blocks show k3x9qm2f7cabcdef
  portreeve blocks show account bob@shop.example

Exit codes: 0 there is one, 1 there is none, 2 something went wrong.")]
    Show {
        #[command(flatten)]
        block: BlockArgs,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Release a block now, as an operator. The strike is remembered.
    #[command(after_help = "\
Examples:
  portreeve blocks unblock k3x9qm2f7cabcdef
  portreeve blocks unblock ip 192.0.2.7

Exit codes: 0 released, 1 not blocked, 2 something went wrong.")]
    Unblock {
        #[command(flatten)]
        block: BlockArgs,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
}

/// One block: by its reference, or as the latest of whom it stops.
#[derive(Debug, clap::Args)]
pub(crate) struct BlockArgs {
    /// The block's reference; or what it stops, and its name: account bob@shop.example.
    #[arg(value_names = ["REF|account|ip|domain", "NAME"], num_args = 1..=2, required = true)]
    block: Vec<String>,
}

/// Which block is meant.
pub(crate) enum Meant {
    /// That of this reference.
    Reference(String),
    /// The latest of this subject.
    Subject(SubjectKey),
}

impl BlockArgs {
    /// Which block is meant.
    ///
    /// # Errors
    /// When nobody of that kind can have that name, or a kind stands alone.
    pub(crate) fn read(&self) -> anyhow::Result<Meant> {
        match self.block.as_slice() {
            [kind, name] => Ok(Meant::Subject(named(kind, name)?)),
            [word] if SubjectKind::from_word(word).is_some() => anyhow::bail!("{word} needs a name behind it"),
            [reference] if reference.contains(['@', '.', ':']) => {
                let kind = kind_of(reference);
                anyhow::bail!(
                    "\"{reference}\" is no reference; whom it stops is named by its kind too: {kind} {reference}"
                )
            }
            words => Ok(Meant::Reference(words.concat())),
        }
    }
}

/// What somebody most likely means by a name alone.
fn kind_of(name: &str) -> SubjectKind {
    let is = |kind: &SubjectKind| SubjectKey::parse(*kind, name).is_some();
    let likely = if name.contains('@') { SubjectKind::Account } else { SubjectKind::Domain };
    Some(SubjectKind::Ip).filter(is).unwrap_or(likely)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_alone_is_told_with_the_kind_it_reads_as() {
        for (name, kind) in [
            ("192.0.2.7", SubjectKind::Ip),
            ("2001:db8::7", SubjectKind::Ip),
            ("bob@shop.example", SubjectKind::Account),
            ("shop.example", SubjectKind::Domain),
        ] {
            assert_eq!(kind_of(name), kind, "{name}");
        }
    }
}
