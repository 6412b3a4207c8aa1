//! Why a block began, in the language of whoever reads it. The block's record holds it in English and in figures.

use customers::Language;
use model::Reason;
use model::standing::CounterKind;

use crate::words::length;

/// The reason in a language; in English where there are no words for it.
pub fn reason_in(language: Language, reason: &Reason) -> String {
    if language == Language::En {
        return reason.sentence.clone();
    }
    let window = length(language, reason.window);
    let told = decided(reason, language)
        .or_else(|| relapse(reason, language, &window))
        .or_else(|| share(reason, language, &window))
        .or_else(|| mean(&reason.sentence, language, &window))
        .or_else(|| counted(reason, language, &window));
    told.unwrap_or_else(|| reason.sentence.clone())
}

/// French or German: nobody asks for English here.
fn either(language: Language, french: String, german: String) -> Option<String> {
    Some(if language == Language::Fr { french } else { german })
}

fn decided(reason: &Reason, language: Language) -> Option<String> {
    let why = reason.decided()?;
    either(language, format!("décision de notre support : {why}"), format!("Entscheidung unseres Supports: {why}"))
}

fn relapse(reason: &Reason, language: Language, window: &str) -> Option<String> {
    if reason.rule != "probation" {
        return None;
    }
    either(
        language,
        format!("du spam moins de {window} après la fin du dernier blocage"),
        format!("wieder Spam innerhalb von {window} nach dem Ende der letzten Sperre"),
    )
}

/// `50 % of 40 messages …`
fn share(reason: &Reason, language: Language, window: &str) -> Option<String> {
    let (value, rest) = reason.sentence.split_once(" % of ")?;
    let (value, of) = (number(value)?, number(rest.split(' ').next()?)?);
    match CounterKind::from_word(&reason.counter)? {
        CounterKind::Spam => either(
            language,
            format!("{value} % de {of} messages ayant l'apparence de spam en {window}"),
            format!("{value} % von {of} Nachrichten, die wie Spam aussehen, innerhalb von {window}"),
        ),
        CounterKind::RefusedRecipients => either(
            language,
            format!("{value} % de {of} destinataires refusés en {window}"),
            format!("{value} % von {of} Empfängern abgewiesen innerhalb von {window}"),
        ),
        _ => None,
    }
}

/// `a mean spam score of 72 over 50 messages …`
fn mean(sentence: &str, language: Language, window: &str) -> Option<String> {
    let (value, rest) = sentence.strip_prefix("a mean spam score of ")?.split_once(" over ")?;
    let (value, of) = (number(value)?, number(rest.split(' ').next()?)?);
    either(
        language,
        format!("un score de spam moyen de {value} sur {of} messages en {window}"),
        format!("ein mittlerer Spam-Wert von {value} über {of} Nachrichten innerhalb von {window}"),
    )
}

/// `5 messages that look like spam within 10 minutes`
fn counted(reason: &Reason, language: Language, window: &str) -> Option<String> {
    let count = reason.count;
    if !reason.sentence.starts_with(&format!("{count} ")) {
        return None;
    }
    let [french, german] = things(CounterKind::from_word(&reason.counter)?);
    let [french, german] = [french, german].map(|[one, many]| if count == 1 { one } else { many });
    let filled = |words: &str| words.replace('#', &count.to_string());
    either(language, format!("{} en {window}", filled(french)), format!("{} innerhalb von {window}", filled(german)))
}

/// What is counted, one and many, in French and German; `#` is the count.
fn things(counter: CounterKind) -> [[&'static str; 2]; 2] {
    match counter {
        CounterKind::Messages => [["# message", "# messages"], ["# Nachricht", "# Nachrichten"]],
        CounterKind::Recipients => [["# destinataire", "# destinataires"], ["# Empfänger", "# Empfänger"]],
        CounterKind::DistinctRecipients => {
            [["# destinataire", "# destinataires différents"], ["# Empfänger", "# verschiedene Empfänger"]]
        }
        CounterKind::Spam => [
            ["# message ayant l'apparence de spam", "# messages ayant l'apparence de spam"],
            ["# Nachricht, die wie Spam aussieht,", "# Nachrichten, die wie Spam aussehen,"],
        ],
        CounterKind::ScoreSum => {
            [["# point de score de spam", "# points de score de spam"], ["# Punkt Spam-Wert", "# Punkte Spam-Wert"]]
        }
        CounterKind::UnusualScore => [
            [
                "# point de score de spam, de messages inhabituels,",
                "# points de score de spam, de messages inhabituels,",
            ],
            ["# Punkt Spam-Wert ungewöhnlicher Nachrichten", "# Punkte Spam-Wert ungewöhnlicher Nachrichten"],
        ],
        CounterKind::RefusedRecipients => [
            ["# destinataire refusé", "# destinataires refusés"],
            ["# abgewiesener Empfänger", "# abgewiesene Empfänger"],
        ],
        CounterKind::Bytes => [["# octet de courrier", "# octets de courrier"], ["# Byte Mail", "# Bytes Mail"]],
        CounterKind::DistinctNetworks => [
            ["du courrier de # réseau", "du courrier de # réseaux différents"],
            ["Mail aus # Netz", "Mail aus # verschiedenen Netzen"],
        ],
        CounterKind::Connections => [
            ["# connexion à un serveur de messagerie", "# connexions à des serveurs de messagerie"],
            ["# Verbindung zu einem Mailserver", "# Verbindungen zu Mailservern"],
        ],
        CounterKind::DistinctDestinations => [
            ["des connexions à # serveur de messagerie", "des connexions à # serveurs de messagerie différents"],
            ["Verbindungen zu # Mailserver", "Verbindungen zu # verschiedenen Mailservern"],
        ],
    }
}

fn number(text: &str) -> Option<&str> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some(text)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn told(language: Language, rule: &str, counter: &str, count: u64, sentence: &str) -> String {
        let mut why = testkit::samples::block("a", 0).reason;
        (why.rule, why.counter, why.count, why.sentence) = (rule.into(), counter.into(), count, sentence.into());
        why.window = Duration::from_secs(3600);
        reason_in(language, &why)
    }

    #[test]
    fn every_kind_of_reason_has_words_in_every_language() {
        let mut all: Vec<(&str, &str, u64, String)> = Vec::new();
        for counter in CounterKind::ALL {
            all.extend([1, 7].map(|count| ("rule", counter.as_str(), count, format!("{count} things within 1 hour"))));
        }
        let spam = CounterKind::Spam.as_str();
        all.push(("probation", spam, 1, "spam again within 1 hour after the last block had ended".into()));
        all.push(("rule", spam, 50, "50 % of 40 messages looking like spam within 1 hour".into()));
        all.push(("rule", "refused_recipients", 90, "90 % of 108 recipients refused by the next mail server".into()));
        all.push(("rule", "score_sum", 72, "a mean spam score of 72 over 50 messages within 1 hour".into()));
        all.push((Reason::BY_HAND, spam, 3, "an operator's decision: stolen".into()));
        for (rule, counter, count, sentence) in &all {
            assert_eq!(told(Language::En, rule, counter, *count, sentence), *sentence);
            let others = [Language::Fr, Language::De].map(|language| told(language, rule, counter, *count, sentence));
            assert!(others.iter().all(|other| other != sentence), "{rule} {counter}: {others:?}");
            assert_ne!(others[0], others[1]);
            assert!(!others.concat().contains('#'));
        }
    }

    #[test]
    fn figures_come_from_the_record_and_what_has_no_words_stays() {
        let german = |counter, count, sentence| told(Language::De, "rule", counter, count, sentence);
        let share = "50 % of 40 messages looking like spam within 1 hour";
        assert_eq!(german("spam", 50, share), "50 % von 40 Nachrichten, die wie Spam aussehen, innerhalb von 1 Stunde");
        let other = "bytes at 50 % of 40 messages within 1 hour";
        assert_eq!(german("bytes", 50, other), other);
    }
}
