//! Every route made concrete: a path about Bob's things, and a body that fits.

use access::{AccessRule, Action, Grant, NewCredential, Visitor};
use api::native::Route;
use axum::response::Response;
use model::circumstances::Confirmation;

use crate::world::{BOB, CAROL, RACK, Who, World, mail};

const JSON: &str = "application/json";
const MAIL: &str = "message/rfc822";

/// A call that fits a route.
pub(crate) struct Fitting {
    pub(crate) path: String,
    pub(crate) media: &'static str,
    pub(crate) body: Vec<u8>,
}

impl World {
    /// Calls a route so that it fits, as somebody.
    pub(crate) async fn fit(&self, who: Who, route: &Route) -> Response {
        let Fitting { path, media, body } = self.fitting(route).await;
        self.send(self.request(who, route.method, &path, media, &body)).await
    }

    pub(crate) async fn fitting(&self, route: &Route) -> Fitting {
        let mut path = of_the_store(route).unwrap_or_else(|| route.path.to_owned());
        for name in ["reference", "kind", "name", "account", "service", "ticket", "report", "exemption", "diagnosis"] {
            path = path.replace(&format!("{{{name}}}"), value(name));
        }
        for name in ["hook", "event", "print", "user", "key", "credential", "letter", "template"] {
            let part = format!("{{{name}}}");
            if path.contains(&part) {
                path = path.replace(&part, &self.made(name, route.path).await);
            }
        }
        let (media, body, query) = body(route);
        Fitting { path: path + query, media, body }
    }

    /// Something that has to be there before it can be named.
    async fn made(&self, what: &str, path: &str) -> String {
        match what {
            "hook" => "panel".into(),
            "letter" => "bob1.0".into(),
            "template" => "ip-blocked".into(),
            "event" => {
                let events = self.webhooks.list(Some("panel"), None, 1).unwrap();
                events[0].happening.id()
            }
            "print" => {
                let prints = self.school.look(&mail(9)).unwrap().prints();
                self.fingerprints.confirm(prints, Confirmation::Spam, "test").await.unwrap().id
            }
            "user" => {
                self.gate.add_user("anna", Grant::operator(), "correct horse battery").unwrap();
                "anna".into()
            }
            "key" if path.contains("applications") => self.gate.add_application("panel").unwrap().application.key,
            "key" => self.gate.add_key("spare", Grant::operator(), None).unwrap().key.id,
            _ => {
                let application = self.gate.add_application("panel").unwrap().application.key;
                let wanted = NewCredential { rules: AccessRule::everything(), ..NewCredential::default() };
                let asked = self.gate.request_credential(&application, wanted, &Visitor::default()).unwrap();
                asked.1.id.to_string()
            }
        }
    }
}

/// What is changed of customers is of one in the store.
fn of_the_store(route: &Route) -> Option<String> {
    let is_his = route.action == Action::ChangeCustomer;
    is_his.then(|| route.path.replace("{service}", RACK).replace("{kind}", "account").replace("{name}", CAROL))
}

fn value(name: &str) -> &'static str {
    match name {
        "reference" => "bob1",
        "kind" => "account",
        "name" | "account" => BOB,
        "service" => "shop",
        _ => "1",
    }
}

/// Media type, body, and what stands behind the question mark.
fn body(route: &Route) -> (&'static str, Vec<u8>, &'static str) {
    let json = |text: &str| (JSON, text.as_bytes().to_vec(), "");
    match (route.method, route.path.trim_start_matches("/api/")) {
        ("post", "blocks") => json(
            r#"{"kind": "account", "name": "carol@shop.example", "reason": "a stolen password", "length_seconds": 3600}"#,
        ),
        ("post", "tickets") => {
            json(r#"{"kind": "account", "name": "bob@shop.example", "title": "Mail is slow", "text": "Since Monday."}"#)
        }
        (
            "post",
            "tickets/{ticket}/answers"
            | "tickets/{ticket}/reply"
            | "tickets/{ticket}/refuse"
            | "tickets/{ticket}/reopen",
        ) => json(r#"{"text": "1. no 2. no 3. no"}"#),
        ("post", "accounts/{account}/password-changed") => json("{}"),
        ("post", "reports") => (MAIL, mail(2), "?kind=account&name=bob@shop.example"),
        ("post", "reports/{report}/decide") => json(r#"{"is_spam": true, "reason": "It was."}"#),
        ("post", "exemptions") => {
            json(r#"{"kind": "account", "name": "bob@shop.example", "what": "sender=@news.example"}"#)
        }
        ("post", "diagnoses") => json(r#"{"kind": "account", "name": "bob@shop.example"}"#),
        ("post", "fingerprints" | "lessons") => (MAIL, mail(9), "?word=spam"),
        ("post", "scans") => (MAIL, mail(9), ""),
        ("post", "configuration/check" | "replays") => ("application/toml", b"[score]\n".to_vec(), ""),
        ("post", "keys") => json(r#"{"name": "panel", "role": "auditor"}"#),
        ("post", "applications") => json(r#"{"name": "panel"}"#),
        ("post", "credentials/{credential}/validate") => json(r#"{"role": "auditor"}"#),
        ("post", "customers") => json(r#"{"service": "new", "contact": ["owner@new.example"]}"#),
        ("put", "customers/{service}") => json(r#"{"service": "rack", "contact": ["sons@rack.example"]}"#),
        ("post", "customer-imports") => ("text/csv", b"service,contact\nrack,sons@rack.example\n".to_vec(), ""),
        ("put", "owners/{kind}/{name}") => json(r#"{"service": "rack"}"#),
        ("post", "users") => json(r#"{"name": "otto", "role": "auditor"}"#),
        ("post", "templates/{template}/preview") => json(r#"{"files": {"en/ip-blocked.txt": "Subject: Blocked"}}"#),
        ("post", "templates/check") => json(r#"{"files": {}}"#),
        ("post", "users/{user}/invitation") => json("{}"),
        ("put", "users/{user}/grant") => json(r#"{"role": "auditor"}"#),
        ("post", "users/{user}/password") => json("{}"),
        _ => ("", Vec::new(), ""),
    }
}
