//! A stream nobody here can read: bytes pass both ways, are counted, and stop when the client is blocked.
//!
//! Every piece from the client is asked for before it leaves, so a block stops the next byte and not the next connection.
//! Limits: a piece at a time in each direction, held only while it is on its way; an idle stream owns no buffer.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use model::{OriginalDst, Session};
use pipeline::{Admission, Judge, Passage};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::time::{Instant, interval, timeout};

use super::stats::InterceptStats;

/// What passes at a time.
const PIECE: usize = 16 * 1024;
/// How often a stream on which nothing happens is looked at.
const LOOK: Duration = Duration::from_secs(2);

/// An opaque stream.
pub(crate) struct Opaque {
    pub(crate) judge: Arc<dyn Judge>,
    pub(crate) session: Arc<Session>,
    pub(crate) stats: Arc<InterceptStats>,
    /// How long both sides may be silent.
    pub(crate) silence: Duration,
}

/// Why it ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StreamEnd {
    #[error("both sides have closed")]
    Closed,
    #[error("the client is blocked")]
    Blocked,
    #[error("both sides were silent for too long")]
    Silent,
    #[error("a connection failed: {0}")]
    Failed(#[from] io::Error),
}

/// What has passed, and when something last did.
struct Activity {
    begun: Instant,
    /// In milliseconds since the beginning.
    last: AtomicU64,
    sent: AtomicU64,
    received: AtomicU64,
}

impl Activity {
    fn begin() -> Self {
        Self { begun: Instant::now(), last: 0.into(), sent: 0.into(), received: 0.into() }
    }

    fn note(&self, direction: &AtomicU64, bytes: usize) {
        direction.fetch_add(bytes as u64, Ordering::Relaxed);
        let now = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(now, Ordering::Relaxed);
    }

    fn silence(&self) -> Duration {
        self.begun.elapsed().saturating_sub(Duration::from_millis(self.last.load(Ordering::Relaxed)))
    }

    /// All that is ever known of such a stream, for whoever reads the log.
    fn tell(&self, session: &Session, end: &StreamEnd) {
        let client = session.client.map(|client| client.to_string()).unwrap_or_default();
        let destination = session.original_dst.map(|OriginalDst(address)| address.to_string()).unwrap_or_default();
        let [sent, received] = [&self.sent, &self.received].map(|bytes| bytes.load(Ordering::Relaxed));
        let seconds = self.begun.elapsed().as_secs_f64();
        tracing::info!(client, destination, sent, received, seconds, %end, "an opaque stream ended");
    }
}

impl Opaque {
    /// Carries bytes until both sides have closed, or something ends it.
    pub(crate) async fn carry(&self, mut client: TcpStream, mut destination: TcpStream) -> StreamEnd {
        self.stats.streams_opened.add(1);
        let _ended = Ended(&self.stats);
        let activity = Activity::begin();
        let (from_client, to_client) = client.split();
        let (from_destination, to_destination) = destination.split();
        let both = async {
            tokio::try_join!(
                self.outward(from_client, to_destination, &activity),
                self.inward(from_destination, to_client, &activity),
            )
        };
        let end = tokio::select! {
            ended = both => ended.err().unwrap_or(StreamEnd::Closed),
            end = self.watch(&activity) => end,
        };
        activity.tell(&self.session, &end);
        end
    }

    async fn outward(&self, from: ReadHalf<'_>, mut to: WriteHalf<'_>, activity: &Activity) -> Result<(), StreamEnd> {
        while let Some(piece) = next(&from).await? {
            self.pass(piece.len() as u64).await?;
            self.stats.bytes_sent.add(piece.len() as u64);
            activity.note(&activity.sent, piece.len());
            timeout(self.silence, to.write_all(&piece)).await.map_err(|_| StreamEnd::Silent)??;
        }
        Ok(to.shutdown().await?)
    }

    async fn inward(&self, from: ReadHalf<'_>, mut to: WriteHalf<'_>, activity: &Activity) -> Result<(), StreamEnd> {
        while let Some(piece) = next(&from).await? {
            self.stats.bytes_received.add(piece.len() as u64);
            activity.note(&activity.received, piece.len());
            timeout(self.silence, to.write_all(&piece)).await.map_err(|_| StreamEnd::Silent)??;
        }
        Ok(to.shutdown().await?)
    }

    /// Ends a stream on which nothing passes, for silence or because its client is blocked meanwhile.
    async fn watch(&self, activity: &Activity) -> StreamEnd {
        let mut look = interval(LOOK.min(self.silence));
        loop {
            look.tick().await;
            if activity.silence() >= self.silence {
                self.stats.streams_silent.add(1);
                return StreamEnd::Silent;
            }
            if let Err(end) = self.pass(0).await {
                return end;
            }
        }
    }

    async fn pass(&self, bytes: u64) -> Result<(), StreamEnd> {
        match self.judge.pass(&self.session, Passage { is_new: false, bytes }).await {
            Admission::Proceed => Ok(()),
            Admission::Refuse(_) => {
                self.stats.streams_cut.add(1);
                Err(StreamEnd::Blocked)
            }
        }
    }
}

/// Counts the end, also of a stream that is cut off when the daemon stops.
struct Ended<'a>(&'a InterceptStats);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.streams_ended.add(1);
    }
}

/// The next piece; `None` at the end.
async fn next(from: &ReadHalf<'_>) -> io::Result<Option<Vec<u8>>> {
    loop {
        from.readable().await?;
        let mut piece = Vec::with_capacity(PIECE);
        match from.try_read_buf(&mut piece) {
            Ok(0) => return Ok(None),
            Ok(_) => return Ok(Some(piece)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Refusal, Submission, Via};
    use pipeline::{Admitting, Judging, Stage};
    use tokio::io::AsyncReadExt;
    use tokio::net::TcpListener;
    use tokio::task::JoinHandle;

    /// Lets so many bytes pass.
    struct Allowance(AtomicU64);

    impl Judge for Allowance {
        fn admit(&self, _session: &Session, _stage: Stage<'_>) -> Admission {
            Admission::Proceed
        }
        fn judge(&self, _submission: Submission) -> Judging<'_> {
            unreachable!("nothing can be read")
        }
        fn pass<'a>(&'a self, _session: &'a Session, passage: Passage) -> Admitting<'a> {
            let left = self.0.load(Ordering::Relaxed).checked_sub(passage.bytes);
            self.0.store(left.unwrap_or(0), Ordering::Relaxed);
            let admission = left.map_or(Admission::Refuse(Refusal::permanent("enough")), |_| Admission::Proceed);
            Box::pin(std::future::ready(admission))
        }
        fn analysed_bytes(&self) -> usize {
            0
        }
    }

    struct Carried {
        client: TcpStream,
        destination: TcpStream,
        stats: Arc<InterceptStats>,
        ending: JoinHandle<StreamEnd>,
    }

    async fn carried(allowance: u64, silence: Duration) -> Carried {
        let (client, near) = pair().await;
        let (far, destination) = pair().await;
        let stats = Arc::new(InterceptStats::default());
        let judge = Arc::new(Allowance(allowance.into()));
        let session = Arc::new(Session::new(Via::Intercept));
        let stream = Opaque { judge, session, stats: Arc::clone(&stats), silence };
        let ending = tokio::spawn(async move { stream.carry(near, far).await });
        Carried { client, destination, stats, ending }
    }

    async fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (there, here) = tokio::join!(TcpStream::connect(listener.local_addr().unwrap()), listener.accept());
        (there.unwrap(), here.unwrap().0)
    }

    const LONG: Duration = Duration::from_secs(600);

    #[tokio::test]
    async fn bytes_pass_both_ways_unchanged_and_are_counted() {
        let Carried { client, destination, stats, ending } = carried(u64::MAX, LONG).await;
        let sent: Vec<u8> = (0..1_000_000_u32).map(|n| (n % 251) as u8).collect();
        let echo = async {
            let (mut from, mut to) = destination.into_split();
            tokio::io::copy(&mut from, &mut to).await
        };
        let (mut from, mut to) = client.into_split();
        let say = async {
            to.write_all(&sent).await.unwrap();
            to.shutdown().await.unwrap();
        };
        let mut heard = Vec::new();
        let (echoed, (), _) = tokio::join!(echo, say, from.read_to_end(&mut heard));
        assert!(heard == sent && echoed.is_ok_and(|bytes| bytes == 1_000_000));
        assert!(matches!(ending.await.unwrap(), StreamEnd::Closed));
        let counted = [&stats.bytes_sent, &stats.bytes_received].map(crate::Count::get);
        assert_eq!((counted, stats.streams_open()), ([1_000_000; 2], 0));
    }

    #[tokio::test]
    async fn not_a_byte_of_a_blocked_client_leaves() {
        let Carried { mut client, mut destination, stats, ending } = carried(5, LONG).await;
        client.write_all(b"fives").await.unwrap();
        destination.read_exact(&mut [0; 5]).await.unwrap();
        client.write_all(b"more").await.unwrap();
        assert_eq!(destination.read(&mut [0; 16]).await.unwrap_or(0), 0, "closed, with nothing more");
        assert!(matches!(ending.await.unwrap(), StreamEnd::Blocked));
        assert_eq!((stats.streams_cut.get(), stats.bytes_sent.get()), (1, 5));
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_stream_ends() {
        let Carried { client: _client, destination: _destination, ending, stats } = carried(u64::MAX, LONG).await;
        assert!(matches!(ending.await.unwrap(), StreamEnd::Silent));
        assert_eq!(stats.streams_silent.get(), 1);
    }
}
