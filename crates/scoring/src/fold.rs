//! Folds text to what a reader takes it for, so that a phrase is found however it is dressed up.
//!
//! Lower case; accents, full-width and mathematical letters, and Cyrillic or Greek look-alikes become the Latin letter;
//! invisible characters vanish; everything between words becomes one space. Phrases are folded the same way, so a language
//! written in Cyrillic still matches itself.

use std::sync::LazyLock;

/// Appends the folded text in UTF-8, one space before and after.
pub(crate) fn fold_into(text: &str, out: &mut Vec<u8>) {
    let near: &[Folded] = &NEAR;
    out.reserve(text.len() + 2);
    let mut sheet = Sheet { out, gap: true };
    sheet.begin();
    let mut rest = text;
    while !rest.is_empty() {
        let (plain, from) = rest.split_at(ascii_length(rest.as_bytes()));
        sheet.write_ascii(plain.as_bytes());
        let mut wide = from.chars();
        if let Some(c) = wide.next() {
            sheet.write(near.get(c as usize).copied().unwrap_or_else(|| fold_far(c)));
        }
        rest = wide.as_str();
    }
    sheet.space();
}

/// How many bytes at the beginning are ASCII, sixteen at a time where there are so many.
fn ascii_length(bytes: &[u8]) -> usize {
    let (blocks, _) = bytes.as_chunks::<16>();
    let whole = 16 * blocks.iter().take_while(|block| block.is_ascii()).count();
    let rest = bytes.get(whole..).unwrap_or_default();
    whole + rest.iter().position(|byte| !byte.is_ascii()).unwrap_or(rest.len())
}

/// What is being written; `gap` when a space would stand beside another.
struct Sheet<'o> {
    out: &'o mut Vec<u8>,
    gap: bool,
}

impl Sheet<'_> {
    fn begin(&mut self) {
        if self.out.last() != Some(&b' ') {
            self.out.push(b' ');
        }
    }

    /// Most text takes this short way: eight bytes that are folded already are written as they are.
    fn write_ascii(&mut self, text: &[u8]) {
        let begin = self.out.len();
        self.out.resize(begin + text.len(), b' ');
        let room = self.out.get_mut(begin..).unwrap_or_default();
        let (mut place, mut gap) = (0, self.gap);
        let (eights, rest) = text.as_chunks::<8>();
        for eight in eights {
            let chunk = u64::from_le_bytes(*eight);
            match (ends_folded(chunk, gap), room.get_mut(place..place + 8)) {
                (Some(ends_in_gap), Some(slots)) => {
                    slots.copy_from_slice(eight);
                    (place, gap) = (place + 8, ends_in_gap);
                }
                _ => eight.iter().for_each(|byte| write_byte(*byte, room, &mut place, &mut gap)),
            }
        }
        rest.iter().for_each(|byte| write_byte(*byte, room, &mut place, &mut gap));
        self.gap = gap;
        self.out.truncate(begin + place);
    }

    fn write(&mut self, folded: Folded) {
        match folded {
            Folded::Drop => {}
            Folded::Gap => self.space(),
            Folded::Byte(byte) => self.byte(byte),
            Folded::Word(c) => {
                self.space();
                self.out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                self.gap = false;
                self.space();
            }
            Folded::Wide(c) => {
                self.out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                self.gap = false;
            }
        }
    }

    fn byte(&mut self, byte: u8) {
        self.out.push(byte);
        self.gap = false;
    }

    fn space(&mut self) {
        if !self.gap {
            self.out.push(b' ');
            self.gap = true;
        }
    }
}

/// Whether eight ASCII bytes are small letters and single spaces, and then whether the last is a space.
#[inline]
fn ends_folded(chunk: u64, gap: bool) -> Option<bool> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * EACH;
    // Bytes are below 0x80, so no sum carries into the next byte: its high bit answers the question.
    let from_a = chunk.wrapping_add((0x80 - b'a' as u64) * EACH);
    let beyond_z = chunk.wrapping_add((0x7f - b'z' as u64) * EACH);
    let spaces = !(chunk ^ (b' ' as u64 * EACH)).wrapping_add(0x7f * EACH) & HIGH;
    let plain = (from_a & !beyond_z & HIGH) | spaces;
    let doubled = spaces & (spaces << 8 | u64::from(gap) << 7);
    (plain == HIGH && doubled == 0).then_some(spaces >> 63 == 1)
}

/// The byte is written, and stays written only if the place moves on.
#[inline]
fn write_byte(byte: u8, room: &mut [u8], place: &mut usize, gap: &mut bool) {
    let folded = ASCII.get(usize::from(byte)).copied().unwrap_or(DROPPED);
    let is_space = folded == b' ';
    if let Some(slot) = room.get_mut(*place) {
        *slot = folded;
    }
    *place += usize::from(folded != DROPPED && !(is_space && *gap));
    *gap = if folded == DROPPED { *gap } else { is_space };
}

/// The folded text, one space before and after.
pub(crate) fn fold(text: &str) -> String {
    let mut out = Vec::new();
    fold_into(text, &mut out);
    String::from_utf8(out).unwrap_or_default()
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

/// What becomes of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Folded {
    Drop,
    Byte(u8),
    Wide(char),
    /// A letter that stands between spaces: Chinese and Japanese are written without any, and phrases begin where words do.
    Word(char),
    Gap,
}

/// In [`ASCII`]: nothing is written.
const DROPPED: u8 = 0;

/// What each ASCII character becomes; as long as a byte can count, so that no look-up can miss.
const ASCII: [u8; 256] = ascii();

#[allow(
    clippy::indexing_slicing,
    reason = "evaluated when the program is built; an index out of bounds would not compile"
)]
const fn ascii() -> [u8; 256] {
    let mut table = [DROPPED; 256];
    let mut code = 0;
    while code < 128 {
        table[code as usize] = match code {
            b'a'..=b'z' | b'0'..=b'9' | b'$' | b'%' | b'@' => code,
            b'A'..=b'Z' => code.to_ascii_lowercase(),
            b'\'' => DROPPED,
            _ => b' ',
        };
        code += 1;
    }
    table
}

/// Latin, Greek, Cyrillic, Armenian, Hebrew and Arabic end before this.
const FAR: u32 = 0x700;

/// What becomes of the characters most other text is made of: Unicode's own tables take ten times as long.
static NEAR: LazyLock<Vec<Folded>> =
    LazyLock::new(|| ('\0'..).take_while(|c| u32::from(*c) < FAR).map(fold_char).collect());

/// Letters without case and the usual punctuation are told apart without Unicode's tables.
fn fold_far(c: char) -> Folded {
    match c {
        '\u{2010}'..='\u{2017}' | '\u{201a}'..='\u{2029}' | '\u{2030}'..='\u{205e}' => Folded::Gap,
        '\u{1f300}'..='\u{1faff}' => Folded::Gap,
        '\u{ac00}'..='\u{d7a3}' => Folded::Wide(c),
        c if is_unspaced(c) => Folded::Word(c),
        c => fold_char(c),
    }
}

fn fold_char(c: char) -> Folded {
    match c {
        c if c.is_ascii() => match ASCII.get(c as usize).copied() {
            Some(DROPPED) | None => Folded::Drop,
            Some(b' ') => Folded::Gap,
            Some(byte) => Folded::Byte(byte),
        },
        '’' | '‘' | 'ʼ' | '´' => Folded::Drop,
        '€' | '£' => Folded::Wide(c),
        c if is_unspaced(c) => Folded::Word(c),
        c if is_invisible(c) || is_bidi(c) || is_combining(c) => Folded::Drop,
        c => fold_wide(c),
    }
}

/// Kana with their long mark, and Chinese characters.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{30fc}' | '\u{4e00}'..='\u{9fff}')
}

fn keep(c: char) -> Folded {
    u8::try_from(c).ok().filter(u8::is_ascii).map_or(Folded::Wide(c), Folded::Byte)
}

fn fold_wide(c: char) -> Folded {
    let plain = dressed_letter(c).unwrap_or_else(|| lower(c));
    let plain = without_accent(plain);
    if plain.is_alphanumeric() { keep(plain) } else { Folded::Gap }
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
        assert_eq!(fold("QRコード確認"), " qr コ ー ド 確 認 ");
    }

    #[test]
    fn the_short_ways_are_the_long_way() {
        for c in '\0'..=char::MAX {
            assert_eq!(fold_far(c), fold_char(c), "{c:?}");
        }
        assert_eq!(NEAR.len(), FAR as usize);
    }

    proptest! {
        /// Eight bytes at a time or one by one.
        #[test]
        fn ascii_is_folded_like_single_characters(text in "[a-d A-C'.0{}`~]{0,60}") {
            let mut plainly = String::from(" ");
            for c in text.chars() {
                match fold_char(c) {
                    Folded::Byte(byte) => plainly.push(byte.into()),
                    Folded::Gap if !plainly.ends_with(' ') => plainly.push(' '),
                    _ => {}
                }
            }
            if !plainly.ends_with(' ') {
                plainly.push(' ');
            }
            prop_assert_eq!(fold(&text), plainly);
        }

        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,200}") {
            let once = fold(&text);
            prop_assert_eq!(&fold(&once), &once);
        }
    }
}
