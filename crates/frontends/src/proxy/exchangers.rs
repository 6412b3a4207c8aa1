//! The seam to DNS: which hosts take a domain's mail.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

/// A look-up in progress.
pub type Exchanging<'a> = Pin<Box<dyn Future<Output = Option<Vec<String>>> + Send + 'a>>;

/// Looks up mail exchangers; the resolver behind it bounds their number and the time it takes.
pub trait Exchangers: fmt::Debug + Send + Sync {
    /// The hosts that take the domain's mail, best first (RFC 5321 5.1): the domain itself where it names none. `None` when
    /// it takes no mail (RFC 7505), or DNS doesn't tell.
    fn exchangers<'a>(&'a self, domain: &'a str) -> Exchanging<'a>;
}
