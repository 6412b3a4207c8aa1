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
    /// A shop that somebody famous has named: 500 to 1,500 receipts one day, where there were 60 to 400.
    Viral,
    /// A firm that sends 150 to 400 invoices on the last day of the month, each with its PDF.
    MonthEnd,
    /// A club's secretary who writes ordinary letters, and one day the same to 120 to 200 members by hand, hidden, forty at a time.
    ByHand,
    /// A monitoring program with a login: on a bad day 300 to 900 alerts to the three on duty.
    Alerts,
    /// Somebody on holiday, whose mailbox answers 40 to 150 strangers that he is.
    Away,
    /// Somebody who sends his album to 40 to 70 friends and friends' friends, one by one.
    Photos,
    /// An assistant: every third letter is an invitation to a meeting, and one day there is one for everybody.
    Meetings,
    /// A list server's digest: a day's posts in one letter to 120 to 300 subscribers.
    Digest,
    /// Ten accounts of a company that come from another provider in one hour: another network, another program, and each tells
    /// 15 to 40 people the same.
    Migrating,
    /// Somebody with a flat to let: 20 to 40 answers within two hours, each in words of its own, with a link to the pictures.
    Landlord,
    /// A company's first day: ten accounts without a past, each of which tells 10 to 30 people the same.
    NewCompany,
}

impl Habit {
    pub(crate) const ALL: [Self; 25] = [
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
        Self::Viral,
        Self::MonthEnd,
        Self::ByHand,
        Self::Alerts,
        Self::Away,
        Self::Photos,
        Self::Meetings,
        Self::Digest,
        Self::Migrating,
        Self::NewCompany,
        Self::Landlord,
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
            Self::Viral => "shop found by many",
            Self::MonthEnd => "invoices of a month",
            Self::ByHand => "letter to all members",
            Self::Alerts => "storm of alerts",
            Self::Away => "out of office",
            Self::Photos => "photo album",
            Self::Meetings => "meetings",
            Self::Digest => "digest",
            Self::Migrating => "company from elsewhere",
            Self::NewCompany => "new company",
            Self::Landlord => "flat to let",
        }
    }

    /// How many of a hundred accounts are like that.
    pub(crate) fn share(self) -> usize {
        match self {
            Self::Person => 40,
            Self::Office | Self::Migrating | Self::NewCompany => 6,
            Self::Shop | Self::NewCustomer => 5,
            Self::Club | Self::Newsletter | Self::Moved | Self::Machine | Self::HelpDesk => 3,
            Self::Unannounced | Self::Digest | Self::Alerts => 1,
            _ => 2,
        }
    }

    /// Letters on an ordinary day.
    pub(crate) fn daily(self, rng: &mut Rng) -> u64 {
        match self {
            Self::Person | Self::ByHand | Self::Away | Self::Photos | Self::Landlord => rng.between(1, 14),
            Self::Office | Self::MonthEnd => rng.between(40, 90),
            Self::Shop | Self::Viral => rng.between(60, 400),
            Self::Forwarder => rng.between(60, 300),
            Self::List => rng.between(6, 14),
            Self::Machine | Self::Alerts => 96,
            Self::NewCustomer | Self::Moved | Self::School => rng.between(8, 20),
            Self::Migrating | Self::NewCompany | Self::Meetings => rng.between(8, 40),
            Self::HelpDesk => rng.between(60, 150),
            Self::Sales => rng.between(20, 45),
            Self::Newsletter | Self::Unannounced | Self::Club | Self::Digest => 1,
        }
    }

    /// How many of a hundred everyday letters go to people he writes to again and again.
    pub(crate) fn known(self) -> u64 {
        match self {
            Self::Person | Self::Office | Self::MonthEnd | Self::Away | Self::Photos | Self::ByHand => 85,
            Self::Machine | Self::Migrating | Self::NewCompany | Self::Meetings | Self::Landlord => 85,
            Self::School | Self::Alerts => 100,
            Self::HelpDesk => 30,
            Self::Sales => 10,
            _ => 0,
        }
    }

    /// How many people he writes to again and again.
    pub(crate) fn circle(self, rng: &mut Rng) -> u64 {
        match self {
            Self::School | Self::MonthEnd => rng.between(150, 250),
            Self::ByHand => rng.between(80, 120),
            Self::Alerts => 3,
            _ => rng.between(15, 60),
        }
    }

    /// Whether he logs in.
    pub(crate) fn has_login(self) -> bool {
        !matches!(self, Self::Forwarder | Self::Machine)
    }

    /// Whether a web server writes for him, with a template.
    pub(crate) fn is_shop(self) -> bool {
        matches!(self, Self::Shop | Self::Viral)
    }

    /// Whether it is a program that has no words of a person's.
    pub(crate) fn is_machine(self) -> bool {
        matches!(self, Self::Machine | Self::Alerts)
    }

    /// Whether he writes to a list of readers.
    pub(crate) fn is_newsletter(self) -> bool {
        matches!(self, Self::Newsletter | Self::Unannounced)
    }
}
