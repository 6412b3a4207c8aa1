//! A mail program is named that does not write Message-IDs of this shape: the name is borrowed.
//!
//! Only programs are checked that have kept their shape for many years.

use crate::{Reading, Seen};

/// A mail program by how it names itself, and whether the left side of a Message-ID can be its own.
struct Habit {
    named: &'static str,
    writes: fn(&str) -> bool,
}

const HABITS: &[Habit] = &[
    Habit { named: "microsoft outlook 1", writes: is_outlook },
    Habit { named: "microsoft outlook express", writes: is_outlook },
    Habit { named: "microsoft outlook, build", writes: is_outlook },
    Habit { named: "the bat!", writes: is_pair },
    Habit { named: "apple mail (", writes: is_uuid },
    Habit { named: "iphone mail (", writes: is_uuid },
    Habit { named: "ipad mail (", writes: is_uuid },
    Habit { named: "mozilla thunderbird", writes: is_thunderbird },
];

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let headers = &message.features.headers;
    let mailer = headers.mailer.as_deref()?;
    let id = headers.message_id.as_ref()?.as_str();
    let named = mailer.to_lowercase();
    let habit = HABITS.iter().find(|habit| named.contains(habit.named))?;
    let (left, host) = id.trim_start_matches('<').rsplit_once('@')?;
    // Microsoft's own servers write it for their users' programs.
    let host = host.to_ascii_lowercase();
    let by_server = ["outlook.com", "hotmail.com", "msn.com", "exchange"].iter().any(|name| host.contains(name));
    (!by_server && !(habit.writes)(left)).then(|| Seen::of(format!("{mailer}: {id}")))
}

/// `000001c1aabb$12345678$0a0b0c0d`.
fn is_outlook(left: &str) -> bool {
    let hex = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    left.contains('$') && left.split('$').all(hex) || left.len() >= 20 && !left.contains('.')
}

/// `0A1B2C3D-0A1B-0A1B-0A1B-0A1B2C3D4E5F`.
fn is_uuid(left: &str) -> bool {
    left.split('-').map(str::len).eq([8, 4, 4, 4, 12])
}

/// A UUID, or two numbers as before 2017.
fn is_thunderbird(left: &str) -> bool {
    is_uuid(left) || is_pair(left)
}

/// `12345678.20250303100000`, hexadecimal or decimal.
fn is_pair(left: &str) -> bool {
    left.split('.').count() == 2 && left.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'.')
}
