//! The three questions in words: letters, pages and the command line ask them in these.

use super::Question;
use crate::Language;

impl Question {
    /// The question, to whoever speaks that language. `shows_messages`: whether flagged messages stand below it; a block by hand
    /// may have none, and then nobody can be asked about them.
    pub fn asked(self, language: Language, shows_messages: bool) -> &'static str {
        let [en, fr, de] = match self {
            Self::Sender if shows_messages => [
                "Are you the sender of the messages below?",
                "Êtes-vous l'expéditeur des messages ci-dessous ?",
                "Haben Sie die Nachrichten unten selbst gesendet?",
            ],
            Self::Sender => [
                "Did you yourself send the mail that has lately left this account?",
                "Avez-vous envoyé vous-même le courrier parti récemment de ce compte ?",
                "Haben Sie die Mail, die zuletzt von diesem Konto kam, selbst gesendet?",
            ],
            Self::Redirection => [
                "Do you have a redirection to another address?",
                "Avez-vous une redirection vers une autre adresse ?",
                "Haben Sie eine Weiterleitung an eine andere Adresse?",
            ],
            Self::Replied => {
                ["Have you replied to spam?", "Avez-vous répondu à du spam ?", "Haben Sie auf Spam geantwortet?"]
            }
        };
        match language {
            Language::En => en,
            Language::Fr => fr,
            Language::De => de,
        }
    }
}
