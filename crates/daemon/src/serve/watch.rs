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
        let mut watch = Self { files: Vec::new() };
        watch.watch(paths);
        watch
    }

    /// Takes them as they are: called before they are read, so that what is written meanwhile is noticed.
    pub(crate) fn look(&mut self) {
        for (path, seen) in &mut self.files {
            *seen = look(path).or(*seen);
        }
    }

    /// Watches these from now on; those that were watched before, from when they were looked at.
    pub(crate) fn watch(&mut self, paths: Vec<PathBuf>) {
        let before = std::mem::take(&mut self.files);
        let known = |path: &PathBuf| before.iter().find(|(known, _)| known == path).map(|(_, seen)| *seen);
        let seen = |path: PathBuf| {
            let seen = known(&path).unwrap_or_else(|| look(&path));
            (path, seen)
        };
        self.files = paths.into_iter().map(seen).collect();
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

    #[tokio::test(start_paused = true)]
    async fn a_change_while_the_files_are_read_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("customers.toml");
        std::fs::write(&path, "a").unwrap();
        let mut watch = FileWatch::on(vec![path.clone()]);
        watch.look();
        std::fs::write(&path, "ab").unwrap();
        watch.watch(vec![path.clone()]);
        assert!(tokio::time::timeout(LOOK * 10, watch.changed()).await.is_ok());
    }
}
