//! What ordinary senders do.

use super::rng::Rng;

/// What somebody does with his account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Habit {
    /// A few letters a day to friends and colleagues.
    Person,
    /// A busy desk: 40 to 90 letters a day, many with a PDF.
    Office,
    /// Receipts and notes on parcels with the carrier's link, 60 to 400 a day, from a web server; one in thirty is the copy of
    /// what a customer typed into its form. One shop in three has another carrier one day.
    Shop,
    /// One issue to thousands, a message for each, ten a second, half of them with a partner's link; half of them after days of
    /// everyday letters. The operator has allowed for it.
    Newsletter,
    /// The same of somebody whom the operator has not heard of.
    Unannounced,
    /// A club's secretary: once a day one message to 30 to 80 members at once.
    Club,
    /// A list server: each post goes to 120 to 300 subscribers in envelopes of 40.
    List,
    /// A server that forwards what its mailboxes get, the spam among it too; without a login.
    Forwarder,
    /// A new customer: on his first day he tells 60 to 150 people his new address, one by one.
    NewCustomer,
    /// A company that has moved: after days of everyday letters its desk tells 150 to 190 people, one by one, within an hour,
    /// from another network; every other one with a link to its new site.
    Moved,
    /// A monitoring program without a login: four letters an hour, and one a minute while something is broken.
    Machine,
    /// A school: letters to parents, one in seven to a whole class; after days of that a link to a survey, new for it, to each
    /// of 150 to 250 parents.
    School,
    /// A help desk: 60 to 150 answers a day in conversations that customers began, quoted, often with a link.
    HelpDesk,
    /// Somebody who sells: 20 to 45 strangers a day, one by one, with the same link to a calendar.
    Sales,
}

impl Habit {
    pub(crate) const ALL: [Self; 14] = [
        Self::Person,
        Self::Office,
        Self::Shop,
        Self::Newsletter,
        Self::Unannounced,
        Self::Club,
        Self::List,
        Self::Forwarder,
        Self::NewCustomer,
        Self::Moved,
        Self::Machine,
        Self::School,
        Self::HelpDesk,
        Self::Sales,
    ];

    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Office => "office",
            Self::Shop => "shop",
            Self::Newsletter => "newsletter",
            Self::Unannounced => "unannounced",
            Self::Club => "club",
            Self::List => "mailing list",
            Self::Forwarder => "forwarder",
            Self::NewCustomer => "new customer",
            Self::Moved => "company that moved",
            Self::Machine => "machine",
            Self::School => "school",
            Self::HelpDesk => "help desk",
            Self::Sales => "sales",
        }
    }

    /// How many of a hundred accounts are like that.
    pub(crate) fn share(self) -> usize {
        match self {
            Self::Person => 57,
            Self::Office => 10,
            Self::Shop => 10,
            Self::Newsletter | Self::Moved | Self::Machine => 3,
            Self::Unannounced => 1,
            Self::Club => 4,
            Self::List => 2,
            Self::Forwarder | Self::School | Self::Sales => 2,
            Self::HelpDesk => 3,
            Self::NewCustomer => 5,
        }
    }

    /// Letters on an ordinary day.
    pub(crate) fn daily(self, rng: &mut Rng) -> u64 {
        match self {
            Self::Person => rng.between(1, 14),
            Self::Office => rng.between(40, 90),
            Self::Shop => rng.between(60, 400),
            Self::Forwarder => rng.between(60, 300),
            Self::List => rng.between(6, 14),
            Self::Machine => 96,
            Self::NewCustomer | Self::Moved | Self::School => rng.between(8, 20),
            Self::HelpDesk => rng.between(60, 150),
            Self::Sales => rng.between(20, 45),
            Self::Newsletter | Self::Unannounced | Self::Club => 1,
        }
    }
}
