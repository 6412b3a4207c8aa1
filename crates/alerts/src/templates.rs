//! The letters' templates: those that come with the program, and the operator's own in their place.
//!
//! A template is checked when it is loaded, by writing a letter with it, so that a mistake is found by `portreeve check`.
//! Security: an operator's template is trusted, what is filled in is not: it is escaped in HTML, and the work of one
//! template is bounded.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::OnceLock;

use customers::Language;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};

use crate::conversation::Conversation;
use crate::facts::Facts;
use crate::many::{Collected, DigestFacts};
use crate::text::{clean, french, wrap};

/// Steps that one template may take; the built-in ones take some hundred for each line.
const FUEL: u64 = 100_000;
/// A template of an operator is no longer than this, in bytes.
const MAX_TEMPLATE: u64 = 256 * 1024;
/// A subject line, in bytes.
const MAX_SUBJECT: usize = 320;

macro_rules! embedded {
    ($($name:literal),* $(,)?) => {
        /// Every template that comes with the program, by name.
        const EMBEDDED: &[(&str, &str)] =
            &[$(($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/templates/", $name)))),*];
    };
}

embedded! {
    "layout.html",
    "en/words.txt", "en/ip-blocked.txt", "en/ip-blocked.html", "en/account-blocked.txt", "en/account-blocked.html",
    "en/account-notice.txt", "en/account-notice.html",
    "en/ticket-opened.txt", "en/ticket-opened.html", "en/ticket-missing.txt", "en/ticket-missing.html",
    "en/ticket-received.txt", "en/ticket-received.html", "en/ticket-answer.txt", "en/ticket-answer.html",
    "en/ticket-approved.txt", "en/ticket-approved.html", "en/ticket-refused.txt", "en/ticket-refused.html",
    "en/report-received.txt", "en/report-received.html", "en/report-confirmed.txt", "en/report-confirmed.html",
    "en/report-declined.txt", "en/report-declined.html", "en/report-unusable.txt",
    "en/report-unusable.html",
    "en/released.txt", "en/released.html", "en/reminder.txt", "en/reminder.html",
    "en/ticket-created.txt", "en/ticket-created.html", "en/ticket-message.txt", "en/ticket-message.html",
    "en/collected.txt", "en/collected.html", "en/digest.txt", "en/digest.html", "en/blocked.html",
    "fr/words.txt", "fr/ip-blocked.txt", "fr/ip-blocked.html", "fr/account-blocked.txt", "fr/account-blocked.html",
    "fr/account-notice.txt", "fr/account-notice.html",
    "fr/ticket-opened.txt", "fr/ticket-opened.html", "fr/ticket-missing.txt", "fr/ticket-missing.html",
    "fr/ticket-received.txt", "fr/ticket-received.html", "fr/ticket-answer.txt", "fr/ticket-answer.html",
    "fr/ticket-approved.txt", "fr/ticket-approved.html", "fr/ticket-refused.txt", "fr/ticket-refused.html",
    "fr/report-received.txt", "fr/report-received.html", "fr/report-confirmed.txt", "fr/report-confirmed.html",
    "fr/report-declined.txt", "fr/report-declined.html", "fr/report-unusable.txt",
    "fr/report-unusable.html",
    "fr/released.txt", "fr/released.html", "fr/reminder.txt", "fr/reminder.html",
    "fr/ticket-created.txt", "fr/ticket-created.html", "fr/ticket-message.txt", "fr/ticket-message.html",
    "fr/collected.txt", "fr/collected.html", "fr/digest.txt", "fr/digest.html", "fr/blocked.html",
    "de/words.txt", "de/ip-blocked.txt", "de/ip-blocked.html", "de/account-blocked.txt", "de/account-blocked.html",
    "de/account-notice.txt", "de/account-notice.html",
    "de/ticket-opened.txt", "de/ticket-opened.html", "de/ticket-missing.txt", "de/ticket-missing.html",
    "de/ticket-received.txt", "de/ticket-received.html", "de/ticket-answer.txt", "de/ticket-answer.html",
    "de/ticket-approved.txt", "de/ticket-approved.html", "de/ticket-refused.txt", "de/ticket-refused.html",
    "de/report-received.txt", "de/report-received.html", "de/report-confirmed.txt", "de/report-confirmed.html",
    "de/report-declined.txt", "de/report-declined.html", "de/report-unusable.txt",
    "de/report-unusable.html",
    "de/released.txt", "de/released.html", "de/reminder.txt", "de/reminder.html",
    "de/ticket-created.txt", "de/ticket-created.html", "de/ticket-message.txt", "de/ticket-message.html",
    "de/collected.txt", "de/collected.html", "de/digest.txt", "de/digest.html", "de/blocked.html",
}

settings::choice! {
    /// What a letter tells.
    pub enum Notice {
        /// An IP address was blocked.
        IpBlocked = "ip-blocked",
        /// An account or a domain was blocked.
        AccountBlocked = "account-blocked",
        /// The same, to the account's own mailbox where that is not trusted: no link, no way out; and that it is over.
        AccountNotice = "account-notice",
        /// An account was blocked, and a ticket leads out.
        TicketOpened = "ticket-opened",
        /// Some questions of the ticket are still open.
        TicketMissing = "ticket-missing",
        /// All are answered; somebody decides.
        TicketReceived = "ticket-received",
        /// The support desk has written.
        TicketAnswer = "ticket-answer",
        /// The account was released through its ticket.
        TicketApproved = "ticket-approved",
        /// It was not, for a reason.
        TicketRefused = "ticket-refused",
        /// A false-positive report has come in.
        ReportReceived = "report-received",
        /// It was right.
        ReportConfirmed = "report-confirmed",
        /// It was not, for a reason.
        ReportDeclined = "report-declined",
        /// A mail was no report that can be taken, and why.
        ReportUnusable = "report-unusable",
        /// A block is over.
        Released = "released",
        /// A block still waits for its customer.
        Reminder = "reminder",
        /// A ticket without a block is open: a question, or the result of a diagnosis.
        TicketCreated = "ticket-created",
        /// The support desk has written in such a ticket.
        TicketMessage = "ticket-message",
        /// Many blocks of one customer in one letter.
        Collected = "collected",
        /// What operators have to know, in one letter.
        Digest = "digest",
    }
}

/// Templates, compiled with the first letter in their language: all of them together take more than a megabyte.
pub struct Templates {
    /// By name; a name without a language belongs to each.
    sources: Vec<(&'static str, Cow<'static, str>)>,
    compiled: [OnceLock<Environment<'static>>; 3],
}

/// A letter's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The subject line.
    pub subject: String,
    /// The plain text, with LF, in lines that mail programs show whole.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

impl Templates {
    /// Those that come with the program.
    pub fn embedded() -> Self {
        Self::of(EMBEDDED.iter().map(|(name, source)| (*name, Cow::Borrowed(*source))).collect())
    }

    fn of(sources: Vec<(&'static str, Cow<'static, str>)>) -> Self {
        Self { sources, compiled: Default::default() }
    }

    /// The same, with the operator's in place of those of the same name below a folder, such as `fr/ip-blocked.txt`.
    ///
    /// # Errors
    /// Every template that can't be read or used, as a sentence with the file's name.
    pub fn with_folder(folder: &Path) -> Result<Self, Vec<String>> {
        Self::with_files(Some(folder), &BTreeMap::new())
    }

    /// The same, with these texts in place of the files of those names, to see what they would make of letters.
    ///
    /// # Errors
    /// Every template that can't be read or used, as a sentence with the file's name.
    pub fn with_files(folder: Option<&Path>, files: &BTreeMap<String, String>) -> Result<Self, Vec<String>> {
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            return Err(vec![format!("{} is no folder", folder.display())]);
        }
        let is_known = |name: &str| EMBEDDED.iter().any(|(known, _)| *known == name);
        let unknown = files.keys().filter(|name| !is_known(name));
        let mut mistakes: Vec<_> = unknown.map(|name| format!("{name}: there is no template of that name")).collect();
        let mut sources = Vec::with_capacity(EMBEDDED.len());
        for (name, embedded) in EMBEDDED {
            let own = match files.get(*name) {
                Some(text) => bounded(text),
                None => folder.map_or(Ok(None), |folder| own(&folder.join(name))),
            };
            let source = own.and_then(|own| in_place(name, embedded, own));
            match source {
                Ok(source) => sources.push((*name, source)),
                Err(why) => mistakes.push(format!("{name}: {why}")),
            }
        }
        let templates = Self::of(sources);
        if mistakes.is_empty() {
            mistakes = templates.mistakes();
        }
        if mistakes.is_empty() { Ok(templates) } else { Err(mistakes) }
    }

    /// The names of the files that can be replaced.
    pub fn names() -> impl Iterator<Item = &'static str> {
        EMBEDDED.iter().map(|(name, _)| *name)
    }

    fn speaking(&self, language: Language) -> &Environment<'static> {
        let [en, fr, de] = &self.compiled;
        let place = match language {
            Language::En => en,
            Language::Fr => fr,
            Language::De => de,
        };
        place.get_or_init(|| self.compile(language))
    }

    fn compile(&self, language: Language) -> Environment<'static> {
        let mut environment = environment();
        let wanted = |name: &str| name.split_once('/').is_none_or(|(of, _)| of == language.as_str());
        for (name, source) in self.sources.iter().filter(|(name, _)| wanted(name)) {
            // Each was parsed before; one with a mistake would be missing, and told as that.
            let _ = environment.add_template_owned(*name, source.clone());
        }
        environment
    }

    /// Writes every letter once, with facts that take every way through the built-in templates.
    fn mistakes(&self) -> Vec<String> {
        let letters = Language::ALL.iter().flat_map(|language| Notice::ALL.iter().map(|notice| (*language, *notice)));
        let failed = |(language, notice): (Language, Notice)| {
            [false, true]
                .into_iter()
                .find_map(|bare| self.write(notice, language, &sample(notice, language, bare)).err())
        };
        let mut mistakes: Vec<_> = letters.filter_map(failed).collect();
        mistakes.dedup();
        mistakes
    }

    /// The words of one letter.
    ///
    /// # Errors
    /// When a template does what it must not: the sentence is the operator's.
    pub(crate) fn write(&self, notice: Notice, language: Language, facts: &Value) -> Result<Words, String> {
        let written = self.render(notice, language, "txt", facts, "")?;
        let (subject, text) = written
            .trim_start()
            .split_once('\n')
            .and_then(|(first, rest)| Some((first.strip_prefix("Subject:")?, rest)))
            .ok_or_else(|| format!("{language}/{notice}.txt: the first line is not \"Subject: …\""))?;
        let subject = clean(subject.trim(), MAX_SUBJECT);
        let html = self.render(notice, language, "html", facts, &subject)?;
        Ok(Words { text: lines(text), html, subject })
    }

    /// A letter about a block that never was.
    ///
    /// # Errors
    /// When a template does what it must not: the sentence is the operator's.
    pub fn preview(&self, notice: Notice, language: Language) -> Result<Words, String> {
        self.write(notice, language, &sample(notice, language, false))
    }

    fn render(
        &self,
        notice: Notice,
        language: Language,
        form: &str,
        facts: &Value,
        subject: &str,
    ) -> Result<String, String> {
        let environment = self.speaking(language);
        let name = format!("{language}/{notice}.{form}");
        let template = environment.get_template(&name).map_err(|error| told(&error))?;
        let context = minijinja::context! { title => subject, ..facts.clone() };
        let written = template.render(context).map_err(|error| told(&error))?;
        Ok(if language == Language::Fr { french(&written) } else { written })
    }
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.set_keep_trailing_newline(true);
    environment.set_auto_escape_callback(
        |name| {
            if name.ends_with(".html") { AutoEscape::Html } else { AutoEscape::None }
        },
    );
    environment
}

/// The operator's own, when it can be read as a template.
fn in_place(name: &'static str, embedded: &'static str, own: Option<String>) -> Result<Cow<'static, str>, String> {
    match own {
        Some(own) => parses(name, &own).map(|()| Cow::Owned(own)),
        None => Ok(Cow::Borrowed(embedded)),
    }
}

fn parses(name: &'static str, source: &str) -> Result<(), String> {
    environment().add_template_owned(name, source.to_owned()).map_err(|error| told(&error))
}

/// What a letter might tell; `bare`: with nothing known that need not be.
fn sample(notice: Notice, language: Language, bare: bool) -> Value {
    match (notice, bare) {
        (Notice::Collected, _) => Collected::sample(language, bare),
        (Notice::Digest, _) => DigestFacts::sample(language, bare),
        (Notice::TicketCreated | Notice::TicketMessage, _) => Conversation::sample(notice, language, bare),
        (_, false) => Facts::sample(notice, language).value(),
        (_, true) => Facts::bare_sample(notice, language).value(),
    }
}

impl fmt::Debug for Templates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Templates").finish_non_exhaustive()
    }
}

/// The operator's own file, if there is one.
fn own(path: &Path) -> Result<Option<String>, String> {
    match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(format!("can't be read: {error}")),
        Ok(file) if file.len() > MAX_TEMPLATE => Err(format!("is larger than {MAX_TEMPLATE} bytes")),
        Ok(_) => std::fs::read_to_string(path).map(Some).map_err(|error| format!("can't be read: {error}")),
    }
}

fn bounded(text: &str) -> Result<Option<String>, String> {
    let fits = text.len() as u64 <= MAX_TEMPLATE;
    if fits { Ok(Some(text.to_owned())) } else { Err(format!("is larger than {MAX_TEMPLATE} bytes")) }
}

/// `fr/ip-blocked.txt, line 3: undefined value`
fn told(error: &minijinja::Error) -> String {
    let what = error.detail().map_or_else(|| error.kind().to_string(), |detail| format!("{}: {detail}", error.kind()));
    match (error.name(), error.line()) {
        (Some(name), Some(line)) => format!("{name}, line {line}: {what}"),
        _ => what,
    }
}

/// Long lines broken, but for sample lines, which tools read, and links, which would be none in two pieces.
fn lines(text: &str) -> String {
    let is_whole = |line: &str| line.starts_with("Destination IP: ") || line.contains("://");
    let broken = text.trim_matches('\n').lines().map(|line| if is_whole(line) { line.to_owned() } else { wrap(line) });
    broken.flat_map(|line| [line, "\n".into()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_templates_are_right() {
        assert_eq!(Templates::embedded().mistakes(), Vec::<String>::new());
    }

    #[test]
    fn an_operators_template_stands_in_place_of_ours() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("fr")).unwrap();
        std::fs::write(folder.path().join("fr/ip-blocked.txt"), "Subject: {{ subject.name }}\n\nBonjour.\n").unwrap();
        let templates = Templates::with_folder(folder.path()).unwrap();
        let words = |language| templates.preview(Notice::IpBlocked, language).unwrap();
        let french = words(Language::Fr);
        assert_eq!((french.subject.as_str(), french.text.as_str()), ("192.0.2.17", "Bonjour.\n"));
        assert!(words(Language::De).text.contains("Gesperrt seit"));
    }

    #[test]
    fn mistakes_of_a_template_are_told_with_their_line() {
        for (source, told) in [
            ("Subject: x\n\n{{ colour }}\n", "de/account-blocked.txt, line 3: undefined value"),
            ("Subject: x\n{% if %}\n", "de/account-blocked.txt: de/account-blocked.txt, line 2: syntax error"),
            ("no subject\n", "de/account-blocked.txt: the first line is not"),
            (
                "Subject: x\n{% for a in range(9999) %}{% for b in range(9999) %}.{% endfor %}{% endfor %}",
                "out of fuel",
            ),
        ] {
            let folder = tempfile::tempdir().unwrap();
            std::fs::create_dir(folder.path().join("de")).unwrap();
            std::fs::write(folder.path().join("de/account-blocked.txt"), source).unwrap();
            let mistakes = Templates::with_folder(folder.path()).unwrap_err();
            assert!(mistakes.len() == 1 && mistakes[0].contains(told), "{mistakes:?}");
        }
        let nowhere = Templates::with_folder(Path::new("/nowhere/at/all")).unwrap_err();
        assert_eq!(nowhere, ["/nowhere/at/all is no folder"]);
    }

    #[test]
    fn texts_stand_in_for_files_of_their_names() {
        let with = |name: &str, text: &str| Templates::with_files(None, &[(name.to_owned(), text.to_owned())].into());
        let templates = with("fr/ip-blocked.txt", "Subject: {{ subject.name }}\n\nBonjour.\n").unwrap();
        assert_eq!(templates.preview(Notice::IpBlocked, Language::Fr).unwrap().text, "Bonjour.\n");
        for (name, text, told) in [
            ("../ip-blocked.txt", "", "../ip-blocked.txt: there is no template of that name"),
            ("fr/ip-blocked.txt", "Bonjour.\n", "fr/ip-blocked.txt: the first line is not \"Subject: …\""),
            ("fr/ip-blocked.txt", &"x".repeat(300_000), "fr/ip-blocked.txt: is larger than 262144 bytes"),
        ] {
            assert_eq!(with(name, text).unwrap_err(), [told]);
        }
    }

    #[test]
    fn what_is_filled_in_is_escaped_in_html_and_stays_on_its_line_in_text() {
        let mut facts = Facts::sample(Notice::AccountBlocked, Language::En);
        let hostile = "<script>\"x\"&'{{ link }}";
        facts.subject.name = hostile.into();
        facts.customer = hostile.into();
        facts.reason.sentence = hostile.into();
        facts.samples[0].message_id = hostile.into();
        for language in Language::ALL {
            let words = Templates::embedded().write(Notice::AccountBlocked, *language, &facts.value()).unwrap();
            assert!(!words.html.contains("<script>") && words.html.contains("&lt;script&gt;"), "{}", words.html);
            assert!(words.text.contains(hostile));
        }
    }
}
