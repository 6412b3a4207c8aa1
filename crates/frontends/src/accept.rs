//! The accept loop: takes connections until the daemon drains, and survives what accepting can fail with.
//!
//! Limits: beyond the connection limit a connection is closed at once, so that the MTA applies its own default instead of
//! waiting. Without file descriptors (EMFILE, ENFILE) the loop counts, waits and goes on: it neither ends nor spins.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{JoinError, JoinSet};

use crate::{Drain, Stats, Stream};

/// How long accepting rests after a failure, so that connections can end and give back what is missing.
const REST: Duration = Duration::from_millis(200);

/// Where connections come from.
pub trait Accept: Send {
    /// The next connection.
    fn accept(&mut self) -> impl Future<Output = io::Result<Stream>> + Send;
}

/// The bounds of a loop.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// How many connections may be open, over all loops that share their stats.
    pub(crate) connections: u64,
    /// How long messages in progress may take to end once draining has started.
    pub(crate) drain: Duration,
}

/// Takes connections until draining starts; then waits for those that are open.
pub(crate) async fn run<S>(
    mut door: impl Accept,
    bounds: impl Fn() -> Bounds,
    stats: Arc<Stats>,
    mut drain: Drain,
    session: impl Fn(Stream) -> S,
) where
    S: Future<Output = ()> + Send + 'static,
{
    let mut sessions = JoinSet::new();
    loop {
        tokio::select! {
            () = drain.started() => break,
            accepted = door.accept() => match accepted {
                Ok(stream) => {
                    if let Some(seat) = stats.seat(bounds().connections) {
                        let session = session(stream);
                        sessions.spawn(async move { session.await; drop(seat) });
                    }
                }
                Err(error) => rest(&error, &stats).await,
            },
            Some(ended) = sessions.join_next() => note(ended, &stats),
        }
    }
    drop(door);
    finish(sessions, bounds().drain, &stats).await;
}

async fn rest(error: &io::Error, stats: &Stats) {
    stats.accept_errors.add(1);
    // The client gave up before it was its turn: nothing is missing here.
    if matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset) {
        return;
    }
    tracing::warn!(%error, "a connection could not be taken; trying again");
    tokio::time::sleep(REST).await;
}

fn note(ended: Result<(), JoinError>, stats: &Stats) {
    if let Err(error) = ended
        && error.is_panic()
    {
        stats.crashes.add(1);
        tracing::error!(%error, "a connection was lost to a defect of the program");
    }
}

/// Waits for the sessions; those that are not over in time are cut off.
async fn finish(mut sessions: JoinSet<()>, patience: Duration, stats: &Stats) {
    let all = async {
        while let Some(ended) = sessions.join_next().await {
            note(ended, stats);
        }
    };
    if tokio::time::timeout(patience, all).await.is_err() {
        tracing::warn!(connections = sessions.len(), "connections were cut off: their messages took too long to end");
        sessions.shutdown().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};
    use tokio::net::UnixStream;
    use tokio::sync::{mpsc, watch};

    /// Yields what it is given, in order, and then nothing for ever.
    struct Scripted(mpsc::UnboundedReceiver<io::Result<Stream>>);

    impl Accept for Scripted {
        async fn accept(&mut self) -> io::Result<Stream> {
            match self.0.recv().await {
                Some(outcome) => outcome,
                None => std::future::pending().await,
            }
        }
    }

    fn stream() -> io::Result<Stream> {
        UnixStream::pair().map(|(ours, _)| Stream::Unix(ours))
    }

    const BOUNDS: Bounds = Bounds { connections: 2, drain: Duration::from_secs(5) };
    const EMFILE: i32 = 24;

    #[tokio::test(start_paused = true)]
    async fn the_loop_survives_a_lack_of_file_descriptors() {
        let (script, door) = mpsc::unbounded_channel();
        for _ in 0..3 {
            script.send(Err(io::Error::from_raw_os_error(EMFILE))).unwrap();
        }
        script.send(stream()).unwrap();
        let (stop, wish) = watch::channel(false);
        let (served, mut sessions) = mpsc::unbounded_channel();
        let stats = Arc::new(Stats::default());
        let session = move |_| {
            served.send(()).unwrap();
            async {}
        };
        let started = tokio::time::Instant::now();
        let running = tokio::spawn(run(Scripted(door), || BOUNDS, Arc::clone(&stats), Drain::new(wish), session));
        sessions.recv().await.unwrap();
        assert_eq!(stats.accept_errors.get(), 3);
        assert!(started.elapsed() >= REST * 3, "it rested and did not spin");
        stop.send(true).unwrap();
        running.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn too_many_connections_are_closed_and_counted() {
        let (script, door) = mpsc::unbounded_channel();
        let (stop, wish) = watch::channel(false);
        let stats = Arc::new(Stats::default());
        let begun = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&begun);
        let session = move |_| {
            count.fetch_add(1, Ordering::Relaxed);
            std::future::pending()
        };
        let running = tokio::spawn(run(Scripted(door), || BOUNDS, Arc::clone(&stats), Drain::new(wish), session));
        let (mut third, ours) = UnixStream::pair().map(|(a, b)| (Stream::Unix(a), b)).unwrap();
        script.send(stream()).unwrap();
        script.send(stream()).unwrap();
        script.send(Ok(Stream::Unix(ours))).unwrap();
        assert_eq!(third.receive(&mut wire::milter::Inbox::default()).await.unwrap(), 0, "closed at once");
        assert_eq!((begun.load(Ordering::Relaxed), stats.connections_refused.get()), (2, 1));
        stop.send(true).unwrap();
        running.await.unwrap();
        assert_eq!(stats.connections_open.get(), 0, "those that did not end were cut off");
    }

    #[tokio::test(start_paused = true)]
    async fn a_crashed_session_is_counted_and_the_loop_goes_on() {
        let (script, door) = mpsc::unbounded_channel();
        let (_stop, wish) = watch::channel(false);
        let (served, mut sessions) = mpsc::unbounded_channel();
        let stats = Arc::new(Stats::default());
        let session = move |_| {
            let served = served.clone();
            async move {
                served.send(()).unwrap();
                panic!("a defect");
            }
        };
        let running = tokio::spawn(run(Scripted(door), || BOUNDS, Arc::clone(&stats), Drain::new(wish), session));
        for _ in 0..5 {
            script.send(stream()).unwrap();
            sessions.recv().await.unwrap();
            tokio::task::yield_now().await;
        }
        while stats.crashes.get() < 5 {
            tokio::task::yield_now().await;
        }
        assert_eq!(stats.connections_open.get(), 0);
        running.abort();
    }
}
