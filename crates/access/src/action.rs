//! What may be done to what, by whom: one table and one pure function. The API and the console ask nothing else.

use model::BlockRef;

use crate::principal::{Principal, Reach};

macro_rules! actions {
    ($( $(#[doc = $doc:literal])* $Name:ident = $word:literal, $changes:literal, $who:ident; )*) => {
        /// Something that somebody may want to do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action { $( $(#[doc = $doc])* $Name, )* }

        impl Action {
            /// Every action.
            pub const ALL: &'static [Self] = &[$( Self::$Name ),*];

            /// As the audit log calls it.
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$Name => $word, )* }
            }

            /// Whether it changes anything; an auditor only looks.
            pub const fn changes(self) -> bool {
                match self { $( Self::$Name => $changes, )* }
            }

            const fn open_to(self) -> OpenTo {
                match self { $( Self::$Name => OpenTo::$who, )* }
            }
        }
    };
}

/// Who, beside operators and auditors, may do it to what is his.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OpenTo {
    /// Nobody.
    Staff,
    /// The customer, when he has logged in or has a key.
    Customer,
    /// Also whoever has the signed link of the letter.
    Link,
}

actions! {
    /// See a block: whom it stops, why, until when.
    SeeBlock = "block.see", false, Link;
    /// See the flagged messages of a block.
    SeeEvidence = "evidence.see", false, Link;
    /// End a block whose time is over, as its owner.
    Unblock = "block.unblock", true, Link;
    /// Block somebody by hand, as an operator.
    Block = "block.begin", true, Staff;
    /// Release a block at any time, as an operator.
    Release = "block.release", true, Staff;
    /// See a ticket.
    SeeTicket = "ticket.see", false, Link;
    /// Answer a ticket's questions, or write to it.
    AnswerTicket = "ticket.answer", true, Link;
    /// Open a ticket, close one's own, or open it again.
    KeepTicket = "ticket.keep", true, Customer;
    /// Write to the customer, approve, refuse or close, as the support desk.
    DecideTicket = "ticket.decide", true, Staff;
    /// See a report of a false positive.
    SeeReport = "report.see", false, Link;
    /// Report a false positive.
    Report = "report.make", true, Link;
    /// Decide about such a report.
    DecideReport = "report.decide", true, Staff;
    /// See that an account, an address or a domain exists and how it stands.
    SeeSubject = "subject.see", false, Customer;
    /// See what was counted of one.
    SeeCounters = "counters.see", false, Customer;
    /// Change the password of an account.
    ChangePassword = "password.change", true, Customer;
    /// Tell that a password was changed elsewhere, as the provider's panel.
    TellPassword = "password.tell", true, Staff;
    /// Have an account, an address or a domain diagnosed.
    Diagnose = "diagnosis.start", true, Customer;
    /// See a diagnosis.
    SeeDiagnosis = "diagnosis.see", false, Customer;
    /// See who owns what.
    SeeCustomer = "customer.see", false, Customer;
    /// Change who owns what, and exceptions for him.
    ChangeCustomer = "customer.change", true, Staff;
    /// See the site: its health, configuration, statistics, webhooks, outbox.
    SeeSite = "site.see", false, Staff;
    /// Change something of the site.
    ChangeSite = "site.change", true, Staff;
    /// Correct the classifier.
    Teach = "classifier.teach", true, Staff;
    /// Read what was done by whom.
    SeeAudit = "audit.see", false, Staff;
    /// Make and revoke keys, users and links.
    ManageAccess = "access.manage", true, Staff;
    /// Log in, or out.
    Enter = "access.enter", true, Customer;
}

/// Whose something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner<'o> {
    /// The site's.
    Site,
    /// A customer's service's; empty when nobody is known to own it.
    Service(&'o str),
    /// A block, what led to it and what follows from it; with the service that owns its subject.
    Block {
        /// The service, empty when nobody is known.
        service: &'o str,
        /// The block.
        reference: &'o BlockRef,
    },
}

/// What [`may`] says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// He may.
    Allowed,
    /// He may see it, and may not do that: 403.
    Forbidden,
    /// For him there is no such thing: 404.
    Hidden,
}

impl Ruling {
    /// Whether he may.
    pub fn is_allowed(self) -> bool {
        self == Self::Allowed
    }
}

/// Whether somebody may do that to what belongs to that owner. Total: whatever the table does not open is closed.
pub fn may(principal: &Principal, action: Action, owner: Owner<'_>) -> Ruling {
    let allowed_or = |allowed, otherwise| if allowed { Ruling::Allowed } else { otherwise };
    match principal {
        Principal::Operator => Ruling::Allowed,
        Principal::Auditor => allowed_or(!action.changes(), Ruling::Forbidden),
        Principal::Customer(reach) => allowed_or(reaches(reach, action.open_to(), owner), Ruling::Hidden),
    }
}

/// Whether somebody may do that to anything at all: what is asked before it is known what it is about.
pub fn ever(principal: &Principal, action: Action) -> Ruling {
    match principal {
        Principal::Customer(_) if action.open_to() != OpenTo::Staff => Ruling::Allowed,
        _ => may(principal, action, Owner::Site),
    }
}

fn reaches(reach: &Reach, open_to: OpenTo, owner: Owner<'_>) -> bool {
    match (reach, open_to, owner) {
        (_, OpenTo::Staff, _) | (_, _, Owner::Site) => false,
        (Reach::Block(bound), OpenTo::Link, Owner::Block { reference, .. }) => bound == reference,
        (Reach::Block(_), ..) => false,
        (Reach::Services(services), _, Owner::Service(service) | Owner::Block { service, .. }) => {
            !service.is_empty() && services.contains(service)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn customer() -> Principal {
        Principal::Customer(Reach::Services(["shop".to_owned()].into()))
    }

    /// Word, whether a customer may, whether a link may: each to what is his.
    const TABLE: &[(Action, bool, bool)] = &[
        (Action::SeeBlock, true, true),
        (Action::SeeEvidence, true, true),
        (Action::Unblock, true, true),
        (Action::Block, false, false),
        (Action::Release, false, false),
        (Action::SeeTicket, true, true),
        (Action::AnswerTicket, true, true),
        (Action::KeepTicket, true, false),
        (Action::DecideTicket, false, false),
        (Action::SeeReport, true, true),
        (Action::Report, true, true),
        (Action::DecideReport, false, false),
        (Action::SeeSubject, true, false),
        (Action::SeeCounters, true, false),
        (Action::ChangePassword, true, false),
        (Action::TellPassword, false, false),
        (Action::Diagnose, true, false),
        (Action::SeeDiagnosis, true, false),
        (Action::SeeCustomer, true, false),
        (Action::ChangeCustomer, false, false),
        (Action::SeeSite, false, false),
        (Action::ChangeSite, false, false),
        (Action::Teach, false, false),
        (Action::SeeAudit, false, false),
        (Action::ManageAccess, false, false),
        (Action::Enter, true, false),
    ];

    #[test]
    fn what_somebody_may_to_something_he_may_ever() {
        for &(action, customers, _) in TABLE {
            assert_eq!(ever(&customer(), action).is_allowed(), customers, "{action:?}");
            assert_eq!(ever(&Principal::Operator, action), Ruling::Allowed);
            assert_eq!(ever(&Principal::Auditor, action).is_allowed(), !action.changes(), "{action:?}");
        }
    }

    #[test]
    fn every_action_for_everybody_on_own_and_foreign_things() {
        assert_eq!(TABLE.len(), Action::ALL.len());
        let [one, other] = ["one", "other"].map(|name| BlockRef::new(name).unwrap());
        let link = Principal::Customer(Reach::Block(one.clone()));
        let hidden_unless = |allowed| if allowed { Ruling::Allowed } else { Ruling::Hidden };
        for &(action, customers, links) in TABLE {
            let own = Owner::Block { service: "shop", reference: &one };
            let foreign = Owner::Block { service: "bank", reference: &other };
            for owner in [own, foreign, Owner::Site, Owner::Service(""), Owner::Service("shop")] {
                assert_eq!(may(&Principal::Operator, action, owner), Ruling::Allowed);
                let looks = if action.changes() { Ruling::Forbidden } else { Ruling::Allowed };
                assert_eq!(may(&Principal::Auditor, action, owner), looks, "{action:?}");
            }
            for owner in [own, Owner::Service("shop")] {
                assert_eq!(may(&customer(), action, owner), hidden_unless(customers), "{action:?} {owner:?}");
            }
            assert_eq!(may(&link, action, own), hidden_unless(links), "{action:?}");
            for owner in [foreign, Owner::Site, Owner::Service(""), Owner::Service("bank")] {
                assert_eq!(may(&customer(), action, owner), Ruling::Hidden, "{action:?} {owner:?}");
            }
            let same_owner = Owner::Block { service: "shop", reference: &other };
            for owner in [foreign, same_owner, Owner::Site, Owner::Service("shop")] {
                assert_eq!(may(&link, action, owner), Ruling::Hidden, "{action:?} {owner:?}");
            }
        }
    }
}
