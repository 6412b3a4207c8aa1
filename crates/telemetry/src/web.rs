//! Who gets in to console and APIs, and who tries.

use model::{WebDoor, WebGuess};
use prometheus::{IntCounterVec, Registry, Result};

use crate::families::counters;

/// Takes note of logins and guesses.
pub(crate) struct Watch {
    logins: IntCounterVec,
    guesses: IntCounterVec,
    turned_away: IntCounterVec,
}

impl Watch {
    pub(crate) fn new(registry: &Registry) -> Result<Self> {
        let logins = "Logins to the console, by what let them in.";
        let guesses = "Wrong passwords, keys, signatures, links, references and invitations shown to console, APIs and \
                       pages of blocks, but for those that were turned away.";
        let turned_away =
            "Such requests that were answered 429, because their client or name had been wrong too often.";
        let watch = Self {
            logins: counters(registry, "portreeve_web_logins_total", logins, &["door"])?,
            guesses: counters(registry, "portreeve_web_guesses_total", guesses, &["door"])?,
            turned_away: counters(registry, "portreeve_web_guesses_turned_away_total", turned_away, &["door"])?,
        };
        for door in WebDoor::ALL {
            watch.guesses.with_label_values(&[door.as_str()]);
            watch.turned_away.with_label_values(&[door.as_str()]);
        }
        for door in [WebDoor::Password, WebDoor::Invitation] {
            watch.logins.with_label_values(&[door.as_str()]);
        }
        Ok(watch)
    }

    pub(crate) fn login(&self, door: WebDoor, user: &str, client: Option<std::net::IpAddr>) {
        self.logins.with_label_values(&[door.as_str()]).inc();
        tracing::info!(
            door = door.as_str(),
            user,
            client = client.map(tracing::field::display),
            "somebody logged in to the console"
        );
    }

    /// Guesses that are looked at are few for each client, and each is a line; of those turned away the first is.
    pub(crate) fn guess(&self, guess: &WebGuess<'_>) {
        let WebGuess { door, on, turned_away, first, .. } = *guess;
        let (door, client) = (door.as_str(), guess.client.map(tracing::field::display));
        if !turned_away {
            self.guesses.with_label_values(&[door]).inc();
            tracing::info!(door, client, on, "a web client was not let in");
            return;
        }
        self.turned_away.with_label_values(&[door]).inc();
        if first {
            tracing::warn!(door, client, on, "a web client guesses and is turned away");
        } else {
            tracing::debug!(door, client, on, "a web client still guesses and is turned away");
        }
    }
}
