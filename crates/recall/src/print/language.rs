//! The language of a text by its commonest words, or its script: enough to notice that somebody suddenly writes another.

use std::sync::LazyLock;

use super::words;

/// A language or script, by a number that never changes: records on disk keep it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Language(pub(crate) u8);

/// Words nearly every text of the language has, and no other of these languages. The order numbers the languages.
const COMMON: &[&str] = &[
    "the and you your this that with have from will are not would please thank our been which there",
    "der und die das ist nicht sie ich wir mit für auf ein eine auch werden bitte haben sind zum",
    "vous les des est pour nous une dans votre pas sur avec cette sont je mais bonjour être qui aux",
    "el los las para una por como usted más gracias su del está muy pero sobre hola este",
    "il che per non di una sono con della gli grazie questo più anche nel buongiorno alla delle",
    "você não uma para com mais obrigado são está pelo muito seu também nós em ao dos",
    "het een van ik niet dat met voor zijn aan maar naar ook wij deze bent heb graag",
    "nie jest się na do że dla jak oraz proszę tym dziękuję są od przez ale",
];

/// Scripts, by a range of their letters; numbered from 100.
const SCRIPTS: &[(char, char)] = &[
    ('\u{400}', '\u{52F}'),
    ('\u{370}', '\u{3FF}'),
    ('\u{590}', '\u{5FF}'),
    ('\u{600}', '\u{6FF}'),
    ('\u{900}', '\u{DFF}'),
    ('\u{E00}', '\u{E7F}'),
    ('\u{3040}', '\u{30FF}'),
    ('\u{4E00}', '\u{9FFF}'),
    ('\u{AC00}', '\u{D7AF}'),
];

/// What the languages and scripts are called, in the order of their numbers (ISO 639-1, ISO 15924).
const LANGUAGES: &[&str] = &["en", "de", "fr", "es", "it", "pt", "nl", "pl"];
const SCRIPT_NAMES: &[&str] = &["Cyrl", "Grek", "Hebr", "Arab", "Brah", "Thai", "Kana", "Hani", "Hang"];

/// What the language of a number is called.
pub(crate) fn name(number: u32) -> Option<&'static str> {
    let (names, first) = if number < 100 { (LANGUAGES, 0) } else { (SCRIPT_NAMES, 100) };
    names.get(usize::try_from(number - first).ok()?).copied()
}

/// Fewer common words are no proof.
const ENOUGH: u32 = 4;
/// So much of the text tells its script, in characters.
const SAMPLE: usize = 300;

static WORDS: LazyLock<Vec<(u32, u8)>> = LazyLock::new(|| {
    let of_language = |(number, list): (u8, &&'static str)| {
        list.split(' ').map(move |word| (words::hash_of(word), number)).collect::<Vec<_>>()
    };
    let mut all: Vec<_> = (0..).zip(COMMON).flat_map(of_language).collect();
    all.sort_unstable();
    all
});

impl Language {
    /// The language of a text, of which `head` are the first words; `None` when it does not show.
    pub(super) fn of(head: &[u32], text: &str) -> Option<Self> {
        Self::by_script(text).or_else(|| Self::by_words(head))
    }

    fn by_words(head: &[u32]) -> Option<Self> {
        let mut counts = [0u32; COMMON.len()];
        for word in head {
            let from = WORDS.partition_point(|(known, _)| known < word);
            let known = WORDS.iter().skip(from).take_while(|(known, _)| known == word);
            known.map(|(_, language)| usize::from(*language)).for_each(|language| {
                if let Some(count) = counts.get_mut(language) {
                    *count += 1;
                }
            });
        }
        let (language, most) = (0u8..).zip(counts).max_by_key(|(_, count)| *count)?;
        let second = (0u8..).zip(counts).filter(|(other, _)| *other != language).map(|(_, count)| count).max()?;
        (most >= ENOUGH && most >= second * 2).then_some(Self(language))
    }

    fn by_script(text: &str) -> Option<Self> {
        let sample = model::names::bounded(text, SAMPLE);
        if sample.is_ascii() {
            return None;
        }
        let letters = sample.chars().filter(|c| c.is_alphabetic()).count();
        let of = |(first, last): &(char, char)| sample.chars().filter(|c| (*first..=*last).contains(c)).count();
        let (number, most) = (100u8..).zip(SCRIPTS.iter().map(of)).max_by_key(|(_, count)| *count)?;
        (most >= 10 && most * 2 > letters).then_some(Self(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(text: &str) -> Option<Language> {
        let words: Vec<u32> = text.split(' ').map(words::hash_of).collect();
        Language::of(&words, text)
    }

    #[test]
    fn languages_and_scripts_are_told_apart() {
        let english = language("please tell me when you have time and whether the offer that we sent you is good");
        let german =
            language("bitte sagen sie mir wann sie Zeit haben und ob das Angebot das wir geschickt haben gut ist");
        let french = language("bonjour je vous envoie les documents pour votre dossier avec une question sur le prix");
        let russian = language("Здравствуйте, отправляю вам документы, которые вы просили");
        assert_eq!(english, Some(Language(0)));
        assert_eq!(german, Some(Language(1)));
        assert_eq!(french, Some(Language(2)));
        assert_eq!(russian, Some(Language(100)));
        assert_eq!(language("lorem ipsum dolor"), None);
    }

    #[test]
    fn every_language_has_a_name() {
        assert_eq!((LANGUAGES.len(), SCRIPT_NAMES.len()), (COMMON.len(), SCRIPTS.len()));
        assert_eq!(
            (name(2), name(100), name(108), name(8), name(200)),
            (Some("fr"), Some("Cyrl"), Some("Hang"), None, None)
        );
    }
}
