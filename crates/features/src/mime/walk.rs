//! Walks the parts of a message, front to back, once.
//!
//! Security: a loop over delimiter lines with a bounded stack; what lies deeper than [`MAX_DEPTH`] or behind
//! [`MAX_PARTS`] parts is left unread and named as a bound.

use model::features::{Bound, MimeDefect, StructureFacts};

use crate::bounds::Bounds;
use crate::bytes;
use crate::header::scan::Section;
use crate::mime::entity::Entity;
use crate::mime::frames::{Delimiter, Frame, Frames};
use crate::mime::note;
use crate::mime::transfer::Encoding;

/// Parts nest no deeper; real mail stays below 6.
const MAX_DEPTH: usize = 32;
/// More parts are not read.
const MAX_PARTS: usize = 200;

/// The structure, and the parts that hold content.
#[derive(Debug, Default)]
pub(crate) struct Walk<'m> {
    /// What is told of the structure.
    pub(crate) facts: StructureFacts,
    /// The parts with content, in order.
    pub(crate) leaves: Vec<Leaf<'m>>,
}

/// A part with content.
#[derive(Debug)]
pub(crate) struct Leaf<'m> {
    /// Its index in [`StructureFacts::parts`].
    pub(crate) part: usize,
    /// How it is encoded.
    pub(crate) encoding: Encoding,
    /// The content, still encoded.
    pub(crate) body: &'m [u8],
    /// Part of a message inside the message.
    pub(crate) nested: bool,
}

/// Walks a message. `truncated` says that its end is missing, which is no fault of its sender.
pub(crate) fn walk<'m>(message: &Section<'m>, truncated: bool, bounds: &mut Bounds) -> Walk<'m> {
    let mut walker = Walker { raw: message.body, frames: Frames::default(), walk: Walk::default(), truncated, bounds };
    let top = Entity::read(message.head, true, &mut walker.walk.facts.defects);
    let mut next = Some((top, 0));
    while let Some((entity, start)) = next {
        next = walker.enter(entity, start);
    }
    walker.walk
}

struct Walker<'m, 'b> {
    raw: &'m [u8],
    frames: Frames,
    walk: Walk<'m>,
    truncated: bool,
    bounds: &'b mut Bounds,
}

impl<'m> Walker<'m, '_> {
    /// Takes note of an entity whose body begins at `start`; the entity that follows.
    fn enter(&mut self, entity: Entity, start: usize) -> Option<(Entity, usize)> {
        if self.walk.facts.parts.len() >= MAX_PARTS {
            self.bounds.hit(Bound::Parts);
            return None;
        }
        self.add_part(&entity);
        let container = entity.is_multipart() || entity.is_message();
        if container && self.frames.0.len() >= MAX_DEPTH {
            self.bounds.hit(Bound::Parts);
            self.note(MimeDefect::TooDeep);
        } else if entity.is_message() {
            self.frames.0.push(Frame::Message);
            return Some(self.entity_at(start));
        } else if entity.is_multipart() {
            return self.enter_multipart(entity, start);
        }
        let end = self.frames.next_delimiter(self.raw, start);
        self.add_leaf(entity.encoding, start, end.as_ref());
        self.follow(end)
    }

    fn enter_multipart(&mut self, entity: Entity, start: usize) -> Option<(Entity, usize)> {
        let level = self.frames.0.len();
        let can_divide = entity.boundary.is_some();
        if entity.boundary.as_deref().is_some_and(|boundary| self.frames.has_boundary(boundary)) {
            self.note(MimeDefect::SharedBoundary);
        }
        self.frames.0.extend(entity.boundary.map(|boundary| Frame::Multipart { boundary, seen: false }));
        let first = self.frames.next_delimiter(self.raw, start);
        let divided = can_divide && first.as_ref().is_some_and(|delimiter| delimiter.level == level);
        if !divided {
            self.frames.0.truncate(level);
            self.add_undivided(start, first.as_ref());
        }
        self.follow(first)
    }

    /// A multipart that is never divided is shown as text by some readers: it must not hide what it holds.
    fn add_undivided(&mut self, start: usize, end: Option<&Delimiter>) {
        if !self.truncated {
            self.note(MimeDefect::NoBoundary);
        }
        if self.walk.facts.parts.len() < MAX_PARTS {
            self.add_part(&Entity::read(b"", false, &mut Vec::new()));
            self.add_leaf(Encoding::Identity, start, end);
        }
    }

    /// What comes after a delimiter; after a closing one, what comes after the epilogue.
    fn follow(&mut self, mut delimiter: Option<Delimiter>) -> Option<(Entity, usize)> {
        while let Some(found) = delimiter {
            self.leave_to(found.level.saturating_add(1));
            if !found.closes {
                self.mark_seen();
                return Some(self.entity_at(found.next));
            }
            self.frames.0.pop();
            delimiter = self.frames.next_delimiter(self.raw, found.next);
        }
        if !self.truncated {
            self.leave_to(0);
        }
        None
    }

    /// Drops the frames above `depth`: nobody closed them.
    fn leave_to(&mut self, depth: usize) {
        for frame in self.frames.0.split_off(depth.min(self.frames.0.len())) {
            if matches!(frame, Frame::Multipart { seen: true, .. }) {
                self.note(MimeDefect::Unclosed);
            }
        }
    }

    fn mark_seen(&mut self) {
        if let Some(Frame::Multipart { seen, .. }) = self.frames.0.last_mut() {
            *seen = true;
        }
    }

    fn entity_at(&mut self, start: usize) -> (Entity, usize) {
        let rest = bytes::from(self.raw, start);
        let (section, _) = Section::split_until(rest, |line| self.frames.is_delimiter(line));
        let body_start = self.raw.len().saturating_sub(section.body.len());
        (Entity::read(section.head, false, &mut self.walk.facts.defects), body_start)
    }

    fn add_part(&mut self, entity: &Entity) {
        let depth = self.frames.0.len();
        self.walk.facts.depth = self.walk.facts.depth.max(depth);
        self.walk.facts.parts.push(model::features::PartFact { depth, ..entity.fact.clone() });
    }

    fn add_leaf(&mut self, encoding: Encoding, start: usize, end: Option<&Delimiter>) {
        let end = end.map_or(self.raw.len(), |delimiter| delimiter.content_end);
        let body = bytes::between(self.raw, start, end);
        let part = self.walk.facts.parts.len().saturating_sub(1);
        self.walk.leaves.push(Leaf { part, encoding, body, nested: self.frames.inside_message() });
    }

    fn note(&mut self, defect: MimeDefect) {
        note(&mut self.walk.facts.defects, defect);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walked(raw: &[u8]) -> Walk<'_> {
        walk(&Section::split(raw), false, &mut Bounds::default())
    }

    fn types<'w>(walk: &'w Walk<'_>) -> Vec<(&'w str, usize)> {
        walk.facts.parts.iter().map(|part| (part.content_type.as_str(), part.depth)).collect()
    }

    #[test]
    fn parts_are_found_with_their_depth() {
        let walk = walked(
            b"Content-Type: multipart/mixed; boundary=o\n\npreamble\n--o\nContent-Type: multipart/alternative; boundary=i\n\n\
              --i\n\none\n--i\nContent-Type: text/html\n\n<b>\n--i--\nepilogue\n--o\nContent-Type: message/rfc822\n\n\
              Content-Type: text/html\n\nnested\n--o--\n",
        );
        let expected = [
            ("multipart/mixed", 0),
            ("multipart/alternative", 1),
            ("text/plain", 2),
            ("text/html", 2),
            ("message/rfc822", 1),
            ("text/html", 2),
        ];
        assert_eq!(types(&walk), expected);
        let bodies: Vec<_> = walk.leaves.iter().map(|leaf| (leaf.body, leaf.nested)).collect();
        assert_eq!(bodies, [(&b"one"[..], false), (b"<b>", false), (b"nested", true)]);
        assert_eq!(walk.facts.defects, []);
    }

    #[test]
    fn an_undivided_multipart_is_read_as_text() {
        let walk = walked(b"Content-Type: multipart/mixed; boundary=x\n\nBuy now\n");
        assert_eq!(walk.leaves[0].body, b"Buy now\n");
        assert_eq!(walk.facts.defects, [MimeDefect::NoBoundary]);
        assert_eq!(walked(b"Content-Type: multipart/mixed\n\nBuy now\n").leaves.len(), 1);
    }

    #[test]
    fn an_unclosed_multipart_is_a_defect_unless_the_message_was_cut() {
        let raw = b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nhello\n";
        assert_eq!(walked(raw).facts.defects, [MimeDefect::Unclosed]);
        assert_eq!(walk(&Section::split(raw), true, &mut Bounds::default()).facts.defects, []);
    }

    #[test]
    fn depth_and_number_of_parts_are_bounded() {
        let nest = "Content-Type: message/rfc822\n\n".repeat(10_000);
        let walk = walked(nest.as_bytes());
        assert_eq!(walk.facts.depth, MAX_DEPTH);
        assert_eq!(walk.facts.defects, [MimeDefect::TooDeep]);
        let many = format!("Content-Type: multipart/mixed; boundary=x\n\n{}", "--x\n\n".repeat(100_000));
        let mut bounds = Bounds::default();
        let walk = super::walk(&Section::split(many.as_bytes()), false, &mut bounds);
        assert_eq!(walk.facts.parts.len(), MAX_PARTS);
        assert_eq!(bounds.into_vec(), [Bound::Parts]);
    }
}
