//! A connection with its buffers: every read and every write has a time limit, and an idle one holds no buffer.

use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::timeout;

use super::transport::Transport;

/// Bytes read at a time; on the stack of the poll, so that a waiting session doesn't hold them.
const READ: usize = 32 * 1024;

/// A buffered connection.
#[derive(Debug)]
pub(super) struct Channel {
    pub(super) stream: Transport,
    /// What was read and not yet understood. Whoever takes from it bounds it.
    pub(super) input: BytesMut,
    /// What is to be written with the next [`Channel::flush`].
    pub(super) output: Vec<u8>,
}

impl Channel {
    pub(super) fn new(stream: Transport) -> Self {
        Self { stream, input: BytesMut::new(), output: Vec::new() }
    }

    /// Waits for more input.
    ///
    /// # Errors
    /// `UnexpectedEof` when the peer has closed, `TimedOut` when nothing came within `limit`.
    pub(super) async fn fill(&mut self, limit: Duration) -> io::Result<()> {
        if self.input.is_empty() {
            self.input = BytesMut::new();
        }
        timeout(limit, self.read()).await?
    }

    async fn read(&mut self) -> io::Result<()> {
        let Self { stream, input, .. } = self;
        poll_fn(|cx| poll_fill(stream, input, cx)).await
    }

    /// Writes what is queued.
    ///
    /// # Errors
    /// `TimedOut` when the peer doesn't take it within `limit`.
    pub(super) async fn flush(&mut self, limit: Duration) -> io::Result<()> {
        if self.output.is_empty() {
            return Ok(());
        }
        let output = std::mem::take(&mut self.output);
        timeout(limit, async {
            self.stream.write_all(&output).await?;
            self.stream.flush().await
        })
        .await?
    }

    /// Writes what is queued, unless the peer speaks before it has taken everything: false, and the rest is not written.
    ///
    /// # Errors
    /// As for [`Channel::flush`].
    pub(super) async fn flush_unless_answered(&mut self, limit: Duration) -> io::Result<bool> {
        let output = std::mem::take(&mut self.output);
        timeout(limit, self.write_unless_answered(&output)).await?
    }

    async fn write_unless_answered(&mut self, mut rest: &[u8]) -> io::Result<bool> {
        let Self { stream, input, .. } = self;
        while !rest.is_empty() {
            // The answer may have come with the last reply.
            if !input.is_empty() {
                return Ok(false);
            }
            let step = poll_fn(|cx| match Pin::new(&mut *stream).poll_write(cx, rest) {
                Poll::Ready(written) => Poll::Ready(written.map(Some)),
                Poll::Pending => poll_fill(stream, input, cx).map_ok(|()| None),
            });
            match step.await? {
                Some(0) => return Err(io::ErrorKind::WriteZero.into()),
                Some(written) => rest = rest.get(written..).unwrap_or_default(),
                None => return Ok(false),
            }
        }
        stream.flush().await.map(|()| true)
    }

    /// Cuts the connection off: nothing can be written to it any more, nor read.
    pub(super) fn cut(&mut self) {
        self.stream = Transport::Closed;
    }

    /// Whether nothing has come, the end neither: an idle connection that can still be used.
    pub(super) async fn is_quiet(&mut self) -> bool {
        let now = self.fill(Duration::ZERO).await;
        self.input.is_empty() && now.is_err_and(|error| error.kind() == io::ErrorKind::TimedOut)
    }
}

/// Reads once, into a buffer on the stack.
fn poll_fill(stream: &mut Transport, input: &mut BytesMut, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
    let mut chunk = [MaybeUninit::<u8>::uninit(); READ];
    let mut buffer = ReadBuf::uninit(&mut chunk);
    ready!(Pin::new(stream).poll_read(cx, &mut buffer))?;
    if buffer.filled().is_empty() {
        return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
    }
    input.extend_from_slice(buffer.filled());
    Poll::Ready(Ok(()))
}
