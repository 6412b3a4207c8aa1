//! Style sheets, as far as they hide elements by class or id.
//!
//! Rules inside `@media` hold only sometimes and are left out. Where any class may set a background, the background of
//! elements with a class is unknown: better blind than wrong about a newsletter's button.

use std::collections::HashSet;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::html::element::Element;
use crate::html::style;

/// More hiding selectors are not kept.
const MAX_SELECTORS: usize = 200;

/// What the style sheets of a part say.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    hidden: HashSet<u64>,
    paints: bool,
}

impl Sheet {
    /// Reads a style sheet.
    pub(crate) fn read(&mut self, css: &str) {
        let css = css.to_ascii_lowercase();
        self.paints |= css.contains("background");
        let mut rest = css.as_str();
        while let Some((selectors, after)) = rest.split_once('{') {
            let selectors = selectors.rsplit(['}', ';', '/']).next().unwrap_or_default().trim();
            let end =
                if selectors.starts_with('@') { end_of_block(after) } else { after.find('}').unwrap_or(after.len()) };
            let (body, next) = after.split_at_checked(end).unwrap_or((after, ""));
            if !selectors.starts_with('@') && hides(body) {
                self.hide(selectors);
            }
            rest = next;
        }
    }

    /// Whether a rule hides an element.
    pub(crate) fn hides(&self, element: &Element) -> bool {
        let id = || !element.id.is_empty() && self.hidden.contains(&key('#', &element.id));
        let class = || element.class.split_ascii_whitespace().any(|class| self.hidden.contains(&key('.', class)));
        !self.hidden.is_empty() && (id() || class())
    }

    /// Whether a rule may set an element's background.
    pub(crate) fn may_paint(&self, element: &Element) -> bool {
        self.paints && !(element.class.is_empty() && element.id.is_empty())
    }

    /// Keeps `.class`, `#id` and `tag.class`; longer selectors depend on where the element stands.
    fn hide(&mut self, selectors: &str) {
        for selector in selectors.split(',').map(str::trim) {
            let Some(at) = selector.find(['.', '#']) else { continue };
            let (tag, name) = selector.split_at_checked(at).unwrap_or_default();
            let simple = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            let mut letters = name.chars();
            let Some(sign) = letters.next() else { continue };
            let name = letters.as_str();
            if self.hidden.len() < MAX_SELECTORS
                && tag.chars().all(simple)
                && !name.is_empty()
                && name.chars().all(simple)
            {
                self.hidden.insert(key(sign, name));
            }
        }
    }
}

fn hides(body: &str) -> bool {
    style::declarations(body)
        .any(|(property, value)| style::hides(property, value) || (property, value) == ("visibility", "hidden"))
}

/// Classes and ids are compared without case, as in quirks mode.
fn key(sign: char, name: &str) -> u64 {
    xxh3_64_with_seed(name.to_ascii_lowercase().as_bytes(), u64::from(sign))
}

/// Where the block that has just begun ends, blocks inside it included.
fn end_of_block(css: &str) -> usize {
    let mut depth = 1usize;
    for (at, byte) in css.bytes().enumerate() {
        match byte {
            b'{' => depth = depth.saturating_add(1),
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    css.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(css: &str, class: &str) -> bool {
        let mut sheet = Sheet::default();
        sheet.read(css);
        sheet.hides(&Element { class: class.into(), ..Element::default() })
    }

    #[test]
    fn simple_selectors_hide() {
        assert!(hidden("p{color:red} .a, div.b { display : none }", "B"));
        assert!(hidden("/* x */ .pre{max-height:0}", "other pre"));
        assert!(!hidden("@media print{.a{display:none}} .b{color:red}", "a"));
        assert!(!hidden("table .a{display:none}", "a"));
        assert!(!hidden(".a{display:block}", "a"));
    }
}
