//! All rules, compiled: every place is searched once for all of them.

use std::borrow::Cow;
use std::net::IpAddr;

use ipnet::IpNet;
use model::{Features, Hit, SignalName};
use regex::{Regex, RegexSet, RegexSetBuilder};

use crate::engine::sentence;
use crate::rules::condition::{Test, compile};
use crate::rules::place::Place;
use crate::rules::row::RuleRow;

/// All expressions of one place take at most so much memory, compiled, in bytes.
const MAX_COMPILED: usize = 32 << 20;

/// The operator's rules, compiled.
#[derive(Default)]
pub struct RuleBook {
    rules: Vec<Rule>,
    sheets: Vec<Sheet>,
    networks: Vec<(usize, Vec<IpNet>)>,
    conditions: usize,
}

/// A rule by the numbers of its conditions.
struct Rule {
    name: String,
    points: i32,
    sentence: String,
    all: Vec<usize>,
    any: Vec<usize>,
}

/// What is looked for in one place.
struct Sheet {
    place: Place,
    set: RegexSet,
    /// The condition and the expression behind each of the set's.
    singles: Vec<(usize, Regex)>,
}

impl RuleBook {
    /// Compiles the rules.
    pub fn compile(rows: &[RuleRow]) -> Result<Self, regex::Error> {
        let mut book = Self::default();
        let mut places: Vec<(Place, Vec<(usize, String)>)> = Vec::new();
        for row in rows {
            let first = book.conditions;
            for condition in row.conditions() {
                let number = book.conditions;
                book.conditions += 1;
                if let Test::Network(nets) = &condition.test {
                    book.networks.push((number, nets.clone()));
                }
                let Some(pattern) = condition.pattern() else { continue };
                match places.iter_mut().find(|(place, _)| *place == condition.place) {
                    Some((_, patterns)) => patterns.push((number, pattern)),
                    None => places.push((condition.place.clone(), vec![(number, pattern)])),
                }
            }
            let middle = first + row.all.len();
            book.rules.push(Rule {
                name: row.name.clone(),
                points: row.points,
                sentence: row.sentence.clone(),
                all: (first..middle).collect(),
                any: (middle..book.conditions).collect(),
            });
        }
        book.sheets =
            places.into_iter().map(|(place, patterns)| Sheet::new(place, patterns)).collect::<Result<_, _>>()?;
        Ok(book)
    }

    /// The header fields that the rules look at, lower case.
    pub fn fields(&self) -> Vec<String> {
        let names = self.sheets.iter().filter_map(|sheet| match &sheet.place {
            Place::Header(name) => Some(name.clone()),
            _ => None,
        });
        names.collect()
    }

    /// The rules' names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(|rule| rule.name.as_str())
    }

    /// The hits of all rules.
    pub fn hits(&self, message: &Features) -> Vec<Hit> {
        if self.rules.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<Option<String>> = vec![None; self.conditions];
        self.sheets.iter().for_each(|sheet| sheet.search(message, &mut found));
        if let Some(client) = message.sender.client {
            self.search_networks(client.ip(), &mut found);
        }
        self.rules.iter().filter_map(|rule| rule.hit(&found)).collect()
    }

    fn search_networks(&self, client: IpAddr, found: &mut [Option<String>]) {
        for (number, nets) in &self.networks {
            if let (true, Some(slot)) = (nets.iter().any(|net| net.contains(&client)), found.get_mut(*number)) {
                *slot = Some(client.to_string());
            }
        }
    }
}

impl Sheet {
    fn new(place: Place, patterns: Vec<(usize, String)>) -> Result<Self, regex::Error> {
        let texts = patterns.iter().map(|(_, pattern)| pattern);
        let set = RegexSetBuilder::new(texts).case_insensitive(true).size_limit(MAX_COMPILED).build()?;
        let singles = patterns.iter().map(|(number, pattern)| Ok((*number, compile(pattern)?)));
        Ok(Self { place, set, singles: singles.collect::<Result<_, regex::Error>>()? })
    }

    /// Notes what each condition finds first.
    fn search(&self, message: &Features, found: &mut [Option<String>]) {
        self.place.each(message, |text: Cow<'_, str>| {
            for index in self.set.matches(&text) {
                let Some((number, single)) = self.singles.get(index) else { continue };
                if let Some(slot) = found.get_mut(*number).filter(|slot| slot.is_none()) {
                    *slot = single.find(&text).map(|seen| model::names::bounded(seen.as_str(), 200).to_owned());
                }
            }
        });
    }
}

impl Rule {
    fn hit(&self, found: &[Option<String>]) -> Option<Hit> {
        let seen = |number: &usize| found.get(*number).and_then(Option::as_deref);
        let all: Option<Vec<&str>> = self.all.iter().map(seen).collect();
        let any = self.any.iter().find_map(seen);
        let all = all?;
        if any.is_none() && !self.any.is_empty() {
            return None;
        }
        let what = all.first().copied().or(any)?;
        Some(Hit {
            signal: SignalName(Cow::Owned(self.name.clone())),
            points: self.points,
            why: sentence(&self.sentence, what),
        })
    }
}
