//! Notices that a file beside the configuration was changed, so that nobody has to say so: customers, certificates, keys.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(5);

/// Files as they were seen last.
pub(crate) struct FileWatch {
    files: Vec<(PathBuf, Option<Look>)>,
}

/// What tells one content from another: the time of its last change and its length.
type Look = (SystemTime, u64);

impl FileWatch {
    /// Watches from now on; without a file, nothing ever changes.
    pub(crate) fn on(paths: Vec<PathBuf>) -> Self {
        let seen = |path: PathBuf| {
            let seen = look(&path);
            (path, seen)
        };
        Self { files: paths.into_iter().map(seen).collect() }
    }

    /// Resolves when a file was changed, replaced, or came into being. One that vanished stays as it was.
    pub(crate) async fn changed(&mut self) {
        loop {
            tokio::time::sleep(LOOK).await;
            let mut changed = false;
            for (path, seen) in &mut self.files {
                let Some(now) = look(path) else { continue };
                changed |= seen.replace(now) != Some(now);
            }
            if changed {
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
        let [path, key] = ["customers.toml", "web.key"].map(|name| folder.path().join(name));
        let mut watch = FileWatch::on(vec![path.clone(), key.clone()]);
        std::fs::write(&path, "a").unwrap();
        watch.changed().await;
        std::fs::write(&path, "ab").unwrap();
        watch.changed().await;
        std::fs::write(&key, "a").unwrap();
        watch.changed().await;
        let again = tokio::time::timeout(LOOK * 10, watch.changed()).await;
        assert!(again.is_err(), "nothing has changed since");
    }
}
