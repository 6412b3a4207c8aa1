//! The two ways of paging that clients ask for with header fields.
//!
//! `X-Pagination-Mode: CachedObjectList-Pages` answers an array of whole objects; `X-Pagination-Cursor` answers identifiers
//! (or whatever the list holds) behind the last one seen. Without either all of it is answered.

mod filter;

use axum::Json;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::refusal::Refusal;
pub(super) use filter::is_like;
use filter::{Filter, plain};

/// An entry of a list: what stands in the plain list, and the object it stands for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) id: Value,
    pub(super) object: Value,
}

const DEFAULT_SIZE: usize = 100;
const MAX_SIZE: usize = 5000;

/// Answers a list as the client wants it; refuses filters and cursors that can't be read.
pub(super) fn answer(headers: &HeaderMap, entries: Vec<Entry>) -> Result<Response, Refusal> {
    let mode = field(headers, "x-pagination-mode").unwrap_or_default();
    if mode.eq_ignore_ascii_case("CachedObjectList-Pages") {
        return pages(headers, entries);
    }
    let whole = mode.eq_ignore_ascii_case("CachedObjectList-Cursor");
    if whole || headers.contains_key("x-pagination-cursor") || headers.contains_key("x-pagination-size") {
        return cursor(headers, entries, whole);
    }
    Ok(Json(entries.into_iter().map(|entry| entry.id).collect::<Vec<_>>()).into_response())
}

fn field<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
}

fn number(headers: &HeaderMap, name: &str, default: usize) -> usize {
    field(headers, name).and_then(|text| text.parse().ok()).filter(|number| *number > 0).unwrap_or(default)
}

fn size(headers: &HeaderMap) -> usize {
    number(headers, "x-pagination-size", DEFAULT_SIZE).min(MAX_SIZE)
}

fn pages(headers: &HeaderMap, mut entries: Vec<Entry>) -> Result<Response, Refusal> {
    for filter in Filter::all(field(headers, "x-pagination-filter").unwrap_or_default())? {
        entries.retain(|entry| filter.fits(&entry.object));
    }
    if let Some(key) = field(headers, "x-pagination-sort") {
        entries.sort_by_cached_key(|entry| sortable(entry.object.get(key)));
        if field(headers, "x-pagination-sort-order").is_some_and(|order| order.eq_ignore_ascii_case("DESC")) {
            entries.reverse();
        }
    }
    let (elements, size) = (entries.len(), size(headers));
    let first = number(headers, "x-pagination-number", 1).saturating_sub(1).saturating_mul(size);
    let page: Vec<_> = entries.into_iter().skip(first).take(size).map(|entry| entry.object).collect();
    let mut response = Json(page).into_response();
    response.headers_mut().insert("x-pagination-elements", HeaderValue::from(elements));
    Ok(response)
}

/// Numbers before texts, each in their order.
fn sortable(value: Option<&Value>) -> (bool, i64, String) {
    match value {
        Some(Value::Number(number)) => (false, number.as_i64().unwrap_or(i64::MAX), String::new()),
        Some(other) => (true, 0, plain(other)),
        None => (true, 0, String::new()),
    }
}

/// A cursor is the last identifier of the page before, in hexadecimal, so that nobody reads more into it. When that entry is
/// gone, nobody knows where to go on: the client is told to begin anew.
fn cursor(headers: &HeaderMap, entries: Vec<Entry>, whole: bool) -> Result<Response, Refusal> {
    let behind = match field(headers, "x-pagination-cursor").filter(|text| !text.is_empty()) {
        None => 0,
        Some(last) => {
            let at = entries.iter().position(|entry| opaque(&entry.id) == last);
            at.ok_or_else(|| Refusal::bad("invalid cursor"))? + 1
        }
    };
    let size = size(headers);
    let more = entries.len() > behind.saturating_add(size);
    let page: Vec<_> = entries.into_iter().skip(behind).take(size).collect();
    let next = page.last().filter(|_| more).and_then(|last| HeaderValue::from_str(&opaque(&last.id)).ok());
    let shown = page.into_iter().map(|entry| if whole { entry.object } else { entry.id });
    let mut response = Json(shown.collect::<Vec<_>>()).into_response();
    if let Some(next) = next {
        response.headers_mut().insert("x-pagination-cursor-next", next);
    }
    Ok(response)
}

fn opaque(id: &Value) -> String {
    plain(id).bytes().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use serde_json::json;

    use super::*;

    fn entries() -> Vec<Entry> {
        (1..=5)
            .map(|n| Entry { id: json!(n), object: json!({"n": n, "odd": n % 2 == 1, "name": format!("x{n}")}) })
            .collect()
    }

    fn asked(fields: &[(&'static str, &str)]) -> Result<Response, Refusal> {
        let mut headers = HeaderMap::new();
        fields.iter().for_each(|(name, value)| {
            headers.insert(*name, value.parse().unwrap());
        });
        answer(&headers, entries())
    }

    async fn ask(fields: &[(&'static str, &str)]) -> (Value, HeaderMap) {
        let response = asked(fields).unwrap();
        let fields = response.headers().clone();
        (serde_json::from_slice(&to_bytes(response.into_body(), 9999).await.unwrap()).unwrap(), fields)
    }

    #[tokio::test]
    async fn pages_hold_objects_and_say_how_many_there_are() {
        let mode = ("x-pagination-mode", "CachedObjectList-Pages");
        let (page, fields) = ask(&[mode, ("x-pagination-size", "2"), ("x-pagination-number", "2")]).await;
        assert_eq!(page, json!([{"n": 3, "odd": true, "name": "x3"}, {"n": 4, "odd": false, "name": "x4"}]));
        assert_eq!(fields["x-pagination-elements"], "5");
        let sorted =
            [mode, ("x-pagination-sort", "n"), ("x-pagination-sort-order", "DESC"), ("x-pagination-size", "1")];
        assert_eq!(ask(&sorted).await.0[0]["n"], 5);
        let (page, fields) = ask(&[mode, ("x-pagination-filter", "odd:eq=true&name:ne=x1")]).await;
        assert_eq!((page.as_array().unwrap().len(), fields["x-pagination-elements"].to_str().unwrap()), (2, "2"));
        assert_eq!(ask(&[mode, ("x-pagination-filter", "name:like=%255%25")]).await.0[0]["n"], 5);
        assert!(asked(&[mode, ("x-pagination-filter", "name:near=5")]).is_err());
        assert_eq!(ask(&[mode, ("x-pagination-number", "18446744073709551615")]).await.0, json!([]));
    }

    #[tokio::test]
    async fn a_cursor_goes_on_behind_the_last_one() {
        let (all, _) = ask(&[]).await;
        assert_eq!(all, json!([1, 2, 3, 4, 5]));
        for mode in [("x-pagination-mode", ""), ("x-pagination-mode", "CachedObjectList-Cursor")] {
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            loop {
                let (page, fields) = ask(&[mode, ("x-pagination-cursor", &cursor), ("x-pagination-size", "2")]).await;
                seen.extend(page.as_array().unwrap().clone());
                let Some(next) = fields.get("x-pagination-cursor-next") else { break };
                cursor = next.to_str().unwrap().to_owned();
            }
            let ids: Vec<_> = seen.iter().map(|entry| entry.get("n").unwrap_or(entry).clone()).collect();
            assert_eq!(Value::from(ids), all);
            assert_eq!(seen.iter().all(Value::is_object), !mode.1.is_empty());
        }
        let gone = asked(&[("x-pagination-cursor", "ff"), ("x-pagination-size", "2")]);
        assert_eq!(gone.err(), Some(Refusal::bad("invalid cursor")));
    }
}
