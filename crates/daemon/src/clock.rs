//! The system's clock and the system's randomness: the two things only the daemon may ask for.

use std::time::{SystemTime, UNIX_EPOCH};

use model::{Clock, Timestamp};

/// The system's wall clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the implementation of Clock")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// A number nobody can guess; references of blocks are made of them.
pub(crate) fn entropy() -> u128 {
    let mut bytes = [0; 16];
    if let Err(error) = getrandom::fill(&mut bytes) {
        // Without randomness references could be guessed: rather stop than show one customer's evidence to another.
        tracing::error!(%error, "the operating system gives no randomness");
        std::process::abort();
    }
    u128::from_ne_bytes(bytes)
}
