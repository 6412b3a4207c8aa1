//! Messages and a memory.

use std::time::Duration;

use model::circumstances::{HabitFacts, SamenessFacts};
use model::envelope::Path;
use model::{AccountName, ClientAddr, Envelope, Features, Identity, Mailbox, MessageId, SubjectKey, Timestamp};
use recall::{Outcome, Recall, RecallSettings};

pub(crate) const START: Timestamp = Timestamp::from_secs(1_790_000_000);
pub(crate) const DAY: Duration = Duration::from_secs(86_400);
pub(crate) const MINUTE: Duration = Duration::from_secs(60);

pub(crate) const HAM: Outcome = Outcome { delivered: true, spam: false, spam_itself: false };
pub(crate) const SPAM: Outcome = Outcome { delivered: true, spam: true, spam_itself: true };

/// A message to be sent.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    pub(crate) account: String,
    pub(crate) text: String,
    pub(crate) recipients: Vec<String>,
    pub(crate) refused: u32,
    pub(crate) client: String,
    pub(crate) mailer: String,
    pub(crate) from: String,
}

impl Mail {
    pub(crate) fn new(account: &str, text: &str, recipients: impl IntoIterator<Item = String>) -> Self {
        Self {
            account: account.into(),
            text: text.into(),
            recipients: recipients.into_iter().collect(),
            refused: 0,
            client: "192.0.2.7".into(),
            mailer: "Thunderbird".into(),
            from: account.into(),
        }
    }

    pub(crate) fn features(&self) -> Features {
        let mut features = Features::default();
        features.text.plain = self.text.clone();
        features.headers.from = vec![Mailbox { name: String::new(), address: self.from.clone() }];
        features.headers.mailer = Some(self.mailer.clone());
        features.headers.message_id = MessageId::new("<1@shop.example>");
        features.sender.login = AccountName::from_login(&self.account);
        features.sender.mail_from = Some(Path::new(&self.from));
        features.sender.first_recipients = self.envelope().recipients;
        features
    }

    pub(crate) fn envelope(&self) -> Envelope {
        let mut envelope = Envelope { refused_count: self.refused, ..Envelope::default() };
        self.recipients.iter().for_each(|recipient| envelope.add_recipient(Path::new(recipient)));
        envelope
    }

    pub(crate) fn identity(&self) -> Identity {
        let client = ClientAddr::parse(&self.client).unwrap();
        Identity { account: AccountName::from_login(&self.account), network: Some(client.network()), domain: None }
    }

    pub(crate) fn subject(&self) -> SubjectKey {
        self.identity().subjects().next().unwrap()
    }
}

/// A memory and its clock.
pub(crate) struct World {
    pub(crate) recall: Recall,
    pub(crate) now: Timestamp,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(&RecallSettings::default())
    }

    pub(crate) fn with(settings: &RecallSettings) -> Self {
        Self { recall: Recall::new(settings), now: START }
    }

    pub(crate) fn wait(&mut self, length: Duration) {
        self.now = self.now.after(length);
    }

    /// Sees and notes.
    pub(crate) fn send(&self, mail: &Mail, outcome: Outcome) -> (SamenessFacts, HabitFacts) {
        let seen = self.recall.see(&mail.features(), &mail.identity(), &mail.envelope(), self.now);
        let (sighting, sameness, habits) = seen.unwrap();
        self.recall.note(&sighting, outcome);
        (sameness, habits)
    }

    /// Only sees.
    pub(crate) fn see(&self, mail: &Mail) -> (SamenessFacts, HabitFacts) {
        let seen = self.recall.see(&mail.features(), &mail.identity(), &mail.envelope(), self.now);
        let (_, sameness, habits) = seen.unwrap();
        (sameness, habits)
    }
}

/// Recipients `first..` of a list.
pub(crate) fn recipients(first: usize, count: usize) -> impl Iterator<Item = String> {
    (first..first + count).map(|number| format!("reader{number}@far{}.example", number % 7))
}
