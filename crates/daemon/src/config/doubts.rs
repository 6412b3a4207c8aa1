//! Contradictions that can't be told as long as what an option is compared with could not be read: they would be mistakes of ours.

use std::collections::BTreeSet;

/// An option, and those it is compared with. Entries of lists stand without their number.
const COMPARED: &[(&str, &[&str])] = &[
    ("override.rule", &["trip.name", "rate.name"]),
    ("override.subject", &["override.rule", "trip.name", "trip.subject", "rate.name", "rate.subject"]),
    ("override.names", &["override.subject"]),
    ("customers.file", &["trip.name", "rate.name"]),
    ("score.reject", &["score.spam"]),
    ("score.hold", &["score.reject"]),
    ("score.tag", &["score.reject", "score.hold"]),
    ("store.keep_counters", &["trip.window"]),
    (
        "store.keep_blocks",
        &["blocks.strike_memory", "blocks.customer_release_window", "blocks.customer_automatic_releases"],
    ),
    ("trip.minimum", &["trip.percent_of"]),
    ("proxy.tls_key", &["proxy.tls_certificate"]),
    ("proxy.require_tls", &["proxy.tls_certificate", "proxy.tls_key"]),
    ("proxy.next_hop_tls", &["proxy.next_hops", "proxy.suspicious_hops"]),
    ("intercept.tls", &["proxy.tls_certificate"]),
    ("lmtp.address", &["lmtp.listen"]),
    ("web.tls_certificate", &["web.tls_key"]),
    ("web.listen", &["web.tls_certificate", "web.tls_key", "web.behind_proxy"]),
    ("scan.listen", &["scan.password_file"]),
    ("identity.trusted_header", &["identity.trusted_header_from"]),
    ("reputation.mail_authentication", &["reputation.own_addresses"]),
    ("reputation.dkim_signed_later_for", &["reputation.mail_authentication"]),
    ("dns_list.asks", &["reputation.own_addresses"]),
    ("dns_list.listed", &["dns_list.asks"]),
    ("directory.stale", &["directory.fresh"]),
    ("diagnosis.check_timeout", &["diagnosis.budget"]),
    ("diagnosis.submission_tls", &["diagnosis.submission"]),
    ("enforcement.set6", &["enforcement.set4"]),
];

/// Whether a contradiction at that option may be none, since this or what it is compared with could not be read.
pub(super) fn is_doubtful(option: &str, unread: &BTreeSet<String>) -> bool {
    let table = option.split_once('.').map_or(option, |(table, _)| table);
    let own = unread.contains(option) || unread.contains(table) || unread.contains(plain(table).as_str());
    let compared = COMPARED.iter().find(|(known, _)| *known == plain(option)).map_or(&[][..], |(_, others)| others);
    own || unread.iter().any(|wrong| compared.contains(&plain(wrong).as_str()))
}

/// Whether anything is wrong within an entry of a list, such as `rule[2]`.
pub(super) fn is_within(entry: &str, wrong: &BTreeSet<String>) -> bool {
    wrong.iter().any(|option| option.strip_prefix(entry).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
}

/// `override[3].rule` is `override.rule`.
fn plain(option: &str) -> String {
    match (option.split_once('['), option.split_once(']')) {
        (Some((list, _)), Some((_, key))) => format!("{list}{key}"),
        _ => option.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_read_and_what_is_compared_with_it_is_doubtful() {
        let unread = BTreeSet::from(["trip[2].subject".to_owned(), "score.spam".to_owned(), "proxy".to_owned()]);
        for (option, expected) in [
            ("trip[2].subject", true),
            ("trip[2].limit", false),
            ("override[1].subject", true),
            ("override[1].names", false),
            ("score.reject", true),
            ("score.points", false),
            ("proxy.next_hops", true),
        ] {
            assert_eq!(is_doubtful(option, &unread), expected, "{option}");
        }
        assert!(is_within("trip[2]", &unread) && !is_within("trip[1]", &unread) && !is_within("trip[22]", &unread));
    }
}
