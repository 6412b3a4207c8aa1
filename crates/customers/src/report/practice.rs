//! What good senders do: the practices a reported message is measured against, and what a customer is told of each.

use crate::Language;

/// One practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Practice {
    /// Its name, in snake_case.
    pub name: &'static str,
    /// What is said of a message that keeps to it.
    pub good: &'static str,
    /// What to change otherwise: in English, French and German.
    pub change: [&'static str; 3],
}

impl Practice {
    /// What to change, in that language.
    pub fn change_in(&self, language: Language) -> &'static str {
        let [en, fr, de] = self.change;
        match language {
            Language::En => en,
            Language::Fr => fr,
            Language::De => de,
        }
    }
}

/// The practice of that name.
pub fn practice(name: &str) -> Option<&'static Practice> {
    PRACTICES.iter().find(|practice| practice.name == name)
}

macro_rules! practices {
    ($($name:ident { good $good:literal, en $en:literal, fr $fr:literal, de $de:literal })*) => {
        /// All of them, the weightiest first.
        pub const PRACTICES: &[Practice] =
            &[$(Practice { name: stringify!($name), good: $good, change: [$en, $fr, $de] }),*];
    };
}

practices! {
    from_is_login {
        good "From is the address that logged in, or one of its domain.",
        en "Write in From the address that you log in with, or one of the same domain.",
        fr "Mettez dans From l'adresse avec laquelle vous vous connectez, ou une adresse du même domaine.",
        de "Schreiben Sie in From die Adresse, mit der Sie sich anmelden, oder eine derselben Domain."
    }
    authenticated {
        good "SPF, DKIM and DMARC say nothing against it.",
        en "Let the SPF record of your domain name our servers, and sign with DKIM for the domain in From.",
        fr "Indiquez nos serveurs dans l'enregistrement SPF de votre domaine, et signez par DKIM au nom du domaine de From.",
        de "Nennen Sie unsere Server im SPF-Eintrag Ihrer Domain, und signieren Sie mit DKIM für die Domain in From."
    }
    unsubscribe {
        good "Whoever does not want it can unsubscribe (List-Unsubscribe).",
        en "Mail to many people needs a List-Unsubscribe field, and a visible link to unsubscribe.",
        fr "Un courrier à de nombreux destinataires doit avoir un champ List-Unsubscribe et un lien de désinscription visible.",
        de "Mail an viele braucht ein Feld List-Unsubscribe und einen sichtbaren Link zum Abbestellen."
    }
    one_click {
        good "One click unsubscribes (RFC 8058).",
        en "Add List-Unsubscribe-Post, so that one click unsubscribes (RFC 8058): large mailbox providers ask for it.",
        fr "Ajoutez List-Unsubscribe-Post, pour une désinscription en un clic (RFC 8058) : les grandes messageries l'exigent.",
        de "Ergänzen Sie List-Unsubscribe-Post, damit ein Klick abbestellt (RFC 8058): große Anbieter verlangen es."
    }
    few_recipients {
        good "It goes to few recipients at a time.",
        en "Send each recipient a message of his own instead of one message to many.",
        fr "Envoyez à chaque destinataire son propre message, plutôt qu'un seul message à tous.",
        de "Senden Sie jedem Empfänger eine eigene Nachricht statt einer an viele."
    }
    named_recipient {
        good "To names who gets it.",
        en "Name the recipient in To; do not hide all of them in Bcc.",
        fr "Nommez le destinataire dans To ; ne les cachez pas tous dans Bcc.",
        de "Nennen Sie den Empfänger in To, statt alle in Bcc zu verstecken."
    }
    text_part {
        good "Beside the HTML there is plain text.",
        en "Send the text of the HTML as plain text, too (multipart/alternative).",
        fr "Joignez au HTML le même texte en clair (multipart/alternative).",
        de "Senden Sie neben dem HTML denselben Text auch unformatiert (multipart/alternative)."
    }
    text_agrees {
        good "Text and HTML say the same.",
        en "Let the plain text say what the HTML says.",
        fr "Le texte en clair doit dire la même chose que le HTML.",
        de "Der einfache Text muss dasselbe sagen wie das HTML."
    }
    words_not_pictures {
        good "It is written in words, not drawn as a picture.",
        en "Write the message as text; a picture alone can't be read by filters, nor by everybody.",
        fr "Écrivez le message en toutes lettres ; une image seule n'est lisible ni par les filtres ni par tout le monde.",
        de "Schreiben Sie die Nachricht als Text; ein Bild allein können weder Filter noch alle Menschen lesen."
    }
    plain_html {
        good "The HTML hides nothing, asks for nothing and runs nothing.",
        en "Remove hidden text, forms, scripts and frames from the HTML.",
        fr "Retirez du HTML le texte caché, les formulaires, les scripts et les cadres.",
        de "Entfernen Sie versteckten Text, Formulare, Skripte und Rahmen aus dem HTML."
    }
    open_links {
        good "Links show where they lead.",
        en "Link to the target itself: no shortening services, no redirections, no bare addresses.",
        fr "Faites pointer les liens vers leur vraie destination : ni raccourcisseurs, ni redirections, ni adresses IP.",
        de "Verlinken Sie das Ziel selbst: keine Kurzlinks, keine Umleitungen, keine nackten IP-Adressen."
    }
    own_links {
        good "It links to the sender's own domain.",
        en "Let links lead to your own domain, the one in From.",
        fr "Les liens doivent mener à votre propre domaine, celui de From.",
        de "Links sollen zu Ihrer eigenen Domain führen, der in From."
    }
    calm_subject {
        good "The subject says what it is about.",
        en "Write a plain subject: no capitals throughout, no shouting, no invented Re:, no random tokens.",
        fr "Écrivez un objet sobre : pas tout en capitales, sans cris, sans faux Re:, sans suite de caractères aléatoire.",
        de "Schreiben Sie einen schlichten Betreff: nicht nur Großbuchstaben, kein Geschrei, kein erfundenes Re:, keine Zufallszeichen."
    }
    harmless_files {
        good "Its attachments are documents.",
        en "Attach documents only: no programs, scripts, encrypted archives or pages of HTML; link to the rest.",
        fr "Ne joignez que des documents : ni programmes, ni scripts, ni archives chiffrées, ni pages HTML ; mettez un lien vers le reste.",
        de "Hängen Sie nur Dokumente an: keine Programme, Skripte, verschlüsselten Archive oder HTML-Seiten; verlinken Sie das Übrige."
    }
    complete_header {
        good "Its header is complete and well-formed.",
        en "Send with a mail program or library that writes Date, Message-ID and every other field as RFC 5322 says.",
        fr "Utilisez un logiciel ou une bibliothèque qui écrit Date, Message-ID et tous les champs selon la RFC 5322.",
        de "Senden Sie mit einem Programm oder einer Bibliothek, die Date, Message-ID und alle Felder nach RFC 5322 schreibt."
    }
}
