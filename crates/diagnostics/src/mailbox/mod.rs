//! The operator's mailbox, where test messages arrive.

mod imap;
mod maildir;

use std::path::PathBuf;

use imap::Imap;

use crate::settings::DiagnosisSettings;
use crate::tls::Trust;

/// Where a message is looked for by its Message-ID. Errors are sentences without a full stop.
pub(crate) enum Mailbox {
    Maildir(PathBuf),
    Imap(Box<Imap>),
}

impl Mailbox {
    /// The mailbox of the settings, opened; `None` where there is none.
    pub(crate) async fn of(settings: &DiagnosisSettings, trust: &Trust) -> Option<Result<Self, String>> {
        if let Some(folder) = &settings.test_maildir {
            return Some(Ok(Self::Maildir(folder.clone())));
        }
        let server = settings.test_imap.as_ref()?;
        Some(Imap::open(server, settings, trust).await.map(|imap| Self::Imap(Box::new(imap))))
    }

    /// Whether the message is there now.
    pub(crate) async fn holds(&mut self, id: &str) -> Result<bool, String> {
        match self {
            Self::Maildir(folder) => maildir::holds(folder.clone(), id.to_owned()).await,
            Self::Imap(imap) => imap.holds(id).await,
        }
    }
}
