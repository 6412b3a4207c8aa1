//! Who is at the other end of the control socket: the user whom the kernel names, not only the name that the client gives.
//!
//! Known limit: users are looked up in /etc/passwd; those of a directory server are told by their number.

use std::fs::File;
use std::io::{BufRead, BufReader};

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;

use super::error::ApiError;
use crate::server::LocalUser;

/// The longest name that somebody gives himself, in characters.
const MAX_NAME: usize = 64;
const USERS: &str = "/etc/passwd";

/// A user of this host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    user: String,
}

/// The user of that number. Reads a file.
pub fn local_user(uid: u32) -> Caller {
    match File::open(USERS) {
        Ok(users) => Caller::of(uid, BufReader::new(users)),
        Err(_) => Caller::of(uid, std::io::empty()),
    }
}

impl Caller {
    /// As the system names him: "root", or "uid 1000" where it knows no name.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// As log and audit log name him: "ann" when that is he, "ann as root" when root says so.
    pub fn called(&self, by: &str) -> String {
        if by == self.user { by.to_owned() } else { format!("{by} as {}", self.user) }
    }

    /// [`Self::called`] for what came over the socket.
    ///
    /// # Errors
    /// When what he calls himself is no name: empty, longer than 64 characters, or with control characters.
    pub(super) fn name(&self, by: &str) -> Result<String, ApiError> {
        let by = by.trim();
        let fits = !by.is_empty() && by.chars().count() <= MAX_NAME && !by.chars().any(char::is_control);
        if !fits {
            let sentence = format!("by: expected a name of 1 to {MAX_NAME} characters");
            return Err(ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, sentence));
        }
        Ok(self.called(by))
    }

    fn of(uid: u32, users: impl BufRead) -> Self {
        let user = users.lines().map_while(Result::ok).find_map(|line| named(&line, uid));
        Self { user: user.unwrap_or_else(|| format!("uid {uid}")) }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        let unknown = || ApiError::new(StatusCode::FORBIDDEN, "the system does not say who you are");
        let LocalUser(uid) = *parts.extensions.get::<LocalUser>().ok_or_else(unknown)?;
        tokio::task::spawn_blocking(move || local_user(uid)).await.map_err(|_| unknown())
    }
}

/// The name of that user, if this is his line (passwd(5)).
fn named(line: &str, uid: u32) -> Option<String> {
    let mut fields = line.split(':');
    let (name, number) = (fields.next()?, fields.nth(1)?);
    let is_name = !name.is_empty() && !name.chars().any(|c| c.is_control() || c.is_whitespace());
    (is_name && number.parse() == Ok(uid)).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\n+::::::\nann:x:1000:1000:Ann:/home/ann:/bin/sh\n";

    fn caller(uid: u32) -> Caller {
        Caller::of(uid, PASSWD.as_bytes())
    }

    #[test]
    fn whoever_says_his_own_name_needs_no_other() {
        assert_eq!(caller(1000).name(" ann ").unwrap(), "ann");
        assert_eq!(caller(0).name("ann").unwrap(), "ann as root");
        assert_eq!(caller(1000).name("root").unwrap(), "root as ann");
        assert_eq!(caller(4711).name("root").unwrap(), "root as uid 4711");
        assert_eq!(caller(0).user(), "root");
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for by in ["", "  ", "a\nb", &"x".repeat(65)] {
            assert!(caller(0).name(by).is_err(), "{by:?}");
        }
    }
}
