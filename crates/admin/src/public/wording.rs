//! What a block's page says, in plain words.

use model::{Block, BlockState, SubjectKey, Timestamp, WayOut};

/// "21 November 2026, 10:15 UTC"
pub(super) fn moment(time: Timestamp) -> String {
    match jiff::Timestamp::from_second(time.as_secs()) {
        Ok(known) => known.strftime("%-d %B %Y, %H:%M UTC").to_string(),
        Err(_) => time.to_string(),
    }
}

/// What kind of subject it is, as a person calls it.
pub(super) fn kind(block: &Block) -> &'static str {
    match block.subject {
        SubjectKey::Account(_) => "Account",
        SubjectKey::Ip(_) => "IP address",
        SubjectKey::Domain(_) => "Domain",
    }
}

/// The page's headline. In monitor mode nothing is refused, and the page doesn't claim it.
pub(super) fn headline(state: BlockState, monitor: bool) -> &'static str {
    match state {
        BlockState::BlockedForSpam if monitor => "Sending would be blocked",
        BlockState::BlockedForSpam => "Sending is blocked",
        BlockState::Unblocking => "Sending is being released",
        BlockState::Unblocked => "Sending is possible again",
    }
}

/// The sentence under the headline.
pub(super) fn lead(block: &Block, monitor: bool) -> String {
    let who = format!("{} {}", kind(block), block.subject.name());
    let reason = &block.reason.sentence;
    match block.state {
        BlockState::BlockedForSpam if monitor => {
            format!(
                "{who} would be blocked because of {reason}. At the moment mail is only watched: nothing is refused."
            )
        }
        BlockState::BlockedForSpam => {
            format!("{who} can't send mail at the moment, because of {reason}.")
        }
        BlockState::Unblocking => format!("The release of {who} was granted and takes effect in a moment."),
        BlockState::Unblocked => format!("{who} was blocked because of {reason}. The block is over."),
    }
}

/// Until when, or how it ended.
pub(super) fn until(block: &Block) -> String {
    match (&block.released, block.automatic_release) {
        (Some((time, _)), _) => format!("{} (released)", moment(*time)),
        (None, _) if block.way_out == WayOut::Ticket => {
            "Your provider approves its ticket: answer the mail about it".into()
        }
        (None, _) if block.way_out == WayOut::Password => "The password is changed".into(),
        (None, true) => format!("{}, then it ends by itself", moment(block.until())),
        (None, false) => match block.used_up() {
            Some(quota) => format!("Your provider releases it. {}", quota.sentence()),
            None => "Your provider releases it".to_owned(),
        },
    }
}

/// What still works. A network that is blocked sends for people who receive elsewhere.
pub(super) fn receiving(block: &Block) -> &'static str {
    match block.subject {
        SubjectKey::Ip(_) => {
            "Mailboxes still receive mail. Nothing that was refused was lost unseen: each sender got it back."
        }
        SubjectKey::Account(_) | SubjectKey::Domain(_) => {
            "Receiving mail still works, and so does reading it. Mail that was refused came back to its sender."
        }
    }
}

/// What to do, one step each.
pub(super) fn steps(block: &Block) -> &'static [&'static str] {
    match (block.is_active(), &block.subject) {
        (true, SubjectKey::Account(_)) => &[
            "If you did not send the messages below, somebody knows your password: change it now, everywhere you used it.",
            "Check each computer and phone that sends with this account for malicious software.",
            "If a web site sends with it, update the site and protect its forms.",
            "If you sent them yourself, stop the mailing: write only to people who asked for it.",
        ],
        (true, SubjectKey::Ip(_)) => &[
            "Find what sent the messages below: an account with a stolen password, a web site's form or script, malicious software.",
            "Stop it, then empty the mail queue of what it left there: anything still sending blocks the address again, for longer.",
            "Update the software of the host and change the passwords it knows.",
        ],
        (true, SubjectKey::Domain(_)) => &[
            "Find which account of the domain sent the messages below, and change its password.",
            "If a web site sends for the domain, update the site and protect its forms.",
        ],
        (false, _) => &[
            "If the cause is not removed, the next block comes at once and lasts longer.",
            "Send what was refused again; nothing is sent again by itself.",
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_for_people() {
        assert_eq!(moment(Timestamp::from_secs(1_700_000_000)), "14 November 2023, 22:13 UTC");
        assert_eq!(moment(Timestamp(i64::MAX)), format!("@{}", i64::MAX / 1000));
    }
}
