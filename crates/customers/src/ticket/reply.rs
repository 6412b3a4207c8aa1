//! What of a reply its writer wrote himself: quotes, the line that introduces them and signatures are told apart.

/// A line of a reply, without its quotation marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line<'t> {
    /// From the letter that is answered.
    Quoted(&'t str),
    /// The writer's own.
    Written(&'t str),
}

impl<'t> Line<'t> {
    pub(super) fn written(&self) -> Option<&'t str> {
        match self {
            Self::Written(text) => Some(text),
            Self::Quoted(_) => None,
        }
    }
}

/// More lines than this are not read.
const MAX_LINES: usize = 2000;

/// The lines that say something, in order. The signature ends them, unless quoted lines follow.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut after_original = false;
    for line in text.lines().take(MAX_LINES).map(str::trim_end) {
        let text = line.trim_start();
        if text == "--" || line == "-- " {
            break;
        }
        after_original |= begins_original(text);
        match text.strip_prefix('>') {
            Some(quoted) => lines.push(Line::Quoted(quoted.trim_start_matches(['>', ' ']))),
            None if text.is_empty() || introduces_quote(text) => {}
            None if after_original => lines.push(Line::Quoted(text)),
            None => lines.push(Line::Written(text)),
        }
    }
    lines
}

/// What the writer wrote himself, for the ticket.
pub fn written(text: &str) -> String {
    let own: Vec<&str> = lines(text).iter().filter_map(Line::written).collect();
    own.join("\n")
}

/// "On 21 Nov 2026, Support wrote:", in the languages of the letters.
fn introduces_quote(line: &str) -> bool {
    let ends = ["wrote:", "a écrit :", "a écrit:", "schrieb:"];
    line.len() <= 300 && ends.iter().any(|end| line.ends_with(end))
}

/// "-----Original Message-----": everything below it is the letter, not marked line by line.
fn begins_original(line: &str) -> bool {
    let starts = [
        "-----original message",
        "-----message d'origine",
        "-----ursprüngliche nachricht",
        "________________________________",
    ];
    let lower = line.to_lowercase();
    starts.iter().any(|start| lower.starts_with(start))
}

/// How people end a letter, in the languages of the letters; what follows is their signature.
const CLOSINGS: &[&str] = &[
    "best regards",
    "kind regards",
    "regards",
    "best wishes",
    "sincerely",
    "yours",
    "cheers",
    "thanks",
    "thank you",
    "sent from my",
    "get outlook for",
    "cordialement",
    "bien cordialement",
    "bien à vous",
    "salutations",
    "merci",
    "envoyé de",
    "envoyé depuis",
    "viele grüße",
    "viele grüsse",
    "mit freundlichen grüßen",
    "mit freundlichen grüssen",
    "freundliche grüße",
    "freundliche grüsse",
    "beste grüße",
    "liebe grüße",
    "gruß",
    "mfg",
    "lg",
    "danke",
    "vielen dank",
    "von meinem",
    "gesendet von",
];

/// How they begin one.
const GREETINGS: &[&str] = &[
    "hello",
    "hi",
    "dear",
    "good morning",
    "good afternoon",
    "bonjour",
    "bonsoir",
    "cher",
    "chère",
    "madame",
    "monsieur",
    "hallo",
    "guten tag",
    "guten morgen",
    "sehr geehrte",
    "liebe",
    "lieber",
    "moin",
];

/// A longer line is a sentence.
const MAX_FORMULA: usize = 60;

/// Whether a line ends the letter.
pub(super) fn closes(line: &str) -> bool {
    is_formula(line, CLOSINGS)
}

/// Whether a line greets, and says no more.
pub(super) fn greets(line: &str) -> bool {
    line.trim_end().ends_with([',', '!']) && is_formula(line, GREETINGS) || is_whole(line, GREETINGS)
}

fn is_whole(line: &str, formulas: &[&str]) -> bool {
    let line = line.trim().trim_end_matches(['.', ',', '!']).to_lowercase();
    formulas.contains(&line.as_str())
}

fn is_formula(line: &str, formulas: &[&str]) -> bool {
    let line = line.trim();
    if line.chars().count() > MAX_FORMULA {
        return false;
    }
    let line = line.to_lowercase();
    let follows = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric());
    formulas.iter().any(|formula| line.strip_prefix(formula).is_some_and(follows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_written_is_kept() {
        let text = "Hello,\n\nit was me.\n\nOn Sat, 21 Nov 2026, Support wrote:\n> 1. Are you the sender?\n>> older\n\n-- \nBob\nShop Ltd\n";
        assert_eq!(written(text), "Hello,\nit was me.");
        assert_eq!(lines(text)[2], Line::Quoted("1. Are you the sender?"));
        assert_eq!(written("Nein.\n\n-----Ursprüngliche Nachricht-----\nVon: Support\n1. Haben Sie ...?\n"), "Nein.");
        assert_eq!(written(""), "");
    }

    #[test]
    fn formulas_are_told_from_sentences() {
        for line in
            ["Viele Grüße", "Mit freundlichen Grüßen,", "Cordialement", "Sent from my iPhone", "lg hans", "Thanks!"]
        {
            assert!(closes(line), "{line}");
        }
        for line in ["Nein, danke", "Lager", "No, thanks to you I have none", "Merciless", ""] {
            assert!(!closes(line), "{line}");
        }
        assert!(greets("Hello,") && greets("Bonjour") && greets("Sehr geehrte Damen und Herren,"));
        assert!(!greets("Hello, it was me") && !greets("Histories"));
    }
}
