//! spamd's SYMBOLS (spamd/PROTOCOL in SpamAssassin): a head, the message; the answer's head has the score, its body the
//! names of the rules that matched.

use model::circumstances::{Opinion, Word};
use tokio::io::AsyncWriteExt;

use crate::address::{Stream, read_all};
use crate::error::ScanError;

const MAX_ANSWER: usize = 32 << 10;

pub(crate) async fn ask(stream: &mut Box<dyn Stream>, raw: &[u8]) -> Result<Opinion, ScanError> {
    let head = format!("SYMBOLS SPAMC/1.5\r\nContent-length: {}\r\n\r\n", raw.len());
    let sent = send(stream, head.as_bytes(), raw).await;
    match read_all(stream, MAX_ANSWER).await {
        Ok(answer) if !answer.is_empty() => parse(&answer),
        Ok(_) => sent.map_err(ScanError::Broken).and_then(|()| Err(ScanError::garbage(b"nothing"))),
        Err(error) => Err(error),
    }
}

async fn send(stream: &mut Box<dyn Stream>, head: &[u8], raw: &[u8]) -> std::io::Result<()> {
    stream.write_all(head).await?;
    stream.write_all(raw).await?;
    stream.shutdown().await
}

/// `SPAMD/1.1 0 EX_OK`, `Spam: True ; 6.3 / 5.0`, an empty line, `RULE,RULE`.
fn parse(answer: &[u8]) -> Result<Opinion, ScanError> {
    let text = String::from_utf8_lossy(answer);
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(|| ScanError::garbage(answer))?;
    let mut lines = head.lines();
    let mut status = lines.next().unwrap_or_default().split(' ');
    match (status.next(), status.next()) {
        (Some(protocol), Some("0")) if protocol.starts_with("SPAMD/") => {}
        (Some(protocol), Some(_)) if protocol.starts_with("SPAMD/") => return Err(ScanError::refused(head.as_bytes())),
        _ => return Err(ScanError::garbage(answer)),
    }
    let spam = lines.find_map(|line| line.strip_prefix("Spam:")).ok_or_else(|| ScanError::garbage(answer))?;
    let word = rated(spam).ok_or_else(|| ScanError::garbage(answer))?;
    Ok(Opinion { scanner: "spamd", word, symbols: Opinion::bounded(body.split([',', '\r', '\n'])) })
}

/// ` True ; 6.3 / 5.0`
fn rated(spam: &str) -> Option<Word> {
    let (_, figures) = spam.split_once(';')?;
    let (score, threshold) = figures.split_once('/')?;
    Word::rated(score.trim().parse().ok()?, threshold.trim().parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read() {
        let answer =
            "SPAMD/1.1 0 EX_OK\r\nContent-length: 24\r\nSpam: True ; 6.35 / 5.0\r\n\r\nGTUBE,MISSING_DATE,\r\n";
        let opinion = parse(answer.as_bytes()).unwrap();
        assert_eq!(opinion.word, Word::Rated { score: 635, threshold: 500 });
        assert_eq!(opinion.symbols, ["GTUBE", "MISSING_DATE"]);
        for garbage in [
            "",
            "SPAMD/1.1 0 EX_OK\r\n\r\n",
            "SPAMD/1.1 0 EX_OK\r\nSpam: x\r\n\r\n",
            "\0\0",
            "SPAMD/1.1 0 EX_OK\r\nSpam: True ; nan / 5\r\n\r\n",
        ] {
            assert!(matches!(parse(garbage.as_bytes()), Err(ScanError::Garbage(_))), "{garbage:?}");
        }
        let refusal = parse(b"SPAMD/1.0 76 Bad header line: (EOF)\r\n\r\n").unwrap_err().to_string();
        assert_eq!(refusal, "it refused: SPAMD/1.0 76 Bad header line: (EOF)");
    }
}
