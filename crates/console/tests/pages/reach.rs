//! What somebody needs who does not see the page, or has no mouse: headings in order, names for everything that is used,
//! tables with headers, a way past the rail (WCAG 2.2: 1.1.1, 1.3.1, 2.4.1, 2.4.2, 2.4.6, 3.1.1, 4.1.2).

use std::collections::BTreeMap;

use customers::Language;
use html5gum::{Token, Tokenizer};

use crate::samples;

/// A tag with the text inside of it, and whether a label stands around it.
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    text: String,
    is_in_label: bool,
}

impl Element {
    fn value(&self, key: &str) -> Option<String> {
        self.attributes.get(key).cloned()
    }

    fn is(&self, key: &str, wanted: &str) -> bool {
        self.value(key).as_deref() == Some(wanted)
    }
}

/// The elements of a page in order.
fn elements(html: &str) -> Vec<Element> {
    let (mut all, mut open): (Vec<Element>, Vec<usize>) = (Vec::new(), Vec::new());
    for Ok(token) in Tokenizer::new(html) {
        match token {
            Token::StartTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name).into_owned();
                let is_in_label = open.iter().any(|place| all[*place].name == "label");
                let is_void = tag.self_closing || ["meta", "link", "input", "br", "hr", "wbr"].contains(&name.as_str());
                if !is_void {
                    open.push(all.len());
                }
                let read = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                let attributes = tag.attributes.iter().map(|(key, value)| (read(key), read(value))).collect();
                all.push(Element { name, attributes, text: String::new(), is_in_label });
            }
            Token::String(text) => {
                let text = String::from_utf8_lossy(&text).into_owned();
                open.iter().for_each(|place| all[*place].text.push_str(&text));
            }
            Token::EndTag(_) => _ = open.pop(),
            _ => {}
        }
    }
    all
}

/// A page's name with its elements, for every page in every language.
fn every_page() -> Vec<(String, Vec<Element>)> {
    let of = |language: Language| {
        samples::all(language).into_iter().map(move |(name, html)| (format!("{name} in {language}"), elements(&html)))
    };
    Language::ALL.iter().copied().flat_map(of).collect()
}

#[test]
fn headings_are_in_order_and_the_first_is_alone() {
    for (page, elements) in every_page() {
        let level = |element: &Element| element.name.strip_prefix('h').and_then(|level| level.parse::<u32>().ok());
        let levels: Vec<_> = elements.iter().filter_map(level).collect();
        assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1, "{page}: {levels:?}");
        assert_eq!(levels.first(), Some(&1), "{page}: {levels:?}");
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{page}: {levels:?}");
        let empty = elements.iter().any(|element| level(element).is_some() && element.text.trim().is_empty());
        assert!(!empty, "{page} has an empty heading");
    }
}

#[test]
fn tables_have_headers_that_say_what_they_head() {
    for (page, elements) in every_page() {
        for header in elements.iter().filter(|element| element.name == "th") {
            let scope = header.value("scope").unwrap_or_default();
            assert!(["col", "row"].contains(&scope.as_str()), "{page}: a header without scope: {}", header.text);
            assert!(!header.text.trim().is_empty(), "{page}: an empty header");
        }
        let count = |name: &str| elements.iter().filter(|element| element.name == name).count();
        assert!(count("table") == 0 || count("th") >= count("table"), "{page}: a table without headers");
    }
}

#[test]
fn whatever_is_used_has_a_name() {
    for (page, elements) in every_page() {
        let labelled: Vec<_> = elements.iter().filter_map(|element| element.value("for")).collect();
        let fields = ["input", "select", "textarea"];
        for field in elements.iter().filter(|one| fields.contains(&one.name.as_str()) && !one.is("type", "hidden")) {
            let by_id = field.value("id").is_some_and(|id| labelled.contains(&id));
            assert!(by_id || field.is_in_label, "{page}: {:?} has no label", field.value("name"));
        }
        for label in elements.iter().filter(|element| element.name == "label") {
            assert!(!label.text.trim().is_empty(), "{page}: an empty label");
        }
        for used in elements.iter().filter(|one| ["a", "button", "summary"].contains(&one.name.as_str())) {
            assert!(!used.text.trim().is_empty(), "{page}: a {} without words", used.name);
        }
        for picture in elements.iter().filter(|one| one.name == "svg") {
            let is_told = picture.is("role", "img") && picture.value("aria-label").is_some_and(|text| !text.is_empty());
            assert!(is_told || picture.is("aria-hidden", "true"), "{page}: a picture without words");
        }
        let ids: Vec<_> = elements.iter().filter_map(|element| element.value("id")).collect();
        for described in elements.iter().filter_map(|element| element.value("aria-describedby")) {
            assert!(ids.contains(&described), "{page}: described by {described}, which isn't there");
        }
    }
}

#[test]
fn a_page_begins_with_a_way_past_the_rail_and_has_a_title() {
    for (page, elements) in every_page() {
        let first = elements.iter().find(|element| ["a", "button", "input"].contains(&element.name.as_str()));
        assert!(first.is_some_and(|link| link.is("href", "#main")), "{page}: the first stop is another");
        let mains: Vec<_> = elements.iter().filter(|element| element.name == "main").collect();
        assert!(mains.len() == 1 && mains[0].is("id", "main") && mains[0].is("tabindex", "-1"), "{page}");
        let title = elements.iter().find(|element| element.name == "title").expect("a title");
        assert!(title.text.trim_end_matches(" · Portreeve").len() > 1, "{page}: {}", title.text);
        let tabs: Vec<_> = elements.iter().filter_map(|element| element.value("tabindex")).collect();
        assert_eq!(tabs, ["-1"], "{page}: the order of the keyboard is that of the page");
        let navs: Vec<_> = elements.iter().filter(|element| element.name == "nav").collect();
        assert!(navs.iter().all(|nav| nav.value("aria-label").is_some()), "{page}: a way without a name");
    }
}
