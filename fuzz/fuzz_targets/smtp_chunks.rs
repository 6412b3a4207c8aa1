//! Any bytes as a BDAT stream: exactly the announced octets are a chunk's.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::smtp::{Chunk, ContentReader, LineEnds};

fuzz_target!(|input: (u16, u8, Vec<u8>)| {
    let (size, step) = (usize::from(input.0), usize::from(input.1).max(1));
    let mut chunk = Chunk { size: size as u64, last: true };
    let (mut reader, mut content) = (ContentReader::counted(LineEnds::Refuse), Vec::new());
    for piece in input.2.chunks(step) {
        reader.read(chunk.take(piece), &mut content);
    }
    reader.finish(&mut content);
    let mine = &input.2[..size.min(input.2.len())];
    assert_eq!(chunk.size as usize, size - mine.len());
    if reader.defect().is_none() {
        assert_eq!(content, mine);
    }
});
