//! The elements that are open, with the look their text has.
//!
//! Limits: deeper than [`MAX_DEPTH`] elements keep the look of the deepest one kept.

use crate::html::colour::{Ink, Paper};
use crate::html::element::Element;
use crate::html::look::Look;
use crate::html::sheet::Sheet;
use crate::html::style;
use crate::html::tag::{self, Name};

/// Elements nest so deep in real mail that tables in tables fit; searching the stack stays cheap.
const MAX_DEPTH: usize = 100;

impl Look {
    /// The look inside a child element.
    pub(crate) fn of_child(&self, child: &Element, sheet: &Sheet) -> Self {
        let mut look = *self;
        look.gone |= child.is_hidden || sheet.hides(child) || child.is(b"template");
        let touch = sheet.touches(child);
        if touch.paper || child.has_paper_image {
            look.paper = Paper::Unknown;
        }
        if touch.ink {
            look.ink = Ink::Unknown;
        }
        look.tiny &= !touch.size;
        if !child.paper.is_empty() {
            look.paper = Paper::of(&child.paper, look.paper);
        }
        if child.is(b"font") && !child.ink.is_empty() {
            look.ink = Ink::of(&child.ink, look.ink);
        }
        if !child.style.is_empty() {
            style::apply(&child.style, &mut look);
        }
        if touch.shown {
            (look.gone, look.tiny, look.invisible) = (self.gone, self.tiny, self.invisible);
        }
        look
    }
}

/// The open elements, outermost first.
#[derive(Debug, Default)]
pub(crate) struct Stack(Vec<(Name, Look)>);

impl Stack {
    /// The look of text that comes now.
    pub(crate) fn look(&self) -> Look {
        self.0.last().map(|(_, look)| *look).unwrap_or_default()
    }

    /// Opens an element that has content.
    pub(crate) fn open(&mut self, name: Name, look: Look) {
        if self.0.len() < MAX_DEPTH {
            self.0.push((name, look));
        }
    }

    /// Closes the element that a start tag of that name ends without an end tag.
    pub(crate) fn make_way_for(&mut self, name: Name) {
        if tag::ends_its_like(&name) && self.0.last().is_some_and(|(open, _)| *open == name) {
            self.0.pop();
        }
    }

    /// Closes the innermost element of that name and what is open inside it; without one nothing happens.
    pub(crate) fn close(&mut self, name: Name) {
        if let Some(at) = self.0.iter().rposition(|(open, _)| *open == name) {
            self.0.truncate(at);
        }
    }
}
