//! clamd's INSTREAM (clamd(8)): the message in chunks with their length ahead, one line for an answer.

use model::circumstances::{Opinion, Word};
use tokio::io::{AsyncWrite, AsyncWriteExt};

use crate::address::{Stream, read_all};
use crate::error::ScanError;

const CHUNK: usize = 128 << 10;
const MAX_ANSWER: usize = 4096;

pub(crate) async fn ask(stream: &mut Box<dyn Stream>, raw: &[u8]) -> Result<Opinion, ScanError> {
    // clamd says why it stops reading, then closes: its word is worth more than the broken pipe, and may be lost with it.
    let (mut reader, mut writer) = tokio::io::split(stream);
    let (sent, answer) = tokio::join!(send(&mut writer, raw), read_all(&mut reader, MAX_ANSWER));
    match answer {
        Ok(answer) if !answer.is_empty() => parse(&answer),
        Ok(_) => sent.map_err(ScanError::Broken).and_then(|()| Err(ScanError::garbage(b"nothing"))),
        Err(error) => Err(error),
    }
}

async fn send(stream: &mut (impl AsyncWrite + Unpin), raw: &[u8]) -> std::io::Result<()> {
    stream.write_all(b"zINSTREAM\0").await?;
    for chunk in raw.chunks(CHUNK) {
        stream.write_all(&u32::try_from(chunk.len()).unwrap_or(0).to_be_bytes()).await?;
        stream.write_all(chunk).await?;
    }
    stream.write_all(&[0; 4]).await?;
    stream.flush().await
}

/// `stream: OK`, `stream: NAME FOUND`, or an error.
fn parse(answer: &[u8]) -> Result<Opinion, ScanError> {
    let text = String::from_utf8_lossy(answer);
    let line = text.trim_end_matches(['\0', '\n', '\r']);
    let word = match line.strip_prefix("stream: ") {
        Some("OK") => Word::Clean,
        Some(found) if found.ends_with(" FOUND") => Word::virus(found.trim_end_matches(" FOUND")),
        _ if line.ends_with("ERROR") => return Err(ScanError::refused(answer)),
        _ => return Err(ScanError::garbage(answer)),
    };
    Ok(Opinion { scanner: "clamav", word, symbols: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read() {
        let word =
            |answer: &str| parse(answer.as_bytes()).map(|opinion| opinion.word).map_err(|error| error.to_string());
        assert_eq!(word("stream: OK\0"), Ok(Word::Clean));
        assert_eq!(word("stream: Win.Test.EICAR_HDB-1 FOUND\0"), Ok(Word::Virus("Win.Test.EICAR_HDB-1".into())));
        let refused = "it refused: INSTREAM size limit exceeded. ERROR";
        assert_eq!(word("INSTREAM size limit exceeded. ERROR\0"), Err(refused.into()));
        assert_eq!(word("HTTP/1.1 400 Bad"), Err("its answer makes no sense: HTTP/1.1 400 Bad".into()));
    }
}
