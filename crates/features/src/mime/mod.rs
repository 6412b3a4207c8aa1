//! The MIME structure (RFC 2045, 2046), by a walker of our own.
//!
//! Security: linear in the bytes, nothing recurses, parts and depth are bounded. Lenient where readers are: a stray
//! character in base64 or a second boundary parameter hides nothing.

pub(crate) mod attached;
pub(crate) mod entity;
mod frames;
pub(crate) mod transfer;
pub(crate) mod walk;

use model::features::MimeDefect;

/// More defects than this are not kept.
const MAX_DEFECTS: usize = 50;

/// Notes a defect, each once.
pub(crate) fn note(defects: &mut Vec<MimeDefect>, defect: MimeDefect) {
    if defects.len() < MAX_DEFECTS && !defects.contains(&defect) {
        defects.push(defect);
    }
}
