//! The two ways of paging that clients ask for with header fields.
//!
//! `X-Pagination-Mode: CachedObjectList-Pages` answers an array of whole objects; `X-Pagination-Cursor` answers identifiers
//! (or whatever the list holds) behind the last one seen. Without either all of it is answered.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// An entry of a list: what stands in the plain list, and the object it stands for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) id: Value,
    pub(super) object: Value,
}

const DEFAULT_SIZE: usize = 100;
const MAX_SIZE: usize = 5000;

/// Answers a list as the client wants it.
pub(super) fn answer(headers: &HeaderMap, entries: Vec<Entry>) -> Response {
    if field(headers, "x-pagination-mode").is_some_and(|mode| mode.eq_ignore_ascii_case("CachedObjectList-Pages")) {
        return pages(headers, entries);
    }
    if headers.contains_key("x-pagination-cursor") || headers.contains_key("x-pagination-size") {
        return cursor(headers, entries);
    }
    Json(entries.into_iter().map(|entry| entry.id).collect::<Vec<_>>()).into_response()
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

fn pages(headers: &HeaderMap, mut entries: Vec<Entry>) -> Response {
    for filter in field(headers, "x-pagination-filter").into_iter().flat_map(|text| text.split('&')) {
        entries.retain(|entry| fits(&entry.object, filter));
    }
    if let Some(key) = field(headers, "x-pagination-sort") {
        entries.sort_by_key(|entry| sortable(entry.object.get(key)));
        if field(headers, "x-pagination-sort-order").is_some_and(|order| order.eq_ignore_ascii_case("DESC")) {
            entries.reverse();
        }
    }
    let (elements, size) = (entries.len(), size(headers));
    let first = number(headers, "x-pagination-number", 1).saturating_sub(1).saturating_mul(size);
    let page: Vec<_> = entries.into_iter().skip(first).take(size).map(|entry| entry.object).collect();
    let mut response = Json(page).into_response();
    response.headers_mut().insert("x-pagination-elements", HeaderValue::from(elements));
    response
}

/// `field:eq=value`, `ne`, `like` with % for anything at either end; what can't be read fits everything.
fn fits(object: &Value, filter: &str) -> bool {
    let Some((left, wanted)) = filter.split_once('=') else { return true };
    let (key, operator) = left.split_once(':').unwrap_or((left, "eq"));
    let Some(found) = object.get(key) else { return false };
    let found = plain(found);
    match operator {
        "ne" => found != wanted,
        "like" => found.contains(wanted.trim_matches('%')),
        _ => found == wanted,
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Numbers before texts, each in their order.
fn sortable(value: Option<&Value>) -> (bool, i64, String) {
    match value {
        Some(Value::Number(number)) => (false, number.as_i64().unwrap_or(i64::MAX), String::new()),
        Some(other) => (true, 0, plain(other)),
        None => (true, 0, String::new()),
    }
}

/// A cursor is the last identifier of the page before, in hexadecimal, so that nobody reads more into it.
fn cursor(headers: &HeaderMap, entries: Vec<Entry>) -> Response {
    let last = field(headers, "x-pagination-cursor").filter(|text| !text.is_empty());
    let behind =
        last.and_then(|last| entries.iter().position(|entry| opaque(&entry.id) == last)).map_or(0, |at| at + 1);
    let size = size(headers);
    let more = entries.len() > behind.saturating_add(size);
    let page: Vec<_> = entries.into_iter().skip(behind).take(size).map(|entry| entry.id).collect();
    let next = page.last().filter(|_| more).map(opaque);
    let mut response = Json(page).into_response();
    if let Some(next) = next.and_then(|next| HeaderValue::from_str(&next).ok()) {
        response.headers_mut().insert("x-pagination-cursor-next", next);
    }
    response
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

    async fn ask(fields: &[(&'static str, &str)]) -> (Value, HeaderMap) {
        let mut headers = HeaderMap::new();
        fields.iter().for_each(|(name, value)| {
            headers.insert(*name, value.parse().unwrap());
        });
        let response = answer(&headers, entries());
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
        assert_eq!(ask(&[mode, ("x-pagination-filter", "name:like=%5")]).await.0[0]["n"], 5);
        assert_eq!(ask(&[mode, ("x-pagination-number", "18446744073709551615")]).await.0, json!([]));
    }

    #[tokio::test]
    async fn a_cursor_goes_on_behind_the_last_one() {
        let (all, _) = ask(&[]).await;
        assert_eq!(all, json!([1, 2, 3, 4, 5]));
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let (page, fields) = ask(&[("x-pagination-cursor", &cursor), ("x-pagination-size", "2")]).await;
            seen.extend(page.as_array().unwrap().clone());
            let Some(next) = fields.get("x-pagination-cursor-next") else { break };
            cursor = next.to_str().unwrap().to_owned();
        }
        assert_eq!(Value::from(seen), all);
    }
}
