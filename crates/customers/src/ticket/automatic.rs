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
        "subject" if is_vacation(value) => Some(Automatic::Reply),
        "message-id" if own_id => Some(Automatic::Ours),
        _ => None,
    }
}

/// How vacation programs that say nothing else begin their subject, in the languages of the letters; lower case.
const VACATIONS: &[&str] = &[
    "automatic reply",
    "automatic response",
    "automated reply",
    "automated response",
    "auto reply",
    "auto-reply",
    "autoreply",
    "auto response",
    "auto-response",
    "autoresponse",
    "autoresponder",
    "out of office",
    "out of the office",
    "out-of-office",
    "vacation reply",
    "vacation message",
    "réponse automatique",
    "reponse automatique",
    "réponse d'absence",
    "message d'absence",
    "notification d'absence",
    "avis d'absence",
    "absence du bureau",
    "absent du bureau",
    "absente du bureau",
    "automatische antwort",
    "automatische rückantwort",
    "abwesenheitsnotiz",
    "abwesenheitsnachricht",
    "abwesenheitsmeldung",
    "abwesenheitsbenachrichtigung",
    "abwesenheitsassistent",
    "nicht im büro",
    "außer haus",
    "ausser haus",
];

/// What may follow where a program has written the subject: the subject it answers, or a second name for itself.
const FOLLOWS: &[&str] = &["re:", "aw:", "autoreply", "auto-reply", "auto reply", "reply", "message", "notification"];

/// Whether a subject is a vacation program's. A person's answer begins with "Re:", and a person's own subject goes on in words.
fn is_vacation(subject: &str) -> bool {
    let subject = subject.trim_start_matches(['[', '(', '*', ' ']).replace('\u{2019}', "'");
    VACATIONS.iter().filter_map(|begins| subject.strip_prefix(begins)).any(|rest| {
        let rest = rest.trim_start();
        let ends =
            rest.chars().next().is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '\'' | '"' | '«' | '„' | '“'));
        ends || FOLLOWS.iter().any(|word| rest.starts_with(word))
    })
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

    #[test]
    fn a_vacation_note_is_known_by_its_subject_and_a_person_is_not_taken_for_one() {
        let told = |subject: &'static str| automatic("bob@shop.example", [("Subject", subject)].into_iter(), "");
        for program in [
            "Automatic reply: Account locked for spam: bob@shop.example [ticket 7]",
            "Out of Office",
            "Out of Office AutoReply: Account locked for spam",
            "[Auto-Reply] Account locked for spam",
            "Réponse automatique : Compte bloqué pour spam",
            "Message d\u{2019}absence",
            "Absence du bureau (jusqu'au 3 août)",
            "Automatische Antwort: Konto wegen Spam gesperrt",
            "Abwesenheitsnotiz",
            "ABWESENHEITSNACHRICHT - Re: Konto wegen Spam gesperrt",
        ] {
            assert_eq!(told(program), Some(Automatic::Reply), "{program}");
        }
        for person in [
            "Re: Account locked for spam: bob@shop.example [ticket 7]",
            "Re: Automatic reply: Account locked for spam",
            "AW: Abwesenheitsnotiz: Konto gesperrt",
            "Account locked: automatic reply was the cause",
            "Out of office rule sent the spam",
            "Automatic reply \"vacation\" caused this",
            "Réponse automatiquement envoyée par erreur",
            "Autoreplying is off now",
            "Abwesenheitsnotiz war schuld",
            "",
        ] {
            assert_eq!(told(person), None, "{person}");
        }
    }
}
