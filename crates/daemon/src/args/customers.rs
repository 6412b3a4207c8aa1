//! Customers: who owns what.

use std::path::PathBuf;

use clap::Subcommand;

use super::SubjectArgs;

#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  portreeve customers add hosting-4711 --contact owner@shop.example --kind pro --account '*@shop.example'
  portreeve customers add server-0815 --contact admin@dupont.example --language fr --network 192.0.2.16/28
  portreeve customers set hosting-4711 --suspended true
  portreeve customers import customers.csv --dry-run
  portreeve customers list --search dupont
  portreeve customers owner ip 192.0.2.17

Customers of the file come before those of the store, those before the provider's own directory; the longest prefix and the
exact login win across file and store. Exit codes: 0 done or found, 1 none or refused, 2 something went wrong.")]
pub(crate) enum CustomersCommand {
    /// Print a sample file of customers, every option explained.
    #[command(after_help = "Example:\n  portreeve customers sample > customers.toml")]
    Sample,
    /// Who owns it: how he is called, written to, and released.
    #[command(after_help = "\
Examples:
  portreeve customers owner account bob@shop.example
  portreeve customers owner ip 192.0.2.17 --json

Exit codes: 0 a known customer, 1 nobody is known to, 2 something went wrong.")]
    Owner {
        #[command(flatten)]
        subject: SubjectArgs,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Customers of the file and the store, by the names of their services.
    List {
        /// Only those with this in a name, a contact or what they own.
        #[arg(long, value_name = "TEXT")]
        search: Option<String>,
        /// Only those of the file, or of the store.
        #[arg(long, value_parser = ["file", "store"])]
        source: Option<String>,
        /// Only behind this service: the next page.
        #[arg(long, value_name = "SERVICE")]
        after: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=1000))]
        limit: u16,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Everything about one customer.
    Show {
        /// The service's name.
        service: String,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Enter a customer into the store.
    Add {
        /// The service's name.
        service: String,
        #[command(flatten)]
        fields: CustomerFields,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Change a customer of the store: what is not given stays.
    Set {
        /// The service's name.
        service: String,
        #[command(flatten)]
        fields: CustomerFields,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Take a customer out of the store.
    Remove {
        /// The service's name.
        service: String,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
    /// Enter the customers of a CSV file, in place of those of the same services. All of them, or none when a line is wrong.
    #[command(after_help = "\
The first line names the columns, in any order: service and contact (both a must), name, language, kind, networks, accounts, domains,
suspended, expires, limits, automatic_releases. Several texts in a cell stand with spaces between them, limits as
account-rate=5000. UTF-8; commas or semicolons. The same file again changes nothing; who is not in it stays.

Examples:
  portreeve customers import customers.csv --dry-run
  panel-export | portreeve customers import -

Exit codes: 0 imported (or would be), 1 a line is wrong and nothing was, 2 something went wrong.")]
    Import {
        /// The file; - is standard input.
        #[arg(value_name = "CSV|-")]
        file: PathBuf,
        /// Only say what would come of it.
        #[arg(long)]
        dry_run: bool,
        /// JSON.
        #[arg(long)]
        json: bool,
    },
}

/// What is known of a customer. A list that is given replaces the whole list; an empty text empties it.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct CustomerFields {
    /// The customer's name.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// A mail address of his; may be given several times.
    #[arg(long = "contact", value_name = "ADDRESS")]
    pub(crate) contact: Vec<String>,
    /// The language he is written to in.
    #[arg(long, value_parser = ["en", "fr", "de"])]
    pub(crate) language: Option<String>,
    /// What he has, which decides how he gets out of a block.
    #[arg(long, value_parser = ["exchange", "pro", "mxplan", "mxplan-legacy", "dedicated"])]
    pub(crate) kind: Option<String>,
    /// A network or address of his; may be given several times.
    #[arg(long = "network", value_name = "NETWORK")]
    pub(crate) networks: Vec<String>,
    /// A login of his, or "*@" and a domain; may be given several times.
    #[arg(long = "account", value_name = "LOGIN")]
    pub(crate) accounts: Vec<String>,
    /// A domain he sends as; may be given several times.
    #[arg(long = "domain", value_name = "DOMAIN")]
    pub(crate) domains: Vec<String>,
    /// Whether the service is suspended.
    #[arg(long, value_name = "true|false")]
    pub(crate) suspended: Option<bool>,
    /// The last day of the subscription; "" for none.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) expires: Option<String>,
    /// A limit of his own, 0 switches the rule off; may be given several times.
    #[arg(long = "limit", value_name = "RULE=NUMBER")]
    pub(crate) limits: Vec<String>,
    /// How many blocks of the ladder end by themselves for him; "" for as many as for everybody.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) automatic_releases: Option<String>,
}
