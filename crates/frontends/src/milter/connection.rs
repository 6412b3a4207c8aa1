//! One connection: bytes in, bytes out, and time.
//!
//! Security: a peer is given so much time for a packet and for silence, and no more; what it sends is used up before more is
//! read. Limits: idle, a connection holds no buffers. All that is in the buffer is answered in one write.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use model::{Submission, Verdict};
use pipeline::Judging;
use tokio::time::timeout;
use wire::milter::{Command, Fault, Inbox, Reply};

use super::conversation::{Conversation, Next};
use super::{Milter, MilterSettings};
use crate::{Drain, Stats, Stream};

/// An MTA that does not take a few bytes for so long is gone.
const WRITE_PATIENCE: Duration = Duration::from_secs(30);
/// What a connection keeps for its next answers.
const KEPT: usize = 64;

/// One connection.
pub(super) struct Connection {
    stream: Stream,
    inbox: Inbox,
    outbox: Vec<u8>,
    conversation: Conversation,
    settings: Arc<MilterSettings>,
    stats: Arc<Stats>,
}

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
enum End {
    #[error("the MTA has closed the connection")]
    Closed,
    #[error("the MTA said nothing for too long")]
    Silence,
    #[error("the daemon is stopping")]
    Drained,
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error("the connection was lost: {0}")]
    Lost(#[from] io::Error),
}

impl Connection {
    pub(super) fn new(stream: Stream, milter: &Milter) -> Self {
        let settings = milter.settings.load_full();
        let judge = milter.judges.current();
        let conversation = Conversation::new(judge, Arc::clone(&milter.events), settings.max_header_bytes.bytes());
        let stats = Arc::clone(&milter.stats);
        Self { stream, inbox: Inbox::default(), outbox: Vec::new(), conversation, settings, stats }
    }

    /// Serves until one side has had enough.
    pub(super) async fn run(mut self, mut drain: Drain) {
        let Err(end) = self.converse(&mut drain).await else { return };
        match end {
            End::Fault(fault) => self.stats.fault(fault),
            End::Silence => self.stats.timeouts.add(1),
            End::Closed | End::Drained | End::Lost(_) => {}
        }
        tracing::debug!(%end, "milter connection closed");
    }

    async fn converse(&mut self, drain: &mut Drain) -> Result<(), End> {
        loop {
            match self.hear_all()? {
                Next::Judge(submission) => self.judge(submission).await?,
                Next::Close => return self.flush().await,
                Next::Read => {
                    self.flush().await?;
                    self.receive(drain).await?;
                }
            }
        }
    }

    /// Takes every whole packet that has arrived, up to one that needs more than an answer.
    fn hear_all(&mut self) -> Result<Next, Fault> {
        let mut packets = 0;
        let next = loop {
            let Some(frame) = self.inbox.next_frame()? else { break Next::Read };
            packets += 1;
            match self.conversation.hear(&Command::parse(frame)?, &mut self.outbox)? {
                Next::Read => {}
                other => break other,
            }
        };
        self.stats.packets.add(packets);
        Ok(next)
    }

    async fn receive(&mut self, drain: &mut Drain) -> Result<(), End> {
        self.inbox.release();
        let in_message = self.conversation.phase().in_message();
        let patience = self.patience();
        let received = tokio::select! {
            biased;
            received = timeout(patience, self.stream.receive(&mut self.inbox)) => received,
            () = drain.started(), if !in_message => return Err(End::Drained),
        };
        match received.map_err(|_| End::Silence)?? {
            0 if self.inbox.is_partial() => Err(Fault::Truncated.into()),
            0 => Err(End::Closed),
            length => {
                self.stats.bytes.add(length as u64);
                Ok(())
            }
        }
    }

    fn patience(&self) -> Duration {
        let hurried = self.inbox.is_partial() || self.conversation.phase().in_content();
        if hurried { self.settings.content_timeout } else { self.settings.idle_timeout }
    }

    /// Has a message judged. It is counted from here on, so the verdict is awaited even when the MTA is gone.
    async fn judge(&mut self, submission: Box<Submission>) -> Result<(), End> {
        let judge = self.conversation.judge();
        let verdict = self.awaited(judge.judge(*submission)).await;
        self.conversation.conclude(&verdict, &mut self.outbox);
        self.flush().await.inspect_err(|_| self.stats.verdicts_untold.add(1))
    }

    /// The verdict; the MTA is told from time to time that it is coming.
    async fn awaited(&mut self, mut judging: Judging<'_>) -> Verdict {
        loop {
            if let Ok(verdict) = timeout(self.settings.progress_interval, judging.as_mut()).await {
                return verdict;
            }
            Reply::Progress.encode(&mut self.outbox);
            self.stats.progress.add(1);
            if self.flush().await.is_err() {
                return judging.await;
            }
        }
    }

    /// Sends the answers collected so far.
    async fn flush(&mut self) -> Result<(), End> {
        if self.outbox.is_empty() {
            return Ok(());
        }
        timeout(WRITE_PATIENCE, self.stream.send(&self.outbox)).await.map_err(|_| End::Silence)??;
        self.outbox.clear();
        self.outbox.shrink_to(KEPT);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Session;
    use model::event::NoEvents;
    use pipeline::{Admission, Judge, Judges, Stage};
    use tokio::net::UnixStream;
    use tokio::sync::watch;

    struct Nobody;

    impl Judge for Nobody {
        fn admit(&self, _: &Session, _: Stage<'_>) -> Admission {
            Admission::Proceed
        }
        fn judge(&self, _: Submission) -> Judging<'_> {
            Box::pin(std::future::pending())
        }
        fn analysed_bytes(&self) -> usize {
            0
        }
    }

    /// What a task holds for as long as its connection is open: it is the greater part of an idle connection's cost.
    #[tokio::test]
    async fn a_connection_is_a_small_future() {
        let judges = Arc::new(Judges::new(Arc::new(Nobody)));
        let milter = Milter::new(MilterSettings::default(), judges, Arc::new(NoEvents), Arc::default());
        let (stream, _) = UnixStream::pair().unwrap();
        let (_stop, wish) = watch::channel(false);
        let connection = Connection::new(Stream::Unix(stream), &milter).run(Drain::new(wish));
        let size = size_of_val(&connection);
        assert!(size < 2048, "{size} bytes");
    }
}
