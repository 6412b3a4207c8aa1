//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Exit code when something went wrong (an answer of "no" is 1).
pub(crate) const EXIT_FAILURE: u8 = 2;

/// Outbound anti-spam filter: scores every message, counts per account and IP, stops the sender, says why.
#[derive(Debug, Parser)]
#[command(
    version,
    propagate_version = true,
    after_help = "\
Examples:
  portreeve demo                                  see it work, on loopback, with sample mail
  portreeve config sample > portreeve.toml        every option with its default
  portreeve check --config portreeve.toml         every mistake at once
  portreeve serve --config portreeve.toml
  portreeve scan message.eml                      why a message scores what it scores
  portreeve blocks list                           who is blocked, and why
  portreeve replay journal --config new.toml      who would have been blocked by another configuration

Exit codes: 0 yes or done, 1 no (spam, nothing found, not allowed now), 2 something went wrong."
)]
pub(crate) struct Args {
    /// The configuration file. Without it: built-in defaults, loopback only, state under ./portreeve-data.
    #[arg(long, short, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the daemon in the foreground.
    #[command(after_help = "\
Signals: TERM and INT drain and stop, HUP reads the configuration again.
Postfix: smtpd_milters = inet:127.0.0.1:7625")]
    Serve,
    /// Check the configuration: every mistake at once, with its line and what is allowed.
    #[command(after_help = "Exit codes: 0 good, 2 mistakes.")]
    Check,
    /// Score one message and say why.
    Scan(ScanArgs),
    /// Train the content classifier on labelled mail of your own.
    Train(TrainArgs),
    /// Measure how well labelled mail is told apart, with everything as the daemon would apply it and the network cut.
    Eval(EvalArgs),
    /// Tell the daemon that messages are spam or ham; it applies that at once and keeps it.
    #[command(subcommand)]
    Learn(LearnCommand),
    /// Look at blocks and release them.
    #[command(subcommand)]
    Blocks(BlocksCommand),
    /// The tickets of blocked accounts: what customers answered, and what you decide.
    #[command(subcommand)]
    Tickets(TicketsCommand),
    /// What the provider's panel tells of accounts.
    #[command(subcommand)]
    Accounts(AccountsCommand),
    /// Who is locked out after failed logins.
    #[command(subcommand)]
    Lockouts(LockoutsCommand),
    /// About the letters that tell of blocks.
    #[command(subcommand)]
    Alerts(AlertsCommand),
    /// Flagged messages that were no spam, says who reports them: check, compare, decide.
    #[command(subcommand)]
    Reports(ReportsCommand),
    /// What costs one sender nothing, for a time.
    #[command(subcommand)]
    Exemptions(ExemptionsCommand),
    /// The programs that are told what happens, and what is still to be told.
    #[command(subcommand)]
    Webhooks(WebhooksCommand),
    /// Who owns an address, an account or a domain.
    #[command(subcommand)]
    Customers(CustomersCommand),
    /// Keys of the APIs: bearer tokens, applications and their consumer keys.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Who may log in at the console.
    #[command(subcommand)]
    Users(UsersCommand),
    /// The signed links of letters.
    #[command(subcommand)]
    Links(LinksCommand),
    /// What was changed and looked at, and by whom.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Find out what is wrong with an account, an address or a domain.
    Diagnose(DiagnoseArgs),
    /// Run recorded or given mail through a configuration and see who would have been blocked, before it is live.
    Replay(ReplayArgs),
    /// Say of messages that they are spam or ham: their like is known from then on.
    #[command(subcommand)]
    Fingerprints(FingerprintsCommand),
    /// About the configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Start the daemon on loopback with a receiving sink, play ordinary senders and one stolen account, and show what
    /// happened.
    Demo(DemoArgs),
}

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

#[derive(Debug, clap::Args)]
#[command(after_help = "\
A collection is a folder with spam and ham in it: folders of messages, Maildirs or mboxes (spam.mbox). DIR is a collection
or a folder of several; each counts the same, however many messages it has.

Examples:
  portreeve train ~/mail --out my.weights
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

#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  portreeve tickets list
  portreeve tickets show 4711
  portreeve tickets approve 4711
  portreeve tickets refuse 4711 'Please change the password first.'

Exit codes: 0 done, or there are some, 1 none, or the ticket does not allow it, 2 something went wrong.")]
pub(crate) enum TicketsCommand {
    /// Open tickets, latest first.
    List {
        /// Those that are over too.
        #[arg(long)]
        all: bool,
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
    /// Sign the addresses that letters are answered to with a new key, such as after a copy of the old one got lost; replies to
    /// earlier letters are taken for lmtp.old_keys_for more.
    RotateKey,
}

/// Whom something is about.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Owner {
    /// The account that sent it.
    #[arg(long, value_name = "LOGIN")]
    account: Option<String>,
    /// The address that sent it.
    #[arg(long, value_name = "IP")]
    ip: Option<String>,
    /// A domain, with all accounts of it.
    #[arg(long, value_name = "DOMAIN")]
    domain: Option<String>,
}

impl Owner {
    /// Kind and name.
    pub(crate) fn subject(&self) -> anyhow::Result<(&'static str, &str)> {
        let given = [("account", &self.account), ("ip", &self.ip), ("domain", &self.domain)];
        let first = given.into_iter().find_map(|(kind, name)| Some((kind, name.as_deref()?)));
        first.ok_or_else(|| anyhow::anyhow!("expected --account, --ip or --domain"))
    }
}

#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  portreeve reports add --account bob@shop.example newsletter.eml
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
        owner: Owner,
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
  portreeve exemptions add --account bob@shop.example rule=url_shortener --for 14d --reason 'campaign of May'
  portreeve exemptions add --domain shop.example sender=@brand.example
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
        owner: Owner,
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

#[derive(Debug, Subcommand)]
pub(crate) enum AccountsCommand {
    /// An account's password was changed: releases it, where that is its way out of a block.
    #[command(after_help = "\
Examples:
  portreeve accounts password-changed bob@shop.example
  portreeve accounts password-changed bob@shop.example --at 2026-11-21T10:15:00Z

A change from before the block began releases nothing, nor does one that was told before.

Exit codes: 0 released, 1 not blocked, or not released by this, 2 something went wrong.")]
    PasswordChanged {
        /// The account.
        account: String,
        /// When it was changed (RFC 3339). Default: now.
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum LockoutsCommand {
    /// The locks in force, latest first.
    #[command(after_help = "Exit codes: 0 somebody is locked out, 1 nobody, 2 something went wrong.")]
    List {
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Lift a lock before its time is over.
    #[command(after_help = "\
Examples:
  portreeve lockouts clear bob@shop.example
  portreeve lockouts clear 192.0.2.1

Exit codes: 0 lifted, 1 not locked out, 2 something went wrong.")]
    Clear {
        /// The account or the client's address.
        #[arg(value_name = "ACCOUNT|ADDRESS")]
        name: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum AlertsCommand {
    /// Letters, latest first: waiting, sent, given up, or bounced with the reason.
    #[command(after_help = "\
Examples:
  portreeve alerts list --bounced
  portreeve alerts list --json | jq '.[] | select(.state == \"given up\")'

Exit codes: 0 there are some, 1 there is none, 2 something went wrong.")]
    List {
        /// Only those that did not arrive; known where [lmtp] takes their bounces.
        #[arg(long)]
        bounced: bool,
        /// At most so many.
        #[arg(long, default_value_t = 100, value_name = "N")]
        limit: usize,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print a letter as it would be written, about a block that never was.
    #[command(after_help = "\
Examples:
  portreeve alerts preview ip-blocked --lang fr
  portreeve alerts preview account-blocked --html > letter.html")]
    Preview {
        /// Which letter: "ip-blocked", "account-blocked", "ticket-opened", "ticket-missing", "ticket-received",
        /// "ticket-answer", "ticket-approved", "ticket-refused", "report-received", "report-confirmed", "report-declined",
        /// "released", "reminder", "collected" or "digest".
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

#[derive(Debug, Subcommand)]
pub(crate) enum CustomersCommand {
    /// Print a sample file of customers, every option explained.
    #[command(after_help = "Example:\n  portreeve customers sample > customers.toml")]
    Sample,
    /// Who owns it: how he is called, written to, and released.
    #[command(after_help = "\
Examples:
  portreeve customers owner bob@shop.example
  portreeve customers owner 192.0.2.17 --json

Exit codes: 0 a known customer, 1 nobody is known to, 2 something went wrong.")]
    Owner {
        /// An account, an IP address or a domain.
        #[arg(value_name = "ACCOUNT|IP|DOMAIN")]
        subject: String,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
}

/// What a key or a user may.
#[derive(Debug, clap::Args)]
pub(crate) struct GrantArgs {
    /// "operator" may do everything, "auditor" looks at everything, "customer" has what his services own.
    #[arg(long, value_name = "ROLE", value_parser = ["operator", "auditor", "customer"])]
    pub(crate) role: Option<String>,
    /// A customer's service, by its name in the file of customers; may be given several times.
    #[arg(long = "customer", value_name = "SERVICE")]
    pub(crate) customers: Vec<String>,
}

#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  portreeve keys add panel --role operator
  portreeve keys add shop --role customer --customer hosting-4711 --expires 90d
  portreeve keys add script --application --role customer --customer hosting-4711
  portreeve keys list
  portreeve keys revoke 3f9ac2d1b07e

Exit codes: 0 done, or there are some, 1 none, 2 something went wrong.")]
pub(crate) enum KeysCommand {
    /// Make a key; its token is shown once.
    #[command(after_help = "\
With --application an application key and its secret are made, as clients of the OVHcloud API v1 want them, and, when there is
a role, a consumer key that may do everything within it. Without a role customers grant consumer keys themselves.")]
    Add {
        /// What it is for.
        name: String,
        #[command(flatten)]
        grant: GrantArgs,
        /// An application of the compatible API.
        #[arg(long)]
        application: bool,
        /// How long it lasts, such as 90d; without end otherwise.
        #[arg(long, value_name = "TIME")]
        expires: Option<String>,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Keys, applications and consumer keys.
    List {
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Let a key open nothing any more.
    Revoke {
        /// A key's id, an application's key, or a consumer key's number.
        id: String,
    },
    /// Grant a consumer key that an application has asked for, in a customer's place.
    Validate {
        /// The consumer key, or its number.
        consumer_key: String,
        #[command(flatten)]
        grant: GrantArgs,
        /// How long, such as 90d; without end otherwise.
        #[arg(long, value_name = "TIME")]
        expires: Option<String>,
    },
    /// Refuse one.
    Refuse {
        /// The consumer key, or its number.
        consumer_key: String,
    },
}

#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  portreeve users add ann --role operator             a password is made and shown once
  portreeve users add shop --role customer --customer hosting-4711 --password-file - < password
  portreeve users password ann
  portreeve users remove ann

Exit codes: 0 done, or there are some, 1 none, 2 something went wrong.")]
pub(crate) enum UsersCommand {
    /// Enter somebody.
    Add {
        /// His name.
        name: String,
        #[command(flatten)]
        grant: GrantArgs,
        /// Where his password stands, in the first line; - is standard input. Default: one is made.
        #[arg(long, value_name = "FILE|-")]
        password_file: Option<PathBuf>,
    },
    /// Who is entered.
    List {
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Give somebody another password; his sessions end.
    Password {
        /// His name.
        name: String,
        /// Where it stands, in the first line; - is standard input. Default: one is made.
        #[arg(long, value_name = "FILE|-")]
        password_file: Option<PathBuf>,
    },
    /// Take somebody out; his sessions end.
    Remove {
        /// His name.
        name: String,
    },
}

#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  portreeve links revoke k3x9qm2f7cabcdef
  portreeve links revoke --all
  portreeve links rotate

Exit codes: 0 done, 1 no such block, 2 something went wrong.")]
pub(crate) enum LinksCommand {
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

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// The latest lines.
    #[command(after_help = "\
Examples:
  portreeve audit list
  portreeve audit list --who 'user ann' --limit 1000
  portreeve audit list --on 'block k3x9qm2f7cabcdef'

Exit codes: 0 there are some, 1 none, 2 something went wrong.")]
    List {
        /// Only of him, as the list shows him.
        #[arg(long, value_name = "WHO")]
        who: Option<String>,
        /// Only this, such as evidence.see.
        #[arg(long, value_name = "ACTION")]
        action: Option<String>,
        /// Only about this, as the list shows it.
        #[arg(long, value_name = "WHAT")]
        on: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 100, value_name = "N")]
        limit: usize,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The daemon does the work, within [diagnosis] budget; this command shows how far it is. Interrupting the command cancels it.

The password of an account is asked for when [diagnosis] names a submission server. It goes to the daemon over its socket and to that
server under TLS, once; it is never written or logged.

Examples:
  portreeve diagnose account bob@shop.example
  portreeve diagnose account bob@shop.example --password-fd 3 3< password.txt
  portreeve diagnose ip 192.0.2.17
  portreeve diagnose domain shop.example --json | jq .summary

Exit codes: 0 nothing fails (warnings and what could not be found out count as nothing), 1 something fails,
2 something went wrong, or the diagnosis ended early.")]
pub(crate) struct DiagnoseArgs {
    /// What it is.
    #[arg(value_parser = ["account", "ip", "domain"], value_name = "account|ip|domain")]
    pub(crate) kind: String,
    /// Its name: a login, an address or a domain.
    pub(crate) name: String,
    /// Read the account's password from this file descriptor instead of asking for it at the terminal.
    #[arg(long, value_name = "N", conflicts_with = "no_password")]
    pub(crate) password_fd: Option<u32>,
    /// Don't try to log in.
    #[arg(long)]
    pub(crate) no_password: bool,
    /// JSON.
    #[arg(long)]
    pub(crate) json: bool,
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

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print the sample configuration: every option with its documentation and default.
    Sample,
}

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
    /// As fast as it goes instead of at a thief's pace.
    #[arg(long)]
    pub(crate) quick: bool,
    /// Keep the daemon running afterwards.
    #[arg(long)]
    pub(crate) keep: bool,
}
