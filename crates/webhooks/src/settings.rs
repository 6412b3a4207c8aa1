//! One `[[webhook]]` entry: who is told, of what, and how it is signed.

use std::path::PathBuf;
use std::time::Duration;

use limits::HappeningKind;

use crate::hook::hooks;

settings::settings! {
    /// Another program that is told what happens: your panel, your ticket system, a chat. Each event is a POST of JSON, signed
    /// as Standard Webhooks describes it, sent again until it is answered with 2xx. config/webhooks.md describes it for those
    /// who write the receiver.
    pub row WebhookRule = "webhook" {
        /// Its name: small letters, digits and hyphens. How far a receiver has been told is kept under its name; a new name
        /// begins with what happens from then on.
        name: String;
        /// Where the events go, as "https://host/path" or "http://host:port/path". Redirects are not followed.
        url: String;
        /// A file with the secrets that sign, one in each line: "whsec_" and base 64, or any text of 24 bytes or more. Each
        /// line signs, so that a secret can be changed: add the new line, change the receiver, take the old line away. Only
        /// the daemon's user may read it.
        secret_file: PathBuf;
        /// Of what it is told.
        events: Vec<HappeningKind> = HappeningKind::ALL.to_vec();
        /// One request takes no longer than this.
        timeout: Duration = Duration::from_secs(10), in Duration::from_secs(1)..=Duration::from_secs(300);
        /// An event that could not be delivered is sent again after 5 seconds, 30 seconds, 2 minutes, 10 minutes, 30 minutes,
        /// 1 hour and then every 2 hours; after this long it is a dead letter: `portreeve webhooks replay` sends it again.
        give_up_after: Duration = Duration::from_secs(3 * 86_400), in Duration::from_secs(60)..;
        /// A file with certificates (PEM) of authorities to believe beside the system's, such as your own. Empty: none.
        authorities: Option<PathBuf> = None;
    }
}

impl WebhookRule {
    /// What stands in the sample.
    pub fn examples() -> Vec<Self> {
        vec![Self {
            name: "panel".into(),
            url: "https://panel.provider.example/hooks/portreeve".into(),
            secret_file: "/etc/portreeve/panel.secret".into(),
            events: HappeningKind::ALL.to_vec(),
            timeout: Duration::from_secs(10),
            give_up_after: Duration::from_secs(3 * 86_400),
            authorities: None,
        }]
    }
}

/// Mistakes that only show when the values are read: option and sentence. Reads the files that are named.
pub fn check(rules: &[WebhookRule]) -> Vec<(String, String)> {
    hooks(rules).err().unwrap_or_default()
}
