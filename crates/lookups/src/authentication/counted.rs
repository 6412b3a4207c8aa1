//! Counts what the library asks for one message. It asks by itself, and shows its look-ups to a memory only: this one
//! remembers nothing.
//!
//! Known limits: an answer that its resolver remembers is counted as if it had been asked for, and whoever is not given a record
//! isn't told whether there is none or DNS was silent. An `exists:` of SPF looks twice.

use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};

use mail_auth::{Parameters, ResolverCache};

use crate::stats::Stats;

/// A question of the library's that is looked at.
pub(super) type Looked<'x, P> = Parameters<'x, P, Counted<'x>, Counted<'x>, Counted<'x>, Counted<'x>, Counted<'x>>;

/// The look-ups of one message; entered when it is dropped, so that what was given up counts as well.
pub(super) struct Counted<'s> {
    stats: &'s Stats,
    asked: AtomicU64,
    found: AtomicU64,
}

impl<'s> Counted<'s> {
    pub(super) fn new(stats: &'s Stats) -> Self {
        Self { stats, asked: AtomicU64::new(0), found: AtomicU64::new(0) }
    }

    /// The same question, looked at by this.
    pub(super) fn look_at<P>(&self, params: P) -> Looked<'_, P> {
        Parameters {
            params,
            cache_txt: Some(self),
            cache_mx: Some(self),
            cache_ptr: Some(self),
            cache_ipv4: Some(self),
            cache_ipv6: Some(self),
        }
    }
}

impl<K, V> ResolverCache<K, V> for Counted<'_> {
    fn get<Q>(&self, _: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.asked.fetch_add(1, Ordering::Relaxed);
        None
    }

    fn remove<Q>(&self, _: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        None
    }

    #[allow(clippy::disallowed_types, reason = "the library's own, and unused")]
    fn insert(&self, _: K, _: V, _: std::time::Instant) {
        self.found.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.stats.authenticated(*self.asked.get_mut(), *self.found.get_mut());
    }
}
