//! HTML: text is escaped where it enters a page, and nothing else makes one.

use std::fmt;

use axum::response::Html;
use customers::Language;
use model::shown::deceives;

/// Text that may hold anything, harmless in element content and in double-quoted attributes. Control characters and
/// those that turn the direction of text are shown as `\u{FFFD}`: a Message-ID can't dress up as another.
pub(crate) fn escape(text: &str) -> Escaped<'_> {
    Escaped(text)
}

/// See [`escape`].
pub(crate) struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| match character {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            _ if deceives(character) => f.write_str("\u{fffd}"),
            _ => fmt::Write::write_char(f, character),
        })
    }
}

/// A whole page; `body` is HTML already.
pub(crate) fn page(title: &str, body: &str, language: Language) -> Html<String> {
    Html(format!(include_str!("layout.html"), title = escape(title), body = body, language = language))
}

/// A page with one sentence.
pub(crate) fn notice(title: &str, sentence: &str, language: Language) -> Html<String> {
    let body = format!("<h1>{}</h1>\n<p class=\"lead\">{}</p>\n", escape(title), escape(sentence));
    page(title, &body, language)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn markup_becomes_text() {
        assert_eq!(escape("<a href=\"x\" b='y'>&").to_string(), "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;");
        assert_eq!(escape("a\u{202e}b\u{0}c").to_string(), "a\u{fffd}b\u{fffd}c");
    }

    proptest! {
        #[test]
        fn nothing_escaped_can_open_a_tag_or_close_an_attribute(text in any::<String>()) {
            let escaped = escape(&text).to_string();
            prop_assert!(!escaped.contains(['<', '>', '"', '\'']));
            prop_assert!(!escaped.chars().any(char::is_control));
        }
    }
}
