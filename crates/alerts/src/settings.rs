//! The `[alerts]` table.

use std::path::PathBuf;
use std::time::Duration;

use customers::Language;

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

settings::choice! {
    /// How often operators get a digest.
    pub enum Digest {
        /// Only when there were too many letters at once.
        Never = "never",
        /// Every hour.
        Hourly = "hourly",
        /// Every day.
        Daily = "daily",
    }
}

impl Digest {
    /// The time from one to the next.
    pub(crate) fn period(self) -> Option<Duration> {
        match self {
            Self::Never => None,
            Self::Hourly => Some(Duration::from_secs(3600)),
            Self::Daily => Some(Duration::from_secs(86_400)),
        }
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
        /// Whether that letter is the whole one, with the link to the block's page and the address that its ticket is answered
        /// to. Off: whoever has stolen the password may read it, so it says no more than that sending is locked and what to do
        /// about the password; the way out goes to the contacts in [customers], and to alerts.to where there are none.
        trust_account: bool = false;
        /// Whether the owner of what is blocked is told, as [customers] knows him.
        notify_customers: bool = true;
        /// Where the provider's directory has not said yet who owns what is blocked, you and the account are told at once, and the
        /// owner's letter waits this long for it. Then it goes to customers.default_contact; the owner gets his own as soon as he is
        /// known.
        wait_for_owner: Duration = Duration::from_secs(900), in Duration::ZERO..=Duration::from_secs(86_400);
        /// Whether whoever was told of a block is told that it is over.
        released: bool = true;
        /// Whoever has to do something to be released (answer the questions, change the password, ask) is reminded this long
        /// after he was told, with the number of messages refused meanwhile, and again after as long.
        reminder_interval: Duration = Duration::from_secs(3 * 86_400), in Duration::from_secs(60)..;
        /// So many times at most. 0: never.
        reminders: u32 = 3, in 0..=20;
        /// How often alerts.to gets a digest: new blocks, open tickets and who waits longest, letters and webhooks given up, parts
        /// that fail: "daily", "hourly" or "never". A digest that has nothing to tell is not sent.
        digest: Digest = Digest::Daily;
        /// Its language: "en", "fr" or "de".
        digest_language: Language = Language::En;
        /// A customer is sent so many letters about blocks singly within collect_within; what comes beyond is told in one letter
        /// about all, collect_within later. A blocked account whose login is a mail address is told at once all the same.
        customer_letters: u32 = 5, in 1..;
        /// Likewise for copies to alerts.to; what comes beyond is one digest.
        operator_letters: u32 = 20, in 1..;
        /// See customer_letters and operator_letters.
        collect_within: Duration = Duration::from_secs(600), in Duration::from_secs(1)..=Duration::from_secs(86_400);
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
