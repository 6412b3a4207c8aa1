//! How each practice of good senders shows in a message; what is said of it stands in `customers::report::PRACTICES`.

use customers::report::{Finding, practice};
use model::features::UrlSource;
use model::{Evidence, Features, Score};

/// From so many recipients on a message is bulk mail.
const BULK: u32 = 20;
/// More recipients of one message are many.
const MANY: u32 = 50;

/// What is known of a message.
struct Seen<'a> {
    features: &'a Features,
    scores: [&'a Score; 2],
    evidence: &'a Evidence,
}

/// Whether a message keeps to a practice; `None` where it has nothing to do with it.
type Check = fn(&Seen<'_>) -> Option<bool>;

const CHECKS: &[(&str, Check)] = &[
    ("from_is_login", from_is_login),
    ("authenticated", authenticated),
    ("unsubscribe", |seen| seen.is_bulk().then(|| seen.features.headers.has("list-unsubscribe"))),
    ("one_click", |seen| {
        let headers = &seen.features.headers;
        headers.has("list-unsubscribe").then(|| headers.has("list-unsubscribe-post"))
    }),
    ("few_recipients", |seen| Some(seen.evidence.recipients <= MANY)),
    ("named_recipient", |seen| Some(!seen.shows(&["to_missing"]))),
    ("text_part", |seen| seen.features.html.as_ref().map(|_| !seen.features.text.plain.trim().is_empty())),
    ("text_agrees", |seen| {
        let text = &seen.features.text;
        let both = !text.plain.trim().is_empty() && !text.html.trim().is_empty();
        both.then(|| !seen.shows(&["parts_disagree"]))
    }),
    ("words_not_pictures", |seen| seen.features.html.as_ref().map(|_| !seen.shows(&["html_image_only"]))),
    ("plain_html", |seen| {
        let hides = [
            "html_hidden_text",
            "html_split_words",
            "html_password",
            "html_form",
            "html_script",
            "html_embed",
            "html_refresh",
            "html_script_link",
            "html_filler",
        ];
        seen.features.html.as_ref().map(|_| !seen.shows(&hides))
    }),
    ("open_links", |seen| {
        let hides =
            ["url_shortener", "url_redirector", "url_address", "url_disguised", "url_userinfo", "html_misleading_link"];
        seen.has_links().then(|| !seen.shows(&hides))
    }),
    ("own_links", |seen| seen.has_links().then(|| links_home(seen.features))),
    ("calm_subject", |seen| {
        let loud = ["subject_shouting", "subject_gaps", "subject_serial", "subject_hype", "subject_fake_reply"];
        seen.features.headers.subject.as_ref().map(|_| !seen.shows(&loud))
    }),
    ("harmless_files", |seen| {
        let shown = seen.scores.iter().flat_map(|score| &score.hits);
        let bad = shown.into_iter().any(|hit| hit.signal.as_str().starts_with("attachment_"));
        (!seen.features.attachments.is_empty()).then_some(!bad)
    }),
    ("complete_header", |seen| {
        Some(
            seen.features.headers.defects.is_empty()
                && !seen.shows(&["date_missing", "date_invalid", "message_id_malformed"]),
        )
    }),
];

/// What is good about a message and what to change, the weightiest first.
pub(super) fn findings(features: &Features, now: &Score, then: &Score, evidence: &Evidence) -> Vec<Finding> {
    let seen = Seen { features, scores: [now, then], evidence };
    let found = CHECKS.iter().filter_map(|(name, check)| {
        let (good, practice) = (check(&seen)?, practice(name)?);
        let [change, ..] = practice.change;
        let sentence = if good { practice.good } else { change };
        Some(Finding { practice: (*name).to_owned(), good, sentence: sentence.to_owned() })
    });
    found.collect()
}

impl Seen<'_> {
    fn shows(&self, signals: &[&str]) -> bool {
        self.scores.iter().flat_map(|score| &score.hits).any(|hit| signals.contains(&hit.signal.as_str()))
    }

    fn is_bulk(&self) -> bool {
        let headers = &self.features.headers;
        headers.list
            || headers.automatic
            || self.evidence.recipients >= BULK
            || self.shows(&["same_many", "same_senders"])
    }

    fn has_links(&self) -> bool {
        self.features.urls.iter().any(|url| url.source != UrlSource::Image)
    }
}

fn from_is_login(seen: &Seen<'_>) -> Option<bool> {
    let login = seen.features.sender.login.as_ref()?;
    let from = seen.features.headers.from.first()?;
    let own = from.address.eq_ignore_ascii_case(login.as_str());
    let domain = from.domain().zip(login.domain()).is_some_and(|(from, login)| from.as_str() == login);
    Some(own || domain || seen.features.sender.from_allowed == Some(true))
}

/// Known only where somebody asked, or the message says that it is signed.
fn authenticated(seen: &Seen<'_>) -> Option<bool> {
    let fails = seen.shows(&["spf_not_ours", "dkim_invalid", "dmarc_will_refuse"]);
    (fails || seen.features.headers.has("dkim-signature")).then_some(!fails)
}

/// Whether some link leads to the domain in From.
fn links_home(features: &Features) -> bool {
    let Some(from) = features.headers.from.first().and_then(model::Mailbox::domain) else { return false };
    let links = features.urls.iter().filter(|url| url.source != UrlSource::Image);
    links.filter_map(|url| url.registrable.as_ref()).any(|domain| {
        let rest = from.as_str().strip_suffix(domain.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_practice_has_a_check_and_every_check_a_practice() {
        let checks: Vec<_> = CHECKS.iter().map(|(name, _)| *name).collect();
        let practices: Vec<_> = customers::report::PRACTICES.iter().map(|practice| practice.name).collect();
        assert_eq!(checks, practices);
    }
}
