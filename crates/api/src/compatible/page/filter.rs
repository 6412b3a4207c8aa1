//! What a page holds: `field:operator=value`, several joined by `&`, encoded as a query is.

use std::cmp::Ordering;

use serde_json::Value;

use super::super::refusal::Refusal;

/// More are no question that anybody asks.
const MOST: usize = 20;

/// One condition.
pub(super) struct Filter {
    key: String,
    operator: Operator,
    wanted: String,
}

#[derive(Clone, Copy)]
enum Operator {
    Equal,
    Different,
    Like,
    In,
    Below,
    UpTo,
    Above,
    From,
}

impl Operator {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "eq" => Self::Equal,
            "ne" => Self::Different,
            "like" => Self::Like,
            "in" => Self::In,
            "lt" => Self::Below,
            "le" | "lte" => Self::UpTo,
            "gt" => Self::Above,
            "ge" | "gte" => Self::From,
            _ => return None,
        })
    }
}

impl Filter {
    /// Every condition of a header field.
    ///
    /// # Errors
    /// When one can't be read: what is passed over would show what nobody asked for.
    pub(super) fn all(text: &str) -> Result<Vec<Self>, Refusal> {
        let found: Vec<_> = form_urlencoded::parse(text.as_bytes()).take(MOST + 1).collect();
        if found.len() > MOST {
            return Err(Refusal::bad(format!("x-pagination-filter: expected at most {MOST} conditions")));
        }
        found.iter().map(|(left, wanted)| Self::of(left, wanted)).collect()
    }

    fn of(left: &str, wanted: &str) -> Result<Self, Refusal> {
        let (key, word) = left.rsplit_once(':').unwrap_or((left, "eq"));
        let wrong =
            || Refusal::bad("x-pagination-filter: expected eq, ne, like, in, lt, le, gt or ge behind the colon");
        Ok(Self { key: key.to_owned(), operator: Operator::of(word).ok_or_else(wrong)?, wanted: wanted.to_owned() })
    }

    /// Whether an object has such a field.
    pub(super) fn fits(&self, object: &Value) -> bool {
        let Some(value) = object.get(&self.key) else { return false };
        let found = plain(value);
        match self.operator {
            Operator::Equal => found == self.wanted,
            Operator::Different => found != self.wanted,
            Operator::Like => is_like(&found, &self.wanted),
            Operator::In => self.wanted.split(',').any(|wanted| wanted == found),
            Operator::Below => self.order(&found).is_lt(),
            Operator::UpTo => self.order(&found).is_le(),
            Operator::Above => self.order(&found).is_gt(),
            Operator::From => self.order(&found).is_ge(),
        }
    }

    /// Numbers by their value, texts (and times, in the form they have here) by their letters.
    fn order(&self, found: &str) -> Ordering {
        match (found.parse::<i64>(), self.wanted.parse::<i64>()) {
            (Ok(found), Ok(wanted)) => found.cmp(&wanted),
            _ => found.cmp(&self.wanted),
        }
    }
}

/// As people read a value.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Whether a text is like a pattern in which `%` stands for anything, whatever the case. Every part is taken at its first
/// place, which is enough and linear.
pub(in crate::compatible) fn is_like(text: &str, pattern: &str) -> bool {
    let (text, pattern) = (text.to_lowercase(), pattern.to_lowercase());
    let Some((head, rest)) = pattern.split_once('%') else { return text == pattern };
    let (middle, tail) = rest.rsplit_once('%').unwrap_or(("", rest));
    let inner = text.strip_prefix(head).and_then(|text| text.strip_suffix(tail));
    let mut parts = middle.split('%').filter(|part| !part.is_empty());
    let found = inner.and_then(|text| parts.try_fold(text, |text, part| Some(text.split_once(part)?.1)));
    found.is_some()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_percent_sign_stands_for_anything() {
        for (text, pattern, fits) in [
            ("server-0815", "server-0815", true),
            ("server-0815", "SERVER-0815", true),
            ("server-0815", "server", false),
            ("server-0815", "server%", true),
            ("server-0815", "%0815", true),
            ("server-0815", "%ver-08%", true),
            ("server-0815", "s%r%5", true),
            ("server-0815", "s%5%r", false),
            ("aa", "a%a", true),
            ("a", "a%a", false),
            ("", "%", true),
            ("", "", true),
        ] {
            assert_eq!(is_like(text, pattern), fits, "{text} {pattern}");
        }
    }

    #[test]
    fn every_operator_compares() {
        let object = json!({ "n": 10, "at": "2026-11-21T10:15:00+00:00", "on": true, "none": null, "a:b": "x" });
        for (filter, fits) in [
            ("n:eq=10", true),
            ("n=10", true),
            ("n:ne=10", false),
            ("n:gt=9", true),
            ("n:ge=10", true),
            ("n:lt=9", false),
            ("n:le=10", true),
            ("n:in=1,10", true),
            ("n:in=1,2", false),
            ("at:gt=2026-11-20", true),
            ("at:lt=2026-11-20", false),
            ("at:like=%252026%25", true),
            ("on:eq=true", true),
            ("none:eq=null", true),
            ("a%3Ab:eq=x", true),
            ("missing:ne=1", false),
        ] {
            let fit = Filter::all(filter).unwrap().iter().all(|filter| filter.fits(&object));
            assert_eq!(fit, fits, "{filter}");
        }
        assert!(Filter::all(&"n=1&".repeat(21)).is_err() && Filter::all("n:x=1").is_err());
        assert!(Filter::all("").unwrap().is_empty());
    }
}
