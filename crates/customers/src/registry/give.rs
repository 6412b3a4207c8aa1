//! Giving one network, account or domain to another customer, or taking it from whoever has it: one change, and the rest of
//! both stays as it is.

use model::SubjectKind;

use super::attempt::Attempt;
use super::{Book, CustomerView, Registry, RegistryError};
use crate::customer::Source;
use crate::holding::Holding;
use crate::record::CustomerRecord;

/// What came of giving something to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Whose it was; `None`: nobody had exactly that.
    pub before: Option<String>,
    /// Whether he has it only since now.
    pub changed: bool,
}

impl Registry {
    /// Makes a customer of the store the owner of this, in place of the customer of the store who has exactly that. `name` is how
    /// it is written of him.
    ///
    /// # Errors
    /// When it is nothing that can be owned, he or the present owner is not in the store, or the store fails.
    pub fn give(&self, kind: SubjectKind, name: &str, service: &str) -> Result<Given, RegistryError> {
        let holding = read(kind, name)?;
        let mut book = self.book();
        self.in_store(&book, service)?;
        let before = self.holder(&book, &holding, name)?;
        if before.as_deref() == Some(service) {
            return Ok(Given { before, changed: false });
        }
        // It may stand there already, unused because it was another's.
        let missing = || RegistryError::Unknown(service.to_owned());
        let mut wanted = without(&book, service, &holding).ok_or_else(missing)?;
        wanted.list(holding.kind()).push(name.trim().to_owned());
        let former = before.as_deref().and_then(|former| without(&book, former, &holding));
        self.change(&mut book, std::iter::once(wanted).chain(former).collect())?;
        Ok(Given { before, changed: true })
    }

    /// Takes this from the customer of the store who has exactly that; whose it was.
    ///
    /// # Errors
    /// When nobody has exactly that, or not in the store; or the store fails.
    pub fn take(&self, kind: SubjectKind, name: &str) -> Result<String, RegistryError> {
        let holding = read(kind, name)?;
        let mut book = self.book();
        let nobody = || RegistryError::Nobody(name.trim().to_owned());
        let former = self.holder(&book, &holding, name)?.ok_or_else(nobody)?;
        let record = without(&book, &former, &holding).ok_or_else(nobody)?;
        self.change(&mut book, vec![record])?;
        Ok(former)
    }

    /// The customer who owns all of this: by it, or by something wider.
    pub fn owner_of(&self, holding: &Holding) -> Option<CustomerView> {
        if let Some(subject) = holding.subject() {
            return self.owner(&subject);
        }
        let live = self.live.load();
        let owner = match holding {
            Holding::Network(net) => live.owner_of(*net),
            _ => live.holder(holding),
        };
        self.show(&owner?.service).ok()
    }

    /// The service in the store that has exactly this.
    fn holder(&self, book: &Book, holding: &Holding, name: &str) -> Result<Option<String>, RegistryError> {
        let live = self.live.load();
        let Some(holder) = live.holder(holding) else { return Ok(None) };
        if holder.source == Source::File {
            let (what, whose) = (name.trim().to_owned(), holder.service.clone());
            return Err(RegistryError::TakenInFile(what, whose, book.base.file()));
        }
        Ok(Some(holder.service.clone()))
    }

    fn change(&self, book: &mut Book, put: Vec<CustomerRecord>) -> Result<(), RegistryError> {
        let unfit = |wrong: Vec<(usize, Vec<_>)>| {
            RegistryError::Unfit(wrong.into_iter().flat_map(|(_, mistakes)| mistakes).collect())
        };
        let attempt = Attempt::of(book, put, Vec::new()).map_err(unfit)?;
        self.carry_out(book, attempt)
    }
}

fn read(kind: SubjectKind, name: &str) -> Result<Holding, RegistryError> {
    let expected = match kind {
        SubjectKind::Ip => "expected an address, or a network like 192.0.2.0/24 (IPv6: /64 or shorter)",
        SubjectKind::Account => "expected a login, or \"@\" and a domain",
        SubjectKind::Domain => "expected a domain",
    };
    let unfit = || RegistryError::Unfit(vec![crate::mistake::Mistake::of("name", expected)]);
    Holding::parse(kind, name).ok_or_else(unfit)
}

/// A customer of the store as he is without this.
fn without(book: &Book, service: &str, holding: &Holding) -> Option<CustomerRecord> {
    let mut record = book.stored.get(service)?.record.clone();
    record.list(holding.kind()).retain(|name| Holding::parse(holding.kind(), name).as_ref() != Some(holding));
    Some(record)
}

impl CustomerRecord {
    /// What of this kind is written of him.
    fn list(&mut self, kind: SubjectKind) -> &mut Vec<String> {
        match kind {
            SubjectKind::Ip => &mut self.networks,
            SubjectKind::Account => &mut self.accounts,
            SubjectKind::Domain => &mut self.domains,
        }
    }
}
