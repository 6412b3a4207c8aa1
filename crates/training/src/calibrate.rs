//! From a distance to a probability: a logistic curve through scores of messages that were held out (Platt, 1999).

/// The log-odds of spam are `slope * side + offset`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Curve {
    pub(crate) slope: f64,
    pub(crate) offset: f64,
}

/// One held-out message: how far on the spam side, whether it is spam, and how much it counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HeldOut {
    pub(crate) side: f64,
    pub(crate) is_spam: bool,
    pub(crate) weight: f64,
}

/// Newton's method gets there in fewer.
const STEPS: usize = 50;
/// Keeps the curve finite when the classes lie apart.
const RIDGE: f64 = 1e-3;

/// The curve of greatest likelihood.
pub(crate) fn fit(messages: &[HeldOut]) -> Curve {
    let total: f64 = messages.iter().map(|message| message.weight).sum();
    let mut curve = Curve { slope: 1.0, offset: 0.0 };
    for _ in 0..STEPS {
        let (slope, offset) = step(messages, total.max(f64::MIN_POSITIVE), curve);
        curve = Curve { slope: curve.slope - slope, offset: curve.offset - offset };
    }
    curve
}

/// Gradient divided by curvature, in two unknowns.
fn step(messages: &[HeldOut], total: f64, curve: Curve) -> (f64, f64) {
    let (mut gs, mut go) = (RIDGE * curve.slope, RIDGE * curve.offset);
    let (mut ss, mut so, mut oo) = (RIDGE, 0.0, RIDGE);
    for message in messages {
        let weight = message.weight / total;
        let p = 1.0 / (1.0 + (-(curve.slope * message.side + curve.offset)).exp());
        let error = weight * (p - f64::from(u8::from(message.is_spam)));
        let bend = weight * p * (1.0 - p);
        gs += error * message.side;
        go += error;
        ss += bend * message.side * message.side;
        so += bend * message.side;
        oo += bend;
    }
    let determinant = ss * oo - so * so;
    ((oo * gs - so * go) / determinant, (ss * go - so * gs) / determinant)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held_out(side: f64, is_spam: bool) -> HeldOut {
        HeldOut { side, is_spam, weight: 1.0 }
    }

    #[test]
    fn the_curve_gives_the_odds_that_were_seen() {
        // At +1 three of four are spam, at -1 one of four.
        let messages: Vec<HeldOut> = (0..4).flat_map(|n| [held_out(1.0, n != 0), held_out(-1.0, n == 0)]).collect();
        let curve = fit(&messages);
        assert!((curve.slope - 3.0_f64.ln()).abs() < 0.05 && curve.offset.abs() < 1e-6, "{curve:?}");
    }

    #[test]
    fn classes_that_lie_apart_give_a_steep_but_finite_curve() {
        let curve = fit(&[held_out(1.0, true), held_out(-1.0, false)]);
        assert!(curve.slope > 1.0 && curve.slope < 50.0, "{curve:?}");
    }

    #[test]
    fn no_message_gives_a_finite_curve() {
        let curve = fit(&[]);
        assert!(curve.slope.is_finite() && curve.offset.is_finite());
    }
}
