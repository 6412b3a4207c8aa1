//! Pages of a few sentences: what is about to happen, and what went wrong.

use serde::Serialize;

use super::block::BlockRow;
use super::customer::customer_href;
use crate::mistake;
use crate::render::Page;
use crate::web::Fault;
use crate::words::Words;

/// Asks before something is done.
#[derive(Debug, Clone, Serialize)]
pub struct ConfirmPage {
    title: String,
    sentences: Vec<String>,
    action: String,
    back: String,
    submit: String,
    /// What has to be written down, when something has.
    asks: Option<String>,
    tone: &'static str,
}

impl ConfirmPage {
    /// Before a block is released.
    pub fn release(block: &BlockRow, words: &Words) -> Self {
        let say = |key| words.say(key).to_owned();
        Self {
            title: words.fill("release.title", &[("name", block.name())]),
            sentences: vec![say("release.what"), say("release.strike"), say("release.probation")],
            action: format!("{}/release", block.href),
            back: block.href.clone(),
            submit: say("release.submit"),
            asks: None,
            tone: "grave",
        }
    }

    /// Before a customer is taken out of the store.
    pub fn remove_customer(service: &str, words: &Words) -> Self {
        let page = customer_href(service);
        Self {
            title: words.fill("customer.remove.title", &[("name", service)]),
            sentences: vec![words.say("customer.remove.what").to_owned()],
            action: format!("{page}/remove"),
            back: page,
            submit: words.say("customer.remove").to_owned(),
            asks: None,
            tone: "grave",
        }
    }
}

impl Page for ConfirmPage {
    const TEMPLATE: &'static str = "confirm.html";
}

/// One sentence.
#[derive(Debug, Clone, Serialize)]
pub struct NoticePage {
    title: String,
    sentence: String,
    back: Option<String>,
    live: u32,
}

impl NoticePage {
    /// Something went wrong: the words of `error.WORD`.
    pub fn error(word: &str, gaps: &[(&str, &str)], back: Option<String>, words: &Words) -> Self {
        let (title, sentence) = (format!("error.{word}.title"), format!("error.{word}"));
        Self { title: words.say(&title).to_owned(), sentence: words.fill(&sentence, gaps), back, live: 0 }
    }

    /// Why a page is not shown.
    pub(crate) fn fault(fault: &Fault, words: &Words) -> Self {
        match fault {
            Fault::Refused(sentence) => {
                Self::new(words.say("error.refused.title").to_owned(), capital(&mistake::told(sentence, words)), None)
            }
            Fault::Told(key, gaps) => {
                let gaps: Vec<_> = gaps.iter().map(|(gap, value)| (*gap, value.as_str())).collect();
                Self::new(words.say("error.refused.title").to_owned(), words.fill(key, &gaps), None)
            }
            Fault::Choice { word, known } => {
                let sentence = words.fill("choice.unknown", &[("word", word), ("known", known)]);
                Self::new(words.say("error.refused.title").to_owned(), sentence, None)
            }
            Fault::Slow(wait) => Self::error(fault.word(), &[("time", &words.span(*wait))], None, words),
            _ => Self::error(fault.word(), &[], None, words),
        }
    }

    /// A title and a sentence.
    pub fn new(title: String, sentence: String, back: Option<String>) -> Self {
        Self { title, sentence, back, live: 0 }
    }
}

/// Errors begin as they do in a log; a sentence on a page begins with a capital letter.
fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

impl Page for NoticePage {
    const TEMPLATE: &'static str = "notice.html";
}
