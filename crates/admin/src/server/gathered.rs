//! Bodies in pieces of a size: a client may send a byte at a time, and each piece that is kept costs a hundred times that, a
//! received buffer or the place in a list. So small pieces are gathered until they are worth handing on.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::Bytes;
use hyper::body::{Body, Frame, SizeHint};

/// A piece is at least so long, in bytes, but for the last one.
const PIECE: usize = 16 * 1024;

/// See the module.
pub(super) struct Gathered<B> {
    body: B,
    held: Vec<u8>,
    /// What came behind the data: trailers.
    behind: Option<Frame<Bytes>>,
    over: bool,
}

impl<B> Gathered<B> {
    pub(super) fn new(body: B) -> Self {
        Self { body, held: Vec::new(), behind: None, over: false }
    }

    /// What is held, as a piece.
    fn piece(&mut self) -> Option<Frame<Bytes>> {
        let held = std::mem::take(&mut self.held);
        (!held.is_empty()).then(|| Frame::data(held.into()))
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for Gathered<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        while !self.over {
            match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                None => self.over = true,
                // What came before a connection broke is no body.
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) if self.held.is_empty() && data.len() >= PIECE => {
                        return Poll::Ready(Some(Ok(Frame::data(data))));
                    }
                    Ok(data) => self.held.extend_from_slice(&data),
                    Err(trailers) => (self.behind, self.over) = (Some(trailers), true),
                },
            }
            if self.held.len() >= PIECE {
                break;
            }
        }
        let next = self.piece().or_else(|| self.behind.take());
        Poll::Ready(next.map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        self.held.is_empty() && self.behind.is_none() && (self.over || self.body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        let (inner, held) = (self.body.size_hint(), self.held.len() as u64);
        let mut hint = SizeHint::new();
        if let Some(upper) = inner.upper() {
            hint.set_upper(upper.saturating_add(held));
        }
        hint.set_lower(inner.lower().saturating_add(held));
        hint
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::convert::Infallible;

    use axum::http::HeaderMap;
    use http_body_util::BodyExt;

    use super::*;

    /// Frames; between two of them the client takes its time.
    struct Slow(VecDeque<Frame<Bytes>>, bool);

    impl Body for Slow {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            self.1 = !self.1;
            if self.1 {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            Poll::Ready(self.0.pop_front().map(Ok))
        }
    }

    async fn pieces(lengths: &[usize], trailers: bool) -> (Vec<usize>, bool) {
        let mut frames: VecDeque<_> = lengths.iter().map(|length| Frame::data(vec![b'a'; *length].into())).collect();
        frames.extend(trailers.then(|| Frame::trailers(HeaderMap::new())));
        let mut body = Gathered::new(Slow(frames, false));
        let (mut found, mut ended) = (Vec::new(), false);
        while let Some(Ok(frame)) = body.frame().await {
            ended |= frame.is_trailers();
            found.extend(frame.data_ref().map(Bytes::len));
        }
        assert!(body.is_end_stream());
        (found, ended)
    }

    #[tokio::test]
    async fn bytes_come_in_pieces_and_none_is_lost() {
        assert_eq!(pieces(&[1; 40_000], false).await.0, [PIECE, PIECE, 40_000 - 2 * PIECE]);
        assert_eq!(pieces(&[0, 5, 0], false).await.0, [5]);
        assert_eq!(pieces(&[], false).await.0, [0; 0]);
    }

    #[tokio::test]
    async fn large_ones_go_on_as_they_are_and_trailers_come_last() {
        assert_eq!(pieces(&[PIECE, 3, PIECE + 1], true).await, (vec![PIECE, 3 + PIECE + 1], true));
    }
}
