//! Reads a message and tells what was seen in it: a [`Submission`] in, [`Features`] out.
//!
//! Pure and synchronous: no I/O, no clock. Every byte comes from whoever writes to us, so the work is linear in
//! [`FeatureLimits::analysed_bytes`], nothing recurses, and whatever a bound cut off is named in
//! [`Features::bounds_hit`]. The MIME structure is walked by our own scanner; mail-parser reads single header fields
//! and charsets, where its known weaknesses (recursion, quadratic multiparts) can't be reached.

mod attachment;
mod bounds;
mod bytes;
mod content;
mod header;
mod html;
mod invitation;
mod letter;
mod limits;
mod mime;
mod parser;
mod sender;
mod text;
mod url;

pub use header::lookup::{evidence_headers, header_count, header_value, message_id};
pub use header::shown::shown_header;
pub use letter::{AttachedFile, DeliveryReport, Letter, letter};
pub use limits::FeatureLimits;
pub use mime::attached::attached_messages;

use model::features::Bound;
use model::{Features, Intake, Message, Submission, Timestamp};

use crate::bounds::Bounds;

/// The header section alone.
pub fn header_facts(raw: &[u8]) -> model::features::HeaderFacts {
    header::facts(header::scan::Section::split(raw).head, &[], &mut Bounds::default())
}

/// What is seen in a message that was handed in `at` that time.
///
/// Takes time linear in the bytes analysed and at most a few times their size in memory. Never fails: what can't be
/// read is a defect in the features.
pub fn extract(submission: &Submission, at: Timestamp, limits: &FeatureLimits) -> Features {
    let message = &submission.message;
    let chosen = (message.raw.len() > limits.analysed_bytes.saturating_add(Intake::REST))
        .then(|| Message::bounded(&message.raw, limits.analysed_bytes));
    let message = chosen.as_ref().unwrap_or(message);
    let (raw, truncated) = (message.raw.as_slice(), submission.message.truncated || message.truncated);
    let mut bounds = Bounds::default();
    bounds.hit_if(truncated, Bound::Size);
    bounds.hit_if(message.has_unread_text || submission.message.has_unread_text, Bound::Behind);
    let section = header::scan::Section::split(raw);
    let headers = header::facts(section.head, &limits.fields, &mut bounds);
    let mut walk = mime::walk::walk(&section, truncated, &mut bounds);
    walk.facts.mime_version = headers.has("mime-version");
    let content = content::read(&mut walk, headers.subject.as_deref(), &mut bounds);
    Features {
        sender: sender::facts(submission, at),
        headers,
        structure: walk.facts,
        text: content.text,
        html: content.html,
        urls: content.urls,
        attachments: content.attachments,
        size: submission.message.size,
        bounds_hit: bounds.into_vec(),
        circumstances: model::Circumstances::default(),
    }
}
