//! Whether a line of the audit log is about what a customer owns now, by what the line names.

use std::cell::RefCell;
use std::collections::HashMap;

use model::{SubjectKey, SubjectKind};

use super::{Native, reference};

/// One customer. Each thing that lines name is looked up once.
pub(super) struct Concerns<'n> {
    native: &'n Native,
    service: String,
    known: RefCell<HashMap<String, bool>>,
}

/// What stands before the thing itself.
const ABOUT: [&str; 3] = ["links of ", "owner of ", "lockout of "];

impl<'n> Concerns<'n> {
    pub(super) fn new(native: &'n Native, service: String) -> Self {
        Self { native, service, known: RefCell::default() }
    }

    /// Blocks the thread on the store.
    pub(super) fn has(&self, on: &str) -> bool {
        if let Some(known) = self.known.borrow().get(on) {
            return *known;
        }
        let is_his = self.owner(on).is_some_and(|owner| owner == self.service);
        self.known.borrow_mut().insert(on.to_owned(), is_his);
        is_his
    }

    /// The service that owns what a line names, when it is there and one is known to.
    fn owner(&self, on: &str) -> Option<String> {
        let thing = ABOUT.iter().find_map(|about| on.strip_prefix(about)).unwrap_or(on);
        let (kind, name) = thing.split_once(' ')?;
        match kind {
            "customer" | "service" => Some(name.to_owned()),
            "block" => self.owner_of(&self.native.desk.block(&reference(name).ok()?).ok()?.subject),
            "ticket" => {
                let file = self.native.tickets.show(name.parse().ok()?).ok()?;
                Some(self.native.service_of_whom(&file.ticket.subject))
            }
            "report" => self.owner_of(&self.native.reports.show(name.parse().ok()?).ok()?.subject),
            "diagnosis" => self.owner_of(&self.native.diagnoses.show(name.parse().ok()?).ok()?.patient.subject()),
            kind => self.owner_of(&SubjectKey::parse(SubjectKind::from_word(kind)?, name)?),
        }
    }

    fn owner_of(&self, subject: &SubjectKey) -> Option<String> {
        self.native.owner_of(subject)
    }
}
