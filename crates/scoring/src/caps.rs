//! Where words alone go no further: the classifier reads the same words as the phrases do, and an honest letter may hold them.

use model::Hit;

/// So many points of anything but words make a letter more than words.
const CORROBORATION: i64 = 10;
/// So many points above `reject` words alone are believed: no honest message of the collections is there.
const BEYOND_DOUBT: i64 = 30;
/// How far below `reject` words alone stay otherwise, in points.
const BELOW_REJECT: i64 = 10;
/// Signals that point the same way as the words, with however few points.
const TELLING: &[&str] = &["url_", "reply_to_", "many_recipients", "same_", "listed_", "form_leads"];

/// The classifier does not make spam of a message that leads home only: with its points it stays below `spam`.
pub(crate) fn at_home(hits: &mut Vec<Hit>, spam: i32) {
    let others = sum(hits.iter().filter(|hit| !is_classifier(hit)));
    let room = i64::from(spam) - 1 - others;
    if room < 0 {
        return;
    }
    let classifier = hits.iter_mut().find(|hit| is_classifier(hit));
    let excess = classifier.map_or(0, |hit| i64::from(hit.points) - room);
    take(hits, excess);
}

/// Words that nothing else speaks for refuse a single message only when they are far above `reject`; until then they count
/// as spam all the same. `reject` 0 is off.
pub(crate) fn words_alone(hits: &mut Vec<Hit>, reject: i32) {
    let total = sum(hits.iter());
    let doubtful = i64::from(reject)..i64::from(reject) + BEYOND_DOUBT;
    if reject <= 0 || !doubtful.contains(&total) || is_corroborated(hits) {
        return;
    }
    take(hits, total - i64::from(reject) + BELOW_REJECT);
}

fn is_corroborated(hits: &[Hit]) -> bool {
    let others = || hits.iter().filter(|hit| hit.points > 0 && !is_of_words(hit));
    let telling = |hit: &Hit| TELLING.iter().any(|start| hit.signal.as_str().starts_with(start));
    sum(others()) >= CORROBORATION || others().any(telling)
}

/// Takes points away, from the classifier first, then from the phrases in their order.
fn take(hits: &mut Vec<Hit>, mut excess: i64) {
    hits.sort_by_key(|hit| !is_classifier(hit));
    for hit in hits.iter_mut().filter(|hit| hit.points > 0 && is_of_words(hit)) {
        let taken = i32::try_from(excess.max(0)).unwrap_or(i32::MAX).min(hit.points);
        hit.points -= taken;
        excess -= i64::from(taken);
    }
    hits.retain(|hit| hit.points != 0);
}

fn is_of_words(hit: &Hit) -> bool {
    let name = hit.signal.as_str();
    is_classifier(hit) || (name.starts_with("text_") && name != "text_spaced")
}

fn is_classifier(hit: &Hit) -> bool {
    hit.signal.as_str() == "content_classifier"
}

fn sum<'h>(hits: impl Iterator<Item = &'h Hit>) -> i64 {
    hits.map(|hit| i64::from(hit.points)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::SignalName;

    fn hits(list: &[(&'static str, i32)]) -> Vec<Hit> {
        let hit = |(name, points): &(&'static str, i32)| Hit {
            signal: SignalName::new(name),
            points: *points,
            why: String::new(),
        };
        list.iter().map(hit).collect()
    }

    fn alone(list: &[(&'static str, i32)]) -> i64 {
        let mut hits = hits(list);
        words_alone(&mut hits, 200);
        sum(hits.iter())
    }

    #[test]
    fn words_alone_stay_below_what_refuses() {
        assert_eq!(alone(&[("text_advance_fee", 130), ("content_classifier", 80), ("date_missing", 5)]), 190);
        assert_eq!(alone(&[("text_extortion", 130), ("text_adult", 90)]), 190, "without the classifier too");
        assert_eq!(alone(&[("text_extortion", 130), ("text_adult", 100)]), 230, "beyond doubt");
        assert_eq!(alone(&[("text_advance_fee", 100), ("content_classifier", 80)]), 180, "no cap below");
    }

    #[test]
    fn words_that_something_else_speaks_for_refuse() {
        let words = [("text_advance_fee", 130), ("content_classifier", 80)];
        for other in [("reply_to_elsewhere", 8), ("many_recipients", 15), ("url_shortener", 10), ("from_lookalike", 60)]
        {
            assert_eq!(alone(&[words[0], words[1], other]), 210 + i64::from(other.1), "{other:?}");
        }
        assert_eq!(alone(&[words[0], words[1], ("to_missing", 9)]), 190, "too little");
    }

    #[test]
    fn at_home_the_classifier_makes_no_spam_and_unmakes_none() {
        let home = |list: &[(&'static str, i32)]| {
            let mut hits = hits(list);
            at_home(&mut hits, 100);
            sum(hits.iter())
        };
        assert_eq!(home(&[("content_classifier", 80), ("html_only", 8)]), 88);
        assert_eq!(home(&[("content_classifier", 80), ("html_only", 28)]), 99);
        assert_eq!(home(&[("content_classifier", 80), ("attachment_program", 110)]), 190);
    }
}
