//! What config/webhooks.md shows is what is sent: each type of event happens once in a story, is posted, and held against its
//! example in config/webhooks. `PORTREEVE_BLESS=1` writes the examples anew.
#![cfg(test)]

mod story;

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use customers::{CustomerSettings, Directory};
use limits::HappeningKind;
use model::time::ManualClock;
use serde_json::Value;
use store::MemoryStore;
use testkit::{Receiver, Told};
use webhooks::{Teller, WebhookRule, Webhooks, hooks};

const DOCUMENT: &str = include_str!("../../../../config/webhooks.md");
const SECRET: &str = "a secret of more than 24 bytes";

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../config/webhooks")
}

/// Every type there is.
fn types() -> BTreeSet<String> {
    HappeningKind::ALL.iter().map(ToString::to_string).chain(["test".to_owned()]).collect()
}

/// The first body that was posted of each type.
async fn posted() -> BTreeMap<String, String> {
    let (receiver, clock) = (Receiver::start().await, ManualClock::at(story::BEGIN));
    let (store, secrets) = (Arc::new(MemoryStore::default()), tempfile::tempdir().unwrap());
    let secret_file = secrets.path().join("secret");
    std::fs::write(&secret_file, SECRET).unwrap();
    std::fs::set_permissions(&secret_file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let url = format!("http://{}/", receiver.address());
    let rule = WebhookRule { name: "panel".into(), url, secret_file, ..WebhookRule::examples().remove(0) };
    let directory = Arc::new(Directory::nobody(&CustomerSettings::default()));
    let teller = Teller {
        node: "mx1.provider.example".into(),
        link: "https://portreeve.example/b/{ref}".into(),
        directory: directory.into(),
    };
    let told = Arc::new(Told::default());
    let webhooks = Webhooks::new(Arc::clone(&store) as _, Arc::new(clock.clone()), told, teller.clone());
    let rule = WebhookRule { events: HappeningKind::ALL.to_vec(), ..rule };
    webhooks.configure(hooks(&[rule]).unwrap(), teller).unwrap();
    webhooks.test("panel").await.unwrap();
    story::happens(&store);
    clock.advance(story::LENGTH);
    let mut before = 0;
    while receiver.requests().len() > before {
        before = receiver.requests().len();
        clock.advance(Duration::from_secs(1));
        webhooks.look().await;
    }
    receiver.requests().into_iter().rev().map(|request| (request.kind(), request.body)).collect()
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The same, where whoever tries a webhook gets another name each time.
fn comparable(text: &str) -> Value {
    let mut event = parsed(text);
    if event["type"] == "test" {
        event["id"] = "evt_test_5d1e8a3c90b7f246".into();
    }
    event
}

#[tokio::test]
async fn every_type_has_an_example_and_is_sent_like_that() {
    let posted = posted().await;
    assert_eq!(posted.keys().cloned().collect::<BTreeSet<_>>(), types(), "left: what the story leads to");
    if std::env::var_os("PORTREEVE_BLESS").is_some() {
        bless(&posted);
    }
    for (kind, body) in &posted {
        let path = folder().join(format!("{kind}.json"));
        let example = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{kind} has no example: {error}"));
        assert_eq!(comparable(body), comparable(&example), "config/webhooks/{kind}.json; left: sent");
        assert_eq!(parsed(&example)["type"], kind.as_str());
    }
}

fn bless(posted: &BTreeMap<String, String>) {
    std::fs::create_dir_all(folder()).unwrap();
    for (kind, body) in posted {
        let text = if kind == "test" { comparable(body).to_string() } else { body.clone() };
        std::fs::write(folder().join(format!("{kind}.json")), indented(&text) + "\n").unwrap();
    }
}

#[test]
fn no_example_is_of_a_type_that_is_none() {
    let files = std::fs::read_dir(folder()).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let wanted: BTreeSet<_> = types().iter().map(|kind| format!("{kind}.json")).collect();
    assert_eq!(files.collect::<BTreeSet<_>>(), wanted);
}

#[test]
fn the_document_tells_of_every_type_and_quotes_the_examples() {
    for kind in types() {
        let row = format!("| [`{kind}`](webhooks/{kind}.json) |");
        assert!(DOCUMENT.contains(&row), "config/webhooks.md does not tell of {kind}");
    }
    let quoted: Vec<_> = DOCUMENT.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(!quoted.is_empty());
    for quoted in quoted {
        let kind = parsed(quoted)["type"].as_str().expect("a whole event").to_owned();
        let example = std::fs::read_to_string(folder().join(format!("{kind}.json"))).unwrap();
        assert_eq!(parsed(quoted), parsed(&example), "config/webhooks.md, {kind}; left: quoted");
    }
}

/// Each field that an event may have has its row in the table.
#[test]
fn the_document_explains_every_field() {
    for kind in types().into_iter().filter(|kind| kind != "test") {
        let example = parsed(&std::fs::read_to_string(folder().join(format!("{kind}.json"))).unwrap());
        for field in example["data"].as_object().unwrap().keys() {
            let explained = [format!("| `data.{field}`"), format!("| `data.{field}.")];
            assert!(explained.iter().any(|row| DOCUMENT.contains(row)), "data.{field} of {kind}");
        }
    }
}

/// The same text, with fields and elements in lines of their own, in their order.
fn indented(json: &str) -> String {
    let (mut out, mut depth, mut quoted, mut escaped) = (String::new(), 0_usize, false, false);
    let line = |depth: usize| format!("\n{}", "  ".repeat(depth));
    let mut rest = json.chars().peekable();
    while let Some(c) = rest.next() {
        if quoted {
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
            out.push(c);
            continue;
        }
        quoted = c == '"';
        match c {
            '{' | '[' if rest.peek().is_some_and(|next| matches!(next, '}' | ']')) => {
                out.extend([c, rest.next().unwrap()]);
            }
            '{' | '[' => {
                depth += 1;
                out.push(c);
                out += &line(depth);
            }
            '}' | ']' => {
                depth -= 1;
                out += &line(depth);
                out.push(c);
            }
            ',' => out += &(c.to_string() + &line(depth)),
            ':' => out += ": ",
            c => out.push(c),
        }
    }
    out
}
