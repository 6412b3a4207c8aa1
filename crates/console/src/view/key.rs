//! A program asks for a consumer key: what it would be given, and the answer.

use access::{Application, ConsumerKey, Grant};
use serde::Serialize;

use crate::render::Page;

/// A consumer key that waits for an answer, or has got one.
#[derive(Debug, Clone, Serialize)]
pub struct KeyPage {
    application: String,
    viewer: String,
    rules: Vec<Rule>,
    services: Vec<String>,
    addresses: Vec<String>,
    redirection: Option<String>,
    host: String,
    /// `granted` or `refused`.
    answered: Option<&'static str>,
}

#[derive(Debug, Clone, Serialize)]
struct Rule {
    method: String,
    path: String,
}

impl KeyPage {
    /// What that application would get from a viewer with that grant.
    pub fn new(application: &Application, key: &ConsumerKey, viewer: &str, grant: &Grant) -> Self {
        let redirection = key.redirection.clone();
        Self {
            application: application.name.clone(),
            viewer: viewer.to_owned(),
            rules: key.rules.iter().map(|rule| Rule { method: rule.method.clone(), path: rule.path.clone() }).collect(),
            services: grant.services.iter().cloned().collect(),
            addresses: key.allowed_ips.iter().map(ToString::to_string).collect(),
            host: redirection.as_deref().map(host).unwrap_or_default().to_owned(),
            redirection,
            answered: None,
        }
    }

    /// After the answer.
    #[must_use]
    pub fn answered(self, granted: bool) -> Self {
        Self { answered: Some(if granted { "granted" } else { "refused" }), ..self }
    }
}

/// The host of a web address, for a person to judge; what stands before an @ is no part of it.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    authority.rsplit('@').next().unwrap_or_default()
}

impl Page for KeyPage {
    const TEMPLATE: &'static str = "key.html";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_where_the_browser_would_go() {
        for (url, expected) in [
            ("https://panel.example/done?x=1", "panel.example"),
            ("https://panel.example@evil.example/", "evil.example"),
            ("http://evil.example\\@panel.example", "evil.example"),
        ] {
            assert_eq!(host(url), expected);
        }
    }
}
