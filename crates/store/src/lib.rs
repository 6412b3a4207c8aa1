//! Durable state: blocks, evidence, alerts and counters in SQLite or in memory, and the thread that writes them.
//!
//! What is kept here is metadata about people's mail: the directory is readable by its owner only.

mod key_file;
mod memory;
mod memory_access;
mod settings;
mod sqlite;
mod writer;

pub use key_file::KeyFile;
pub use memory::MemoryStore;
pub use memory_access::MemoryAccess;
pub use settings::{OnFailure, StoreSettings};
pub use sqlite::SqliteStore;
pub use writer::{Health, Writer, Written};
