//! Pages from templates. Both are in the binary.
//!
//! Security: everything filled in is escaped, and characters that turn the direction of text or control a terminal are
//! replaced: a Message-ID can't dress up as another. What is "safe" is made in this crate and holds no foreign text.

use std::sync::OnceLock;
use std::time::Duration;

use customers::Language;
use customers::ticket::Question;
use minijinja::value::Kwargs;
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, HtmlEscape, Output, State, UndefinedBehavior, Value, context,
};
use model::Timestamp;
use model::shown::deceives;
use serde::Serialize;

use crate::view::{Frame, customer_href};
use crate::words::Words;
use crate::{mistake, moment, signal};

const TEMPLATES: &[(&str, &str)] = &[
    ("audit.html", include_str!("templates/audit.html")),
    ("base.html", include_str!("templates/base.html")),
    ("block.html", include_str!("templates/block.html")),
    ("blocks.html", include_str!("templates/blocks.html")),
    ("case.html", include_str!("templates/case.html")),
    ("confirm.html", include_str!("templates/confirm.html")),
    ("customer.html", include_str!("templates/customer.html")),
    ("customer_form.html", include_str!("templates/customer_form.html")),
    ("customers.html", include_str!("templates/customers.html")),
    ("delivery.html", include_str!("templates/delivery.html")),
    ("diagnoses.html", include_str!("templates/diagnoses.html")),
    ("diagnosis.html", include_str!("templates/diagnosis.html")),
    ("event.html", include_str!("templates/event.html")),
    ("frame.html", include_str!("templates/frame.html")),
    ("import.html", include_str!("templates/import.html")),
    ("key.html", include_str!("templates/key.html")),
    ("login.html", include_str!("templates/login.html")),
    ("mine.html", include_str!("templates/mine.html")),
    ("notice.html", include_str!("templates/notice.html")),
    ("now.html", include_str!("templates/now.html")),
    ("parts.html", include_str!("templates/parts.html")),
    ("plain.html", include_str!("templates/plain.html")),
    ("report.html", include_str!("templates/report.html")),
    ("reports.html", include_str!("templates/reports.html")),
    ("settings.html", include_str!("templates/settings.html")),
    ("subject.html", include_str!("templates/subject.html")),
    ("ticket.html", include_str!("templates/ticket.html")),
    ("tickets.html", include_str!("templates/tickets.html")),
];

/// A view that has a page.
pub trait Page: Serialize {
    /// The file of its template.
    const TEMPLATE: &'static str;
}

/// The templates, once for each language: what they call speaks it. They are read with the first page in it, since
/// compiled they take a megabyte that a daemon nobody looks at needn't hold.
#[derive(Debug, Default)]
pub struct Pages([OnceLock<Environment<'static>>; 3]);

impl Pages {
    /// A page in the frame's language.
    ///
    /// # Errors
    /// When a template is none, or asks for what its view doesn't have: a defect that every test finds.
    pub fn render<P: Page>(&self, frame: &Frame, page: &P) -> Result<String, Error> {
        self.speaking(frame.language)?
            .get_template(P::TEMPLATE)?
            .render(context! { frame => Value::from_serialize(frame), page => Value::from_serialize(page) })
    }

    fn speaking(&self, language: Language) -> Result<&Environment<'static>, Error> {
        let [en, fr, de] = &self.0;
        let place = match language {
            Language::En => en,
            Language::Fr => fr,
            Language::De => de,
        };
        match place.get() {
            Some(read) => Ok(read),
            None => environment(language).map(|read| place.get_or_init(|| read)),
        }
    }
}

fn environment(language: Language) -> Result<Environment<'static>, Error> {
    let words = Words::of(language);
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_formatter(honest);
    environment.set_trim_blocks(true);
    environment.add_function("t", move |key: &str, gaps: Kwargs| say(words, key, &gaps));
    environment.add_function("question", move |number: usize, by_hand: bool, shown: usize| {
        let question = number.checked_sub(1).and_then(|place| Question::ALL.get(place));
        question.map_or("", |question| question.asked(language, !by_hand || shown > 0))
    });
    environment.add_filter("moment", |ms: i64| timed(Timestamp(ms), &moment::minute(Timestamp(ms))));
    environment.add_filter("stamp", |ms: i64| timed(Timestamp(ms), &moment::second(Timestamp(ms))));
    environment.add_filter("plain", |ms: i64| moment::minute(Timestamp(ms)));
    environment.add_filter("span", move |seconds: u64| words.span(Duration::from_secs(seconds)));
    environment.add_filter("customer", |service: &str| customer_href(service));
    environment.add_filter("n", moment::grouped);
    environment.add_filter("name", named);
    environment.add_filter("coded", coded);
    environment.add_filter("said", move |why: &str, signal: &str| signal::told(signal, why, language));
    environment.add_filter("told", move |sentence: &str| mistake::told(sentence, words));
    environment.add_filter("signed", |points: i64| format!("{points:+}"));
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    Ok(environment)
}

/// `t("key", count=3, name="…")`
fn say(words: &Words, key: &str, gaps: &Kwargs) -> Result<String, Error> {
    let mut filled = Vec::new();
    for gap in gaps.args() {
        filled.push((gap, gaps.get::<Value>(gap)?));
    }
    gaps.assert_all_used()?;
    let count = filled.iter().find(|(gap, _)| *gap == "count").and_then(|(_, value)| value.as_i64());
    let texts: Vec<_> = filled.iter().map(|(gap, value)| (*gap, value.to_string())).collect();
    let gaps: Vec<_> =
        texts.iter().map(|(gap, text)| (*gap, text.as_str())).filter(|(gap, _)| *gap != "count").collect();
    let known = if count.is_some() { words.knows(&format!("{key}.many")) } else { words.knows(key) };
    if !known {
        return Err(Error::new(ErrorKind::InvalidOperation, format!("there are no words for {key}")));
    }
    Ok(match count {
        Some(count) => words.count(key, count.unsigned_abs(), &gaps),
        None => words.fill(key, &gaps),
    })
}

/// Made of digits and our own letters: nothing to escape. A narrow column may break it behind the day and nowhere else.
fn timed(time: Timestamp, shown: &str) -> Value {
    let (day, clock) = shown.split_once(' ').unwrap_or((shown, ""));
    let clock = clock.replace(' ', "\u{a0}");
    Value::from_safe_string(format!("<time datetime=\"{time}\"><span>{day}</span> {clock}</time>"))
}

/// A name that a narrow column may break behind its @ and points before it does anywhere else.
fn named(name: &str) -> Value {
    let mut shown = String::with_capacity(name.len());
    for part in name.split_inclusive(['@', '.']) {
        shown.push_str(&HtmlEscape(&part.replace(deceives, "\u{fffd}")).to_string());
        if part.ends_with(['@', '.']) {
            shown.push_str("<wbr>");
        }
    }
    Value::from_safe_string(shown)
}

/// A sentence whose pairs of back quotes, which a terminal shows as they are, become what they mean.
fn coded(text: &str) -> Value {
    let escaped = |part: &str| HtmlEscape(&part.replace(is_hidden, "\u{fffd}")).to_string();
    if text.matches('`').count() % 2 == 1 {
        return Value::from_safe_string(escaped(text));
    }
    let parts = text.split('`').enumerate();
    let shown = parts.map(|(place, part)| match place % 2 {
        0 => escaped(part),
        _ => format!("<code>{}</code>", escaped(part)),
    });
    Value::from_safe_string(shown.collect())
}

/// Writes a value escaped, without characters that deceive.
fn honest(out: &mut Output<'_>, state: &State<'_, '_>, value: &Value) -> Result<(), Error> {
    match value.as_str().filter(|text| !value.is_safe() && text.contains(is_hidden)) {
        None => minijinja::escape_formatter(out, state, value),
        Some(text) => {
            let replaced = Value::from(text.replace(is_hidden, "\u{fffd}"));
            minijinja::escape_formatter(out, state, &replaced)
        }
    }
}

/// Line breaks and tabs are shown as what they are.
fn is_hidden(character: char) -> bool {
    deceives(character) && !matches!(character, '\n' | '\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_quotes_are_shown_as_code_and_nothing_else_as_tags() {
        assert_eq!(coded("see `a <b>` & c").to_string(), "see <code>a &lt;b&gt;</code> &amp; c");
        assert_eq!(coded("one ` alone <i>").to_string(), "one ` alone &lt;i&gt;");
        assert_eq!(coded("plain\u{202e}").to_string(), "plain\u{fffd}");
    }
}
