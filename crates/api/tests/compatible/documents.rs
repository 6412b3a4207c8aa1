//! The documents that clients are generated from and consoles draw forms from: every call in them is there, answers what
//! they say, and no call is missing from them.

use std::net::IpAddr;

use access::{AccessRule, Grant};
use serde_json::{Map, Value};

use crate::matrix::TABLE;
use crate::world::{Answer, BOB, IP, NET, World};

/// Method, path of the document, an example of it, and the body that goes with it.
type Example = (&'static str, &'static str, &'static str, &'static str);

const PASSWORD: &str = r#"{"password":"correct horse"}"#;

/// In this order: a task or a ticket is there before it is asked for.
const EXAMPLES: &[Example] = &[
    ("GET", "/auth/time", "/auth/time", ""),
    ("POST", "/auth/credential", "/auth/credential", r#"{"accessRules":[{"method":"GET","path":"/*"}]}"#),
    ("GET", "/auth/currentCredential", "/auth/currentCredential", ""),
    ("GET", "/auth/details", "/auth/details", ""),
    ("GET", "/ip", "/ip", ""),
    ("GET", "/ip/{ip}", "/ip/NET", ""),
    ("GET", "/ip/{ip}/spam", "/ip/NET/spam", ""),
    ("GET", "/ip/{ip}/spam/{ipSpamming}", "/ip/NET/spam/IP", ""),
    ("GET", "/ip/{ip}/spam/{ipSpamming}/stats", "/ip/NET/spam/IP/stats", ""),
    ("POST", "/ip/{ip}/spam/{ipSpamming}/unblock", "/ip/NET/spam/IP/unblock", ""),
    ("GET", "/ip/{ip}/antihack", "/ip/NET/antihack", ""),
    ("GET", "/ip/{ip}/arp", "/ip/NET/arp", ""),
    ("GET", "/ip/{ip}/phishing", "/ip/NET/phishing", ""),
    ("GET", "/support/tickets", "/support/tickets", ""),
    ("POST", "/support/tickets/create", "/support/tickets/create", r#"{"subject":"Mail","body":"Why?"}"#),
    ("GET", "/support/tickets/{ticketId}", "/support/tickets/1", ""),
    ("POST", "/support/tickets/{ticketId}/reply", "/support/tickets/1/reply", r#"{"body":"1. no"}"#),
    ("GET", "/support/tickets/{ticketId}/messages", "/support/tickets/1/messages", ""),
    ("POST", "/support/tickets/{ticketId}/close", "/support/tickets/1/close", ""),
    ("POST", "/support/tickets/{ticketId}/reopen", "/support/tickets/1/reopen", r#"{"body":"again"}"#),
    ("GET", "/email/domain/{domain}/account", "/email/domain/old.example/account", ""),
    ("GET", "/email/domain/{domain}/account/{accountName}", "/email/domain/old.example/account/ann", ""),
    (
        "POST",
        "/email/domain/{domain}/account/{accountName}/changePassword",
        "/email/domain/old.example/account/ann/changePassword",
        PASSWORD,
    ),
    ("POST", "/auth/logout", "/auth/logout", ""),
];

/// The three products that differ in their addresses only.
const PRODUCTS: [(&str, &str, &str); 3] = [
    ("/email/mxplan/{service}", "{email}", "diagnostic"),
    ("/email/pro/{service}", "{email}", "diagnostics"),
    ("/email/exchange/{organizationName}/service/{exchangeService}", "{primaryEmailAddress}", "diagnostics"),
];

/// Calls whose answer depends on more than the form of the request: they may refuse, in the form of refusals.
const MAY_REFUSE: &[&str] = &["/support/tickets/create", "/support/tickets/{ticketId}/reopen"];

/// Examples of every call, those that end something last.
fn examples() -> Vec<(String, String, String, String)> {
    let owned = |(method, path, example, body): &Example| {
        ((*method).to_owned(), (*path).to_owned(), (*example).to_owned(), (*body).to_owned())
    };
    let mut found: Vec<_> = EXAMPLES.iter().map(owned).collect();
    let last = found.pop().unwrap();
    for (base, account, diagnosis) in PRODUCTS {
        let account = format!("{base}/account/{account}");
        let calls = [
            ("GET", base.to_owned(), ""),
            ("GET", format!("{base}/account"), ""),
            ("GET", account.clone(), ""),
            ("POST", format!("{account}/changePassword"), PASSWORD),
            ("POST", format!("{account}/{diagnosis}"), ""),
            ("GET", format!("{account}/{diagnosis}"), ""),
            ("GET", format!("{account}/tasks"), ""),
            ("GET", format!("{account}/tasks/{{id}}"), ""),
        ];
        let example = |path: &str| {
            let product = path.split('/').nth(2).unwrap_or_default();
            let (service, email) = match product {
                "mxplan" => ("plan", "bob@plan.example"),
                "pro" => ("pro", "bob@pro.example"),
                _ => ("shop", BOB),
            };
            let path = path.replace("{service}", service).replace("{exchangeService}", service);
            let path = path.replace("{organizationName}", "org").replace("{id}", "TASK");
            path.replace("{email}", email).replace("{primaryEmailAddress}", email)
        };
        found.extend(calls.map(|(method, path, body)| (method.into(), path.clone(), example(&path), body.into())));
    }
    found.push(last);
    found
}

/// A world where everything there is a call about has happened.
fn eventful() -> World {
    let world = World::with_command(&["/bin/sh", "-c", "cat >/dev/null"]);
    world.block_ip(IP);
    for login in [BOB, "ann@old.example", "bob@pro.example", "bob@plan.example"] {
        world.block_account(login);
    }
    world.pass(std::time::Duration::from_secs(3600));
    world
}

async fn documents(world: &World, prefix: &str) -> Vec<Value> {
    let index = world.ask("GET", &format!("{prefix}/"), &[], "").await;
    assert_eq!((index.status, index.headers["access-control-allow-origin"].to_str().unwrap()), (200, "*"));
    let mut documents = Vec::new();
    for api in index.body["apis"].as_array().unwrap() {
        let (path, schema) = (api["path"].as_str().unwrap(), api["schema"].as_str().unwrap());
        assert_eq!(api["format"], serde_json::json!(["json"]));
        let file = schema.replace("{path}", path).replace("{format}", "json");
        let document = world.ask("GET", &format!("{prefix}{file}"), &[], "").await;
        assert_eq!(document.status, 200, "{prefix}{file}");
        assert_eq!(document.body["resourcePath"], path);
        assert_eq!(document.body["basePath"], format!("https://isp.example{prefix}"));
        documents.push(document.body);
    }
    documents
}

/// Every operation of every document: path, operation, models.
fn operations(documents: &[Value]) -> Vec<(String, Value, Map<String, Value>)> {
    let mut found = Vec::new();
    for document in documents {
        let models = document["models"].as_object().unwrap();
        for api in document["apis"].as_array().unwrap() {
            let path = api["path"].as_str().unwrap();
            let each = api["operations"].as_array().unwrap().iter();
            found.extend(each.map(|operation| (path.to_owned(), operation.clone(), models.clone())));
        }
    }
    found
}

#[tokio::test]
async fn every_call_answers_what_its_document_says() {
    let world = eventful();
    let documents = documents(&world, "/1.0").await;
    let mut operations = operations(&documents);
    let keys = world.application(AccessRule::everything(), Grant::operator());
    let mut task = String::new();
    for (method, path, example, body) in examples() {
        let at = operations.iter().position(|(at, operation, _)| *at == path && operation["httpMethod"] == *method);
        let (_, operation, models) = operations.remove(at.unwrap_or_else(|| panic!("{method} {path}: not documented")));
        let example = example.replace("NET", NET).replace("IP", IP).replace("TASK", &task);
        let answer = crate::signed::ask(&world, &keys, &method, &format!("/1.0{example}"), &body).await;
        if answer.status >= 400 && MAY_REFUSE.contains(&path.as_str()) {
            assert!(answer.body["message"].is_string() && answer.body["errorCode"].is_string(), "{answer:?}");
            continue;
        }
        let kind = operation["responseType"].as_str().unwrap();
        fits(&answer, kind, &models).unwrap_or_else(|error| panic!("{method} {example}: {error}: {answer:?}"));
        if path.ends_with("/tasks") {
            task = answer.body[0].to_string();
        }
    }
    let left: Vec<_> = operations.iter().map(|(path, operation, _)| (path, &operation["httpMethod"])).collect();
    assert!(left.is_empty(), "calls without an example: {left:?}");
}

fn fits(answer: &Answer, kind: &str, models: &Map<String, Value>) -> Result<(), String> {
    match (kind, answer.status) {
        ("void", 204) => Ok(()),
        ("void", status) => Err(format!("{status} for void")),
        (kind, 200) => is(&answer.body, kind, models),
        (_, status) => Err(format!("{status}")),
    }
}

/// Whether a value is of a type.
fn is(value: &Value, kind: &str, models: &Map<String, Value>) -> Result<(), String> {
    if let Some(item) = kind.strip_suffix("[]") {
        let items = value.as_array().ok_or_else(|| format!("{value} is no list"))?;
        return items.iter().try_for_each(|value| is(value, item, models));
    }
    let text = value.as_str();
    let right = match kind {
        "long" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "string" | "text" | "password" => text.is_some(),
        "datetime" => text.is_some_and(|text| text.len() == 25 && model::Timestamp::parse(text).is_some()),
        "ip" => text.is_some_and(|text| text.parse::<IpAddr>().is_ok()),
        "ipBlock" => text.is_some_and(|text| text.contains('/') && text.parse::<ipnet::IpNet>().is_ok()),
        name => return is_model(value, models.get(name).ok_or_else(|| format!("no model {name}"))?, models),
    };
    right.then_some(()).ok_or_else(|| format!("{value} is no {kind}"))
}

fn is_model(value: &Value, model: &Value, models: &Map<String, Value>) -> Result<(), String> {
    if let Some(words) = model["enum"].as_array() {
        return words.contains(value).then_some(()).ok_or_else(|| format!("{value} is none of {words:?}"));
    }
    let (fields, properties) = (value.as_object(), model["properties"].as_object().unwrap());
    let fields = fields.ok_or_else(|| format!("{value} is no {}", model["id"]))?;
    if let Some(undocumented) = fields.keys().find(|name| !properties.contains_key(*name)) {
        return Err(format!("{undocumented} is not documented"));
    }
    for (name, property) in properties {
        let found = fields.get(name).ok_or_else(|| format!("{name} is missing"))?;
        if !(found.is_null() && property["canBeNull"] == true) {
            let kind = property["type"].as_str().unwrap();
            is(found, kind, models).map_err(|error| format!("{name}: {error}"))?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn documents_name_only_what_they_hold() {
    let world = World::new();
    const PLAIN: &[&str] = &["long", "boolean", "string", "text", "password", "datetime", "ip", "ipBlock", "void"];
    for (path, operation, models) in operations(&documents(&world, "/v1").await) {
        let mut kinds = vec![operation["responseType"].clone()];
        kinds.extend(operation["parameters"].as_array().unwrap().iter().map(|given| given["dataType"].clone()));
        let fields = models.values().filter_map(|model| model["properties"].as_object()).flat_map(Map::values);
        kinds.extend(fields.map(|field| field["type"].clone()));
        for kind in kinds {
            let kind = kind.as_str().unwrap().trim_end_matches("[]");
            assert!(PLAIN.contains(&kind) || models.contains_key(kind), "{path}: {kind}");
        }
        let in_path = path.matches('{').count();
        let named = operation["parameters"].as_array().unwrap().iter().filter(|given| given["paramType"] == "path");
        assert_eq!(named.count(), in_path, "{path}");
    }
}

#[tokio::test]
async fn the_table_of_who_may_do_what_holds_every_call() {
    let world = World::new();
    for (path, operation, _) in operations(&documents(&world, "/1.0").await) {
        let method = operation["httpMethod"].as_str().unwrap();
        let is_row = |(with, at, ..): &(&str, &str, &str, [u16; 5])| *with == method && is_of(at, &path);
        assert!(TABLE.iter().any(is_row), "{method} {path} has no row");
    }
}

/// Whether an example is of a path with parameters.
fn is_of(example: &str, path: &str) -> bool {
    let (example, path): (Vec<_>, Vec<_>) = (example.split('/').collect(), path.split('/').collect());
    example.len() == path.len() && example.iter().zip(&path).all(|(one, part)| part.starts_with('{') || one == part)
}

#[tokio::test]
async fn open_calls_are_the_documented_ones() {
    let world = World::new();
    for (path, operation, _) in operations(&documents(&world, "/1.0").await) {
        let example = path.replace("{ip}", NET).replace(['{', '}'], "");
        let method = operation["httpMethod"].as_str().unwrap();
        let answer = world.ask(method, &format!("/1.0{example}"), &[], "").await;
        let refused = answer.body["errorCode"] == "NOT_CREDENTIAL";
        assert_eq!(refused, operation["noAuthentication"] == false, "{method} {path}: {answer:?}");
    }
}
