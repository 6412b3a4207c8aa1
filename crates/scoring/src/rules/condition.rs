//! One condition: a place and what must stand there.

use ipnet::IpNet;
use regex::{Regex, RegexBuilder};
use settings::{Setting, Value};

use crate::rules::place::Place;

/// A condition has at most so many texts.
const MAX_TEXTS: usize = 500;
/// A text or an expression is at most so long, in bytes.
const MAX_LENGTH: usize = 1000;
/// An expression takes at most so much memory when compiled, in bytes.
const MAX_COMPILED: usize = 1 << 20;

/// A place and what must stand there.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    pub(crate) place: Place,
    pub(crate) test: Test,
}

/// What must stand there.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    /// One of these, somewhere.
    Contains(Vec<String>),
    /// One of these, and nothing else.
    Is(Vec<String>),
    /// A match of the expression.
    Regex(String),
    /// An address in one of these.
    Network(Vec<IpNet>),
}

impl Condition {
    /// The condition as an expression; none for networks.
    pub(crate) fn pattern(&self) -> Option<String> {
        match &self.test {
            Test::Contains(texts) => Some(alternatives(texts)),
            Test::Is(texts) => Some(format!("^(?:{})$", alternatives(texts))),
            Test::Regex(pattern) => Some(pattern.clone()),
            Test::Network(_) => None,
        }
    }
}

fn alternatives(texts: &[String]) -> String {
    texts.iter().map(|text| regex::escape(text)).collect::<Vec<_>>().join("|")
}

/// Compiles one expression, within bounds.
pub(crate) fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern).case_insensitive(true).size_limit(MAX_COMPILED).build()
}

impl Setting for Condition {
    fn allowed() -> String {
        "a condition like { in = \"subject\", contains = [\"invoice\"] }, with contains, is, regex or network".into()
    }

    fn read(value: &Value<'_>) -> Result<Self, String> {
        let table = value.get_ref().as_table().ok_or_else(|| format!("expected {}", Self::allowed()))?;
        let mut place = None;
        let mut tests = Vec::new();
        for (key, value) in table.iter() {
            match key.get_ref().as_ref() {
                "in" => place = Some(read_place(value)?),
                "contains" => tests.push(Test::Contains(read_texts(value)?)),
                "is" => tests.push(Test::Is(read_texts(value)?)),
                "regex" => tests.push(read_regex(value)?),
                "network" => tests.push(Test::Network(read_networks(value)?)),
                other => {
                    return Err(format!("a condition has no \"{other}\" (allowed: in, contains, is, regex, network)"));
                }
            }
        }
        let place = place.ok_or_else(|| format!("a condition needs in = one of {}", Place::words()))?;
        let (Some(test), true) = (tests.pop(), tests.is_empty()) else {
            return Err("a condition needs one of contains, is, regex or network, and one only".into());
        };
        if matches!(test, Test::Network(_)) != (place == Place::Client) {
            return Err("network goes with in = \"client\", and in = \"client\" with network only".into());
        }
        Ok(Self { place, test })
    }

    fn show(&self) -> String {
        let test = match &self.test {
            Test::Contains(texts) => format!("contains = {}", texts.show()),
            Test::Is(texts) => format!("is = {}", texts.show()),
            Test::Regex(pattern) => format!("regex = {}", pattern.show()),
            Test::Network(nets) => {
                format!("network = {}", nets.iter().map(ToString::to_string).collect::<Vec<_>>().show())
            }
        };
        format!("{{ in = \"{}\", {test} }}", self.place.word())
    }
}

fn read_place(value: &Value<'_>) -> Result<Place, String> {
    let word = String::read(value)?;
    Place::of(&word).ok_or_else(|| format!("there is no place \"{word}\" (known: {})", Place::words()))
}

fn read_texts(value: &Value<'_>) -> Result<Vec<String>, String> {
    let texts = Vec::<String>::read(value)?;
    if texts.is_empty() || texts.len() > MAX_TEXTS {
        return Err(format!("expected 1 to {MAX_TEXTS} texts, found {}", texts.len()));
    }
    match texts.iter().find(|text| text.is_empty() || text.len() > MAX_LENGTH) {
        Some(text) if text.is_empty() => Err("an empty text stands in everything".into()),
        Some(text) => Err(format!("a text of {} bytes is longer than {MAX_LENGTH}", text.len())),
        None => Ok(texts),
    }
}

fn read_regex(value: &Value<'_>) -> Result<Test, String> {
    let pattern = String::read(value)?;
    if pattern.len() > MAX_LENGTH {
        return Err(format!("an expression of {} bytes is longer than {MAX_LENGTH}", pattern.len()));
    }
    match compile(&pattern) {
        Ok(compiled) if compiled.is_match("") => Err(format!("the expression \"{pattern}\" matches everything")),
        Ok(_) => Ok(Test::Regex(pattern)),
        Err(error) => Err(format!("the expression \"{pattern}\" can't be used: {}", reason(&error))),
    }
}

/// The last line of what the regex crate says; those before it draw the place.
fn reason(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => format!("it would take more than {MAX_COMPILED} bytes of memory"),
        other => {
            let text = other.to_string();
            text.lines().last().unwrap_or_default().trim().trim_start_matches("error: ").to_owned()
        }
    }
}

fn read_networks(value: &Value<'_>) -> Result<Vec<IpNet>, String> {
    let texts = read_texts(value)?;
    let read = |text: &String| {
        let net = text.parse::<IpNet>().ok().or_else(|| text.parse::<std::net::IpAddr>().ok().map(IpNet::from));
        net.ok_or_else(|| format!("expected a network like \"192.0.2.0/24\", found \"{text}\""))
    };
    texts.iter().map(read).collect()
}
