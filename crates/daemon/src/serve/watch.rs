//! Notices that the operator's file of customers was changed, so that nobody has to say so.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How often the file is looked at.
const LOOK: Duration = Duration::from_secs(5);

/// A file as it was seen last.
pub(crate) struct FileWatch {
    path: Option<PathBuf>,
    seen: Option<Look>,
}

/// What tells one content from another: the time of its last change and its length.
type Look = (SystemTime, u64);

impl FileWatch {
    /// Watches from now on; without a file, nothing ever changes.
    pub(crate) fn on(path: Option<&Path>) -> Self {
        Self { path: path.map(Path::to_owned), seen: path.and_then(look) }
    }

    /// Resolves when the file was changed, replaced, or came into being. One that vanished stays as it was.
    pub(crate) async fn changed(&mut self) {
        loop {
            tokio::time::sleep(LOOK).await;
            let Some(now) = self.path.as_deref().and_then(look) else { continue };
            if self.seen.replace(now) != Some(now) {
                return;
            }
        }
    }
}

fn look(path: &Path) -> Option<Look> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_change_is_noticed_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("customers.toml");
        let mut watch = FileWatch::on(Some(&path));
        std::fs::write(&path, "a").unwrap();
        watch.changed().await;
        std::fs::write(&path, "ab").unwrap();
        watch.changed().await;
        let again = tokio::time::timeout(LOOK * 10, watch.changed()).await;
        assert!(again.is_err(), "nothing has changed since");
    }
}
