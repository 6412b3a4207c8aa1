//! The index and the document of each resource, in the form of the provider API's own: existing clients are generated from
//! them, and API consoles draw their forms from them.

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::model::Model;
use super::route::{Parameter, Place, Route};

/// What a document is about: each has an address of its own.
const RESOURCES: [(&str, &str); 7] = [
    ("/auth", "Who calls, and what he may"),
    ("/ip", "Networks, and their addresses that are blocked for spam"),
    ("/support", "Tickets"),
    ("/email/domain", "Accounts of shared mail hosting, older product"),
    ("/email/mxplan", "Accounts of shared mail hosting"),
    ("/email/pro", "Accounts of E-mail Pro"),
    ("/email/exchange", "Accounts of hosted Exchange"),
];

/// The addresses of all documents under a prefix.
pub(in crate::compatible) fn documents<S: Clone + Send + Sync + 'static>(
    prefix: &'static str,
    base: &str,
    routes: &[Route],
    models: &[Model],
) -> Router<S> {
    let base = format!("{base}{prefix}");
    let mut router = Router::new();
    for (resource, _) in RESOURCES {
        let document = resource_document(resource, &base, routes, models);
        router = router.route(&format!("{prefix}{resource}.json"), served(&document));
    }
    if prefix.is_empty() {
        // The root without prefix is not the API's.
        return router;
    }
    let index = index(&base);
    router.route(prefix, served(&index)).route(&format!("{prefix}/"), served(&index))
}

/// It is public and the same for everybody, so a page from elsewhere may read it.
fn served<S: Clone + Send + Sync + 'static>(document: &Value) -> axum::routing::MethodRouter<S> {
    let text = Bytes::from(document.to_string());
    axum::routing::get(move || async move {
        let fields = [(header::CONTENT_TYPE, "application/json"), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
        (fields, text).into_response()
    })
}

/// Which documents there are.
fn index(base: &str) -> Value {
    let api = |(path, about): (&str, &str)| json!({ "path": path, "schema": "{path}.{format}", "format": ["json"], "description": about });
    json!({ "apiVersion": "1.0", "basePath": base, "apis": RESOURCES.map(api) })
}

/// The calls of a resource, and every model they speak of.
fn resource_document(resource: &str, base: &str, routes: &[Route], models: &[Model]) -> Value {
    let mut paths: BTreeMap<&str, Vec<&Route>> = BTreeMap::new();
    let below = format!("{resource}/");
    for route in routes.iter().filter(|route| route.path == resource || route.path.starts_with(&below)) {
        paths.entry(&route.path).or_default().push(route);
    }
    let named = spoken_of(paths.values().flatten().copied(), models);
    let described = named.into_iter().map(|model| (model.name.clone(), model.described()));
    json!({
        "apiVersion": "1.0",
        "basePath": base,
        "resourcePath": resource,
        "apis": paths.iter().map(|(path, routes)| api(path, routes)).collect::<Vec<_>>(),
        "models": described.collect::<serde_json::Map<_, _>>(),
    })
}

fn api(path: &str, routes: &[&Route]) -> Value {
    let about = routes.first().map_or("", |route| route.about);
    json!({ "path": path, "description": about, "operations": routes.iter().map(|route| operation(route)).collect::<Vec<_>>() })
}

fn operation(route: &Route) -> Value {
    let in_path = route.names().map(|name| parameter(&in_path(name), name));
    let others = route.parameters.iter().map(|given| parameter(given, given.name));
    json!({
        "httpMethod": route.method.as_str(),
        "description": route.about,
        "noAuthentication": route.is_open,
        "apiStatus": { "value": "PRODUCTION", "description": "Stable production version" },
        "parameters": in_path.chain(others).collect::<Vec<_>>(),
        "responseType": route.answer,
        "responseFullType": route.answer,
    })
}

fn parameter(given: &Parameter, name: &str) -> Value {
    json!({
        "name": name,
        "paramType": given.place.as_str(),
        "dataType": given.kind,
        "fullType": given.kind,
        "required": given.is_required,
        "description": given.about,
    })
}

/// A parameter of a path: what it is follows from its name.
fn in_path(name: &str) -> Parameter {
    let (kind, about) = match name {
        "ip" => ("ipBlock", "A network, as %2F-encoded CIDR; a single address counts as /32 or /128"),
        "ipSpamming" => ("ip", "The address that sends spam"),
        "id" | "ticketId" => ("long", "Its number"),
        "domain" => ("string", "The domain of the account"),
        "accountName" => ("string", "What stands before the @"),
        "email" | "primaryEmailAddress" => ("string", "The address of the account"),
        _ => ("string", "The name of the service"),
    };
    Parameter { name: "", kind, about, place: Place::Path, is_required: true }
}

/// The models that these routes name, and those that these name in their turn.
fn spoken_of<'m>(routes: impl Iterator<Item = &'m Route>, models: &'m [Model]) -> Vec<&'m Model> {
    let in_route = |route: &'m Route| {
        let given = route.parameters.iter().map(|parameter| parameter.kind);
        given.chain([route.answer.as_str()])
    };
    let mut named: BTreeSet<&str> = routes.flat_map(in_route).map(item).collect();
    loop {
        let found: Vec<&Model> = models.iter().filter(|model| named.contains(model.name.as_str())).collect();
        let before = named.len();
        named.extend(found.iter().flat_map(|model| model.kinds()).map(item));
        if named.len() == before {
            return found;
        }
    }
}

/// The type of a list's entries.
fn item(kind: &str) -> &str {
    kind.strip_suffix("[]").unwrap_or(kind)
}
