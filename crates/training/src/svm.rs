//! A linear support vector machine by dual coordinate descent (Hsieh et al., 2008), squared hinge loss.
//!
//! The samples are sets of slots, each as a vector of length one, so that a long message weighs no more than a short one.

use scoring::classifier::{PROPERTY_VALUE, Sample};

use crate::random::Random;

/// Passes over the samples. After twenty the decision moves by less than the weights' rounding does.
const PASSES: usize = 20;

/// One sample as the machine sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point<'s> {
    /// Its slots and properties.
    pub(crate) sample: &'s Sample,
    /// Whether it is spam.
    pub(crate) is_spam: bool,
    /// How much an error on it costs: C of the literature.
    pub(crate) cost: f32,
}

/// A separating plane.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plane {
    pub(crate) weights: Vec<f32>,
    pub(crate) bias: f32,
}

impl Plane {
    /// How far on the spam side a message lies; negative on the other.
    pub(crate) fn side(&self, sample: &Sample) -> f32 {
        self.sum(&sample.slots) * word_value(sample) + self.sum(&sample.properties) * PROPERTY_VALUE + self.bias
    }

    fn sum(&self, slots: &[u32]) -> f32 {
        slots.iter().filter_map(|slot| self.weights.get(*slot as usize)).sum()
    }

    fn add(&mut self, sample: &Sample, amount: f32) {
        self.add_each(&sample.slots, amount * word_value(sample));
        self.add_each(&sample.properties, amount * PROPERTY_VALUE);
        self.bias += amount;
    }

    fn add_each(&mut self, slots: &[u32], amount: f32) {
        for slot in slots {
            if let Some(weight) = self.weights.get_mut(*slot as usize) {
                *weight += amount;
            }
        }
    }
}

/// What makes the vector of the words one long.
#[allow(clippy::cast_precision_loss, reason = "a message has some thousand slots")]
fn word_value(sample: &Sample) -> f32 {
    1.0 / (sample.slots.len().max(1) as f32).sqrt()
}

/// The square of the vector's length, the constant one for the bias included.
#[allow(clippy::cast_precision_loss, reason = "there are at most 64 properties")]
fn square(sample: &Sample) -> f32 {
    2.0 + sample.properties.len() as f32 * PROPERTY_VALUE * PROPERTY_VALUE
}

/// Finds the plane over `size` slots; the order of the samples comes from the seed.
pub(crate) fn separate(points: &[Point<'_>], size: usize, seed: u64) -> Plane {
    let mut plane = Plane { weights: vec![0.0; size], bias: 0.0 };
    let mut pulls = vec![0.0_f32; points.len()];
    let mut order: Vec<usize> = (0..points.len()).collect();
    let mut random = Random::new(seed);
    for _ in 0..PASSES {
        random.shuffle(&mut order);
        for number in &order {
            if let (Some(point), Some(pull)) = (points.get(*number), pulls.get_mut(*number)) {
                improve(&mut plane, point, pull);
            }
        }
    }
    plane
}

/// The best pull of one sample while all others stay: the step of the method.
fn improve(plane: &mut Plane, point: &Point<'_>, pull: &mut f32) {
    let sign = if point.is_spam { 1.0 } else { -1.0 };
    let slack = 0.5 / point.cost;
    let gradient = sign * plane.side(point.sample) - 1.0 + slack * *pull;
    let next = (*pull - gradient / (square(point.sample) + slack)).max(0.0);
    plane.add(point.sample, sign * (next - *pull));
    *pull = next;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(slots: &[u32]) -> Sample {
        Sample { slots: slots.to_vec(), properties: vec![], speaks: true }
    }

    fn plane(samples: &[(Sample, bool)], seed: u64) -> Plane {
        let points: Vec<_> =
            samples.iter().map(|(sample, is_spam)| Point { sample, is_spam: *is_spam, cost: 1.0 }).collect();
        separate(&points, 10, seed)
    }

    #[test]
    fn what_tells_the_classes_apart_gets_the_weight() {
        let samples = [(&[0, 1, 9], true), (&[0, 2, 9], true), (&[3, 1, 9], false), (&[3, 2, 9], false)];
        let samples = samples.map(|(slots, is_spam)| (sample(slots), is_spam));
        let plane = plane(&samples, 7);
        assert!(plane.weights[0] > 0.5 && plane.weights[3] < -0.5, "{plane:?}");
        assert!(plane.weights[9].abs() < 0.1 && plane.weights[1].abs() < 0.1, "{plane:?}");
        assert!(samples.iter().all(|(sample, is_spam)| (plane.side(sample) > 0.0) == *is_spam));
    }

    #[test]
    fn properties_alone_can_tell() {
        let with = |properties: &[u32]| Sample { properties: properties.to_vec(), ..sample(&[1]) };
        let plane = plane(&[(with(&[8]), true), (with(&[9]), false)], 1);
        assert!(plane.weights[8] > 0.1 && plane.weights[9] < -0.1, "{plane:?}");
    }

    #[test]
    fn the_same_seed_gives_the_same_plane() {
        let samples = [(sample(&[0, 1]), true), (sample(&[1, 2]), false), (sample(&[2, 3, 0]), true)];
        assert_eq!(plane(&samples, 1), plane(&samples, 1));
    }

    #[test]
    fn a_slot_beyond_the_plane_and_an_empty_sample_are_harmless() {
        let plane = plane(&[(sample(&[]), true), (sample(&[99]), false)], 1);
        assert!(plane.side(&sample(&[99])).is_finite() && plane.side(&sample(&[])).is_finite());
    }
}
