//! Mail that no person wrote: vacation notices, bounces, lists. A ticket answers none of it, or two programs would write to
//! each other for ever (RFC 3834 2).

/// What kind of automatic mail it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Automatic {
    /// It comes from the null sender: a delivery status notification.
    Bounce,
    /// It says so itself: Auto-Submitted, Precedence, or a vacation program's own field.
    Reply,
    /// It came through a mailing list.
    List,
    /// It is our own letter, come back.
    Ours,
}

impl Automatic {
    /// The kind, in a word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bounce => "null_sender",
            Self::Reply => "automatic_reply",
            Self::List => "list",
            Self::Ours => "own_letter",
        }
    }
}

/// Whether mail is automatic. `fields` are the header's names and values, `from` is the reverse path, `ours` the domain in
/// our own Message-IDs.
pub fn automatic<'m>(from: &str, fields: impl Iterator<Item = (&'m str, &'m str)>, ours: &str) -> Option<Automatic> {
    if from.is_empty() {
        return Some(Automatic::Bounce);
    }
    fields.filter_map(|(name, value)| told(&name.to_ascii_lowercase(), &value.trim().to_ascii_lowercase(), ours)).next()
}

fn told(name: &str, value: &str, ours: &str) -> Option<Automatic> {
    let own_id = !ours.is_empty() && value.ends_with(&format!("@{}>", ours.to_ascii_lowercase()));
    match name {
        "auto-submitted" if value != "no" => Some(Automatic::Reply),
        "precedence" if ["bulk", "junk", "auto_reply"].contains(&value) => Some(Automatic::Reply),
        "precedence" if value == "list" => Some(Automatic::List),
        "x-autoreply" | "x-autorespond" | "x-auto-response-suppress" | "x-autoresponder" => Some(Automatic::Reply),
        "list-id" | "list-post" | "list-unsubscribe" => Some(Automatic::List),
        "message-id" if own_id => Some(Automatic::Ours),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_told_from_people() {
        let told = |from: &str, field: (&'static str, &'static str)| {
            automatic(from, [field].into_iter(), "mx1.provider.example")
        };
        assert_eq!(told("", ("Subject", "Undelivered")), Some(Automatic::Bounce));
        assert_eq!(told("bob@shop.example", ("Auto-Submitted", "auto-replied; vacation")), Some(Automatic::Reply));
        assert_eq!(told("bob@shop.example", ("Auto-Submitted", "No")), None);
        assert_eq!(told("bob@shop.example", ("Precedence", "bulk")), Some(Automatic::Reply));
        assert_eq!(told("bob@shop.example", ("List-Id", "<a.shop.example>")), Some(Automatic::List));
        assert_eq!(told("bob@shop.example", ("Message-ID", "<ticket-1@MX1.provider.example>")), Some(Automatic::Ours));
        assert_eq!(told("bob@shop.example", ("Message-ID", "<1@shop.example>")), None);
    }
}
