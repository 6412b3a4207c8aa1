//! What a peer can do wrong: each is a reason to close the connection, and a label to count it by.

/// Why a connection can't go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Fault {
    /// A packet says it is longer than [`super::MAX_FRAME`].
    #[error("the MTA announced a packet of {0} bytes, more than the {max} that are accepted", max = super::MAX_FRAME)]
    FrameTooLarge(u32),
    /// A packet without even a command.
    #[error("the MTA sent a packet of length 0")]
    EmptyFrame,
    /// The connection ended inside a packet.
    #[error("the connection ended inside a packet")]
    Truncated,
    /// No such command.
    #[error("the MTA sent the unknown command 0x{0:02x}")]
    UnknownCommand(u8),
    /// A command whose data is not what it must be.
    #[error("the data of the milter command {} is malformed", char::from(*.0))]
    Malformed(u8),
    /// A command that may not come now.
    #[error("the milter command {} came out of order", char::from(*.0))]
    OutOfOrder(u8),
    /// A version that neither side's history knows.
    #[error("the MTA offered milter protocol version {0}; 2 to 6 are spoken")]
    Version(u32),
}

impl Fault {
    /// Every label, in the order of [`Fault::index`].
    pub const LABELS: [&'static str; 7] =
        ["frame_too_large", "empty_frame", "truncated", "unknown_command", "malformed", "out_of_order", "version"];

    /// The place of its label in [`Fault::LABELS`].
    pub const fn index(self) -> usize {
        match self {
            Self::FrameTooLarge(_) => 0,
            Self::EmptyFrame => 1,
            Self::Truncated => 2,
            Self::UnknownCommand(_) => 3,
            Self::Malformed(_) => 4,
            Self::OutOfOrder(_) => 5,
            Self::Version(_) => 6,
        }
    }
}
