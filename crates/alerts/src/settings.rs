//! The `[alerts]` table.

use std::path::PathBuf;
use std::time::Duration;

use crate::post::Post;

settings::choice! {
    /// Whether the relay is spoken to under TLS.
    pub enum Tls {
        /// In clear, whatever the relay offers.
        Never = "never",
        /// Under STARTTLS when the relay offers it, without checking its certificate; else in clear.
        Opportunistic = "opportunistic",
        /// Under STARTTLS with a certificate that this system trusts, or not at all.
        Required = "required",
    }
}

settings::settings! {
    /// The mail that tells a sender, and you, that it was blocked and by which messages. One for each block.
    pub table AlertSettings = "alerts" {
        /// Whether alerts are sent.
        enabled: bool = true;
        /// The mail server that takes the alerts, as "host:port". It must accept mail to any domain from this host and
        /// should not pass these mails through this filter: they quote what was flagged.
        relay: String = "127.0.0.1:25".into();
        /// TLS to the relay: "never"; "opportunistic" (STARTTLS when it is offered, certificate unchecked); "required"
        /// (STARTTLS with a certificate this system trusts for the relay's name, or the alert waits).
        tls: Tls = Tls::Opportunistic;
        /// The name this host gives in EHLO. Empty: node.name.
        helo: Option<String> = None;
        /// The sender of alerts. Mail that can't be delivered comes back to it, so somebody should read it; where [lmtp] is set,
        /// it comes back to lmtp.address and is noted at the letter. Empty: "portreeve@" and node.name.
        from: Option<String> = None;
        /// Who gets a copy of every alert: your abuse desk. A name without domain is the relay's local postmaster.
        to: Vec<String> = vec!["postmaster".into()];
        /// Whether a blocked account whose login is a mail address is told at that address. It still receives, and its
        /// owner is the one who can change the password.
        notify_account: bool = true;
        /// Whether the owner of what is blocked is told, as [customers] knows him.
        notify_customers: bool = true;
        /// A folder with letters of your own, such as "fr/ip-blocked.txt" and "fr/ip-blocked.html"; what isn't there is as
        /// in config/templates, which shows all of them and their variables. Empty: those that come with the program.
        templates: Option<PathBuf> = None;
        /// One attempt to hand an alert to the relay takes no longer than this.
        timeout: Duration = Duration::from_secs(120), in Duration::from_secs(1)..=Duration::from_secs(3600);
        /// An alert that could not be handed over is tried again after 1 minute, 5 minutes, 15 minutes, 1 hour and then
        /// every 4 hours; after this long it is given up. It stays in the store.
        give_up_after: Duration = Duration::from_secs(5 * 86_400), in Duration::from_secs(60)..;
    }
}

/// Mistakes that only show when the values are read: option and sentence.
pub fn check(settings: &AlertSettings) -> Vec<(String, String)> {
    Post::new(settings, "node.example", "").err().unwrap_or_default()
}
