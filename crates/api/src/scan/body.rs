//! The message in the request's body: as much is kept as is looked at.

use axum::body::Body;
use axum::http::HeaderMap;
use http_body_util::BodyExt;
use model::{Intake, Message};

use super::refusal::Unscanned;

/// Nothing is unpacked or decrypted.
pub(super) fn is_plain(fields: &HeaderMap) -> Result<(), Unscanned> {
    let named = |name: &str| fields.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let packed = ["compression", "content-encoding"].into_iter().find_map(named);
    if let Some(packed) = packed.filter(|packed| !packed.eq_ignore_ascii_case("identity")) {
        return Err(Unscanned::Encoded(model::names::bounded(&packed, 40).to_owned()));
    }
    if fields.contains_key("key") { Err(Unscanned::Encoded("HTTPCrypt".into())) } else { Ok(()) }
}

/// The message, of which `keep` bytes are kept.
pub(super) async fn message(mut body: Body, keep: usize, most: usize) -> Result<Message, Unscanned> {
    let mut message = Intake::new(keep);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Unscanned::BrokenOff)?.into_data() else { continue };
        message.push(&data);
        if message.size() > u64::try_from(most).unwrap_or(u64::MAX) {
            return Err(Unscanned::TooLong(most));
        }
    }
    if message.size() == 0 { Err(Unscanned::Empty) } else { Ok(message.finish()) }
}
