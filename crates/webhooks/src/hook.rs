//! A receiver as the configuration describes it, parsed.

use std::collections::BTreeSet;
use std::time::Duration;

use fetch::{Peer, Target};
use limits::HappeningKind;

use crate::secrets::Secrets;
use crate::settings::WebhookRule;

/// A name is no longer than this, in bytes.
const MAX_NAME: usize = 40;

/// One receiver.
#[derive(Debug)]
pub struct Hook {
    pub(crate) name: String,
    pub(crate) peer: Peer,
    pub(crate) secrets: Secrets,
    pub(crate) kinds: Vec<HappeningKind>,
    pub(crate) timeout: Duration,
    pub(crate) give_up_after: Duration,
}

/// Options with what is wrong with them.
type Mistakes = Vec<(String, String)>;

/// The receivers of a configuration; reads the files it names.
///
/// # Errors
/// Every option that can't be used, as `webhook[n].key` with a sentence.
pub fn hooks(rules: &[WebhookRule]) -> Result<Vec<Hook>, Mistakes> {
    let mut names = BTreeSet::new();
    let (mut hooks, mut mistakes) = (Vec::new(), Mistakes::new());
    for (number, rule) in (1..).zip(rules) {
        if !names.insert(rule.name.as_str()) {
            mistakes.push((format!("webhook[{number}].name"), format!("\"{}\" names two webhooks", rule.name)));
        }
        match Hook::new(rule) {
            Ok(hook) => hooks.push(hook),
            Err(wrong) => {
                mistakes.extend(wrong.into_iter().map(|(key, why)| (format!("webhook[{number}].{key}"), why)));
            }
        }
    }
    if mistakes.is_empty() { Ok(hooks) } else { Err(mistakes) }
}

impl Hook {
    fn new(rule: &WebhookRule) -> Result<Self, Vec<(&'static str, String)>> {
        let mut wrong = Vec::new();
        if !is_name(&rule.name) {
            let found = &rule.name;
            wrong.push((
                "name",
                format!("expected small letters, digits and hyphens, at most {MAX_NAME}, found \"{found}\""),
            ));
        }
        if rule.events.is_empty() {
            wrong.push(("events", "it would be told of nothing: name an event, or take the webhook out".into()));
        }
        let target = noted(Target::parse(&rule.url), "url", &mut wrong);
        let secrets = noted(Secrets::of_file(&rule.secret_file), "secret_file", &mut wrong);
        let peer =
            target.and_then(|target| noted(Peer::new(target, rule.authorities.as_deref()), "authorities", &mut wrong));
        match (peer, secrets) {
            (Some(peer), Some(secrets)) if wrong.is_empty() => {
                let kinds = rule.events.clone();
                let (name, timeout, give_up_after) = (rule.name.clone(), rule.timeout, rule.give_up_after);
                Ok(Self { name, peer, secrets, kinds, timeout, give_up_after })
            }
            _ => Err(wrong),
        }
    }
}

fn noted<T>(read: Result<T, String>, key: &'static str, wrong: &mut Vec<(&'static str, String)>) -> Option<T> {
    read.map_err(|why| wrong.push((key, why))).ok()
}

fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !name.is_empty() && name.len() <= MAX_NAME && name.bytes().all(fits)
}
