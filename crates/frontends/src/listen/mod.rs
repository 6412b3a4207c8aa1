//! Where a front end listens: the addresses as an operator writes them, and the sockets they become.

mod address;
mod bind;
mod mode;

pub use address::ListenAddr;
pub use bind::{Inherited, InheritedSockets, ListenError, Listener};
pub use mode::SocketMode;
