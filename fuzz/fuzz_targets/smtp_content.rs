//! Any bytes as content by DATA: it ends at the first CRLF.CRLF and nowhere else, and what leaves is clean.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wire::smtp::{ContentReader, LineEnds, stuffing::Stuffing};

fuzz_target!(|input: (bool, Vec<u8>)| {
    let mode = if input.0 { LineEnds::Refuse } else { LineEnds::Normalise };
    let (mut reader, mut content) = (ContentReader::dotted(mode), Vec::new());
    let taken: usize = input.1.chunks(7).map(|piece| reader.read(piece, &mut content)).sum();
    let stream = [b"\r\n", input.1.as_slice()].concat();
    let end = stream.windows(5).position(|window| window == b"\r\n.\r\n").map(|at| at + 3);
    assert_eq!((reader.has_ended(), taken), (end.is_some(), end.unwrap_or(input.1.len())));
    if reader.has_ended() && reader.defect().is_none() {
        let mut wire = b"\r\n".to_vec();
        let mut stuffing = Stuffing::default();
        stuffing.write(&content, &mut wire);
        stuffing.end(&mut wire);
        let text: String = wire.iter().map(|byte| char::from(*byte)).collect();
        assert!(!text.replace("\r\n", "").contains(['\r', '\n', '\0']));
        assert_eq!(text.find("\r\n.\r\n"), Some(text.len() - 5));
    }
});
