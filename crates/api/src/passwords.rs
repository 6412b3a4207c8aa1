//! Passwords are changed by the provider's own command: there is no store of passwords here.
//!
//! Security: the account stands in the command's environment and the password on its standard input, so that neither is seen
//! in a list of processes. Tasks are kept in memory, the last [`MOST`] of them; that there was one stands in the audit log.

use std::collections::VecDeque;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use access::WebSettings;
use arc_swap::ArcSwap;
use model::{AccountName, Clock, SubjectKey, Timestamp};
use pipeline::{Desk, DeskError};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::sync::Semaphore;

/// Tasks that are remembered.
const MOST: usize = 1000;
/// Commands that run at once.
const AT_ONCE: usize = 2;

/// Where a change of a password stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    Todo,
    Done,
    Error,
}

impl Progress {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Todo => "todo",
            Self::Done => "done",
            Self::Error => "error",
        }
    }
}

/// A password that is to be set.
pub(crate) struct NewPassword {
    pub(crate) password: String,
    /// Whether its owner has to change it when he logs in next.
    pub(crate) change_at_next_login: bool,
}

/// A change of a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) id: u64,
    pub(crate) account: AccountName,
    pub(crate) progress: Progress,
    pub(crate) begun: Timestamp,
    pub(crate) ended: Option<Timestamp>,
}

/// Changes of passwords.
pub struct Passwords {
    command: ArcSwap<(Vec<String>, Duration)>,
    desk: Arc<Desk>,
    clock: Arc<dyn Clock>,
    changes: Mutex<VecDeque<Change>>,
    next: AtomicU64,
    slots: Semaphore,
}

impl Passwords {
    /// By the command of the settings; what changes is told to the desk.
    pub fn new(settings: &WebSettings, desk: Arc<Desk>, clock: Arc<dyn Clock>) -> Self {
        let command = ArcSwap::from_pointee(of(settings));
        let (changes, next, slots) = (Mutex::default(), AtomicU64::new(1), Semaphore::new(AT_ONCE));
        Self { command, desk, clock, changes, next, slots }
    }

    /// Another command from now on.
    pub fn reload(&self, settings: &WebSettings) {
        self.command.store(Arc::new(of(settings)));
    }

    /// Whether there is a command.
    pub(crate) fn is_configured(&self) -> bool {
        !self.command.load().0.is_empty()
    }

    /// The latest changes of an account, latest first.
    pub(crate) fn of(&self, account: &AccountName) -> Vec<Change> {
        self.changes().iter().rev().filter(|change| change.account == *account).cloned().collect()
    }

    /// Begins a change; it goes on whether anybody watches or not.
    pub(crate) fn begin(self: &Arc<Self>, account: AccountName, new: NewPassword) -> Change {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (progress, begun) = (Progress::Todo, self.clock.now());
        let change = Change { id, account: account.clone(), progress, begun, ended: None };
        let mut changes = self.changes();
        if changes.len() >= MOST {
            changes.pop_front();
        }
        changes.push_back(change.clone());
        drop(changes);
        tokio::spawn(Arc::clone(self).carry_out(id, account, new));
        change
    }

    async fn carry_out(self: Arc<Self>, id: u64, account: AccountName, new: NewPassword) {
        // Nobody closes the semaphore.
        let Ok(_slot) = self.slots.acquire().await else { return };
        let (command, patience) = (*self.command.load_full()).clone();
        let changed = tokio::time::timeout(patience, run(&command, &account, &new)).await;
        let failure = match changed {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_) => Some(format!("it did not end within {}", model::time::spoken(patience))),
        };
        if let Some(error) = &failure {
            tracing::error!(account = account.as_str(), error, "web.password_command failed: the password stays");
        } else {
            self.tell(account).await;
        }
        let progress = if failure.is_none() { Progress::Done } else { Progress::Error };
        if let Some(change) = self.changes().iter_mut().find(|change| change.id == id) {
            (change.progress, change.ended) = (progress, Some(self.clock.now()));
        }
    }

    /// Releases the account where a changed password is its way out; where it isn't, nothing is released.
    async fn tell(&self, account: AccountName) {
        let subject = SubjectKey::Account(account);
        match self.desk.password_changed(&subject, self.clock.now()).await {
            Ok(_) | Err(DeskError::Refused(_)) => {}
            Err(error) => tracing::error!(%subject, error = %error, "a changed password could not be noted"),
        }
    }

    /// No call leaves it half changed.
    fn changes(&self) -> MutexGuard<'_, VecDeque<Change>> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn of(settings: &WebSettings) -> (Vec<String>, Duration) {
    (settings.password_command.clone(), settings.password_timeout)
}

async fn run(command: &[String], account: &AccountName, new: &NewPassword) -> std::io::Result<()> {
    let (program, arguments) = command.split_first().ok_or(std::io::ErrorKind::NotFound)?;
    let mut child = Command::new(program)
        .args(arguments)
        .env("PORTREEVE_ACCOUNT", account.as_str())
        .env("PORTREEVE_CHANGE_AT_NEXT_LOGIN", if new.change_at_next_login { "yes" } else { "no" })
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    if let Some(mut input) = child.stdin.take() {
        // A command that does not read it says by its end whether that was right.
        let _ = input.write_all(format!("{}\n", new.password).as_bytes()).await;
    }
    let status = child.wait().await?;
    if status.success() { Ok(()) } else { Err(std::io::Error::other(format!("it ended with {status}"))) }
}
