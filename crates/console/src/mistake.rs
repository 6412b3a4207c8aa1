//! What can't be used or done, in the reader's language. Other crates say it in English; the English words of `mistake.KEY` are the
//! shape of such a sentence: `{name}` is what it quotes.

use customers::Language;

use crate::words::Words;

/// A sentence in the words' language; as it is where there are none for it.
pub(crate) fn told(sentence: &str, words: &Words) -> String {
    if words.language() == Language::En {
        return sentence.to_owned();
    }
    let shapes = Words::of(Language::En).beginning("mistake.");
    let fitting = shapes.filter_map(|(key, shape)| Some((shape.len(), key, quoted(shape, sentence)?)));
    // Of several the longest says most.
    let Some((_, key, gaps)) = fitting.max_by_key(|(length, key, _)| (*length, *key)) else {
        return sentence.to_owned();
    };
    words.fill(key, &gaps)
}

/// What a sentence of that shape quotes, by name; `None` when it has another one.
fn quoted<'s>(shape: &'static str, sentence: &'s str) -> Option<Vec<(&'static str, &'s str)>> {
    let mut gaps = Vec::new();
    let (mut shape, mut sentence) = (shape, sentence);
    loop {
        let Some(at) = shape.find('{') else {
            return (shape == sentence).then_some(gaps);
        };
        let (before, gap) = shape.split_at(at);
        sentence = sentence.strip_prefix(before)?;
        let (name, behind) = gap.strip_prefix('{').and_then(|gap| gap.split_once('}'))?;
        let literal = behind.split('{').next().unwrap_or_default();
        let is_last = literal.len() == behind.len();
        let end = if is_last { sentence.len().checked_sub(literal.len())? } else { sentence.find(literal)? };
        let (value, rest) = sentence.split_at_checked(end)?;
        gaps.push((name, value));
        (shape, sentence) = (behind, rest);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use customers::CustomerRecord;
    use customers::registry::fill;

    use super::*;

    fn each(sentence: &str) -> [String; 2] {
        [Language::Fr, Language::De].map(|language| told(sentence, Words::of(language)))
    }

    #[test]
    fn what_is_wrong_with_a_customer_is_told_in_every_language() {
        let owned = |text: &str| vec![text.to_owned()];
        let record = CustomerRecord {
            service: String::new(),
            name: "x".repeat(999),
            contact: owned("nobody"),
            language: "it".into(),
            kind: "gold".into(),
            networks: vec!["x".repeat(999)],
            expires: Some("soon".into()),
            limits: BTreeMap::new(),
            ..CustomerRecord::default()
        };
        let mut sentences: Vec<_> = record.read().unwrap_err().into_iter().map(|mistake| mistake.sentence).collect();
        assert!(sentences.len() > 6, "{sentences:?}");
        for (field, text) in [("suspended", "maybe"), ("automatic_releases", "many"), ("limits", "few")] {
            sentences.push(fill(&mut CustomerRecord::default(), field, text).unwrap_err());
        }
        for sentence in &sentences {
            let [french, german] = each(sentence);
            assert!(french != *sentence && german != *sentence && french != german, "{sentence}: {french} {german}");
        }
        assert_eq!(told("\"10.0.0.0/99\" is no domain", Words::of(Language::De)), "„10.0.0.0/99“ ist keine Domain");
    }

    #[test]
    fn who_is_known_already_is_told_in_every_language() {
        let [french, german] = each("there is a customer \"box\" already");
        assert_eq!(french, "il y a déjà un client «\u{a0}box\u{a0}»");
        assert_eq!(german, "es gibt schon einen Kunden „box“");
    }

    #[test]
    fn what_is_unknown_stays_as_it_is() {
        assert_eq!(each("is no such thing"), ["is no such thing", "is no such thing"]);
        let sentence = "\"a\" belongs to \"b\" as well";
        assert_eq!(
            quoted("\"{name}\" belongs to \"{owner}\" as well", sentence),
            Some(vec![("name", "a"), ("owner", "b")])
        );
        assert_eq!(quoted("{a}, {b}.", "é, ü."), Some(vec![("a", "é"), ("b", "ü")]));
        assert_eq!(quoted("x {a} y", "x y"), None);
    }
}
