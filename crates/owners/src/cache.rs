//! What the directory has said, by subject. Pure.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use customers::{Customer, Said};
use model::{SubjectKey, Timestamp};

use crate::settings::DirectorySettings;

/// How long what is believed, and how much is kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    fresh: Duration,
    fresh_unknown: Duration,
    stale: Duration,
    again: Duration,
    most: usize,
}

impl From<&DirectorySettings> for Terms {
    fn from(settings: &DirectorySettings) -> Self {
        Self {
            fresh: settings.fresh,
            fresh_unknown: settings.fresh_unknown,
            stale: settings.stale,
            again: settings.try_again_after,
            most: usize::try_from(settings.max_known).unwrap_or(usize::MAX),
        }
    }
}

/// What was said of one subject.
#[derive(Debug)]
struct Known {
    said: Said,
    told: Timestamp,
    /// From then on it is asked for again.
    again: Timestamp,
}

/// What is known, and whether to ask.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) said: Said,
    /// Nothing, or nothing fresh, is known.
    pub(crate) ask: bool,
}

/// The answers.
#[derive(Debug)]
pub(crate) struct Cache {
    terms: Terms,
    known: HashMap<SubjectKey, Known>,
    /// In the order in which they became known.
    order: VecDeque<SubjectKey>,
}

impl Cache {
    pub(crate) fn new(terms: Terms) -> Self {
        Self { terms, known: HashMap::new(), order: VecDeque::new() }
    }

    pub(crate) fn look(&self, subject: &SubjectKey, now: Timestamp) -> Look {
        let Some(known) = self.known.get(subject) else { return Look { said: Said::Nothing, ask: true } };
        let holds = now.since(known.told) < self.terms.stale;
        let said = if holds { known.said.clone() } else { Said::Nothing };
        Look { said, ask: now >= known.again }
    }

    /// The directory has said this.
    pub(crate) fn told(&mut self, subject: &SubjectKey, owner: Option<Arc<Customer>>, now: Timestamp) {
        let fresh = if owner.is_some() { self.terms.fresh } else { self.terms.fresh_unknown };
        let said = owner.map_or(Said::Nobody, Said::Owner);
        self.keep(subject, Known { said, told: now, again: now.after(fresh) });
    }

    /// It was asked in vain: what it said before holds on.
    pub(crate) fn failed(&mut self, subject: &SubjectKey, now: Timestamp) {
        let again = now.after(self.terms.again);
        match self.known.get_mut(subject) {
            Some(known) => known.again = again,
            None => self.keep(subject, Known { said: Said::Nothing, told: now, again }),
        }
    }

    /// Everybody who is known, with what is his.
    pub(crate) fn owners(&self, now: Timestamp) -> impl Iterator<Item = (&SubjectKey, &Arc<Customer>)> {
        let holds = move |known: &&Known| now.since(known.told) < self.terms.stale;
        self.known.iter().filter_map(move |(subject, known)| match &known.said {
            Said::Owner(owner) if holds(&known) => Some((subject, owner)),
            _ => None,
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.known.len()
    }

    fn keep(&mut self, subject: &SubjectKey, known: Known) {
        if self.known.insert(subject.clone(), known).is_some() {
            return;
        }
        self.order.push_back(subject.clone());
        while self.known.len() > self.terms.most
            && let Some(first) = self.order.pop_front()
        {
            self.known.remove(&first);
        }
    }
}

#[cfg(test)]
mod tests;
