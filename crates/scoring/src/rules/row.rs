//! A rule as it is written in the configuration.

use crate::rules::condition::{Condition, Test};
use crate::rules::place::Place;

settings::settings! {
    /// Rules of your own: more signals, made of conditions. A rule hits when every condition of `all` holds and, where there
    /// are any, one of `any`; its name stands in log, evidence and metrics like any signal's (in the metric of hits as "other"
    /// until the next start, when a reload brings it). `portreeve check` tries each rule on its test messages.
    /// A condition is { in = PLACE, contains = ["a", "b"] } (one of the texts), { in = PLACE, is = ["a"] } (the whole of it),
    /// { in = PLACE, regex = "..." } (syntax of Rust's regex crate), all in any case, or
    /// { in = "client", network = ["192.0.2.0/24"] }. PLACE is subject, from, body, url, url.host, url.path, attachment.name,
    /// attachment.type (as declared), attachment.kind (by content: windows_program, zip, pdf, html ...), mail_from, recipient,
    /// login, client, or header:NAME. Each condition is asked by itself: two about links may be met by two links.
    pub row RuleRow = "rule" {
        /// The rule's name: small letters, digits and _, and no built-in signal's.
        name: String;
        /// What a hit adds to the score.
        points: i32, in -500..=500;
        /// What is said about a hit; {} stands for what the first condition found.
        sentence: String;
        /// Conditions that must all hold.
        all: Vec<Condition> = Vec::new();
        /// Conditions of which one must hold.
        any: Vec<Condition> = Vec::new();
        /// A message that the rule must hit, as text or as the path of an .eml file. Before it may stand lines such as
        /// "login: bob", "mail-from: a@b.example", "rcpt: c@d.example", "client: 192.0.2.7", and then a line "---".
        test: String;
        /// Messages that it must not hit, written in the same way.
        test_not: Vec<String> = Vec::new();
    }
}

impl RuleRow {
    /// Every condition: those of `all`, then those of `any`.
    pub(crate) fn conditions(&self) -> impl Iterator<Item = &Condition> {
        self.all.iter().chain(&self.any)
    }

    /// Two rules, as the sample configuration shows them.
    pub fn examples() -> Vec<Self> {
        let words = |place, words: &[&str]| Condition {
            place,
            test: Test::Contains(words.iter().map(|word| (*word).to_owned()).collect()),
        };
        let invoice = Self {
            name: "our_invoice_fraud".into(),
            points: 80,
            sentence: "It asks for payment to the account seen in last week's fraud: {}".into(),
            all: vec![
                words(Place::Body, &["GB00 TEST 0000 1234", "GB00TEST00001234"]),
                words(Place::Subject, &["invoice", "Rechnung", "facture"]),
            ],
            any: Vec::new(),
            test: "Subject: Invoice 4711\n\nPlease pay to GB00 TEST 0000 1234.\n".into(),
            test_not: vec!["Subject: Lunch\n\nThe fraud used GB00 TEST 0000 1234.\n".into()],
        };
        let page = Self {
            name: "our_webmail_page".into(),
            points: 120,
            sentence: "A link leads to a copy of our webmail: {}".into(),
            all: Vec::new(),
            any: vec![
                Condition { place: Place::UrlPath, test: Test::Regex("^/roundcube[0-9]*/login\\.php".into()) },
                words(Place::UrlHost, &["webmail-hoster-example"]),
            ],
            test: "login: bob\n---\nSubject: x\n\nhttp://evil.example/roundcube7/login.php\n".into(),
            test_not: vec!["Subject: x\n\nhttps://webmail.hoster.example/roundcube/\n".into()],
        };
        vec![invoice, page]
    }
}
