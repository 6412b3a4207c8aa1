//! Keeps note of the bounds that cut something off, each once.

use model::features::Bound;

/// The bounds hit so far.
#[derive(Debug, Default)]
pub(crate) struct Bounds(Vec<Bound>);

impl Bounds {
    /// Notes a bound.
    pub(crate) fn hit(&mut self, bound: Bound) {
        if !self.0.contains(&bound) {
            self.0.push(bound);
        }
    }

    /// Notes a bound when something was cut.
    pub(crate) fn hit_if(&mut self, cut: bool, bound: Bound) {
        if cut {
            self.hit(bound);
        }
    }

    /// The bounds, in the order they were hit.
    pub(crate) fn into_vec(self) -> Vec<Bound> {
        self.0
    }
}
