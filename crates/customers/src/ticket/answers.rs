//! The three answers, read out of a customer's reply: in any order, in any of the languages, between the quoted questions or
//! below them.

use serde::{Deserialize, Serialize};

use super::reply::{Line, closes, greets, lines};

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

    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sender => "sender",
            Self::Redirection => "redirection",
            Self::Replied => "replied",
        }
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

    /// A form's fields as a reply by mail would say them, answers in the order of the questions; what stands before the numbers belongs
    /// to no answer.
    pub fn as_reply(more: &str, answers: &[String; 3]) -> String {
        let mut text = more.trim().to_owned();
        for (question, answer) in Question::ALL.into_iter().zip(answers) {
            let answer = answer.trim().replace(['\r', '\n'], " ");
            if !answer.is_empty() {
                text.push_str(&format!("\n{}. {answer}", question.number()));
            }
        }
        text
    }

    /// What a reply's text answers of the questions that are open. An answer begins with its number, or stands below the
    /// quoted question; where there is neither, and as many lines (or sentences) say yes or no as questions are open, they
    /// answer them in order, and what was written about a single open question is its answer.
    pub fn read(text: &str, open: &[Question]) -> Self {
        let lines = lines(text);
        let numbered = numbered(&lines);
        if numbered != Self::default() {
            return numbered;
        }
        in_order(&lines, open)
    }
}

fn numbered(lines: &[Line<'_>]) -> Answers {
    let mut answers = Answers::default();
    let mut current = None;
    for line in lines {
        match line {
            Line::Quoted(text) => current = number(text).map(|(question, _)| question).or(current),
            Line::Written(text) if closes(text) => current = None,
            Line::Written(text) => {
                for piece in pieces(text) {
                    let (question, answer) =
                        number(piece).map_or((current, piece), |(question, rest)| (Some(question), rest));
                    current = question;
                    current.into_iter().for_each(|question| answers.add(question, answer));
                }
            }
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

/// A line cut before each further answer that begins inside it: people with a telephone write `1. no 2. no 3. no`.
fn pieces(line: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut rest, mut last) = (line, number(line).map(|(question, _)| question));
    while let Some((at, question)) = next_inside(rest, last) {
        let (piece, after) = rest.split_at(at);
        pieces.push(piece);
        (rest, last) = (after, Some(question));
    }
    pieces.push(rest);
    pieces
}

/// Where inside a line the answer to a later question begins. After `3.` only a yes or no counts: it may be a date.
fn next_inside(line: &str, last: Option<Question>) -> Option<(usize, Question)> {
    let begins =
        line.char_indices().zip(line.chars().skip(1)).filter(|((_, before), c)| is_gap(*before) && c.is_ascii_digit());
    let mut places = begins.map(|((at, before), _)| at + before.len_utf8());
    places.find_map(|at| {
        let place = line.get(at..)?;
        let (question, answer) = number(place).filter(|(question, _)| Some(*question) > last)?;
        let is_marked = place.get(1..)?.starts_with([')', ':']);
        (is_marked || says(answer)).then_some((at, question))
    })
}

fn is_gap(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | ';' | '(' | '>' | '*')
}

fn in_order(lines: &[Line<'_>], open: &[Question]) -> Answers {
    let mut answers = Answers::default();
    let own = lines.iter().filter_map(Line::written).take_while(|line| !closes(line));
    let written: Vec<&str> = own.filter(|line| !greets(line)).collect();
    if let [question] = open {
        written.iter().for_each(|line| answers.add(*question, line));
        return answers;
    }
    let by_line: Vec<&str> = written.iter().copied().filter(|line| says(line)).collect();
    let sentences: Vec<&str> =
        written.iter().flat_map(|line| line.split([',', ';', '.'])).map(str::trim).filter(|part| says(part)).collect();
    let found = if by_line.len() == open.len() { by_line } else { sentences };
    if found.len() == open.len() {
        open.iter().zip(found).for_each(|(question, answer)| answers.add(*question, answer));
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
        Answers::read(text, &Question::ALL).0
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
            ("1. nein 2. nein 3. nein", ["nein", "nein", "nein"]),
            (
                "1) no, never 2) yes, to me@home.example 3) I think so",
                ["no, never", "yes, to me@home.example", "I think so"],
            ),
            (
                "1. Nein, am 3. Dezember war ich fort.\n2. nein, 3. ja",
                ["Nein, am 3. Dezember war ich fort.", "nein,", "ja"],
            ),
            (
                "First one: 1) no\nSecond one: 2) Yes, me@home.example\n3: no",
                ["no Second one:", "Yes, me@home.example", "no"],
            ),
            ("1. no\n2. no\n3. Nein\n\nViele Grüße\nHans\nVon meinem iPhone gesendet\n", ["no", "no", "Nein"]),
            ("Bonjour,\nnon\nnon\noui\nCordialement,\nLe patron, non joignable", ["non", "non", "oui"]),
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
    fn a_single_open_question_is_answered_without_its_number() {
        let text = "Hello,\nYes, to bob@private.example\n\nKind regards\nBob\n> 2. Do you have a redirection?\n";
        let answers = Answers::read(text, &[Question::Redirection]);
        assert_eq!(answers.0, [None, Some("Yes, to bob@private.example".to_owned()), None]);
        assert_eq!(Answers::read("no\nyes", &[Question::Sender, Question::Replied]).0[2].as_deref(), Some("yes"));
        assert_eq!(Answers::read("Hello?", &[]), Answers::default());
    }

    #[test]
    fn answers_come_in_several_replies() {
        let first = Answers::read("1. no\n3. no\n", &Question::ALL);
        assert_eq!(first.missing().collect::<Vec<_>>(), [Question::Redirection]);
        let both = first.updated(&Answers::read("2: none\n3: yes\n", &[Question::Redirection]));
        assert_eq!(both.0, all(["no", "none", "yes"]));
        assert!(both.are_complete());
    }

    #[test]
    fn an_endless_answer_is_cut() {
        let text = format!("1. {}\n2. no\n", "é".repeat(5000));
        assert!(
            Answers::read(&text, &Question::ALL)
                .get(Question::Sender)
                .is_some_and(|answer| answer.len() <= Answers::MAX_ANSWER)
        );
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in "(?s).{0,400}") {
            let _ = Answers::read(&text, &Question::ALL);
            let _ = Answers::read(&text, &[Question::Replied]);
        }

        #[test]
        fn any_order_gives_the_same(order in Just([0usize, 1, 2]).prop_shuffle()) {
            let given = ["no", "yes, to a@b.example", "never"];
            let text: String = order.iter().map(|at| format!("{}. {}\n", at + 1, given[*at])).collect();
            prop_assert_eq!(read(&text), all(given));
        }
    }
}
