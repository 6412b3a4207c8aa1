//! Tries the operator's rules on the messages that stand beside them: each must hit its `test` and leave `test_not` alone.

use std::borrow::Cow;
use std::path::Path as FilePath;
use std::sync::Arc;

use features::FeatureLimits;
use model::envelope::Path;
use model::{AccountName, ClientAddr, Envelope, Features, Login, Message, Session, Submission, Timestamp, Via};
use scoring::{RuleBook, RuleRow};

/// A test file is at most so long, in bytes.
const MAX_FILE: u64 = 1 << 20;

/// The tests that fail, each with its option; of the rules that are right otherwise, by their number from 1.
pub(crate) fn failed(rules: &[RuleRow], is_right: impl Fn(usize) -> bool) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (index, rule) in rules.iter().enumerate().filter(|(index, _)| is_right(index + 1)) {
        // Each is tried alone, so that a wrong one hides nothing of the others.
        let Ok(book) = RuleBook::compile(std::slice::from_ref(rule)) else { continue };
        let limits = FeatureLimits { fields: book.fields(), ..FeatureLimits::default() };
        let mut wrong = |key: &str, message: String| found.push((format!("rule[{}].{key}", index + 1), message));
        if rule.all.is_empty() && rule.any.is_empty() {
            wrong("name", format!("{} needs a condition in all or any", rule.name));
            continue;
        }
        match hits(&book, &rule.test, &rule.name, &limits) {
            Ok(true) => {}
            Ok(false) => wrong("test", format!("{} does not hit its test message", rule.name)),
            Err(why) => wrong("test", why),
        }
        for (number, test) in rule.test_not.iter().enumerate() {
            match hits(&book, test, &rule.name, &limits) {
                Ok(false) => {}
                Ok(true) => wrong("test_not", format!("{} hits test_not message {}", rule.name, number + 1)),
                Err(why) => wrong("test_not", why),
            }
        }
    }
    found
}

fn hits(book: &RuleBook, test: &str, rule: &str, limits: &FeatureLimits) -> Result<bool, String> {
    let features = features_of(&message_of(test)?, limits)?;
    Ok(book.hits(&features).iter().any(|hit| hit.signal.as_str() == rule))
}

/// The test as it stands there, or the file it names.
fn message_of(test: &str) -> Result<Cow<'_, str>, String> {
    let name = test.trim();
    if name.contains('\n') || !name.ends_with(".eml") {
        return Ok(Cow::Borrowed(test));
    }
    let path = FilePath::new(name);
    let unreadable = |error: std::io::Error| format!("{name} can't be read: {error}");
    let length = std::fs::metadata(path).map_err(unreadable)?.len();
    if length > MAX_FILE {
        return Err(format!("{name} has {length} bytes; a test message has at most {MAX_FILE}"));
    }
    let raw = std::fs::read(path).map_err(unreadable)?;
    Ok(Cow::Owned(String::from_utf8_lossy(&raw).into_owned()))
}

fn features_of(test: &str, limits: &FeatureLimits) -> Result<Features, String> {
    let mut session = Session::new(Via::Command);
    let mut envelope = Envelope::default();
    let mut message = test;
    if let Some((options, rest)) = test.split_once("---\n").filter(|(options, _)| options.lines().all(is_option)) {
        message = rest;
        options.lines().try_for_each(|line| apply(line, &mut session, &mut envelope))?;
    }
    let raw = message.replace("\r\n", "\n").replace('\n', "\r\n").into_bytes();
    let submission = Submission { session: Arc::new(session), envelope, message: Message::whole(raw) };
    Ok(features::extract(&submission, Timestamp::default(), limits))
}

fn is_option(line: &str) -> bool {
    ["login: ", "mail-from: ", "rcpt: ", "client: "].iter().any(|key| line.starts_with(key))
}

fn apply(line: &str, session: &mut Session, envelope: &mut Envelope) -> Result<(), String> {
    let (key, value) = line.split_once(": ").unwrap_or_default();
    let wrong = || format!("the test's line \"{line}\" can't be read");
    match key {
        "login" => {
            let account = AccountName::from_login(value).ok_or_else(wrong)?;
            session.login = Some(Login { account, mechanism: "PLAIN".into() });
        }
        "mail-from" => envelope.sender = Path::new(value),
        "rcpt" => envelope.add_recipient(Path::new(value)),
        _ => session.client = Some(ClientAddr::parse(value).ok_or_else(wrong)?),
    }
    Ok(())
}
