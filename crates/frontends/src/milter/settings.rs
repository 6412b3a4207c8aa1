//! The table `[milter]`.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use settings::ByteSize;

use crate::{ListenAddr, SocketMode};

settings::settings! {
    /// The milter server, which mail servers ask about each message. Postfix: smtpd_milters = inet:127.0.0.1:7625 (and
    /// non_smtpd_milters for mail of local programs). Sendmail: INPUT_MAIL_FILTER(`portreeve', `S=inet:7625@127.0.0.1, F=T').
    pub table MilterSettings = "milter" {
        /// Where to listen: "inet:ADDRESS:PORT", "inet6:[ADDRESS]:PORT", "unix:/PATH", or "systemd:NAME" for a socket that
        /// systemd opened. Mail servers are believed what they say of a client: listen where only they can connect.
        listen: Vec<ListenAddr> = vec![ListenAddr::Inet(SocketAddr::from((Ipv4Addr::LOCALHOST, 7625)))];
        /// The permissions of a Unix socket: the mail server's user needs to write to it.
        socket_mode: SocketMode = SocketMode(0o660);
        /// How many connections may be open at once; more are closed and the mail server applies its own default.
        max_connections: u32 = 10_000, in 1..=1_000_000;
        /// How much of a message's header section is looked at. Fields beyond it are counted, not read, so that a long
        /// header can't hide the body.
        max_header_bytes: ByteSize = ByteSize(64 << 10), in ByteSize(4 << 10)..=ByteSize(1 << 20);
        /// How long a mail server may keep a connection without saying anything: as long as its client may think.
        idle_timeout: Duration = Duration::from_secs(7265), in Duration::from_secs(10)..=Duration::from_secs(86_400);
        /// How long it may pause inside a packet or inside a message's content, which it has whole and sends in one go.
        content_timeout: Duration = Duration::from_secs(300), in Duration::from_secs(1)..=Duration::from_secs(3600);
        /// How often a mail server that waits for a verdict is told that it is coming. Sendmail gives up after 10 s.
        progress_interval: Duration = Duration::from_secs(5), in Duration::from_secs(1)..=Duration::from_secs(30);
        /// How long messages in progress may take to end when the daemon stops; then they are cut off and come again.
        drain_timeout: Duration = Duration::from_secs(20), in Duration::from_secs(0)..=Duration::from_secs(600);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use settings::{Document, table_sample};

    #[test]
    fn the_table_is_read_and_every_mistake_is_told_with_its_line() {
        let text = "[milter]\nlisten = [\"inet:7625@localhost\", \"/run/milter.sock\"]\nsocket_mode = \"0666\"\n";
        let mut document = Document::parse(text);
        let read: MilterSettings = document.table();
        assert!(document.finish().is_empty());
        assert_eq!(
            read.listen,
            [ListenAddr::parse("127.0.0.1:7625"), ListenAddr::parse("unix:/run/milter.sock")].map(Result::unwrap)
        );
        assert_eq!(read.socket_mode, SocketMode(0o666));

        let text = "[milter]\nlisten = [\"inet:7625\"]\nsocket_mode = \"999\"\nprogress_interval = \"1m\"\n";
        let mut document = Document::parse(text);
        assert_eq!(document.table::<MilterSettings>(), MilterSettings::default());
        let lines: Vec<_> = document.finish().into_sorted().iter().map(|problem| problem.line).collect();
        assert_eq!(lines, [Some(2), Some(3), Some(4)]);
    }

    #[test]
    fn the_sample_shows_what_is_read() {
        let sample = table_sample::<MilterSettings>();
        assert!(sample.contains("#listen = [\"inet:127.0.0.1:7625\"]"), "{sample}");
        let uncommented: String = sample
            .lines()
            .map(|line| {
                format!("{}\n", line.strip_prefix('#').filter(|rest| !rest.starts_with([' ', '#'])).unwrap_or(line))
            })
            .collect();
        let mut document = Document::parse(&uncommented);
        assert_eq!(document.table::<MilterSettings>(), MilterSettings::default());
        assert!(document.finish().is_empty());
    }
}
