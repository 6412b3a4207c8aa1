//! Any bytes as a BDAT stream.

use wire::smtp::{Chunk, ContentReader, LineEnds};

/// Exactly the announced octets are a chunk's, however they arrive.
pub(crate) fn check(size: u16, step: u8, stream: &[u8]) {
    let (size, step) = (usize::from(size), usize::from(step).max(1));
    let mut chunk = Chunk { size: size as u64, last: true };
    let (mut reader, mut content) = (ContentReader::counted(LineEnds::Refuse), Vec::new());
    for piece in stream.chunks(step) {
        reader.read(chunk.take(piece), &mut content);
    }
    reader.finish(&mut content);
    let mine = &stream[..size.min(stream.len())];
    assert_eq!(chunk.size as usize, size - mine.len());
    if reader.defect().is_none() {
        assert_eq!(content, mine);
    }
}
