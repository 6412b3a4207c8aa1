//! Inline CSS, as far as it hides text.

use crate::html::colour::{Ink, Paper};
use crate::html::look::Look;

/// More declarations of one element are not read.
const MAX_DECLARATIONS: usize = 60;
/// Text moved this far is off the screen, in pixels.
const OFF_SCREEN: f32 = -900.0;

/// Changes a look by the declarations of a `style` attribute.
pub(crate) fn apply(style: &str, look: &mut Look) {
    let style = style.to_ascii_lowercase();
    let mut collapsed = false;
    for (property, value) in declarations(&style) {
        match property {
            "visibility" => look.invisible = matches!(value, "hidden" | "collapse"),
            "font-size" => look.tiny = is_tiny(value, look.tiny),
            "font" => look.tiny = value.split(' ').any(is_tiny_size),
            "color" => look.ink = Ink::of(value, look.ink),
            "background" | "background-color" => look.paper = Paper::of(value, look.paper),
            "background-image" if value != "none" => look.paper = Paper::Unknown,
            "height" | "width" => collapsed |= pixels(value).is_some_and(|length| length <= 1.0),
            _ => look.gone |= hides(property, value),
        }
    }
    look.gone |= collapsed && declarations(&style).any(|(property, value)| property == "overflow" && value == "hidden");
}

/// Whether a declaration hides an element with all that is in it.
pub(crate) fn hides(property: &str, value: &str) -> bool {
    match property {
        "display" => value == "none",
        "opacity" => value.parse::<f32>().is_ok_and(|opacity| opacity < 0.1),
        "max-height" => pixels(value) == Some(0.0),
        "clip" => value.starts_with("rect(0") || value.starts_with("rect(1px"),
        "clip-path" => matches!(value, "inset(50%)" | "inset(100%)" | "circle(0)" | "circle(0px)" | "circle(0%)"),
        "transform" => value.contains("scale(0)") || value.contains("scale(0,"),
        "filter" => matches!(value, "opacity(0)" | "opacity(0%)"),
        "text-indent" | "left" | "top" | "right" | "margin-left" | "margin-top" => {
            pixels(value).is_some_and(|length| length <= OFF_SCREEN)
        }
        _ => false,
    }
}

/// The declarations of lower-case CSS: property and value, `!important` left out.
pub(crate) fn declarations(style: &str) -> impl Iterator<Item = (&str, &str)> {
    style.split(';').take(MAX_DECLARATIONS).filter_map(|declaration| {
        let (property, value) = declaration.split_once(':')?;
        let value = value.split('!').next().unwrap_or_default();
        Some((property.trim(), value.trim()))
    })
}

/// Whether a word of the `font` shorthand is a size nobody can read; weights are numbers too, from 100 up.
fn is_tiny_size(word: &str) -> bool {
    is_tiny(word.split('/').next().unwrap_or_default(), false)
}

/// Whether a font size can't be read; a size nobody understands changes nothing.
fn is_tiny(value: &str, inherited: bool) -> bool {
    let Some((number, unit)) = length(value) else { return inherited };
    match unit {
        "em" | "rem" => number <= 0.1,
        "%" => number <= 10.0,
        _ => number <= 1.0,
    }
}

fn pixels(value: &str) -> Option<f32> {
    let (number, unit) = length(value)?;
    match unit {
        "" | "px" | "pt" => Some(number),
        "em" | "rem" => Some(number * 16.0),
        // Per cent of what lies around; a hundred of them leave it.
        "%" => Some(number * 9.0),
        _ => None,
    }
}

fn length(value: &str) -> Option<(f32, &str)> {
    let end = value.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '-' | '+')).unwrap_or(value.len());
    let (number, unit) = value.split_at_checked(end)?;
    Some((number.parse().ok()?, unit.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_with_their_units() {
        assert_eq!(pixels("-100em"), Some(-1600.0));
        assert_eq!(pixels("0"), Some(0.0));
        assert_eq!(pixels("auto"), None);
        assert!(is_tiny("0.1em", false) && is_tiny("1pt", false) && !is_tiny("12px", true));
        assert!(is_tiny("smaller", true));
    }

    #[test]
    fn a_collapsed_box_hides_only_with_its_overflow() {
        let look = |style: &str| {
            let mut look = Look::default();
            apply(style, &mut look);
            look.is_hidden()
        };
        assert!(look("height:0;overflow:hidden") && look("overflow:hidden;width:0px"));
        assert!(!look("height:0") && !look("overflow:hidden"));
    }
}
