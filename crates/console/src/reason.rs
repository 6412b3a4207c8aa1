//! Why a block began, as a sentence in any language. The block's record holds it in English and in figures.

use model::Reason;

use crate::words::Words;

/// The reason in the words' language; in English where they have none for it.
pub fn told(reason: &Reason, words: &Words) -> String {
    let window = words.length(reason.window);
    if let Some(why) = reason.decided() {
        return words.fill("reason.decided", &[("why", why)]);
    }
    if reason.rule == "probation" {
        return words.fill("reason.relapse", &[("window", &window)]);
    }
    if let Some((value, of)) = share(&reason.sentence) {
        let key = format!("reason.share.{}", reason.counter);
        return known(words, &key, &[("value", value), ("of", of), ("window", &window)], reason);
    }
    if let Some((value, of)) = mean(&reason.sentence) {
        return words.fill("reason.mean", &[("value", value), ("of", of), ("window", &window)]);
    }
    let key = format!("reason.{}", reason.counter);
    let counted = reason.sentence.starts_with(&format!("{} ", reason.count));
    if counted && words.knows(&format!("{key}.one")) {
        return words.count(&key, reason.count, &[("window", &window)]);
    }
    reason.sentence.clone()
}

fn known(words: &Words, key: &str, gaps: &[(&str, &str)], reason: &Reason) -> String {
    if words.knows(key) { words.fill(key, gaps) } else { reason.sentence.clone() }
}

/// `50 % of 40 messages …`
fn share(sentence: &str) -> Option<(&str, &str)> {
    let (value, rest) = sentence.split_once(" % of ")?;
    Some((number(value)?, number(rest.split(' ').next()?)?))
}

/// `a mean spam score of 72 over 50 messages …`
fn mean(sentence: &str) -> Option<(&str, &str)> {
    let (value, rest) = sentence.strip_prefix("a mean spam score of ")?.split_once(" over ")?;
    Some((number(value)?, number(rest.split(' ').next()?)?))
}

fn number(text: &str) -> Option<&str> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then_some(text).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use customers::Language;

    use super::*;

    fn german(counter: &str, count: u64, sentence: &str) -> String {
        let mut reason = testkit::samples::block("a", 0).reason;
        (reason.counter, reason.count, reason.sentence) = (counter.into(), count, sentence.into());
        reason.window = Duration::from_secs(3600);
        told(&reason, Words::of(Language::De))
    }

    #[test]
    fn every_shape_is_told_in_other_words() {
        let spam = "5 messages that look like spam within 1 hour";
        assert_eq!(german("spam", 5, spam), "5 Nachrichten, die wie Spam aussehen, innerhalb von 1 Stunde");
        let share = "50 % of 40 messages looking like spam within 1 hour";
        assert_eq!(german("spam", 50, share), "50 % von 40 Nachrichten, die wie Spam aussehen, innerhalb von 1 Stunde");
        let mean = "a mean spam score of 72 over 50 messages within 1 hour";
        assert_eq!(
            german("score_sum", 7250, mean),
            "ein mittlerer Spam-Wert von 72 über 50 Nachrichten innerhalb von 1 Stunde"
        );
        let other = "bytes at 50 % of 40 messages within 1 hour";
        assert_eq!(german("bytes", 50, other), other, "what has no words is told as it was written");
    }
}
