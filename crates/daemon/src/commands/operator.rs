//! What commands about access have in common: who gives them, what is granted, how long.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use access::{Grant, Role};
use anyhow::{Context, bail};

use crate::args::GrantArgs;

/// Who gives the command, as his environment names him, for the log; else as the system does.
pub(super) fn by() -> String {
    let named = ["SUDO_USER", "USER", "LOGNAME"].iter().find_map(|variable| std::env::var(variable).ok());
    let name: String = named.unwrap_or_default().chars().filter(|c| !c.is_control()).take(64).collect();
    if name.trim().is_empty() { admin::local_user(rustix::process::getuid().as_raw()).user().to_owned() } else { name }
}

/// What is granted; `None` when no role is given.
pub(super) fn grant(wanted: &GrantArgs) -> anyhow::Result<Option<Grant>> {
    let role = match (&wanted.role, wanted.customers.is_empty()) {
        (None, true) => return Ok(None),
        (None, false) => Role::Customer,
        (Some(word), _) => Role::from_word(word).with_context(|| format!("there is no role \"{word}\""))?,
    };
    let grant = Grant { role, services: wanted.customers.iter().cloned().collect() };
    grant.complaint().map_or(Ok(Some(grant)), |sentence| bail!("{sentence}: --role customer --customer SERVICE"))
}

/// Seconds of a length of time like "90d".
pub(super) fn seconds(text: Option<&str>) -> anyhow::Result<Option<u64>> {
    let read = |text: &str| {
        let length = settings::parse_duration(text).filter(|length| length.as_secs() > 0);
        length.map(|length| length.as_secs()).with_context(|| format!("\"{text}\" is no length of time like \"90d\""))
    };
    text.map(read).transpose()
}

/// The first line of a file or of standard input; without one, a password that is made here and shown.
pub(super) fn password(file: Option<&Path>) -> anyhow::Result<(String, bool)> {
    let Some(path) = file else { return Ok((access::random_password()?, true)) };
    let source: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(path).with_context(|| format!("{} can't be read", path.display()))?)
    };
    let mut line = String::new();
    BufReader::new(source.take(1024)).read_line(&mut line)?;
    Ok((line.trim_end_matches(['\r', '\n']).to_owned(), false))
}
