//! The flags of the negotiation: what a milter may do, and which steps it wants to see or to answer.

macro_rules! flags {
    ($(#[doc = $doc:literal])* $Name:ident { $( $(#[doc = $fdoc:literal])* $FLAG:ident = $value:literal; )* }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
        pub struct $Name(pub u32);

        impl $Name {
            $( $(#[doc = $fdoc])* pub const $FLAG: Self = Self($value); )*

            /// Whether every flag of `other` is set.
            pub const fn has(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }

            /// The flags of both.
            pub const fn with(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }

            /// The flags common to both.
            pub const fn common(self, other: Self) -> Self {
                Self(self.0 & other.0)
            }
        }
    };
}

flags! {
    /// What the milter may do to a message (`SMFIF_*`).
    Actions {
        /// Add and insert header fields.
        ADD_HEADERS = 0x1;
        /// Change and delete header fields.
        CHANGE_HEADERS = 0x10;
        /// Hold the message.
        QUARANTINE = 0x20;
        /// Ask for a list of macros.
        SET_MACROS = 0x100;
    }
}

flags! {
    /// Which steps are not sent, and which are sent but not answered (`SMFIP_*`).
    Steps {
        /// Do not send unknown SMTP commands.
        NO_UNKNOWN = 0x100;
        /// Do not send DATA.
        NO_DATA = 0x200;
        /// The milter may say that it has seen enough.
        SKIP = 0x400;
        /// Send recipients that the MTA has refused, too.
        REJECTED_RECIPIENTS = 0x800;
        /// The connection is not answered.
        NO_REPLY_CONNECT = 0x1000;
        /// HELO is not answered.
        NO_REPLY_HELO = 0x2000;
        /// MAIL is not answered.
        NO_REPLY_MAIL = 0x4000;
        /// RCPT is not answered.
        NO_REPLY_RCPT = 0x8000;
        /// DATA is not answered.
        NO_REPLY_DATA = 0x10000;
        /// Unknown commands are not answered.
        NO_REPLY_UNKNOWN = 0x20000;
        /// The end of the header section is not answered.
        NO_REPLY_END_OF_HEADERS = 0x40000;
        /// Body chunks are not answered.
        NO_REPLY_BODY = 0x80000;
        /// Header fields are not answered.
        NO_REPLY_HEADER = 0x80;
        /// Values keep the white space behind the colon, in both directions.
        LEADING_SPACE = 0x10_0000;
    }
}
