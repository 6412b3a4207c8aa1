//! The three answers, read out of a customer's reply: in any order, in any of the languages, between the quoted questions or
//! below them.

use serde::{Deserialize, Serialize};

use super::reply::{Line, lines};

/// The questions of the ticket "Account locked for spam", in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// Are you the sender of the messages below?
    Sender,
    /// Do you have a redirection to another address?
    Redirection,
    /// Have you replied to spam?
    Replied,
}

impl Question {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Sender, Self::Redirection, Self::Replied];

    /// Its number in the letter, from 1.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }

    fn of_number(number: usize) -> Option<Self> {
        Self::ALL.get(number.checked_sub(1)?).copied()
    }
}

/// What was answered so far; each at most [`Answers::MAX_ANSWER`] bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers([Option<String>; 3]);

impl Answers {
    /// A longer answer is cut; the whole reply stands beside it.
    pub const MAX_ANSWER: usize = 1000;

    /// The answer to a question.
    pub fn get(&self, question: Question) -> Option<&str> {
        self.0.get(question as usize)?.as_deref()
    }

    /// The questions that nobody has answered.
    pub fn missing(&self) -> impl Iterator<Item = Question> + '_ {
        Question::ALL.into_iter().filter(|question| self.get(*question).is_none())
    }

    /// Whether all three are there.
    pub fn are_complete(&self) -> bool {
        self.missing().next().is_none()
    }

    /// The earlier answers with the later ones in their place.
    #[must_use]
    pub fn updated(&self, later: &Self) -> Self {
        let merged = self.0.iter().zip(&later.0).map(|(old, new)| new.clone().or_else(|| old.clone()));
        let mut answers = Self::default();
        answers.0.iter_mut().zip(merged).for_each(|(slot, answer)| *slot = answer);
        answers
    }

    fn add(&mut self, question: Question, text: &str) {
        let text = text.trim();
        let Some(slot) = self.0.get_mut(question as usize).filter(|_| !text.is_empty()) else { return };
        let whole = slot.take().map_or_else(|| text.to_owned(), |before| format!("{before} {text}"));
        *slot = Some(model::names::bounded(&whole, Self::MAX_ANSWER).to_owned());
    }

    /// Reads a reply's text. An answer begins with its number, or stands below the quoted question; where there is neither,
    /// each line (or sentence) that says yes or no answers the next question, when there are just three.
    pub fn read(text: &str) -> Self {
        let lines = lines(text);
        let numbered = numbered(&lines);
        if numbered != Self::default() {
            return numbered;
        }
        in_order(&lines)
    }
}

fn numbered(lines: &[Line<'_>]) -> Answers {
    let mut answers = Answers::default();
    let mut current = None;
    for line in lines {
        match line {
            Line::Quoted(text) => {
                if let Some((question, _)) = number(text) {
                    current = Some(question);
                }
            }
            Line::Written(text) => match number(text) {
                Some((question, answer)) => {
                    current = Some(question);
                    answers.add(question, answer);
                }
                None => {
                    if let Some(question) = current {
                        answers.add(question, text);
                    }
                }
            },
        }
    }
    answers
}

/// `1. no`, `2) oui`, `3: Nein`, `1 - no`: the number and what follows.
fn number(line: &str) -> Option<(Question, &str)> {
    let line = line.trim_start();
    let rest = line.strip_prefix(|c: char| c.is_ascii_digit())?;
    let question = Question::of_number(line.chars().next()?.to_digit(10)? as usize)?;
    let rest = rest.trim_start();
    let answer = rest.strip_prefix(['.', ')', ':', '-', '=', '/']).or_else(|| says(rest).then_some(rest))?;
    Some((question, answer.trim()))
}

fn in_order(lines: &[Line<'_>]) -> Answers {
    let written: Vec<&str> = lines.iter().filter_map(Line::written).collect();
    let by_line: Vec<&str> = written.iter().copied().filter(|line| says(line)).collect();
    let sentences: Vec<&str> =
        written.iter().flat_map(|line| line.split([',', ';', '.'])).map(str::trim).filter(|part| says(part)).collect();
    let found = if by_line.len() == Question::ALL.len() { by_line } else { sentences };
    let mut answers = Answers::default();
    if found.len() == Question::ALL.len() {
        Question::ALL.into_iter().zip(found).for_each(|(question, answer)| answers.add(question, answer));
    }
    answers
}

/// Words that answer a question, in the languages of the letters.
const SAYING: &[&str] =
    &["yes", "no", "oui", "non", "ja", "nein", "not", "none", "never", "jamais", "nie", "keine", "aucune"];

/// Whether a line begins by answering.
fn says(line: &str) -> bool {
    let first = line.trim_start().split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    SAYING.iter().any(|word| word.eq_ignore_ascii_case(first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> [Option<String>; 3] {
        Answers::read(text).0
    }

    fn all(answers: [&str; 3]) -> [Option<String>; 3] {
        answers.map(|answer| Some(answer.to_owned()))
    }

    #[test]
    fn answers_are_found_however_they_are_written() {
        for (text, expected) in [
            ("1. no\n2. no\n3. yes, once\n", ["no", "no", "yes, once"]),
            ("3) Oui\r\n1) Non\r\n2) Non, aucune\r\n", ["Non", "Non, aucune", "Oui"]),
            ("Guten Tag,\n1: Nein\n2: Nein\n3 - ja leider\n", ["Nein", "Nein", "ja leider"]),
            ("1 no\n2 yes to me@home.example\n3 no\n", ["no", "yes to me@home.example", "no"]),
            ("No\nNo\nYes\n", ["No", "No", "Yes"]),
            ("Hello, here are my answers:\nno, no, yes\nBob", ["no", "no", "yes"]),
            (
                "> 1. Are you the sender of the messages below?\nNo, I was on holiday.\n> 2. Do you have a redirection?\nNo\n\
                 > 3. Have you replied to spam?\nI think\nso.\n",
                ["No, I was on holiday.", "No", "I think so."],
            ),
        ] {
            assert_eq!(read(text), all(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_answer_is_none() {
        for text in
            ["", "Please unblock me!", "no", "> 1. Are you the sender?\n> 2. Redirection?\n", "4. no\n10. yes\n"]
        {
            assert_eq!(read(text), [None, None, None], "{text}");
        }
    }

    #[test]
    fn answers_come_in_several_replies() {
        let first = Answers::read("1. no\n3. no\n");
        assert_eq!(first.missing().collect::<Vec<_>>(), [Question::Redirection]);
        let both = first.updated(&Answers::read("2: none\n3: yes\n"));
        assert_eq!(both.0, all(["no", "none", "yes"]));
        assert!(both.are_complete());
    }

    #[test]
    fn an_endless_answer_is_cut() {
        let text = format!("1. {}\n2. no\n", "é".repeat(5000));
        assert!(Answers::read(&text).get(Question::Sender).is_some_and(|answer| answer.len() <= Answers::MAX_ANSWER));
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in "(?s).{0,400}") {
            let _ = Answers::read(&text);
        }

        #[test]
        fn any_order_gives_the_same(order in Just([0usize, 1, 2]).prop_shuffle()) {
            let given = ["no", "yes, to a@b.example", "never"];
            let text: String = order.iter().map(|at| format!("{}. {}\n", at + 1, given[*at])).collect();
            prop_assert_eq!(read(&text), all(given));
        }
    }
}
