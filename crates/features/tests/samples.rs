//! What is seen in the sample messages of `tests/mail`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod common;

use common::{features_of, sample, samples, with_crlf};
use model::features::{FileKind, HeaderDefect, MimeDefect};

#[test]
fn ham_is_well_formed_readable_and_hides_nothing() {
    let samples = samples("ham");
    assert!(samples.len() >= 12);
    for (name, raw) in samples {
        let features = features_of(&raw);
        assert!(features.headers.subject.is_some() && features.headers.message_id.is_some(), "{name}");
        assert_eq!(features.headers.from.len(), 1, "{name}");
        assert!(features.text.letters + features.text.shown().chars().count() > 100, "{name}");
        assert_eq!(features.structure.defects, [], "{name}");
        assert_eq!(features.text.mixed_words, Vec::<String>::new(), "{name}");
        assert_eq!(features.bounds_hit, [], "{name}");
        if let Some(html) = features.html {
            assert_eq!((html.hidden_chars, html.misleading_links.len()), (0, 0), "{name}");
        }
    }
}

#[test]
fn line_ends_make_no_difference() {
    for (name, raw) in samples("ham").into_iter().chain(samples("spam")) {
        let (mut lf, crlf) = (features_of(&raw), features_of(&with_crlf(&raw)));
        assert!(lf.size < crlf.size);
        lf.size = crlf.size;
        assert_eq!(format!("{lf:?}"), format!("{crlf:?}"), "{name}");
    }
}

#[test]
fn a_newsletter_has_a_preheader_and_a_list() {
    let features = features_of(&sample("ham/newsletter.eml"));
    let html = features.html.unwrap();
    assert!(features.headers.list && html.preheader_chars > 20);
    assert_eq!((html.remote_images, html.links), (2, 3));
    assert!(features.text.html.starts_with("November at the concert hall\nDear friends of music,"));
    assert!(!features.text.html.contains("Three concerts, one workshop"));
}

#[test]
fn charsets_are_decoded() {
    assert!(features_of(&sample("ham/german.eml")).text.plain.contains("am frühen Vormittag"));
    let japanese = features_of(&sample("ham/japanese.eml"));
    assert_eq!(japanese.headers.subject.as_deref(), Some("お見積りの件"));
    assert!(japanese.text.plain.contains("株式会社サンプル"));
}

#[test]
fn the_message_inside_a_bounce_is_not_its_text() {
    let features = features_of(&sample("ham/bounce.eml"));
    assert!(features.text.plain.contains("could not\nbe delivered"));
    assert!(!features.text.plain.contains("forecast"));
    assert_eq!(features.structure.count("message/delivery-status"), 1);
    assert_eq!(features.attachments, []);
}

#[test]
fn wrapping_a_message_does_not_hide_its_text() {
    let wrapped = [&b"Subject: x\nContent-Type: message/rfc822\n\n"[..], &sample("spam/phishing.eml")].concat();
    let features = features_of(&wrapped);
    assert!(features.text.html.contains("permanently closed"));
    assert!(!features.urls.is_empty());
}

#[test]
fn a_phishing_link_shows_one_host_and_leads_to_another() {
    let features = features_of(&sample("spam/phishing.eml"));
    let html = features.html.unwrap();
    let (shown, behind) = &html.misleading_links[0];
    assert_eq!((shown.as_str(), behind.as_str()), ("www.bank.example", "secure-login.203-0-113-9.evil.example"));
    assert!(features.urls.iter().any(|url| url.disguised_address));
    assert_eq!(features.headers.defects, [HeaderDefect::NeedlessEncoding("subject".into())]);
}

#[test]
fn hidden_filler_is_counted_and_not_read() {
    let features = features_of(&sample("spam/hidden-text.eml"));
    let html = features.html.unwrap();
    assert!(html.hidden_chars > 500 && html.comment_bytes > 500);
    assert_eq!(html.unknown_tags, 2);
    assert!(features.text.html.starts_with("Congratulations! You won a new phone."));
    assert!(!features.text.html.contains("committee"));
}

#[test]
fn look_alike_and_invisible_characters_are_seen() {
    let features = features_of(&sample("spam/look-alike.eml"));
    assert!(features.text.mixed_words.len() >= 4, "{:?}", features.text.mixed_words);
    assert_eq!(features.text.styled_letters, 12);
    assert_eq!(features_of(&sample("spam/extortion.eml")).text.invisible_chars, 6);
}

#[test]
fn attachments_are_what_they_are_and_not_what_they_say() {
    let invoice = features_of(&sample("spam/fake-invoice.eml"));
    let fact = &invoice.attachments[0];
    assert_eq!((fact.kind, fact.declared.as_str()), (FileKind::Zip, "application/pdf"));
    assert_eq!(fact.inner_names, ["Invoice_88213.pdf.js"]);
    let page = features_of(&sample("spam/html-attachment.eml"));
    assert_eq!(page.attachments[0].kind, FileKind::Html);
    assert!(page.html.is_none());
    let image = features_of(&sample("spam/image-only.eml"));
    assert_eq!(image.attachments[0].kind, FileKind::Image);
    assert_eq!(image.html.unwrap().visible_chars, 0);
}

#[test]
fn encodings_that_lie_are_defects_and_read_all_the_same() {
    let raw = b"Content-Type: text/plain; charset=klingon\nContent-Transfer-Encoding: base64 (x)\n\nSGV*sbG8=\n";
    let features = features_of(raw);
    assert_eq!(features.text.plain, "Hello");
    assert_eq!(features.structure.defects, [MimeDefect::UnknownCharset("klingon".into()), MimeDefect::BadEncoding]);
}
