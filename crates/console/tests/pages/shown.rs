//! What pages say, weigh and refuse to say.

use std::collections::BTreeSet;

use console::asset;
use console::view::{LoginPage, NoticePage};
use customers::Language;

use crate::html::{faults, values};
use crate::samples;

#[test]
fn every_page_in_every_language_is_well_formed_and_obeys_the_policy() {
    for language in Language::ALL.iter().copied() {
        for (name, html) in samples::all(language) {
            assert_eq!(faults(&html), Vec::<String>::new(), "{name} in {language}");
            assert!(html.contains(&format!("<html lang=\"{language}\">")), "{name}");
        }
    }
}

/// A page by its name in the samples.
fn page(name: &str, language: Language) -> String {
    let mut all = samples::all(language).into_iter();
    all.find(|(other, _)| *other == name).unwrap_or_else(|| panic!("no page {name}")).1.replace("&#x27;", "'")
}

#[test]
fn a_diagnosis_is_told_in_its_reader_s_language() {
    let german = page("diagnosis", Language::De);
    for words in
        ["Anmeldung", "nimmt das Passwort nicht an: 535 No.", "Das Passwort ist falsch.", "Versuchen Sie es in einigen"]
    {
        assert!(german.contains(words), "{words}: {german}");
    }
    assert!(!german.contains("log in") && !german.contains("Try again"), "{german}");
    assert!(page("diagnosis", Language::Fr).contains("n’accepte pas le mot de passe\u{a0}: 535 No."));
}

#[test]
fn the_block_of_a_domain_is_shown_where_its_account_is_looked_at() {
    let html = page("subject-domain", Language::En);
    assert!(html.contains("class=\"state blocked\"") && !html.contains("Nothing stops it"), "{html}");
    assert!(html.contains("because its domain shop.example is: ") && html.contains("See the domain's block"), "{html}");
}

#[test]
fn who_answered_is_named_to_operator_and_owner() {
    for name in ["ticket", "case"] {
        let html = page(name, Language::En);
        assert!(html.contains("· bob@shop.example ·") && html.contains("from the account itself"), "{name}: {html}");
    }
}

#[test]
fn a_report_is_shown_where_it_was_made_and_its_form_steps_aside() {
    let html = page("case-ip", Language::En);
    let (before, after) = html.split_once("<details><summary>Report another message").expect("a form that is folded");
    assert!(before.contains("Reported messages") && after.contains("type=\"file\""), "{html}");
}

#[test]
fn letters_that_wait_are_counted_and_every_list_leads_on() {
    let html = page("delivery", Language::En);
    for words in ["letters=waiting#letters\">2 wait</a>", "after=9.panel#events", "after=9.panel#letters", "3 tries"] {
        assert!(html.contains(words), "{words}: {html}");
    }
}

#[test]
fn ids_are_unique_and_every_field_has_a_label() {
    for (name, html) in samples::all(Language::En) {
        let ids = values(&html, "id");
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{name}: {ids:?}");
        for labelled in values(&html, "for") {
            assert!(ids.contains(&labelled), "{name}: a label for {labelled}, which isn't there");
        }
    }
}

#[test]
fn foreign_text_stays_text() {
    let hostile = "<img src=x onerror=alert(1)>\u{202e}\u{7}\"'";
    let page = NoticePage::new(hostile.into(), hostile.into(), None);
    let html = samples::render(&samples::stranger(Language::En), &page);
    assert_eq!(faults(&html), Vec::<String>::new());
    assert!(html.contains("&lt;img src=x onerror=alert(1)&gt;\u{fffd}\u{fffd}&quot;"), "{html}");
    let login = LoginPage { name: "\" autofocus onfocus=\"alert(1)".into(), to: "//evil.example".into() };
    assert_eq!(faults(&samples::render(&samples::stranger(Language::En), &login)), Vec::<String>::new());
}

#[test]
fn every_form_that_changes_something_carries_the_token() {
    for (name, html) in samples::all(Language::En) {
        let posts = html.matches("method=\"post\"").count();
        let tokens = html.matches("name=\"csrf\" value=\"0123456789abcdef\"").count();
        assert_eq!(posts, tokens, "{name}");
    }
}

/// The first page is the login; then comes "now". Each with style sheet, script and mark, uncompressed.
#[test]
fn a_first_page_is_below_50_kb() {
    let files: usize =
        ["console.css", "console.js", "mark.svg"].iter().map(|name| asset(name).unwrap().content.len()).sum();
    for language in Language::ALL.iter().copied() {
        for (name, html) in samples::all(language) {
            assert!(html.len() + files < 50_000, "{name} weighs {} bytes", html.len() + files);
        }
    }
}

#[test]
fn a_page_is_written_where_somebody_wants_to_look_at_it() {
    let Some(folder) = std::env::var_os("PORTREEVE_PAGES") else { return };
    for (name, html) in samples::all(Language::En) {
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.html")), html).unwrap();
    }
}

#[test]
fn a_part_that_fails_is_told_in_the_reader_s_language_with_what_was_reported() {
    for (language, told) in [
        (Language::En, "It does not answer: messages are judged without it"),
        (Language::Fr, "Il ne répond pas\u{a0}: les messages sont jugés sans lui"),
        (Language::De, "Er antwortet nicht: Nachrichten werden ohne ihn beurteilt"),
    ] {
        let now = page("now", language);
        assert!(now.contains(told), "{told}: {now}");
        assert!(now.contains("<code class=\"soft\" lang=\"en\">nobody answers</code>"), "{now}");
    }
    assert!(page("now", Language::De).contains("3 Briefe warten; der älteste seit 20 Minuten"));
}
