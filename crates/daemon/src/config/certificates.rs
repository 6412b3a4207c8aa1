//! The certificates that clients are shown: whether they can be, and until when.

use std::path::PathBuf;

use admin::WebTlsError;
use model::{Clock, Timestamp};

use super::Config;
use crate::clock::SystemClock;

/// Until when a listener's certificate is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Expiry {
    /// The table of the listener.
    pub(crate) listener: &'static str,
    /// When it expires.
    pub(crate) at: Timestamp,
}

/// Reads every certificate with its key; what can't be used as `(option, sentence)`.
pub(super) fn read(config: &Config) -> (Vec<Expiry>, Vec<(String, String)>) {
    let (mut expiries, mut mistakes) = (Vec::new(), Vec::new());
    for (listener, certificate, key) in pairs(config) {
        match admin::certificate_expires(&certificate, &key) {
            Ok(at) => expiries.extend(at.map(|at| Expiry { listener, at })),
            Err(error) => mistakes.push((option(listener, &error), error.to_string())),
        }
    }
    (expiries, mistakes)
}

/// Every file of them, to see when it changes.
pub(super) fn files(config: &Config) -> Vec<PathBuf> {
    pairs(config).into_iter().flat_map(|(_, certificate, key)| [certificate, key]).collect()
}

/// What is over already.
pub(super) fn warnings(expiries: &[Expiry]) -> impl Iterator<Item = (String, String)> + '_ {
    let now = SystemClock.now();
    let over = expiries.iter().filter(move |expiry| expiry.at <= now);
    over.map(|Expiry { listener, at }| {
        (
            format!("{listener}.tls_certificate"),
            format!("the certificate has expired at {at}: clients will not take it"),
        )
    })
}

fn pairs(config: &Config) -> Vec<(&'static str, PathBuf, PathBuf)> {
    let (web, proxy) = (&config.web, &config.proxy);
    let both = [("web", &web.tls_certificate, &web.tls_key), ("proxy", &proxy.tls_certificate, &proxy.tls_key)];
    both.into_iter()
        .filter_map(|(listener, certificate, key)| Some((listener, certificate.clone()?, key.clone()?)))
        .collect()
}

fn option(listener: &str, error: &WebTlsError) -> String {
    let key = match error {
        WebTlsError::Key { .. } | WebTlsError::Strangers { .. } => "tls_key",
        WebTlsError::Certificate { .. } | WebTlsError::Unusable(_) => "tls_certificate",
    };
    format!("{listener}.{key}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_is_a_warning() {
        let now = SystemClock.now();
        let day = std::time::Duration::from_secs(86_400);
        let expiries =
            [Expiry { listener: "web", at: now.before(day) }, Expiry { listener: "proxy", at: now.after(day) }];
        let told: Vec<_> = warnings(&expiries).map(|(option, _)| option).collect();
        assert_eq!(told, ["web.tls_certificate"]);
    }
}
