//! Mistakes that only show when the rules are seen together.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use model::SubjectKind;

use crate::trip::RESERVED;

use super::{BlockSettings, NameSet, OverrideRule, RateRule, Rules, TripRule};

/// The option (`trip[2].limit`) and a sentence.
type Mistake = (String, String);

const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(90 * 86_400);

/// Everything that is wrong with the rules, as option path and sentence. Rules that are checked and found right never
/// lose a part when they are put in force.
pub fn check(rules: &Rules) -> Vec<Mistake> {
    let mut found = shared_names(rules);
    for (index, rule) in rules.trips.iter().enumerate() {
        found.extend(placed("trip", index, trip(rule)));
    }
    for (index, rule) in rules.rates.iter().enumerate() {
        found.extend(placed("rate", index, rate(rule)));
    }
    let kinds = kinds(rules);
    for (index, rule) in rules.overrides.iter().enumerate() {
        found.extend(placed("override", index, exception(rule, &kinds)));
    }
    found.extend(blocks(&rules.blocks));
    found
}

fn placed(list: &str, index: usize, found: Vec<(&str, String)>) -> impl Iterator<Item = Mistake> {
    let at = format!("{list}[{}]", index + 1);
    found.into_iter().map(move |(key, message)| (format!("{at}.{key}"), message))
}

/// Every rule's name with the kind of subject it is for.
fn kinds(rules: &Rules) -> HashMap<&str, SubjectKind> {
    let trips = rules.trips.iter().map(|rule| (rule.name.as_str(), rule.subject));
    trips.chain(rules.rates.iter().map(|rule| (rule.name.as_str(), rule.subject))).collect()
}

fn shared_names(rules: &Rules) -> Vec<Mistake> {
    let trips = rules.trips.iter().enumerate().map(|(index, rule)| ("trip", index, &rule.name));
    let rates = rules.rates.iter().enumerate().map(|(index, rule)| ("rate", index, &rule.name));
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for (list, index, name) in trips.chain(rates) {
        if !seen.insert(name) {
            let message = format!("another rule is called \"{name}\" too; each needs a name of its own");
            found.push((format!("{list}[{}].name", index + 1), message));
        }
    }
    found
}

fn named(name: &str) -> Option<(&'static str, String)> {
    if RESERVED.contains(&name) {
        return Some((
            "name",
            format!("\"{name}\" stands in the reasons of blocks that no rule trips; choose another"),
        ));
    }
    name.trim().is_empty().then(|| ("name", "expected a name, found an empty text".into()))
}

fn positive(limit: u64) -> Option<(&'static str, String)> {
    (limit == 0).then(|| ("limit", "expected at least 1, found 0; leave the rule out to switch it off".into()))
}

fn lasting(key: &'static str, length: Duration) -> Option<(&'static str, String)> {
    let fits = (SHORTEST..=LONGEST).contains(&length);
    (!fits).then(|| (key, "expected at least \"1s\" and at most \"90d\"".into()))
}

fn trip(rule: &TripRule) -> Vec<(&'static str, String)> {
    let mut found: Vec<_> =
        [named(&rule.name), positive(rule.limit), lasting("window", rule.window)].into_iter().flatten().collect();
    if rule.percent_of == Some(rule.counter) {
        found.push(("percent_of", format!("{} would always be 100 % of itself", rule.counter)));
    }
    if rule.percent_of.is_some() && rule.minimum == 0 {
        found.push(("minimum", "is missing: without it the first message alone could be 100 %".into()));
    }
    found
}

fn rate(rule: &RateRule) -> Vec<(&'static str, String)> {
    [named(&rule.name), positive(rule.limit), lasting("per", rule.per)].into_iter().flatten().collect()
}

fn exception(rule: &OverrideRule, kinds: &HashMap<&str, SubjectKind>) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    match kinds.get(rule.rule.as_str()) {
        None => found.push(("rule", unknown(&rule.rule, kinds))),
        Some(kind) if *kind != rule.subject => {
            found.push(("subject", format!("rule \"{}\" is for \"{kind}\", not for \"{}\"", rule.rule, rule.subject)));
        }
        Some(_) => {}
    }
    if rule.names.is_empty() {
        found.push(("names", "names nobody".into()));
    }
    let (_, wrong) = NameSet::parse(rule.subject, &rule.names);
    found.extend(wrong.into_iter().map(|message| ("names", message)));
    found
}

fn unknown(name: &str, kinds: &HashMap<&str, SubjectKind>) -> String {
    let mut known: Vec<_> = kinds.keys().copied().collect();
    known.sort_unstable();
    format!("there is no rule \"{name}\" (known: {})", known.join(", "))
}

fn blocks(settings: &BlockSettings) -> Vec<Mistake> {
    let mut found: Vec<_> = [
        ("allow_accounts", SubjectKind::Account, &settings.allow_accounts),
        ("allow_networks", SubjectKind::Ip, &settings.allow_networks),
        ("allow_domains", SubjectKind::Domain, &settings.allow_domains),
    ]
    .into_iter()
    .flat_map(|(key, kind, names)| NameSet::parse(kind, names).1.into_iter().map(move |message| (key, message)))
    .collect();
    found.extend(ladder(&settings.ladder).map(|message| ("ladder", message)));
    if !settings.link.is_empty() && !settings.link.contains("{ref}") {
        found.push(("link", "expected {ref} somewhere in it, where the block's reference goes".into()));
    }
    found.into_iter().map(|(key, message)| (format!("blocks.{key}"), message)).collect()
}

fn ladder(steps: &[Duration]) -> Option<String> {
    if steps.is_empty() {
        return Some("expected at least one length of time".into());
    }
    if steps.iter().any(|step| *step < SHORTEST) {
        return Some("expected steps of at least \"1s\"".into());
    }
    (!steps.is_sorted()).then(|| "a step is shorter than the one before it".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use settings::Document;

    #[test]
    fn the_defaults_and_the_examples_are_right() {
        let rules = Rules { overrides: OverrideRule::examples(), ..Rules::default() };
        assert_eq!(check(&rules), []);
    }

    #[test]
    fn each_mistake_is_reported_at_its_option() {
        let text = r#"
            [[trip]]
            name = "a"
            subject = "account"
            counter = "spam"
            percent_of = "spam"
            limit = 0
            window = "0s"
            [[rate]]
            name = "a"
            subject = "ip"
            counter = "bytes"
            limit = 1
            per = "91d"
            [[override]]
            rule = "b"
            subject = "ip"
            names = ["192.0.2.0/99"]
            limit = 1
            [[override]]
            rule = "a"
            subject = "domain"
            names = []
            limit = 1
            [blocks]
            ladder = ["1h", "1m"]
            allow_accounts = ["*"]
            allow_networks = ["nowhere"]
            allow_domains = [""]
            link = "https://portreeve.example/"
        "#;
        let mut document = Document::parse(text);
        let rules = Rules {
            trips: document.rows().unwrap(),
            rates: document.rows().unwrap(),
            overrides: document.rows().unwrap(),
            blocks: document.table(),
            monitor: false,
            ..Rules::default()
        };
        assert!(document.finish().is_empty());
        let mut options: Vec<_> = check(&rules).into_iter().map(|(option, _)| option).collect();
        options.sort_unstable();
        let expected = [
            "blocks.allow_accounts",
            "blocks.allow_domains",
            "blocks.allow_networks",
            "blocks.ladder",
            "blocks.link",
            "override[1].names",
            "override[1].rule",
            "override[2].names",
            "override[2].subject",
            "rate[1].name",
            "rate[1].per",
            "trip[1].limit",
            "trip[1].minimum",
            "trip[1].percent_of",
            "trip[1].window",
        ];
        assert_eq!(options, expected);
    }
}
