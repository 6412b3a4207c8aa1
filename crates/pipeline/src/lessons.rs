//! What operators teach: a correction is kept on disk first and then in force, for every judge at once.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use scoring::classifier::{Correction, Learned, LearnedError};

/// The layer of corrections with the file it is kept in.
pub struct Lessons {
    learned: Arc<Learned>,
    file: PathBuf,
    /// One correction at a time: the file is replaced whole.
    turn: Mutex<()>,
}

/// Why a correction was not kept.
#[derive(Debug, thiserror::Error)]
pub enum LessonError {
    /// It teaches nothing.
    #[error(transparent)]
    Correction(#[from] LearnedError),
    /// The disk said no. Nothing is in force that would be gone after a restart.
    #[error("what was learned can't be kept in {path}: {error}")]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

impl Lessons {
    /// The file's name in the store's directory.
    pub const FILE: &'static str = "learned";

    /// What was kept in the store's directory; nothing when there is no file. A damaged file is told and left as it is.
    pub fn open(directory: &Path) -> Result<Self, LessonError> {
        let lessons = Self { learned: Arc::default(), file: directory.join(Self::FILE), turn: Mutex::default() };
        match std::fs::read(&lessons.file) {
            Ok(file) => lessons.learned.restore(&file)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(lessons.failed(error)),
        }
        Ok(lessons)
    }

    /// Puts a damaged file aside, so that a start is possible and nothing is overwritten.
    pub fn set_aside(directory: &Path) -> io::Result<PathBuf> {
        let aside = directory.join(Self::FILE).with_extension("damaged");
        std::fs::rename(directory.join(Self::FILE), &aside)?;
        Ok(aside)
    }

    /// What the engines read.
    pub fn learned(&self) -> Arc<Learned> {
        Arc::clone(&self.learned)
    }

    /// Learns one correction: on disk when this returns, and in force. Blocks the thread on the disk.
    pub fn learn(&self, correction: &Correction) -> Result<(), LessonError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let file = self.learned.after(correction)?;
        self.replace(&file).map_err(|error| self.failed(error))?;
        Ok(self.learned.restore(&file)?)
    }

    /// Forgets everything, on disk too.
    pub fn forget(&self) -> Result<(), LessonError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        match std::fs::remove_file(&self.file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(self.failed(error)),
            _ => self.learned.forget(),
        }
        Ok(())
    }

    /// The old file or the new one is there whatever happens in between.
    fn replace(&self, bytes: &[u8]) -> io::Result<()> {
        let draft = self.file.with_extension("new");
        let mut file = std::fs::File::create(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&draft, &self.file)?;
        let directory = self.file.parent().unwrap_or(Path::new("."));
        std::fs::File::open(directory)?.sync_all()
    }

    /// That error, with the file it is about.
    pub fn failed(&self, error: io::Error) -> LessonError {
        LessonError::Disk { path: self.file.clone(), error }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn correction() -> Correction {
        Correction { is_spam: true, pairs: (0..50).collect() }
    }

    #[test]
    fn what_was_learned_is_there_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let lessons = Lessons::open(folder.path()).unwrap();
        lessons.learn(&correction()).unwrap();
        // No orderly end: as after kill -9, only the file is left.
        let again = Lessons::open(folder.path()).unwrap();
        assert_eq!(again.learned().counts(), (1, 0));
        again.forget().unwrap();
        assert_eq!(Lessons::open(folder.path()).unwrap().learned().counts(), (0, 0));
    }

    #[test]
    fn a_half_written_draft_harms_nothing() {
        let folder = tempfile::tempdir().unwrap();
        Lessons::open(folder.path()).unwrap().learn(&correction()).unwrap();
        std::fs::write(folder.path().join("learned.new"), "half").unwrap();
        assert_eq!(Lessons::open(folder.path()).unwrap().learned().counts(), (1, 0));
    }

    #[test]
    fn what_cant_be_kept_is_not_in_force() {
        let folder = tempfile::tempdir().unwrap();
        let lessons = Lessons::open(&folder.path().join("gone")).unwrap();
        let error = lessons.learn(&correction()).unwrap_err();
        assert!(error.to_string().contains("can't be kept in"), "{error}");
        assert_eq!(lessons.learned().counts(), (0, 0));
    }

    #[test]
    fn a_damaged_file_is_told() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(Lessons::FILE), "nonsense").unwrap();
        assert!(matches!(Lessons::open(folder.path()), Err(LessonError::Correction(LearnedError::Damaged))));
    }
}
