//! The customers of the store: entered, changed, taken out and imported by people and programs, beside those of the file.
//!
//! A change is checked against everything that is known, then written, then in force for everybody who asks. Whatever can't
//! be used refuses the whole change. What a changed *file* makes unusable in the store stays there, unused, and is told.

mod attempt;
mod give;
mod import;
mod look;
mod sheet;
mod store;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use limits::StoreError;
use model::{Clock, Timestamp};

use crate::directory::Directory;
use crate::live::LiveDirectory;
use crate::mistake::Mistake;
use crate::record::CustomerRecord;

use attempt::Attempt;
pub use give::Given;
pub use import::{Imported, MAX_IMPORT, RowMistake};
pub use look::{CustomerPage, CustomerQuery, CustomerView};
pub use sheet::{FIELDS, fill};
pub use store::{CustomerStore, StoredCustomer};

/// The most customers of the store.
pub const MAX_CUSTOMERS: usize = 1_000_000;

/// Why nothing was changed. The sentences are for whoever wanted it.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// There is no such customer.
    #[error("no customer has the service \"{0}\"")]
    Unknown(String),
    /// There is one already.
    #[error("there is a customer \"{0}\" already")]
    Exists(String),
    /// He is not in the store: who, and which file.
    #[error("\"{0}\" is in {1}: change the file")]
    InFile(String, String),
    /// He is not as whoever changes him has seen him.
    #[error("\"{0}\" was changed by somebody else meanwhile: nothing was saved")]
    Meanwhile(String),
    /// Only the provider's own directory knows him.
    #[error("\"{0}\" is in the provider's directory, not in the store: change it there")]
    Elsewhere(String),
    /// Nobody has exactly that.
    #[error("nobody owns exactly {0}")]
    Nobody(String),
    /// It is another's by the file: what, whose, and which file.
    #[error("{0} belongs to \"{1}\", who is in {2}: change the file")]
    TakenInFile(String, String, String),
    /// Something of him can't be used.
    #[error("{}", listed(.0))]
    Unfit(Vec<Mistake>),
    /// The store fails.
    #[error("the store fails: {0}")]
    Store(#[from] StoreError),
}

fn listed(mistakes: &[Mistake]) -> String {
    mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// What came of entering a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// He is new.
    Added,
    /// He was known, and is another now.
    Changed,
    /// He was known just so.
    Unchanged,
}

/// Changes customers of the store, and knows those of the file. Calls wait for the disk.
pub struct Registry {
    store: Arc<dyn CustomerStore>,
    live: LiveDirectory,
    clock: Arc<dyn Clock>,
    book: Mutex<Book>,
}

/// What a change is checked against.
struct Book {
    /// The file, and whoever is asked beyond.
    base: Arc<Directory>,
    /// The rules that there are limits for.
    rules: BTreeSet<String>,
    stored: BTreeMap<String, StoredCustomer>,
    /// What of the stored can't be used, by service.
    unused: BTreeMap<String, Vec<Mistake>>,
}

impl Registry {
    /// The customers of the store beside those of `base`, in force from now on; `rules` are those that have limits.
    ///
    /// # Errors
    /// When the store can't be read.
    pub fn open(
        store: Arc<dyn CustomerStore>,
        base: Arc<Directory>,
        rules: BTreeSet<String>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StoreError> {
        let stored = store.customers()?.into_iter().map(|one| (one.record.service.clone(), one)).collect();
        let live = LiveDirectory::new(Arc::clone(&base));
        let book =
            Mutex::new(Book { base: Arc::clone(&base), rules: BTreeSet::new(), stored, unused: BTreeMap::new() });
        let registry = Self { store, live, clock, book };
        registry.reload(base, rules);
        Ok(registry)
    }

    /// The directory that is in force.
    pub fn live(&self) -> LiveDirectory {
        self.live.clone()
    }

    /// Takes up another file, or other rules; how many customers of the store can't be used as they are written.
    pub fn reload(&self, base: Arc<Directory>, rules: BTreeSet<String>) -> usize {
        let mut book = self.book();
        (book.base, book.rules) = (base, rules);
        let (directory, unused) = merged(&book.base, book.stored.values().map(|stored| &stored.record));
        book.unused = unused;
        self.live.replace(Arc::new(directory));
        book.unused.len()
    }

    /// Enters a customer who is not known.
    ///
    /// # Errors
    /// When he is known, something of him can't be used, or the store fails.
    pub fn add(&self, record: CustomerRecord) -> Result<(), RegistryError> {
        let mut book = self.book();
        if book.stored.contains_key(&record.service) {
            return Err(RegistryError::Exists(record.service));
        }
        self.enter(&mut book, record).map(|_| ())
    }

    /// Enters a customer, in place of the one of that service.
    ///
    /// # Errors
    /// When he is in the file, something of him can't be used, or the store fails.
    pub fn put(&self, record: CustomerRecord) -> Result<Put, RegistryError> {
        self.enter(&mut self.book(), record)
    }

    /// Enters a customer of the store anew, over what somebody has seen of him: `seen` is the [`CustomerRecord::version`] of that.
    ///
    /// # Errors
    /// When he is not in the store, was changed meanwhile, something of him can't be used, or the store fails.
    pub fn replace(&self, record: CustomerRecord, seen: &str) -> Result<Put, RegistryError> {
        let mut book = self.book();
        if self.in_store(&book, &record.service)?.version() != seen {
            return Err(RegistryError::Meanwhile(record.service));
        }
        self.enter(&mut book, record)
    }

    /// Everything that keeps a customer from being entered, as a new one or in place of the one of that service; nothing is changed.
    pub fn mistakes(&self, record: &CustomerRecord, is_new: bool) -> Vec<Mistake> {
        let book = self.book();
        let attempt = Attempt::of(&book, vec![record.clone()], Vec::new());
        let mut found: Vec<_> = attempt.err().into_iter().flatten().flat_map(|(_, one)| one).collect();
        if is_new && book.stored.contains_key(&record.service) {
            let exists = RegistryError::Exists(record.service.clone());
            found.push(Mistake::of("service", exists.to_string()));
        }
        found
    }

    fn enter(&self, book: &mut Book, record: CustomerRecord) -> Result<Put, RegistryError> {
        if book.base.customer(&record.service).is_some() {
            return Err(RegistryError::InFile(record.service, book.base.file()));
        }
        let put = book.would_be(&record);
        let attempt = Attempt::of(book, vec![record], Vec::new());
        let attempt =
            attempt.map_err(|found| RegistryError::Unfit(found.into_iter().flat_map(|(_, one)| one).collect()))?;
        if put != Put::Unchanged {
            self.carry_out(book, attempt)?;
        }
        Ok(put)
    }

    /// Takes a customer out.
    ///
    /// # Errors
    /// When he is not in the store, or it fails.
    pub fn remove(&self, service: &str) -> Result<(), RegistryError> {
        self.take_out(&mut self.book(), service)
    }

    /// As [`Self::remove`], when he is still the one whose [`CustomerRecord::version`] was seen.
    ///
    /// # Errors
    /// When he is another one by now, is not in the store, or the store fails.
    pub fn remove_seen(&self, service: &str, seen: &str) -> Result<(), RegistryError> {
        let mut book = self.book();
        if self.in_store(&book, service)?.version() != seen {
            return Err(RegistryError::Meanwhile(service.to_owned()));
        }
        self.take_out(&mut book, service)
    }

    fn take_out(&self, book: &mut Book, service: &str) -> Result<(), RegistryError> {
        if !book.stored.contains_key(service) {
            return Err(self.not_stored(book, service));
        }
        match Attempt::of(book, Vec::new(), vec![service.to_owned()]) {
            Ok(attempt) => self.carry_out(book, attempt),
            Err(_) => Err(RegistryError::Unknown(service.to_owned())),
        }
    }

    /// The customer of the store that a service names.
    ///
    /// # Errors
    /// When he is not in the store, or the file says otherwise of him.
    pub fn stored(&self, service: &str) -> Result<CustomerRecord, RegistryError> {
        let book = self.book();
        self.in_store(&book, service).cloned()
    }

    fn in_store<'b>(&self, book: &'b Book, service: &str) -> Result<&'b CustomerRecord, RegistryError> {
        let in_force = book.stored.get(service).filter(|_| book.base.customer(service).is_none());
        in_force.map(|one| &one.record).ok_or_else(|| self.not_stored(book, service))
    }

    /// Why a customer who is not in the store can't be changed.
    fn not_stored(&self, book: &Book, service: &str) -> RegistryError {
        let name = service.to_owned();
        if book.base.customer(service).is_some() {
            RegistryError::InFile(name, book.base.file())
        } else if self.live.load().customer_anywhere(service).is_some() {
            RegistryError::Elsewhere(name)
        } else {
            RegistryError::Unknown(name)
        }
    }

    /// On disk, then in force.
    fn carry_out(&self, book: &mut Book, attempt: Attempt) -> Result<(), RegistryError> {
        let changed = self.clock.now();
        let new = attempt.put.into_iter().filter(|record| book.would_be(record) != Put::Unchanged);
        let put: Vec<_> = new.map(|record| StoredCustomer { record, changed }).collect();
        self.store.change_customers(&put, &attempt.gone)?;
        book.stored.retain(|service, _| !attempt.gone.contains(service));
        book.stored.extend(put.into_iter().map(|one| (one.record.service.clone(), one)));
        book.unused = attempt.unused;
        self.live.replace(Arc::new(attempt.directory));
        Ok(())
    }

    /// No call leaves the book half changed, so a panic elsewhere under the lock does no harm.
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn would_be(&self, record: &CustomerRecord) -> Put {
        match self.stored.get(&record.service) {
            None => Put::Added,
            Some(known) if known.record == *record => Put::Unchanged,
            Some(_) => Put::Changed,
        }
    }

    fn changed(&self, service: &str) -> Option<Timestamp> {
        self.stored.get(service).map(|stored| stored.changed)
    }
}

/// A directory with what can be used of these records, and what can't.
fn merged<'r>(
    base: &Directory,
    records: impl IntoIterator<Item = &'r CustomerRecord>,
) -> (Directory, BTreeMap<String, Vec<Mistake>>) {
    let mut unreadable = BTreeMap::new();
    let mut entries = Vec::new();
    for record in records {
        match record.read() {
            Ok(entry) => entries.push(entry),
            Err(found) => _ = unreadable.insert(record.service.clone(), found),
        }
    }
    let (directory, mut unused) = base.with_stored(&entries);
    unused.extend(unreadable);
    (directory, unused)
}

/// The file's customers with those of a store that nobody works in: for commands beside the daemon.
///
/// # Errors
/// When the store can't be read.
pub fn with_store(base: &Directory, store: &dyn CustomerStore) -> Result<Directory, StoreError> {
    let stored = store.customers()?;
    Ok(merged(base, stored.iter().map(|one| &one.record)).0)
}
