//! Connections that must not be connected on, and what they are told.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::stats::InterceptStats;

/// Nobody waits longer for a connection that is turned away.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why it must not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stray {
    /// It came straight to the port.
    Direct,
    /// Where it was going is ourselves.
    Loop,
}

impl Stray {
    fn reply(self) -> &'static [u8] {
        match self {
            Self::Direct => b"421 4.3.5 This port is for redirected connections only\r\n",
            Self::Loop => b"421 4.4.6 This connection leads back to the filter it came through\r\n",
        }
    }

    /// Says why, and closes.
    pub(crate) async fn turn_away(self, mut tcp: TcpStream, stats: &InterceptStats) {
        match self {
            Self::Direct => stats.direct_refused.add(1),
            Self::Loop => stats.loops_refused.add(1),
        }
        let last_words = async {
            tcp.write_all(self.reply()).await?;
            tcp.shutdown().await
        };
        // Whoever doesn't read the reason doesn't need it.
        let _ = timeout(PATIENCE, last_words).await;
    }
}
