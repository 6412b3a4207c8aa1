//! What an ordinary sender writes: letters of his own words, or real ones under his name.

use model::Timestamp;

use super::compose::{Head, Style, compose};
use super::forms;
use super::habit::Habit;
use super::links;
use super::material::readdressed;
use super::ordinary::Ordinary;
use super::rng::Rng;
use super::who::stranger;
use super::words::{Letter, NAMES};

/// Posts in a digest.
const POSTS: u64 = 15;

impl Ordinary {
    /// One letter.
    pub(super) fn letter(&self, to: &str, at: Timestamp, rng: &mut Rng) -> Vec<u8> {
        if !self.material.ham.is_empty() && !self.habit.is_machine() && self.habit != Habit::Away {
            // A shop and a newsletter have one template; it is as likely to be one that scores high as any letter is.
            let template = self.tells(at) || self.habit.is_shop();
            let mut draw = if template { self.template.clone() } else { rng.split(rng.clone().next()) };
            let letter = self.material.letter(self.number, &mut draw);
            return readdressed(letter, Some(&self.who.address), to, at, rng.next());
        }
        let letter = self.words(at, rng);
        self.written(&letter, to, self.style(at, rng), at, rng)
    }

    fn words(&self, at: Timestamp, rng: &mut Rng) -> Letter {
        let tells = self.tells(at);
        if tells && self.habit == Habit::Away {
            return self.away(rng);
        }
        let mut letter = self.tongue.letter(rng.word(NAMES), rng);
        letter.paragraphs.extend(match tells {
            true => links::of_issue(self.habit, self.number),
            false => links::of_letter(self.habit, self.number, self.has_told(at), self.who.domain(), rng),
        });
        let answers = match self.habit {
            Habit::HelpDesk => 90,
            Habit::Landlord if tells => 100,
            _ if tells || self.habit.known() < 85 || self.habit.is_machine() => 0,
            _ => 30,
        };
        if answers > 0 && rng.percent(answers) {
            letter = self.tongue.letter(rng.word(NAMES), rng).answered(letter.paragraphs);
        }
        letter
    }

    /// The same to everybody, under the subject of what he got.
    fn away(&self, rng: &mut Rng) -> Letter {
        let got = self.tongue.letter("", rng).subject;
        let words = self.tongue.letter("", &mut self.template.clone());
        Letter { subject: format!("Out of office: {got}"), paragraphs: words.paragraphs }
    }

    fn style(&self, at: Timestamp, rng: &mut Rng) -> Style {
        let tells = self.tells(at);
        match self.habit {
            _ if self.habit.is_shop() || self.habit.is_newsletter() => Style::Shop,
            _ if self.habit.is_machine() => Style::Plain,
            Habit::MonthEnd if tells => Style::WithPdf,
            Habit::Meetings if tells || rng.percent(33) => Style::Invitation,
            Habit::Away if tells => Style::Plain,
            Habit::Office if rng.percent(6) => Style::Invitation,
            Habit::Office | Habit::MonthEnd if rng.percent(40) => Style::WithPdf,
            _ if rng.percent(50) => Style::Both,
            _ => Style::Plain,
        }
    }

    fn written(&self, letter: &Letter, to: &str, style: Style, at: Timestamp, rng: &mut Rng) -> Vec<u8> {
        let more = self.further_fields(letter, at, rng);
        let (name, from) = (&self.who.name, &self.who.address);
        compose(&Head { name, from, to, more: &more, at, id: rng.next() }, letter, style)
    }

    fn further_fields(&self, letter: &Letter, at: Timestamp, rng: &mut Rng) -> String {
        let program = match self.habit {
            Habit::Migrating if self.has_told(at) => "User-Agent: Evolution 3.52.1\r\n",
            _ => "User-Agent: Mozilla Thunderbird\r\n",
        };
        match self.habit {
            Habit::Newsletter | Habit::Unannounced => {
                "List-Unsubscribe: <https://www.news.example/leave>\r\nPrecedence: bulk\r\n".to_owned()
            }
            Habit::List | Habit::Digest => "List-Id: <talk.lists.example>\r\nPrecedence: list\r\n".to_owned(),
            _ if self.habit.is_shop() || self.habit.is_machine() => "Auto-Submitted: auto-generated\r\n".to_owned(),
            Habit::Away if self.tells(at) => {
                format!("Auto-Submitted: auto-replied\r\nIn-Reply-To: <{:x}@recipient.example>\r\n", rng.next())
            }
            _ if letter.is_answer() => format!("In-Reply-To: <{:x}@recipient.example>\r\n{program}", rng.next()),
            _ => program.to_owned(),
        }
    }

    /// A day's posts in one letter, with their links.
    pub(super) fn digest(&self, at: Timestamp, rng: &mut Rng) -> Vec<u8> {
        let mut all = Letter { subject: "Talk digest".into(), paragraphs: Vec::new() };
        for _ in 0..POSTS {
            let post = self.tongue.letter(rng.word(NAMES), rng);
            all.paragraphs.push(format!("From: {}\r\nSubject: {}", stranger(rng), post.subject));
            all.paragraphs.extend(post.paragraphs);
            all.paragraphs.extend(rng.percent(40).then(|| links::anywhere(rng)));
        }
        self.written(&all, "talk@lists.example", Style::Plain, at, rng)
    }

    /// What a customer typed into the shop's form, for himself; one in eight links to something.
    pub(super) fn form_copy(&self, to: &str, now: Timestamp, rng: &mut Rng) -> Vec<u8> {
        let mut typed = self.tongue.letter(rng.word(NAMES), rng).paragraphs.join(" ");
        if rng.percent(12) {
            typed = format!("{typed} {}", links::anywhere(rng));
        }
        let more = "Auto-Submitted: auto-replied\r\n";
        let head = Head { name: &self.who.name, from: &self.who.address, to, more, at: now, id: rng.next() };
        forms::copy(&head, &typed)
    }
}
