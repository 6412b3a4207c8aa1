//! The site's own keys: a file beside the database, for its owner only.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use access::KeyStore;

/// `site.keys` in the store's directory, mode 0600.
#[derive(Debug, Clone)]
pub struct KeyFile {
    directory: PathBuf,
}

impl KeyFile {
    /// The file in that directory; nothing is opened yet.
    pub fn new(directory: &Path) -> Self {
        Self { directory: directory.to_owned() }
    }

    fn path(&self) -> PathBuf {
        self.directory.join("site.keys")
    }
}

impl KeyStore for KeyFile {
    fn load(&self) -> io::Result<Option<String>> {
        match fs::read_to_string(self.path()) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Written beside, synced, then renamed: a crash leaves the older keys or the newer, never half of them.
    fn save(&self, text: &str) -> io::Result<()> {
        let beside = self.directory.join("site.keys.new");
        if let Err(error) = fs::remove_file(&beside)
            && error.kind() != io::ErrorKind::NotFound
        {
            return Err(error);
        }
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, self.path())?;
        File::open(&self.directory)?.sync_all()
    }
}
