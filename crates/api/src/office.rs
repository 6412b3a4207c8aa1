//! What the routes share: who is asked who somebody is, and who does what he wants.

use std::sync::Arc;

use access::{Action, Actor, Gate, Owner, Ruling, may};
use arc_swap::ArcSwap;
use customers::ticket::Ticket;
use customers::{Customer, Directory, LiveDirectory};
use diagnostics::Diagnoses;
use limits::LockoutSettings;
use model::{Block, SubjectKey};
use pipeline::{Addresses, Desk, TicketFile, Tickets};

use crate::passwords::Passwords;

/// The use cases behind the APIs.
pub struct Office {
    /// Who somebody is.
    pub gate: Arc<Gate>,
    /// Blocks.
    pub desk: Arc<Desk>,
    /// Tickets.
    pub tickets: Arc<Tickets>,
    /// Addresses and their blocks.
    pub addresses: Arc<Addresses>,
    /// Diagnoses.
    pub diagnoses: Arc<Diagnoses>,
    /// Changes of passwords.
    pub passwords: Arc<Passwords>,
    /// Who owns what.
    directory: LiveDirectory,
    /// What failed logins lead to.
    lockout: ArcSwap<LockoutSettings>,
    /// What addresses of our own begin with.
    base: String,
}

impl Office {
    /// Over the running daemon; `base` is what addresses of the `[web]` listener begin with.
    pub fn new(
        gate: Arc<Gate>,
        tickets: Arc<Tickets>,
        addresses: Arc<Addresses>,
        diagnoses: Arc<Diagnoses>,
        passwords: Arc<Passwords>,
        directory: impl Into<LiveDirectory>,
        base: String,
    ) -> Self {
        Self {
            gate,
            desk: tickets.desk(),
            tickets,
            addresses,
            diagnoses,
            passwords,
            directory: directory.into(),
            lockout: ArcSwap::default(),
            base,
        }
    }

    /// Other consequences of failed logins from now on.
    pub fn reload(&self, lockout: LockoutSettings) {
        self.lockout.store(Arc::new(lockout));
    }

    /// What failed logins lead to.
    pub(crate) fn lockout(&self) -> Arc<LockoutSettings> {
        self.lockout.load_full()
    }

    /// Who owns what, as it is now.
    pub fn directory(&self) -> Arc<Directory> {
        self.directory.load()
    }

    /// What addresses of ours begin with.
    pub fn base(&self) -> &str {
        &self.base
    }

    pub(crate) fn owner(&self, subject: &SubjectKey) -> Arc<Customer> {
        self.directory.owner(subject)
    }

    /// Whose a ticket is now.
    pub(crate) fn owner_of(&self, ticket: &Ticket) -> Arc<Customer> {
        ticket.subject.owner(&self.directory.load())
    }

    /// The ticket of a block is whose the block is; whoever has the block's link may see it too.
    pub(crate) fn may_ticket(&self, actor: &Actor, action: Action, file: &TicketFile) -> Ruling {
        match &file.block {
            Some(block) => self.may_block(actor, action, block),
            None => may(&actor.principal, action, Owner::Service(&self.owner_of(&file.ticket).service)),
        }
    }

    pub(crate) fn may_block(&self, actor: &Actor, action: Action, block: &Block) -> Ruling {
        let owner = self.owner(&block.subject);
        may(&actor.principal, action, Owner::Block { service: &owner.service, reference: &block.reference })
    }
}
