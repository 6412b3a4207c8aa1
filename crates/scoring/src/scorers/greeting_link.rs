//! A greeting with a link in it: "Hello You have won https://… ,". Somebody typed a text where a form asks for a name, and the
//! site's own mailer greets whoever he chose with it.

use crate::{Reading, Seen};

/// Lines looked at: a letterhead may stand above the greeting.
const LINES: usize = 12;
/// A greeting is no longer, in bytes.
const LONGEST: usize = 240;
/// What greetings begin with, lower case.
const GREETINGS: &[&str] = &[
    "hello ", "hi ", "hey ", "dear ", "good morning ", "good day ", "welcome ", "hallo ", "guten tag ", "guten morgen ",
    "sehr geehrte ", "sehr geehrter ", "liebe ", "lieber ", "bonjour ", "cher ", "chère ", "hola ", "estimado ", "estimada ",
    "buenos días ", "ciao ", "gentile ", "buongiorno ", "olá ", "caro ", "beste ", "geachte ", "hej ", "witaj ", "здравствуйте ",
];

pub(super) fn observe(message: &Reading<'_>) -> Option<Seen> {
    let lines = message.features.text.shown().lines().map(str::trim).filter(|line| !line.is_empty());
    lines.take(LINES).filter(|line| is_link(line)).find_map(greeted).map(Seen::of)
}

/// The link in the name of a line that greets. A name ends at its first comma or exclamation mark, so that "Hi, see https://…"
/// greets nobody with it; and there is one, or it would be "Hello see https://…".
fn greeted(line: &str) -> Option<&str> {
    let line = model::names::bounded(line, LONGEST);
    let lower = line.to_lowercase();
    GREETINGS.iter().find(|greeting| lower.starts_with(**greeting))?;
    let mut words = line.split_whitespace();
    let before = words.by_ref().take_while(|word| !is_link(word)).any(|word| word.ends_with(END));
    let link = line.split_whitespace().find(|word| is_link(word))?;
    let ended = link.ends_with(END) || words.any(|word| word.ends_with(END));
    (ended && !before).then_some(link)
}

/// What a name ends with.
const END: [char; 2] = [',', '!'];

fn is_link(text: &str) -> bool {
    text.contains("://") || text.contains("www.")
}
