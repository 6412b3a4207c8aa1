//! The table `[lmtp]`.

use std::time::Duration;

use settings::ByteSize;

use crate::{ListenAddr, SocketMode};

settings::settings! {
    /// The listener that takes customers' replies to the letters of their tickets (LMTP, RFC 2033), off by default. Your mail
    /// server routes one address, or better a domain of its own, to it: config/examples/replies-postfix-main.cf. Letters then
    /// ask for a reply; without it they name your support.
    pub table LmtpSettings = "lmtp" {
        /// Where to listen: "inet:ADDRESS:PORT", "inet6:[ADDRESS]:PORT", "unix:/PATH", or "systemd:NAME". Whoever connects needs
        /// no password, only an address that a letter of ours named: listen where your mail server alone can connect. Empty:
        /// no replies are taken.
        listen: Vec<ListenAddr> = Vec::new();
        /// The permissions of a Unix socket: the mail server's user needs to write to it.
        socket_mode: SocketMode = SocketMode(0o660);
        /// The mailbox that replies come to, such as "support@reply.provider.example": letters carry it with a signed number
        /// behind a plus, in Reply-To and as the sender of the envelope, so that bounces are noted (alerts list --bounced). The
        /// domain's SPF record must allow alerts.relay. The part before the @ has at most 16 characters. Mail to postmaster@ this
        /// domain (RFC 5321) is handed on to alerts.to as it is.
        address: Option<String> = None;
        /// How long the addresses of earlier letters are taken once "portreeve tickets rotate-key" has made a new key.
        old_keys_for: Duration = Duration::from_secs(90 * 86_400), in Duration::from_secs(0)..=Duration::from_secs(10 * 365 * 86_400);
        /// How many connections may be open at once; more are closed.
        max_connections: u32 = 50, in 1..=10_000;
        /// Recipients of one message.
        max_recipients: u32 = 20, in 1..=1000;
        /// A larger reply, attachments included, is returned to its sender.
        max_message_size: ByteSize = ByteSize(5 << 20), in ByteSize(64 << 10)..=ByteSize(100 << 20);
        /// How long a mail server may say nothing.
        idle_timeout: Duration = Duration::from_secs(300), in Duration::from_secs(1)..=Duration::from_secs(3600);
        /// How long a message in progress may take to end when the daemon stops; then it comes again.
        drain_timeout: Duration = Duration::from_secs(20), in Duration::from_secs(0)..=Duration::from_secs(600);
    }
}

impl LmtpSettings {
    /// Whether replies are taken.
    pub fn is_on(&self) -> bool {
        !self.listen.is_empty()
    }

    /// The largest message, in bytes.
    pub(super) fn largest(&self) -> u64 {
        u64::try_from(self.max_message_size.bytes()).unwrap_or(u64::MAX)
    }

    /// Mistakes that only show when options are seen together: option and sentence.
    pub fn contradictions(&self) -> Vec<(String, String)> {
        let mistake = match (&self.address, self.is_on()) {
            (None, true) => "must be set, since lmtp.listen is: letters have to say where they are answered",
            (Some(_), false) => "nobody takes what comes there: set lmtp.listen",
            _ => return Vec::new(),
        };
        vec![("lmtp.address".to_owned(), mistake.to_owned())]
    }
}
