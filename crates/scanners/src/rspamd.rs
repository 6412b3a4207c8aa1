//! Rspamd's `/checkv2` over HTTP: the message as the body, the envelope as header fields, the answer as JSON.

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use model::Submission;
use model::circumstances::{Opinion, Word};
use serde_json::Value;

use crate::address::Stream;
use crate::error::ScanError;

const MAX_ANSWER: usize = 512 << 10;
/// More recipients than this are not told: the head must stay short.
const MAX_RECIPIENTS: usize = 50;
/// Where Rspamd's own configuration sets the score for spam, when its answer does not say.
const SPAM: f64 = 6.0;

pub(crate) async fn ask(stream: Box<dyn Stream>, submission: &Submission, raw: &[u8]) -> Result<Opinion, ScanError> {
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    // The connection ends when the sender is dropped, whatever the other side would like.
    let exchange = async move {
        let answer = sender.send_request(request(submission, raw)?).await.map_err(broken)?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), MAX_ANSWER).collect().await;
        let body = body.map_err(|error| unreadable(&*error))?.to_bytes();
        if status == StatusCode::OK { parse(&body) } else { Err(ScanError::refused(status.to_string().as_bytes())) }
    };
    match tokio::join!(exchange, connection) {
        // The exchange knows only that it was cut off, the connection by what.
        (Err(ScanError::Broken(_)), Err(error)) => Err(broken(error)),
        (opinion, _) => opinion,
    }
}

fn request(submission: &Submission, raw: &[u8]) -> Result<Request<Full<Bytes>>, ScanError> {
    let mut request = Request::post("/checkv2").header("Host", "rspamd").header("Connection", "close");
    let envelope = &submission.envelope;
    let session = &submission.session;
    let mut fields = vec![("From", envelope.sender.as_str().to_owned())];
    fields.extend(
        envelope.recipients.iter().take(MAX_RECIPIENTS).map(|recipient| ("Rcpt", recipient.as_str().to_owned())),
    );
    fields.extend(session.client.map(|client| ("IP", client.to_string())));
    fields.extend(session.login.as_ref().map(|login| ("User", login.account.to_string())));
    fields.extend(envelope.queue_id.as_ref().map(|id| ("Queue-Id", id.to_string())));
    for (name, value) in fields {
        // What a header field can't hold would say nothing to Rspamd either.
        if let Ok(value) = hyper::header::HeaderValue::try_from(value) {
            request = request.header(name, value);
        }
    }
    let body = Full::new(Bytes::copy_from_slice(raw));
    request.body(body).map_err(|error| ScanError::Broken(std::io::Error::other(error)))
}

fn broken(error: hyper::Error) -> ScanError {
    ScanError::Broken(std::io::Error::other(error))
}

fn unreadable(error: &(dyn std::error::Error + Send + Sync + 'static)) -> ScanError {
    match error.downcast_ref::<http_body_util::LengthLimitError>() {
        Some(_) => ScanError::TooLong { most: MAX_ANSWER },
        None => ScanError::Broken(std::io::Error::other(error.to_string())),
    }
}

/// Its score against the one from which it marks a message as spam ("add header").
fn parse(body: &[u8]) -> Result<Opinion, ScanError> {
    let answer: Value = serde_json::from_slice(body).map_err(|_| ScanError::garbage(body))?;
    let score = answer.get("score").and_then(Value::as_f64).ok_or_else(|| ScanError::garbage(body))?;
    let threshold = answer.pointer("/thresholds/add header").and_then(Value::as_f64).unwrap_or(SPAM);
    let word = Word::rated(score, threshold).ok_or_else(|| ScanError::garbage(body))?;
    let symbols = answer.get("symbols").and_then(Value::as_object);
    let weight = |symbol: &Value| symbol.get("score").and_then(Value::as_f64).unwrap_or(0.0);
    let mut symbols: Vec<_> =
        symbols.into_iter().flatten().map(|(name, symbol)| (weight(symbol), name.as_str())).collect();
    symbols.sort_by(|one, other| other.0.total_cmp(&one.0));
    let names = symbols.iter().filter(|(weight, _)| *weight > 0.0).map(|(_, name)| *name);
    Ok(Opinion { scanner: "rspamd", word, symbols: Opinion::bounded(names) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read() {
        let answer = r#"{"is_skipped":false,"score":7.5,"required_score":15.0,"action":"add header","symbols":{
            "R_SPF_ALLOW":{"name":"R_SPF_ALLOW","score":-0.2},"SMALL":{"score":0.5},"GTUBE":{"score":7.0}}}"#;
        let opinion = parse(answer.as_bytes()).unwrap();
        assert_eq!(opinion.word, Word::Rated { score: 750, threshold: 600 });
        assert_eq!(opinion.symbols, ["GTUBE", "SMALL"]);
        let own = parse(br#"{"score":-3,"thresholds":{"add header":8.0}}"#).unwrap();
        assert_eq!(own.word, Word::Rated { score: -300, threshold: 800 });
        for garbage in ["", "{}", "[1]", r#"{"score":"high"}"#, r#"{"score":1e400}"#] {
            assert!(matches!(parse(garbage.as_bytes()), Err(ScanError::Garbage(_))), "{garbage}");
        }
    }
}
