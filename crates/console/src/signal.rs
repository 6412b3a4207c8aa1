//! What was seen in a message, in the reader's language. Evidence holds the sentence in English, as the table of signals says it;
//! what it quotes of the message is taken over where the sentence of the other language has a place for it.

use std::collections::HashMap;
use std::sync::LazyLock;

use customers::Language;

type Sentences = HashMap<&'static str, &'static str>;

static FR: LazyLock<Sentences> = LazyLock::new(|| read(include_str!("words/signals.fr.txt")));
static DE: LazyLock<Sentences> = LazyLock::new(|| read(include_str!("words/signals.de.txt")));

fn read(file: &'static str) -> Sentences {
    file.lines().filter_map(|line| line.split_once(" = ")).collect()
}

/// A hit's sentence in that language; as it is where there is none, as of rules of somebody's own.
pub(crate) fn told(signal: &str, why: &str, language: Language) -> String {
    let sentences = match language {
        Language::En => return why.to_owned(),
        Language::Fr => &*FR,
        Language::De => &*DE,
    };
    translated(sentences, signal, why).unwrap_or_else(|| why.to_owned())
}

fn translated(sentences: &Sentences, signal: &str, why: &str) -> Option<String> {
    let seen = seen(scoring::table::row(signal)?.sentence, why)?;
    let special = sentences.get(format!("{signal}:{seen}").as_str());
    let sentence = special.or_else(|| sentences.get(signal))?;
    Some(sentence.replacen("{}", seen, 1))
}

/// What stands in a sentence in the place of `{}`; its end may have been cut off. `None` when it is another sentence.
fn seen<'w>(sentence: &str, why: &'w str) -> Option<&'w str> {
    let (before, behind) = sentence.split_once("{}").unwrap_or((sentence, ""));
    let seen = why.strip_prefix(before)?;
    Some(seen.strip_suffix(behind).unwrap_or(seen))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_signal_has_a_sentence_in_every_language() {
        let known: BTreeSet<_> = scoring::table::TABLE.iter().map(|row| row.name).collect();
        for sentences in [&*FR, &*DE] {
            let named: BTreeSet<_> = sentences.keys().map(|key| key.split(':').next().unwrap()).collect();
            assert_eq!(known, named, "left: the table");
            for row in scoring::table::TABLE {
                let gaps = sentences[row.name].matches("{}").count();
                assert!(gaps <= row.sentence.matches("{}").count(), "{} quotes what isn't told", row.name);
            }
        }
    }

    #[test]
    fn what_a_sentence_quotes_is_taken_over() {
        let shouting = "The subject is all in capitals: GELD {} \u{201e}jetzt\u{201c}";
        assert_eq!(
            told("subject_shouting", shouting, Language::De),
            "Der Betreff besteht nur aus Gro\u{df}buchstaben: GELD {} \u{201e}jetzt\u{201c}"
        );
        assert_eq!(told("subject_shouting", shouting, Language::En), shouting);
        let ham = "As a whole it reads like ordinary mail";
        assert!(told("content_classifier", ham, Language::Fr).ends_with("courrier ordinaire."));
        let spam = "As a whole it reads like spam: offer, money";
        assert!(told("content_classifier", spam, Language::Fr).ends_with("comme du spam."));
        assert_eq!(
            told("html_form", "There are 2 forms inside the message.", Language::De),
            "Es gibt 2 Formulare in der Nachricht."
        );
    }

    #[test]
    fn what_is_unknown_stays_as_it_is() {
        assert_eq!(told("rule_of_mine", "It smells.", Language::De), "It smells.");
        assert_eq!(told("html_form", "Another sentence.", Language::De), "Another sentence.");
    }
}
