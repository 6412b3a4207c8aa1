//! Mistakes found in a configuration, collected instead of thrown.

use std::fmt;
use std::ops::Range;

/// One mistake, for the person who wrote the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// 1-based line, or `None` when the mistake is something that is missing from the file.
    pub line: Option<usize>,
    /// The option, as `table.key`.
    pub option: String,
    /// A sentence: what is wrong and what is allowed.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if !self.option.is_empty() {
            write!(f, "{}: ", self.option)?;
        }
        f.write_str(&self.message)
    }
}

/// All mistakes of one file.
#[derive(Debug, Default)]
pub struct Problems {
    source: String,
    found: Vec<Problem>,
}

impl Problems {
    pub(crate) fn new(source: &str) -> Self {
        Self { source: source.to_owned(), found: Vec::new() }
    }

    /// Notes a mistake at a byte range of the source.
    pub fn add(&mut self, span: Option<Range<usize>>, option: impl Into<String>, message: impl Into<String>) {
        let line = span.map(|span| self.line_of(span.start));
        self.found.push(Problem { line, option: option.into(), message: message.into() });
    }

    fn line_of(&self, offset: usize) -> usize {
        let before = self.source.as_bytes().iter().take(offset);
        1 + before.filter(|byte| **byte == b'\n').count()
    }

    /// The options that something was found at.
    pub(crate) fn options(&self) -> impl Iterator<Item = &str> {
        self.found.iter().map(|problem| problem.option.as_str())
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The mistakes in the order of their lines; those without a line come last.
    pub fn into_sorted(mut self) -> Vec<Problem> {
        self.found.sort_by_key(|problem| (problem.line.is_none(), problem.line));
        self.found
    }
}
