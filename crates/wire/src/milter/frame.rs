//! Bytes to frames: a length of four bytes, big endian, then a command byte and its data.
//!
//! Security: a declared length reserves nothing; the buffer grows with what has arrived, and what may arrive for one frame
//! is bounded by [`MAX_FRAME`].

use super::Fault;

/// The largest packet accepted, command byte included. MTAs send at most 64 KiB, with `SMFIP_MDS_1M` 1 MiB.
pub const MAX_FRAME: usize = 1 << 20;

const LENGTH: usize = 4;

/// One packet, borrowed from the [`Inbox`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The command byte.
    pub command: u8,
    /// What follows it.
    pub data: &'a [u8],
}

/// Received bytes that are not yet used up. Empty, it owns no memory.
#[derive(Debug, Default)]
pub struct Inbox {
    bytes: Vec<u8>,
    used: usize,
}

impl Inbox {
    /// Takes bytes as they were received.
    pub fn push(&mut self, bytes: &[u8]) {
        self.forget_used();
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole frame; `None` when more bytes are needed.
    ///
    /// # Errors
    /// [`Fault::EmptyFrame`] and [`Fault::FrameTooLarge`]: where the next frame begins is then unknown.
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, Fault> {
        let pending = self.bytes.get(self.used..).unwrap_or_default();
        let Some((frame, length)) = split(pending)? else { return Ok(None) };
        self.used += length;
        Ok(Some(frame))
    }

    /// Whether a frame has begun and not ended. Only meaningful after [`Inbox::next_frame`] said `None`.
    pub fn is_partial(&self) -> bool {
        self.used < self.bytes.len()
    }

    /// Gives back the memory when nothing is pending: an idle connection keeps no buffer.
    pub fn release(&mut self) {
        if !self.is_partial() {
            *self = Self::default();
        }
    }

    /// Moves an unfinished frame to the front, once for each time bytes arrive and not for each frame.
    fn forget_used(&mut self) {
        self.bytes.drain(..self.used);
        self.used = 0;
    }
}

fn split(pending: &[u8]) -> Result<Option<(Frame<'_>, usize)>, Fault> {
    let Some((length, rest)) = pending.split_first_chunk::<LENGTH>() else { return Ok(None) };
    let declared = u32::from_be_bytes(*length);
    let length = match usize::try_from(declared) {
        Ok(0) => return Err(Fault::EmptyFrame),
        Ok(length) if length <= MAX_FRAME => length,
        _ => return Err(Fault::FrameTooLarge(declared)),
    };
    let frame = rest.get(..length).and_then(<[u8]>::split_first);
    Ok(frame.map(|(command, data)| (Frame { command: *command, data }, LENGTH + length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(inbox: &mut Inbox) -> Vec<(u8, Vec<u8>)> {
        let mut found = Vec::new();
        while let Some(frame) = inbox.next_frame().unwrap() {
            found.push((frame.command, frame.data.to_vec()));
        }
        found
    }

    #[test]
    fn frames_come_whole_however_the_bytes_arrive() {
        let stream = [&[0, 0, 0, 1, b'N'][..], &[0, 0, 0, 3, b'B', b'h', b'i'], &[0, 0, 0, 1, b'Q']].concat();
        let whole = vec![(b'N', vec![]), (b'B', b"hi".to_vec()), (b'Q', vec![])];
        for piece in 1..=stream.len() {
            let mut inbox = Inbox::default();
            let mut found = Vec::new();
            for bytes in stream.chunks(piece) {
                inbox.push(bytes);
                found.extend(frames(&mut inbox));
            }
            assert_eq!(found, whole, "in pieces of {piece}");
            assert!(!inbox.is_partial());
        }
    }

    #[test]
    fn the_bounds_are_a_mebibyte_and_one_byte() {
        let mut inbox = Inbox::default();
        inbox.push(&(MAX_FRAME as u32).to_be_bytes());
        assert_eq!(inbox.next_frame(), Ok(None));
        assert!(inbox.is_partial());
        let mut inbox = Inbox::default();
        inbox.push(&(MAX_FRAME as u32 + 1).to_be_bytes());
        assert_eq!(inbox.next_frame(), Err(Fault::FrameTooLarge(MAX_FRAME as u32 + 1)));
        let mut inbox = Inbox::default();
        inbox.push(&[0, 0, 0, 0, b'Q']);
        assert_eq!(inbox.next_frame(), Err(Fault::EmptyFrame));
    }

    #[test]
    fn a_declared_length_reserves_nothing_and_an_empty_inbox_owns_nothing() {
        let mut inbox = Inbox::default();
        inbox.push(&[0, 0x0f, 0xff, 0xff, b'B']);
        assert_eq!(inbox.next_frame(), Ok(None));
        assert!(inbox.bytes.capacity() < 64);
        inbox.release();
        assert!(inbox.is_partial(), "a begun frame is kept");
        let mut inbox = Inbox::default();
        inbox.push(&[0, 0, 0, 1, b'N']);
        frames(&mut inbox);
        inbox.release();
        assert_eq!(inbox.bytes.capacity(), 0);
    }
}
