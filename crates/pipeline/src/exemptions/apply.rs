//! What an exemption takes away from a score.
//!
//! Security: an exemption is for one signal, for what a sender's address costs, or for copies of one message; a thief who uses the
//! same login gets no more than that. It takes away at most the points that stand in the score, never gives credit, and never
//! touches what other people and scanners have said: confirmed spam, what was blocked elsewhere, viruses.

use std::collections::{BTreeMap, BTreeSet};

use customers::exemption::Exempt;
use model::{Features, Hit, Score, SignalName};
use recall::Prints;

use super::{Active, EXEMPT};

/// What others have said of a message or its like.
const NEVER: &[&str] =
    &["confirmed_spam", "same_as_blocked", "same_spread", "scanner_virus", "scanner_spamd", "scanner_rspamd", "exempt"];

/// What a sender's address costs, and nothing else: names are free to choose, and content is content.
const SENDER: &[&str] = &[
    "from_freemail_foreign",
    "from_lookalike",
    "from_not_allowed",
    "from_not_login",
    "from_risky_tld",
    "mail_from_foreign",
    "reply_to_elsewhere",
    "sender_foreign",
    "sender_unrelated",
];

/// Links to a domain that everybody shares: a fingerprint knows the domain, and not who is behind the link.
const SHARED_LINKS: &[&str] = &["url_shortener", "url_redirector", "url_free_hosting"];

/// Whether the message links where a thief could lead, too, with the same fingerprint.
pub(super) fn links_through_others(scores: [&Score; 2]) -> bool {
    scores.into_iter().flat_map(|score| &score.hits).any(|hit| SHARED_LINKS.contains(&hit.signal.as_str()))
}

/// Whether no exemption may name the signal.
pub(super) fn is_never_exempt(signal: &str) -> bool {
    NEVER.contains(&signal)
}

/// The points of a message that its copies may have again: of each signal the most that was seen.
pub(super) fn excusable(scores: [&Score; 2]) -> BTreeMap<String, i32> {
    let mut points = BTreeMap::new();
    let hits = scores.into_iter().flat_map(|score| &score.hits);
    for hit in hits.filter(|hit| hit.points > 0 && !is_never_exempt(hit.signal.as_str())) {
        let most = points.entry(hit.signal.as_str().to_owned()).or_insert(0);
        *most = hit.points.max(*most);
    }
    points
}

/// The score with a hit for each exemption that applies. What one has taken away another can't take again.
pub(super) fn credited(score: Score, features: &Features, holding: &[&Active]) -> Score {
    let mut left: Vec<(String, i32)> = score
        .hits
        .iter()
        .filter(|hit| hit.points > 0 && !is_never_exempt(hit.signal.as_str()))
        .map(|hit| (hit.signal.as_str().to_owned(), hit.points))
        .collect();
    let prints = holding.iter().any(|active| active.prints.is_some()).then(|| Prints::of(features));
    let credits: Vec<Hit> =
        holding.iter().filter_map(|active| credit(active, features, prints.as_ref(), &mut left)).collect();
    if credits.is_empty() { score } else { Score::of(score.hits.into_iter().chain(credits).collect()) }
}

/// What one exemption takes away of what is `left`.
fn credit(active: &Active, features: &Features, prints: Option<&Prints>, left: &mut [(String, i32)]) -> Option<Hit> {
    let exemption = &active.exemption;
    let allowed = |signal: &str| match &exemption.what {
        Exempt::Signal(name) => (name == signal).then_some(i32::MAX),
        Exempt::Sender(sender) => (SENDER.contains(&signal) && is_from(features, sender)).then_some(i32::MAX),
        Exempt::Fingerprint { points, .. } => {
            let copy = active.prints.as_ref().zip(prints).is_some_and(|(known, prints)| prints.is_copy_of(known));
            points.get(signal).copied().filter(|_| copy)
        }
    };
    let (mut taken, mut names) = (0i32, BTreeSet::new());
    for (signal, points) in left.iter_mut().filter(|(_, points)| *points > 0) {
        let Some(most) = allowed(signal) else { continue };
        let part = (*points).min(most);
        *points = points.saturating_sub(part);
        taken = taken.saturating_add(part);
        names.insert(signal.as_str());
    }
    (taken > 0).then(|| hit(exemption, taken, &names.into_iter().collect::<Vec<_>>().join(", ")))
}

fn hit(exemption: &customers::exemption::Exemption, points: i32, names: &str) -> Hit {
    let until = exemption.until.to_string();
    let day = until.get(..10).unwrap_or(&until);
    let what = match &exemption.what {
        Exempt::Signal(_) => "",
        Exempt::Sender(_) => " of this sender",
        Exempt::Fingerprint { .. } => " of copies of this message",
    };
    let why = format!("Exempt until {day} for {} (exemption {}){what}: {names}", exemption.subject, exemption.id);
    let why = model::names::bounded(&why, scoring::MAX_WHY).to_owned();
    Hit { signal: SignalName::new(EXEMPT), points: points.saturating_neg(), why }
}

/// Whether From is that address, or of that domain; of several authors every one must be.
fn is_from(features: &Features, sender: &str) -> bool {
    let from = &features.headers.from;
    let single = features.headers.count("from") == 1 && !from.is_empty();
    single
        && from.iter().all(|mailbox| {
            let address = mailbox.address.to_lowercase();
            match sender.strip_prefix('@') {
                Some(domain) => address.rsplit_once('@').is_some_and(|(_, theirs)| theirs == domain),
                None => address == sender,
            }
        })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use customers::exemption::Exemption;
    use model::{Mailbox, Timestamp};
    use proptest::prelude::*;

    use super::*;

    fn score(hits: &[(&'static str, i32)]) -> Score {
        let hit = |(name, points): &(&'static str, i32)| Hit {
            signal: SignalName::new(name),
            points: *points,
            why: String::new(),
        };
        Score::of(hits.iter().map(hit).collect())
    }

    fn active(what: Exempt) -> Active {
        let prints = match &what {
            Exempt::Fingerprint { prints, .. } => Prints::from_hex(prints),
            _ => None,
        };
        let since = Timestamp::from_secs(1_700_000_000);
        let exemption = Exemption {
            id: 4,
            subject: bob(),
            what,
            since,
            until: since.after(Duration::from_secs(86_400)),
            by: "operator".into(),
            reason: String::new(),
            report: None,
        };
        Active { exemption, prints }
    }

    fn bob() -> model::SubjectKey {
        model::SubjectKey::parse(model::SubjectKind::Account, "bob@shop.example").unwrap()
    }

    fn message(from: &str, text: &str) -> Features {
        let mut features = Features::default();
        features.headers.from = vec![Mailbox { name: String::new(), address: from.into() }];
        features.headers.names = vec!["from".into()];
        features.text.plain = text.into();
        features
    }

    fn newsletter(end: &str) -> Features {
        let text = "Dear friends of music, the leaves are down and the hall is warm: this month we have three evenings for you. \
            First the quartet plays Haydn, then our youth orchestra shows what it has rehearsed since summer, and in the end \
            the choir sings what everybody knows by heart, with tea and cake for whoever likes to stay a little longer.";
        message("bob@shop.example", &format!("{text} {end}"))
    }

    fn total(score: Score, features: &Features, what: &[Active]) -> i32 {
        credited(score, features, &what.iter().collect::<Vec<_>>()).total
    }

    #[test]
    fn a_signal_is_taken_away_and_nothing_else() {
        let exempt = [active(Exempt::Signal("html_form".into()))];
        let credited = credited(score(&[("html_form", 20), ("text_prize", 100)]), &Features::default(), &[&exempt[0]]);
        assert_eq!(credited.total, 100);
        let last = credited.hits.last().unwrap();
        assert_eq!((last.signal.as_str(), last.points), ("exempt", -20));
        assert_eq!(last.why, "Exempt until 2023-11-15 for account bob@shop.example (exemption 4): html_form");
        assert_eq!(total(score(&[("text_prize", 100)]), &Features::default(), &exempt), 100);
    }

    #[test]
    fn a_sender_takes_away_what_his_address_costs_and_never_content() {
        let exempt = [active(Exempt::Sender("@brand.example".into()))];
        let hits = [("from_not_allowed", 60), ("sender_unrelated", 30), ("text_prize", 100), ("name_shows_brand", 50)];
        assert_eq!(total(score(&hits), &message("news@Brand.example", ""), &exempt), 150);
        assert_eq!(total(score(&hits), &message("news@brand.example.test", ""), &exempt), 240);
        let mut two = message("news@brand.example", "");
        two.headers.names.push("from".into());
        assert_eq!(total(score(&hits), &two, &exempt), 240, "a second From is another sender to another reader");
    }

    #[test]
    fn a_fingerprint_excuses_copies_as_far_as_the_message_itself_went() {
        let first = score(&[("text_selling", 60), ("content_classifier", 50)]);
        let points = excusable([&first, &score(&[("text_selling", 40), ("scanner_virus", 200)])]);
        assert_eq!(points, BTreeMap::from([("content_classifier".into(), 50), ("text_selling".into(), 60)]));
        let prints = Prints::of(&newsletter("")).to_hex();
        let exempt = [active(Exempt::Fingerprint { prints, points })];
        assert_eq!(total(first.clone(), &newsletter("unsubscribe here"), &exempt), 0);
        let worse = score(&[("text_selling", 60), ("content_classifier", 80), ("html_form", 20)]);
        assert_eq!(total(worse, &newsletter(""), &exempt), 50, "what goes beyond counts");
        assert_eq!(total(first, &message("bob@shop.example", &"another text ".repeat(40)), &exempt), 110);
    }

    #[test]
    fn a_link_or_a_file_more_makes_it_another_message() {
        let first = score(&[("text_selling", 60)]);
        let prints = Prints::of(&newsletter("")).to_hex();
        let exempt = [active(Exempt::Fingerprint { prints, points: excusable([&first, &first]) })];
        let mut linked = newsletter("");
        linked.attachments.push(model::features::AttachmentFact {
            name: None,
            declared: "application/pdf".into(),
            kind: model::features::FileKind::Pdf,
            size: 5000,
            digest: 7,
            encrypted: false,
            inner_names: Vec::new(),
            macros: false,
            active: None,
            page: model::features::PageFacts::default(),
        });
        assert_eq!(total(first, &linked, &exempt), 60);
    }

    #[test]
    fn what_others_said_is_never_exempt() {
        for name in NEVER {
            assert!(is_never_exempt(name));
            let exempt = [active(Exempt::Signal((*name).into()))];
            assert_eq!(total(score(&[(name, 150)]), &Features::default(), &exempt), 150);
        }
    }

    proptest! {
        /// No number of exemptions takes away more than what they name, nor makes a score fall below its own credits.
        #[test]
        fn a_score_never_falls_below_what_is_not_exempt(
            points in proptest::collection::vec(-80..200i32, 4), exempt in proptest::collection::vec(0..4usize, 0..6)
        ) {
            let names = ["html_form", "from_not_login", "text_prize", "scanner_virus"];
            let hits: Vec<_> = names.iter().copied().zip(points.iter().copied()).collect();
            let pardons: Vec<_> = exempt.iter().map(|place| active(Exempt::Signal(names[*place].into()))).collect();
            let kept: i32 = hits.iter().enumerate()
                .filter(|(place, (name, points))| *points < 0 || *name == "scanner_virus" || !exempt.contains(place))
                .map(|(_, (_, points))| *points)
                .sum();
            prop_assert_eq!(total(score(&hits), &Features::default(), &pardons), kept);
        }
    }
}
