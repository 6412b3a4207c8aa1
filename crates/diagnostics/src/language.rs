//! A diagnosis in the reader's language. A finding is kept in English, as the checks write it; `sentences.txt` holds each
//! sentence in English, French and German, one line each. A gap `{}` is taken over as it is, a gap `{>}` is told in turn.

use std::sync::LazyLock;

use customers::Language;

/// A sentence with gaps, in its three languages.
struct Sentence {
    english: &'static str,
    french: &'static str,
    german: &'static str,
}

/// The most exact first: with most of its own words.
static SENTENCES: LazyLock<Vec<Sentence>> = LazyLock::new(|| {
    let mut all: Vec<Sentence> = include_str!("sentences.txt").split("\n\n").filter_map(Sentence::parse).collect();
    all.sort_by_key(|sentence| {
        std::cmp::Reverse(pieces(sentence.english).map(|(piece, _)| piece.len()).sum::<usize>())
    });
    all
});

/// Gaps within gaps: a sentence is told no deeper.
const MAX_DEPTH: usize = 4;

/// What a check or a diagnosis says, in that language; as it is where there are no words for it.
pub fn told(text: &str, language: Language) -> String {
    told_within(text, language, MAX_DEPTH)
}

fn told_within(text: &str, language: Language, depth: usize) -> String {
    if language == Language::En || text.is_empty() || depth == 0 {
        return text.to_owned();
    }
    let found = SENTENCES.iter().find_map(|sentence| Some((sentence, gaps(sentence.english, text)?)));
    match found {
        Some((sentence, gaps)) => filled(sentence.of(language), &gaps, language, depth),
        None => length(text, language).or_else(|| list(text, language)).unwrap_or_else(|| text.to_owned()),
    }
}

impl Sentence {
    fn parse(lines: &'static str) -> Option<Self> {
        let mut lines = lines.trim_matches('\n').lines();
        Some(Self { english: lines.next()?, french: lines.next()?, german: lines.next()? })
    }

    fn of(&self, language: Language) -> &'static str {
        match language {
            Language::En => self.english,
            Language::Fr => self.french,
            Language::De => self.german,
        }
    }
}

/// The words between the gaps, each with whether the gap behind it is told in turn; there is no gap behind the last.
fn pieces(sentence: &str) -> impl Iterator<Item = (&str, Option<bool>)> {
    let mut rest = Some(sentence);
    std::iter::from_fn(move || {
        let text = rest?;
        let next = [("{>}", true), ("{}", false)].into_iter();
        let gap = next.filter_map(|(gap, told)| Some((text.find(gap)?, gap.len(), told))).min();
        rest = gap.and_then(|(at, length, _)| text.get(at + length..));
        Some((gap.and_then(|(at, ..)| text.get(..at)).unwrap_or(text), gap.map(|(_, _, told)| told)))
    })
}

/// What stands in a sentence's gaps; `None` when it is another sentence.
fn gaps<'t>(sentence: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut pieces = pieces(sentence).map(|(piece, gap)| (piece, gap.is_some()));
    let (first, mut is_open) = pieces.next()?;
    let mut rest = text.strip_prefix(first)?;
    let mut found = Vec::new();
    while is_open {
        let (piece, is_followed) = pieces.next()?;
        let (gap, behind) = if is_followed { rest.split_once(piece)? } else { (rest.strip_suffix(piece)?, "") };
        found.push(gap);
        (rest, is_open) = (behind, is_followed);
    }
    rest.is_empty().then_some(found)
}

fn filled(sentence: &str, gaps: &[&str], language: Language, depth: usize) -> String {
    let mut gaps = gaps.iter();
    let mut text = String::new();
    for (piece, gap) in pieces(sentence) {
        text.push_str(piece);
        match (gap, gaps.next()) {
            (Some(true), Some(gap)) => text.push_str(&told_within(gap, language, depth - 1)),
            (Some(false), Some(gap)) => text.push_str(gap),
            _ => {}
        }
    }
    text
}

/// `1 hour 30 minutes`, as it stands behind "within".
fn length(text: &str, language: Language) -> Option<String> {
    let words: Vec<&str> = text.split(' ').collect();
    let told = words.chunks(2).map(|pair| match pair {
        [count, unit] if count.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(format!("{count} {}", self::unit(unit, language)?))
        }
        _ => None,
    });
    Some(told.collect::<Option<Vec<_>>>()?.join(" "))
}

fn unit(word: &str, language: Language) -> Option<&'static str> {
    let (french, german) = match word {
        "day" => ("jour", "Tag"),
        "days" => ("jours", "Tagen"),
        "hour" => ("heure", "Stunde"),
        "hours" => ("heures", "Stunden"),
        "minute" => ("minute", "Minute"),
        "minutes" => ("minutes", "Minuten"),
        "second" => ("seconde", "Sekunde"),
        "seconds" => ("secondes", "Sekunden"),
        _ => return None,
    };
    Some(if language == Language::Fr { french } else { german })
}

/// `a.example, b.example and c.example`: names, none of which has a space.
fn list(text: &str, language: Language) -> Option<String> {
    let (names, last) = text.rsplit_once(" and ")?;
    let is_name = |name: &str| !name.is_empty() && !name.contains(' ');
    let and = if language == Language::Fr { "et" } else { "und" };
    (is_name(last) && names.split(", ").all(is_name)).then(|| format!("{names} {and} {last}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cause, rows};

    const CHECKS: &[&str] = &[
        include_str!("checks/accepted.rs"),
        include_str!("checks/arrives.rs"),
        include_str!("checks/authentication.rs"),
        include_str!("checks/blocked.rs"),
        include_str!("checks/dkim.rs"),
        include_str!("checks/dmarc.rs"),
        include_str!("checks/listed.rs"),
        include_str!("checks/locked.rs"),
        include_str!("checks/mod.rs"),
        include_str!("checks/mx.rs"),
        include_str!("checks/reverse_dns.rs"),
        include_str!("checks/sends.rs"),
        include_str!("checks/spf.rs"),
        include_str!("checks/srv.rs"),
        include_str!("checks/suspended.rs"),
        include_str!("report.rs"),
        include_str!("smtp/error.rs"),
    ];

    /// What the test message says, and what is no words.
    const UNTOLD: &[&str] = &[
        "Subject: ",
        "Message-ID: ",
        "Auto-Submitted: ",
        "MIME-Version: ",
        "Content-Type: ",
        "This message was sent to find out whether ",
        "Nobody has to read or answer it.",
        "{} {} {} {}",
    ];

    /// The text literals of a file's own code, gaps as `{}`.
    fn literals(source: &str) -> Vec<String> {
        let code: Vec<_> = source.split("#[cfg(test)]").next().unwrap().lines().collect();
        let code: Vec<_> = code.into_iter().filter(|line| !line.trim_start().starts_with("//")).collect();
        let code = code.join("\n").replace("\\\"", "\u{1}");
        let texts = code.split('"').skip(1).step_by(2).map(|text| {
            let lines: Vec<_> = text
                .split("\\\n")
                .enumerate()
                .map(|(at, line)| if at == 0 { line } else { line.trim_start() })
                .collect();
            lines.concat().replace('\u{1}', "\"")
        });
        texts.map(|text| gapped(&text)).collect()
    }

    fn gapped(text: &str) -> String {
        let mut parts = text.split('{');
        let first = parts.next().unwrap().to_owned();
        parts.fold(first, |text, part| text + "{}" + part.split_once('}').map_or(part, |(_, behind)| behind))
    }

    #[test]
    fn every_sentence_of_a_check_has_words_in_every_language() {
        let known = |text: &str| SENTENCES.iter().any(|sentence| sentence.english.replace("{>}", "{}") == text);
        let is_words = |text: &String| text.len() > 10 && text.contains(' ');
        for text in CHECKS.iter().flat_map(|source| literals(source)).filter(is_words) {
            assert!(known(&text) || UNTOLD.iter().any(|other| text.starts_with(other)), "no words for {text:?}");
        }
        for row in rows() {
            assert!(known(row.title) && known(row.means), "{}", row.title);
        }
        for cause in [Cause::Suspended, Cause::SpamBlock, Cause::Locked, Cause::Password, Cause::Infrastructure] {
            assert!(known(cause.sentence()), "{}", cause.sentence());
        }
    }

    #[test]
    fn every_language_has_the_same_gaps() {
        let blocks = include_str!("sentences.txt").split("\n\n").count();
        assert_eq!(SENTENCES.len(), blocks);
        for Sentence { english, french, german } in SENTENCES.iter() {
            for other in [french, german] {
                let count = |text: &str| (text.matches("{}").count(), text.matches("{>}").count());
                assert_eq!(count(english), count(other), "{other}");
            }
        }
    }

    #[test]
    fn what_fills_a_sentence_is_taken_over() {
        let german = |text| told(text, Language::De);
        assert_eq!(
            german("DNS does not tell about the SPF record of shop.example."),
            "Das DNS gibt keine Auskunft über den SPF-Eintrag von shop.example."
        );
        assert_eq!(
            german("There was no answer within 1 minute 20 seconds."),
            "Innerhalb von 1 Minute 20 Sekunden kam keine Antwort."
        );
        assert_eq!(
            told("Mail for shop.example goes to a.example, b.example and c.example.", Language::Fr),
            "Le courrier de shop.example va à a.example, b.example et c.example."
        );
        assert_eq!(
            german("192.0.2.1 is listed by zen.example (SBL). 192.0.2.2 is listed by bl.example (PBL)."),
            "192.0.2.1 steht bei zen.example (SBL). 192.0.2.2 steht bei bl.example (PBL)."
        );
        let refused = "mx.example does not take the password: 535 5.7.8 It is not blocked.";
        assert_eq!(
            german(refused),
            "mx.example nimmt das Passwort nicht an: 535 5.7.8 It is not blocked.",
            "a server's own words stay"
        );
        assert_eq!(german("Something else {} altogether"), "Something else {} altogether");
        assert_eq!(told(refused, Language::En), refused);
    }
}
