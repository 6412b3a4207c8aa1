//! Whom the command knows as blocked, kept where no crash forgets it: a release is owed to each of them.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use model::{Block, SubjectKey};

/// Resolves when it is durable, or has failed and is tried again elsewhere.
pub type Noted = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Remembers across restarts what the command was told.
pub trait Memory: Send + Sync {
    /// The command is about to be told of this block; a later one of its subject takes the place of the earlier.
    fn note(&self, block: &Block) -> Noted;
    /// The command was told that this subject is released.
    fn forget(&self, subject: &SubjectKey) -> Noted;
}

/// What an earlier process had told, and where to note what this one tells.
#[derive(Clone, Default)]
pub(crate) struct Known {
    /// Whom the command knows as blocked.
    pub(crate) blocks: Vec<Block>,
    /// Without it, what is told is forgotten with the process.
    pub(crate) memory: Option<Arc<dyn Memory>>,
}

impl Known {
    /// Before the command runs: it may be the last thing that this process does.
    pub(crate) async fn note(&self, block: &Block) {
        if let Some(memory) = &self.memory {
            memory.note(block).await;
        }
    }

    pub(crate) async fn forget(&self, subject: &SubjectKey) {
        if let Some(memory) = &self.memory {
            memory.forget(subject).await;
        }
    }
}
