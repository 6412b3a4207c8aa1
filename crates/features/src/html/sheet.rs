//! Style sheets, as far as they hide elements by class or id.
//!
//! Rules inside `@media` hold only for some readers: they hide nothing, and what they show is shown. Where another rule may set the background, colour or size of an
//! element, that is unknown: better blind than wrong about a newsletter's button.

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::html::element::Element;
use crate::html::style;

/// More selectors are not kept, of those that hide and of those that do something else.
const MAX_SELECTORS: usize = 500;

/// What the style sheets of a part say.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    hidden: HashSet<u64, RandomState>,
    touched: HashMap<u64, Touch, RandomState>,
}

/// What some rule may set on an element.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Touch {
    /// The background.
    pub(crate) paper: bool,
    /// The colour of the text.
    pub(crate) ink: bool,
    /// The size of the text.
    pub(crate) size: bool,
    /// That it is shown, for some readers: newsletters hide what only telephones show.
    pub(crate) shown: bool,
}

impl Touch {
    fn of(body: &str, conditional: bool) -> Self {
        let shows = |(property, value)| property == "display" && value != "none";
        if conditional {
            return Self { shown: style::declarations(body).any(shows), ..Self::default() };
        }
        style::declarations(body).fold(Self::default(), |touch, (property, _)| Self {
            paper: touch.paper || property.starts_with("background"),
            ink: touch.ink || property == "color",
            size: touch.size || property.starts_with("font"),
            shown: false,
        })
    }

    fn and(self, other: Self) -> Self {
        Self {
            paper: self.paper || other.paper,
            ink: self.ink || other.ink,
            size: self.size || other.size,
            shown: self.shown || other.shown,
        }
    }
}

impl Sheet {
    /// Reads a style sheet, from brace to brace.
    pub(crate) fn read(&mut self, css: &str) {
        let css = css.to_ascii_lowercase();
        let mut rest = css.as_str();
        let mut conditions = 0usize;
        while let Some((before, after)) = rest.split_once('{') {
            conditions = conditions.saturating_sub(before.matches('}').count());
            let selectors = before.rsplit(['}', ';', '/']).next().unwrap_or_default().trim();
            if selectors.starts_with("@media") || selectors.starts_with("@supports") {
                conditions = conditions.saturating_add(1);
                rest = after;
                continue;
            }
            let (body, next) = after.split_once('}').unwrap_or((after, ""));
            self.rule(selectors, body, conditions > 0);
            rest = next;
        }
    }

    fn rule(&mut self, selectors: &str, body: &str, conditional: bool) {
        if hides(body) && !conditional {
            self.hide(selectors);
        }
        let touch = Touch::of(body, conditional);
        if touch != Touch::default() {
            self.touch(selectors, touch);
        }
    }

    /// Whether a rule hides an element.
    pub(crate) fn hides(&self, element: &Element) -> bool {
        let id = || !element.id.is_empty() && self.hidden.contains(&key('#', &element.id));
        let class = || element.class.split_ascii_whitespace().any(|class| self.hidden.contains(&key('.', class)));
        !self.hidden.is_empty() && (id() || class())
    }

    /// What rules may set on an element, wherever it stands.
    pub(crate) fn touches(&self, element: &Element) -> Touch {
        if self.touched.is_empty() {
            return Touch::default();
        }
        let tag = std::str::from_utf8(element.tag.as_bytes()).unwrap_or_default();
        let classes = element.class.split_ascii_whitespace().map(|class| key('.', class));
        let id = (!element.id.is_empty()).then(|| key('#', &element.id));
        let keys = classes.chain(id).chain([key(' ', tag), key(' ', "*")]);
        keys.filter_map(|key| self.touched.get(&key)).fold(Touch::default(), |sum, touch| sum.and(*touch))
    }

    /// Keeps what each selector ends in: a class, an id or a tag.
    fn touch(&mut self, selectors: &str, touch: Touch) {
        for selector in selectors.split(',') {
            let last = selector.trim().rsplit([' ', '>', '+', '~']).next().unwrap_or_default();
            let last = last.split([':', '[']).next().unwrap_or_default();
            let key = match last.rfind(['.', '#']).and_then(|at| last.split_at_checked(at)) {
                Some((_, name)) if name.starts_with('#') => key('#', name.trim_start_matches('#')),
                Some((_, name)) => key('.', name.trim_start_matches('.')),
                None => key(' ', last),
            };
            if self.touched.len() < MAX_SELECTORS {
                let known = self.touched.entry(key).or_default();
                *known = known.and(touch);
            }
        }
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
    let hash = |name: &str| xxh3_64_with_seed(name.as_bytes(), u64::from(sign));
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) { hash(&name.to_ascii_lowercase()) } else { hash(name) }
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
        assert!(hidden("@media print{.b{color:red} .c{color:red}} .a{display:none}", "a"));
        assert!(!hidden("table .a{display:none}", "a"));
        assert!(!hidden(".a{display:block}", "a"));
    }

    #[test]
    fn what_a_rule_may_set_is_known_by_the_end_of_its_selector() {
        let mut sheet = Sheet::default();
        sheet.read("table td.a:hover, b { background : #000 } #x{font-size:9px;color:red}");
        let touch = |tag: &[u8], class: &str, id: &str| {
            let mut element = Element::default();
            element.begin(tag);
            sheet.touches(&Element { class: class.into(), id: id.into(), ..element })
        };
        assert_eq!(touch(b"p", "a", ""), Touch { paper: true, ..Touch::default() });
        assert_eq!(touch(b"b", "", ""), touch(b"p", "a", ""));
        assert_eq!(touch(b"p", "c", "x"), Touch { ink: true, size: true, ..Touch::default() });
        assert_eq!(touch(b"td", "", ""), Touch::default());
    }
}
