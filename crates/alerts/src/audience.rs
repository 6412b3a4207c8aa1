//! Who gets a letter, in parts: the account itself, whoever owns it, the operators. Nobody twice.
//!
//! Security: a blocked account's password is probably stolen, and whoever has it reads the mailbox. So the way out of the block
//! (link, reply address) goes there only where the operator wants it; otherwise the mailbox gets a notice without.

use customers::Address;
use limits::{LetterKind, Owed};
use model::{Block, Timestamp};

use crate::crowd::Reader;
use crate::post::Post;

/// The recipients of one letter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Audience {
    /// The blocked account's own address, where it is trusted.
    pub(crate) account: Vec<Address>,
    /// The same where it is not, and gets a notice.
    pub(crate) noticed: Vec<Address>,
    /// The contacts of whoever owns what is blocked.
    pub(crate) contacts: Vec<Address>,
    /// The operators.
    pub(crate) operators: Vec<Address>,
    /// Until when the owner's part waits; he is not known yet.
    pub(crate) held: Option<Timestamp>,
}

impl Audience {
    /// Who is to read a letter of that kind about a block. Operators are told when a block begins, and when it is theirs to
    /// decide; what is between a customer and the support desk they get only when nobody else does.
    pub(crate) fn of(post: &Post, block: &Block, kind: &LetterKind) -> Self {
        let (account, noticed) = post.account(block);
        let contacts = new(&post.contacts(block), &account);
        let concerned = [account.as_slice(), &contacts].concat();
        let told = match kind {
            LetterKind::Blocked | LetterKind::Opened | LetterKind::Received | LetterKind::ReportReceived(_) => true,
            LetterKind::Released | LetterKind::Reminder(_) => false,
            LetterKind::Missing(_)
            | LetterKind::Answer(_)
            | LetterKind::Approved
            | LetterKind::Refused(_)
            | LetterKind::ReportConfirmed(_)
            | LetterKind::ReportDeclined(_)
            | LetterKind::ReportUnusable(_) => concerned.is_empty(),
        };
        let operators = if told { new(&post.operators, &concerned) } else { Vec::new() };
        let noticed = if Self::is_noticed(kind) { noticed } else { Vec::new() };
        Self { account, noticed, contacts, operators, held: None }
    }

    /// The same while nobody knows who the owner is: he is told later, how the block ends is not known before.
    pub(crate) fn held(self, until: Option<Timestamp>) -> Self {
        match until {
            Some(_) => Self { account: Vec::new(), contacts: Vec::new(), held: until, ..self },
            None => self,
        }
    }

    /// The same without the operators who have been told, by this letter or in a digest.
    pub(crate) fn without_told(mut self, told: &[String]) -> Self {
        self.operators.retain(|operator| !told.iter().any(|known| known == operator.as_str()));
        self
    }

    /// Until when there is nobody to tell, since the owner's part waits.
    pub(crate) fn pauses(&self, told: &[String]) -> Option<Timestamp> {
        let mut all = self.all().into_iter();
        self.held.filter(|_| all.all(|address| told.iter().any(|known| known == address.as_str())))
    }

    /// The account's reader learns that sending is locked, and that it works again.
    fn is_noticed(kind: &LetterKind) -> bool {
        matches!(kind, LetterKind::Blocked | LetterKind::Approved | LetterKind::Released)
    }

    /// The account and its owner.
    pub(crate) fn concerned(&self) -> Vec<Address> {
        [self.account.as_slice(), &self.contacts].concat()
    }

    /// Those who get the letter itself.
    pub(crate) fn trusted(&self) -> Vec<Address> {
        [self.concerned(), self.operators.clone()].concat()
    }

    /// Everybody.
    pub(crate) fn all(&self) -> Vec<Address> {
        [self.trusted(), self.noticed.clone()].concat()
    }

    /// The readers whose patience is to be minded.
    pub(crate) fn readers(&self, kind: &LetterKind) -> Vec<Reader> {
        let customer = !self.contacts.is_empty() && kind.can_be_collected();
        let customer = customer.then(|| Reader::Customer(self.contacts.clone()));
        let operators = (!self.operators.is_empty()).then_some(Reader::Operators);
        customer.into_iter().chain(operators).collect()
    }

    /// Leaves a reader out, who is owed it from now on.
    pub(crate) fn leave_out(&mut self, reader: &Reader, owed: &mut Owed) {
        match reader {
            Reader::Operators => (self.operators, owed.operators) = (Vec::new(), true),
            Reader::Customer(_) => (self.contacts, owed.customer) = (Vec::new(), true),
        }
    }
}

/// The addresses that are not known yet, each once.
fn new(addresses: &[Address], known: &[Address]) -> Vec<Address> {
    let mut new: Vec<Address> = Vec::new();
    for address in addresses {
        if !new.contains(address) && !known.contains(address) {
            new.push(address.clone());
        }
    }
    new
}
