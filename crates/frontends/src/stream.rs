//! A connection, TCP or Unix.

use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpStream, UnixStream};
use wire::milter::Inbox;

/// How much is read at once, on the stack of the thread.
const SCRATCH: usize = 32 * 1024;

/// A connection.
#[derive(Debug)]
pub enum Stream {
    /// Over TCP.
    Tcp(TcpStream),
    /// Over a Unix socket.
    Unix(UnixStream),
}

impl Stream {
    /// Waits for bytes and moves them to `inbox`; 0 is the end.
    ///
    /// Waiting costs no memory: the bytes are read into the stack of whichever thread wakes the connection, so ten
    /// thousand idle connections own no buffers.
    pub(crate) async fn receive(&mut self, inbox: &mut Inbox) -> io::Result<usize> {
        self.receive_into(|bytes| inbox.push(bytes)).await
    }

    /// The same, with another place for the bytes.
    pub(crate) async fn receive_into(&mut self, mut take: impl FnMut(&[u8])) -> io::Result<usize> {
        poll_fn(|context| {
            let mut scratch = [const { MaybeUninit::uninit() }; SCRATCH];
            let mut chunk = ReadBuf::uninit(&mut scratch);
            ready!(self.poll_read(context, &mut chunk))?;
            take(chunk.filled());
            Poll::Ready(Ok(chunk.filled().len()))
        })
        .await
    }

    fn poll_read(&mut self, context: &mut Context<'_>, chunk: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Tcp(stream) => Pin::new(stream).poll_read(context, chunk),
            Self::Unix(stream) => Pin::new(stream).poll_read(context, chunk),
        }
    }

    /// Sends all bytes.
    pub(crate) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.write_all(bytes).await,
            Self::Unix(stream) => stream.write_all(bytes).await,
        }
    }
}
