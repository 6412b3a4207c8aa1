//! Folds text to what a reader takes it for, so that a phrase is found however it is dressed up.
//!
//! Lower case; accents, full-width and mathematical letters, and Cyrillic or Greek look-alikes become the Latin letter;
//! invisible characters vanish; everything between words becomes one space. Phrases are folded the same way, so a language
//! written in Cyrillic still matches itself.

/// Appends the folded text, one space before and after.
pub(crate) fn fold_into(text: &str, out: &mut String) {
    out.reserve(text.len() + 2);
    if !out.ends_with(' ') {
        out.push(' ');
    }
    let mut gap = true;
    for c in text.chars() {
        match fold_char(c) {
            Folded::Drop => {}
            Folded::Keep(c) => {
                out.push(c);
                gap = false;
            }
            Folded::Gap if gap => {}
            Folded::Gap => {
                out.push(' ');
                gap = true;
            }
        }
    }
    if !gap {
        out.push(' ');
    }
}

/// The folded text, one space before and after.
pub(crate) fn fold(text: &str) -> String {
    let mut out = String::new();
    fold_into(text, &mut out);
    out
}

/// A character of no width that can split a word without being seen.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
}

/// A character that changes the direction of what follows.
pub(crate) fn is_bidi(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

enum Folded {
    Drop,
    Keep(char),
    Gap,
}

fn fold_char(c: char) -> Folded {
    match c {
        'a'..='z' | '0'..='9' | '$' | '%' | '@' => Folded::Keep(c),
        'A'..='Z' => Folded::Keep(c.to_ascii_lowercase()),
        '\'' => Folded::Drop,
        c if c.is_ascii() => Folded::Gap,
        '’' | '‘' | 'ʼ' | '´' => Folded::Drop,
        '€' | '£' => Folded::Keep(c),
        c if is_invisible(c) || is_bidi(c) || is_combining(c) => Folded::Drop,
        c => fold_wide(c),
    }
}

fn fold_wide(c: char) -> Folded {
    let plain = dressed_letter(c).unwrap_or_else(|| lower(c));
    let plain = without_accent(plain);
    if plain.is_alphanumeric() { Folded::Keep(plain) } else { Folded::Gap }
}

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Full-width and mathematical Latin letters (Unicode blocks FF00 and 1D400) as the letter they show.
fn dressed_letter(c: char) -> Option<char> {
    let code = u32::from(c);
    let offset = match code {
        0xff21..=0xff3a => code - 0xff21,
        0xff41..=0xff5a => code - 0xff41,
        0x1d400..=0x1d6a3 => (code - 0x1d400) % 26,
        0x24b6..=0x24e9 => (code - 0x24b6) % 26,
        0x1f130..=0x1f149 => code - 0x1f130,
        0x1f170..=0x1f189 => code - 0x1f170,
        _ => return None,
    };
    char::from_u32(u32::from('a') + offset)
}

/// Accented Latin letters, and Cyrillic and Greek letters that look Latin, as the Latin letter. Takes lower case.
fn without_accent(c: char) -> char {
    match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'а' | 'α' => 'a',
        'ç' | 'ć' | 'č' | 'с' => 'c',
        'ď' | 'đ' | 'ԁ' => 'd',
        'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' | 'е' | 'ё' => 'e',
        'ğ' => 'g',
        'һ' => 'h',
        'ì'..='ï' | 'ī' | 'į' | 'ı' | 'і' | 'ї' | 'ι' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'ł' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ő' | 'о' | 'ο' => 'o',
        'р' | 'ρ' => 'p',
        'ř' => 'r',
        'ś' | 'š' | 'ş' | 'ș' | 'ѕ' => 's',
        'ť' | 'ţ' | 'ț' => 't',
        'ù'..='ü' | 'ū' | 'ů' | 'ű' => 'u',
        'ν' => 'v',
        'х' | 'χ' => 'x',
        'ý' | 'ÿ' | 'у' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dressed_up_words_are_undressed() {
        for text in [
            "Free  Money",
            "FREE\r\nmoney!",
            "fr\u{200b}ee mon\u{ad}ey",
            "𝐅𝐫𝐞𝐞 𝗠𝗼𝗻𝗲𝘆",
            "ｆｒｅｅ－ｍｏｎｅｙ",
            "frее mоnеу",
            "Fréé möney",
        ] {
            assert_eq!(fold(text), " free money ", "{text}");
        }
    }

    #[test]
    fn words_stay_apart_and_amounts_stay() {
        assert_eq!(fold("Don't pay $5,000.00 (100%)"), " dont pay $5 000 00 100% ");
        assert_eq!(fold("..."), " ");
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,200}") {
            let once = fold(&text);
            prop_assert_eq!(&fold(&once), &once);
        }
    }
}
