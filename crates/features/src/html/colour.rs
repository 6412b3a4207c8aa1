//! Colours of text and background, and whether one can be read on the other.

/// Channels that differ by no more than this in each can't be told apart on a screen.
const INDISTINCT: u8 = 12;

/// Red, green, blue.
type Rgb = [u8; 3];

/// The colour of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    /// A colour.
    Rgb(Rgb),
    /// Fully transparent.
    Clear,
    /// Nobody knows.
    Unknown,
}

/// The colour of the background.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paper {
    /// A colour.
    Rgb(Rgb),
    /// An image, or set by a style sheet.
    Unknown,
}

impl Default for Ink {
    fn default() -> Self {
        Self::Rgb([0, 0, 0])
    }
}

impl Default for Paper {
    fn default() -> Self {
        Self::Rgb([255, 255, 255])
    }
}

impl Ink {
    /// The colour a value names.
    pub(crate) fn of(value: &str, inherited: Self) -> Self {
        let value = value.trim().to_ascii_lowercase();
        match (value.as_str(), parse(&value)) {
            ("inherit", _) => inherited,
            ("transparent", _) => Self::Clear,
            (_, Some((_, 0))) => Self::Clear,
            (_, Some((rgb, _))) => Self::Rgb(rgb),
            _ => Self::Unknown,
        }
    }

    /// Whether the text can't be told from its background.
    pub(crate) fn fades_into(self, paper: Paper) -> bool {
        match (self, paper) {
            (Self::Clear, _) => true,
            (Self::Rgb(ink), Paper::Rgb(paper)) => {
                ink.iter().zip(paper).all(|(one, other)| one.abs_diff(other) <= INDISTINCT)
            }
            _ => false,
        }
    }
}

impl Paper {
    /// The colour a value of `background`, `background-color` or `bgcolor` names; without one the inherited shows through.
    pub(crate) fn of(value: &str, inherited: Self) -> Self {
        let value = value.trim().to_ascii_lowercase();
        if value.contains("url(") || value.contains("gradient(") {
            return Self::Unknown;
        }
        if matches!(value.as_str(), "inherit" | "transparent" | "none" | "initial" | "") {
            return inherited;
        }
        match parse(&value).or_else(|| value.split(' ').find_map(parse)) {
            Some((_, 0)) => inherited,
            Some((rgb, 255)) => Self::Rgb(rgb),
            _ => Self::Unknown,
        }
    }
}

/// A lower-case CSS or HTML colour with its opacity.
fn parse(value: &str) -> Option<(Rgb, u8)> {
    if let Some(digits) = value.strip_prefix('#') {
        return hex(digits);
    }
    if let Some(arguments) = value.strip_prefix("rgb") {
        return function(arguments);
    }
    named(value).map(|rgb| (rgb, 255)).or_else(|| (value.len() == 6).then(|| hex(value)).flatten())
}

fn hex(digits: &str) -> Option<(Rgb, u8)> {
    let number = u32::from_str_radix(digits, 16).ok()?;
    let [a, r, g, b] = number.to_be_bytes();
    let double = |shift: u32| u8::try_from(number >> shift & 0xF).ok().map(|nibble| nibble * 17);
    match digits.len() {
        3 => Some(([double(8)?, double(4)?, double(0)?], 255)),
        4 => Some(([double(12)?, double(8)?, double(4)?], double(0)?)),
        6 => Some(([r, g, b], 255)),
        8 => Some(([a, r, g], b)),
        _ => None,
    }
}

/// `rgb(1, 2, 3)`, `rgba(1,2,3,.5)`, `rgb(1 2 3 / 50%)`: what stands behind `rgb`.
fn function(arguments: &str) -> Option<(Rgb, u8)> {
    let inner = arguments.split_once('(')?.1.split(')').next()?;
    let mut numbers = inner.split([',', ' ', '/']).filter(|text| !text.is_empty()).map(|text| channel(text.trim()));
    let rgb = [byte(numbers.next()??), byte(numbers.next()??), byte(numbers.next()??)];
    let opacity = match numbers.next() {
        Some(opacity) => byte(opacity?.min(1.0) * 255.0),
        None => 255,
    };
    Some((rgb, opacity))
}

fn channel(text: &str) -> Option<f32> {
    match text.strip_suffix('%') {
        Some(percent) => percent.parse::<f32>().ok().map(|percent| percent * 2.55),
        None => text.parse().ok(),
    }
}

/// A float turned into an integer saturates; not a number becomes 0.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, which is what CSS asks for")]
fn byte(value: f32) -> u8 {
    value as u8
}

/// The names mail uses; of the other 130 the colour is unknown, which hides nothing.
fn named(name: &str) -> Option<Rgb> {
    Some(match name {
        "black" | "windowtext" => [0, 0, 0],
        "white" | "window" => [255, 255, 255],
        "snow" => [255, 250, 250],
        "ivory" => [255, 255, 240],
        "whitesmoke" => [245, 245, 245],
        "ghostwhite" => [248, 248, 255],
        "gray" | "grey" => [128, 128, 128],
        "silver" => [192, 192, 192],
        "lightgray" | "lightgrey" => [211, 211, 211],
        "red" => [255, 0, 0],
        "green" => [0, 128, 0],
        "lime" => [0, 255, 0],
        "blue" => [0, 0, 255],
        "navy" => [0, 0, 128],
        "yellow" => [255, 255, 0],
        "orange" => [255, 165, 0],
        "purple" => [128, 0, 128],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_in_every_notation() {
        for white in
            ["#fff", "#FFFFFF", "#ffffffff", "white", "ffffff", "rgb(255, 255,255)", "rgba(100% 100% 100% / 1)"]
        {
            assert_eq!(Paper::of(white, Paper::Unknown), Paper::default(), "{white}");
        }
        assert_eq!(Ink::of("rgba(0,0,0,0)", Ink::default()), Ink::Clear);
        assert_eq!(Ink::of("var(--x)", Ink::default()), Ink::Unknown);
        assert_eq!(Paper::of("#000 url(x.png) no-repeat", Paper::default()), Paper::Unknown);
        assert_eq!(Paper::of("none repeat scroll #000", Paper::default()), Paper::Rgb([0, 0, 0]));
    }

    #[test]
    fn near_is_equal_and_unknown_is_readable() {
        assert!(Ink::Rgb([250, 250, 250]).fades_into(Paper::default()));
        assert!(!Ink::Rgb([200, 200, 200]).fades_into(Paper::default()));
        assert!(!Ink::Rgb([255, 255, 255]).fades_into(Paper::Unknown));
    }
}
