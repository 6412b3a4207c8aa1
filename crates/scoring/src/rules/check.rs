//! What is wrong with the rules beyond single options, for the configuration check.

use std::collections::BTreeSet;

use crate::rules::RuleBook;
use crate::rules::row::RuleRow;
use crate::table;

/// More rules than this are a program of their own.
const MAX_RULES: usize = 500;
/// A rule has at most so many conditions.
const MAX_CONDITIONS: usize = 50;
/// A name is at most so long, in bytes: it is a metric's label.
const MAX_NAME: usize = 40;
/// A sentence is at most so long, in bytes.
const MAX_SENTENCE: usize = 150;

/// Mistakes, each with its option. Whether the tests hit is seen where messages can be read.
pub fn check(rules: &[RuleRow]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut names = BTreeSet::new();
    for (index, rule) in rules.iter().enumerate() {
        let mut wrong = |key: &str, message: String| found.push((format!("rule[{}].{key}", index + 1), message));
        if let Err(message) = name_of(rule) {
            wrong("name", message);
        }
        if !names.insert(rule.name.as_str()) {
            wrong("name", format!("another rule is called {}", rule.name));
        }
        if rule.points == 0 {
            wrong("points", "a rule with 0 points does nothing; remove it".into());
        }
        if rule.sentence.trim().is_empty() || rule.sentence.len() > MAX_SENTENCE || rule.sentence.contains('\n') {
            wrong("sentence", format!("expected a sentence of one line and at most {MAX_SENTENCE} bytes"));
        }
        let count = rule.conditions().count();
        if count > MAX_CONDITIONS {
            wrong("name", format!("a rule has at most {MAX_CONDITIONS} conditions, this one has {count}"));
        }
    }
    if rules.len() > MAX_RULES {
        found.push(("rule".into(), format!("expected at most {MAX_RULES} rules, found {}", rules.len())));
    } else if let Err(why) = RuleBook::compile(rules) {
        found.push(("rule".into(), format!("all rules together can't be used: {why}")));
    }
    found
}

fn name_of(rule: &RuleRow) -> Result<(), String> {
    let name = rule.name.as_str();
    let letters = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if !letters || name.is_empty() || name.len() > MAX_NAME {
        return Err(format!("expected 1 to {MAX_NAME} small letters, digits and _, found \"{name}\""));
    }
    if table::row(name).is_some() || name == "other" {
        return Err(format!(
            "{name} is a built-in signal's name; choose another, or change its points in score.points"
        ));
    }
    Ok(())
}
