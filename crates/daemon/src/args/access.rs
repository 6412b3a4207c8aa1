//! Keys, users and the audit.

use std::path::PathBuf;

use clap::Subcommand;

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
  portreeve keys add panel --role operator            a bearer token for the provider's panel
  portreeve keys add shop --role customer --customer hosting-4711 --expires 90d
  portreeve keys add script --application --role customer --customer hosting-4711
  portreeve keys add app --application                customers grant it themselves, in their browsers
  portreeve keys list
  portreeve keys revoke 3f9ac2d1b07e

Exit codes: 0 done, or there are some, 1 none, 2 something went wrong.")]
pub(crate) enum KeysCommand {
    /// Make a key; its token is shown once.
    #[command(after_help = "\
With --application an application key and its secret are made, as clients of the OVHcloud API v1 want them, and, when there is
a role, a consumer key that may do everything within it. Without a role the program asks for a consumer key
(POST /auth/credential), and a customer grants it at the address that is answered, or refuses.

Examples:
  portreeve keys add panel --role operator
  portreeve keys add watch --role auditor --expires 30d
  portreeve keys add shop --role customer --customer hosting-4711 --customer server-17
  portreeve keys add app --application --json

With python-ovh:
  ovh.client.ENDPOINTS['here'] = 'https://mail.provider.example:7681/1.0'
  client = ovh.Client('here', APPLICATION_KEY, APPLICATION_SECRET, CONSUMER_KEY)
  client.get('/ip')

Exit codes: 0 done, 2 something went wrong.")]
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
    #[command(after_help = "\
Examples:
  portreeve keys list
  portreeve keys list --json | jq '.credentials[] | select(.state == \"pendingValidation\")'

Exit codes: 0 there are some, 1 none, 2 something went wrong.")]
    List {
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Let a key open nothing any more.
    #[command(after_help = "\
Examples:
  portreeve keys revoke 3f9ac2d1b07e        a key, by its id
  portreeve keys revoke 0123456789abcdef    an application: none of its consumer keys opens anything
  portreeve keys revoke 471100815           a consumer key, by its number

Exit codes: 0 done, 2 something went wrong.")]
    Revoke {
        /// A key's id, an application's key, or a consumer key's number.
        id: String,
    },
    /// Grant a consumer key that an application has asked for, in a customer's place.
    #[command(after_help = "\
Examples:
  portreeve keys validate 471100815 --role customer --customer hosting-4711
  portreeve keys validate 471100815 --role auditor --expires 90d

Exit codes: 0 done, 2 something went wrong.")]
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
    #[command(after_help = "\
Example:
  portreeve keys refuse 471100815

Exit codes: 0 done, 2 something went wrong.")]
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
pub(crate) enum AuditCommand {
    /// The latest lines.
    #[command(after_help = "\
Examples:
  portreeve audit list
  portreeve audit list --who 'user ann' --limit 1000
  portreeve audit list --on 'block k3x9qm2f7cabcdef'
  portreeve audit list --csv --action evidence.see > looks.csv

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
        /// Go on where an earlier page ended.
        #[arg(long, value_name = "NUMBER")]
        after: Option<u64>,
        /// At most so many; 100 when it is left out, and all with --csv.
        #[arg(long, value_name = "N")]
        limit: Option<usize>,
        /// JSON.
        #[arg(long)]
        json: bool,
        /// A table for a spreadsheet, from the latest line on.
        #[arg(long, conflicts_with = "json")]
        csv: bool,
    },
}
