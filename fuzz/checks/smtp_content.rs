//! Any bytes as content by DATA.

use wire::smtp::{ContentReader, LineEnds, stuffing::Stuffing};

/// It ends at the first CRLF.CRLF and nowhere else, and what leaves is clean.
pub(crate) fn check(refuse: bool, input: &[u8]) {
    let mode = if refuse { LineEnds::Refuse } else { LineEnds::Normalise };
    let (mut reader, mut content) = (ContentReader::dotted(mode), Vec::new());
    let taken: usize = input.chunks(7).map(|piece| reader.read(piece, &mut content)).sum();
    let stream = [b"\r\n", input].concat();
    let end = stream.windows(5).position(|window| window == b"\r\n.\r\n").map(|at| at + 3);
    assert_eq!((reader.has_ended(), taken), (end.is_some(), end.unwrap_or(input.len())));
    if reader.has_ended() && reader.defect().is_none() {
        let mut wire = b"\r\n".to_vec();
        let mut stuffing = Stuffing::default();
        stuffing.write(&content, &mut wire);
        stuffing.end(&mut wire);
        let text: String = wire.iter().map(|byte| char::from(*byte)).collect();
        assert!(!text.replace("\r\n", "").contains(['\r', '\n', '\0']));
        assert_eq!(text.find("\r\n.\r\n"), Some(text.len() - 5));
    }
}
