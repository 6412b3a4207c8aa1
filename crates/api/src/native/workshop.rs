//! What only the daemon as a whole can tell: its health, its configuration, letters as that would have them written.

use std::collections::BTreeMap;

use ::customers::Language;
use alerts::Notice;
use model::Timestamp;
use replay::{Report, Then};

/// Texts of templates by the names of their files.
pub type Files = BTreeMap<String, String>;

/// The daemon, as far as the API asks it itself.
pub trait Workshop: Send + Sync {
    /// How it does.
    fn health(&self) -> Health;
    /// The configuration in force, secrets hidden.
    fn settings(&self) -> Vec<SettingsTable>;
    /// Every mistake of a configuration; none, when it could be put in force.
    fn mistakes(&self, configuration: &str) -> Vec<Mistake>;
    /// A letter about a block that never was, by the templates in force with these texts in place of their files.
    ///
    /// # Errors
    /// When those templates can't be used: every mistake.
    fn letter(&self, notice: Notice, language: Language, files: &Files) -> Result<Letter, Vec<String>>;
    /// Every mistake of the templates in force with these texts in place of their files.
    fn template_mistakes(&self, files: &Files) -> Vec<String>;
    /// Plays the recent journal before this configuration, or the one in force: who would have been blocked, beside what happened.
    /// Takes seconds.
    ///
    /// # Errors
    /// When it can't be played.
    fn replay(&self, configuration: Option<&str>) -> Result<(Report, Then), NoReplay>;
    /// Signs reply addresses with a new key; returns until when the earlier ones are taken. `None` where no replies are taken by mail.
    ///
    /// # Errors
    /// When the key can't be written.
    fn rotate_reply_key(&self) -> Option<Result<Timestamp, String>>;
}

/// How the daemon does.
#[derive(Debug, Clone)]
pub struct Health {
    /// The node's name.
    pub node: String,
    /// Whether refusals are only noted.
    pub monitor: bool,
    /// When it started.
    pub started: Timestamp,
    /// Whether mail should be sent here.
    pub ready: bool,
    /// Its parts.
    pub parts: Vec<Part>,
}

/// One part.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// "working", "degraded" or "down".
    pub state: &'static str,
    /// Since when.
    pub since: Timestamp,
    /// What that means.
    pub sentence: String,
}

/// A table of the configuration.
#[derive(Debug, Clone)]
pub struct SettingsTable {
    /// Its header, such as `[score]`.
    pub name: String,
    /// Its options.
    pub options: Vec<Setting>,
}

/// One option.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Its key.
    pub key: String,
    /// Its value, as TOML.
    pub value: String,
    /// Whether that is another than the default.
    pub changed: bool,
    /// What it means.
    pub about: String,
}

/// A mistake of a configuration.
#[derive(Debug, Clone)]
pub struct Mistake {
    /// The line, from 1; `None`: something is missing.
    pub line: Option<u32>,
    /// The option, as `table.key`; may be empty.
    pub option: String,
    /// What is wrong, and what is allowed.
    pub message: String,
}

/// Why a journal isn't played.
#[derive(Debug, Clone)]
pub enum NoReplay {
    /// The configuration could not be put in force.
    Mistakes(Vec<Mistake>),
    /// No journal is written.
    NoJournal,
    /// Another one is being played.
    Busy,
    /// Something of ours does not work.
    Failed(String),
}

/// A letter's words.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}
