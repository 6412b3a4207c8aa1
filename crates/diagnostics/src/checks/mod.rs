//! One check, one file, one function.

pub(crate) mod accepted;
pub(crate) mod arrives;
pub(crate) mod authentication;
pub(crate) mod blocked;
pub(crate) mod dkim;
pub(crate) mod dmarc;
pub(crate) mod listed;
pub(crate) mod locked;
pub(crate) mod mx;
pub(crate) mod reverse_dns;
pub(crate) mod sends;
pub(crate) mod spf;
pub(crate) mod srv;
pub(crate) mod suspended;

use std::fmt::Display;

use crate::report::Report;

/// An account without a domain in its login.
fn no_domain() -> Report {
    Report::unknown("The login has no domain.", "Diagnose the domain by itself: portreeve diagnose domain NAME")
}

/// "a, b and c"
fn listed_words<T: Display>(words: impl IntoIterator<Item = T>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| word.to_string()).collect();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}
