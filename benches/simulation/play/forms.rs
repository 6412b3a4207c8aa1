//! What web servers send when somebody fills in a form, to whatever address he typed.

use std::sync::Arc;

use features::FeatureLimits;
use model::features::UrlSource;
use model::{Envelope, Message, Session, Submission, Timestamp, Via};

use super::compose::{Head, Style, compose};
use super::words::Letter;

/// A form takes no more characters.
const FIELD: usize = 1500;
/// The same of a field for a name.
const NAME: usize = 120;

/// "A copy of your message to us", under the letterhead.
pub(crate) fn copy(head: &Head<'_>, typed: &str) -> Vec<u8> {
    let thanks = "Thank you for your message. We answer within two days. A copy:".to_owned();
    let letter = Letter { subject: "Your message to our shop".into(), paragraphs: vec![thanks, typed.to_owned()] };
    compose(head, &letter, Style::Shop)
}

/// "Please confirm": what was typed as a name is in the greeting.
pub(crate) fn sign_up(head: &Head<'_>, name: &str) -> Vec<u8> {
    let host = head.from.rsplit('@').next().unwrap_or_default();
    let paragraphs = vec![
        format!("Hello {name},"),
        format!("please confirm that you want our newsletter: https://www.{host}/confirm/{:x}", head.id),
        "If you have not asked for it, do nothing.".to_owned(),
    ];
    compose(head, &Letter { subject: "Please confirm your subscription".into(), paragraphs }, Style::Shop)
}

/// What a thief types: the words of a text, and how to get to him, for a field knows no links.
pub(crate) fn typed(spam: &[u8], at: Timestamp) -> String {
    let features = read(spam, at);
    let words = features.text.shown().split_whitespace().collect::<Vec<_>>().join(" ");
    let hidden: Vec<_> = ways(&features).into_iter().filter(|way| !words.contains(way.as_str())).collect();
    let words: String = words.chars().take(FIELD - 200).collect();
    format!("{words} {}", hidden.join(" ")).trim().to_owned()
}

/// The same where there is room for a name only: the subject, and the way to him.
pub(crate) fn typed_name(spam: &[u8], at: Timestamp) -> String {
    let features = read(spam, at);
    let subject: String = features.headers.subject.iter().flat_map(|subject| subject.chars()).take(NAME).collect();
    let way = ways(&features).into_iter().next().unwrap_or_default();
    format!("{subject} {way}").trim().to_owned()
}

/// Whether a text says how to get to its author: nobody types one that doesn't.
pub(crate) fn leads_anywhere(spam: &[u8]) -> bool {
    !ways(&read(spam, Timestamp::default())).is_empty()
}

/// Links, addresses to answer to, and what stands for one in the text; three of them.
fn ways(features: &model::Features) -> Vec<String> {
    let links = features.urls.iter().filter(|url| url.source != UrlSource::Image).map(|url| url.url.clone());
    let answers = features.headers.reply_to.iter().map(|mailbox| mailbox.address.clone());
    let is_way = |word: &&str| word.contains('@') || word.len() > 25 && word.chars().all(char::is_alphanumeric);
    let written = features.text.shown().split_whitespace().filter(is_way).map(str::to_owned);
    links.chain(answers).chain(written).take(3).collect()
}

fn read(raw: &[u8], at: Timestamp) -> model::Features {
    let session = Arc::new(Session::new(Via::Milter));
    let submission = Submission { session, envelope: Envelope::default(), message: Message::whole(raw.to_vec()) };
    features::extract(&submission, at, &FeatureLimits::default())
}
