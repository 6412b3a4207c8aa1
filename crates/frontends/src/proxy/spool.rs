//! A message's content while it passes: its beginning in memory, the rest in a file without a name.
//!
//! Limits: memory is bounded by the settings whatever the message's size. The file has no name, so that nothing is left
//! behind after a crash: this is no queue, the client still has the message.

use std::io::{self, SeekFrom};
use std::path::PathBuf;

use model::{Intake, Message};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};

use crate::forged;

/// Bytes written to or read from the file at a time.
const BLOCK: usize = 64 * 1024;

/// Content that is written once and may be read several times.
#[derive(Debug)]
pub(super) struct Spool {
    head: Vec<u8>,
    /// Bytes beyond the head that are not yet in the file.
    pending: Vec<u8>,
    file: Option<File>,
    size: u64,
    /// What is judged of it.
    intake: Intake,
    memory: usize,
    directory: PathBuf,
}

impl Spool {
    /// An empty one that keeps at most `memory` bytes out of a file in `directory`, and what is judged of it beside.
    pub(super) fn new(memory: usize, directory: PathBuf, intake: Intake) -> Self {
        let (head, pending) = (Vec::new(), Vec::new());
        Self { head, pending, file: None, size: 0, intake, memory, directory }
    }

    /// The size of the whole in bytes.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// What is judged; once.
    pub(super) fn message(&mut self) -> Message {
        std::mem::take(&mut self.intake).finish()
    }

    /// What is kept in memory: the first bytes.
    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }

    /// Takes out fields of a tag that the client has written itself. The judge has seen them.
    pub(super) fn strip_forged(&mut self) {
        self.size = self.size.saturating_sub(forged::strip(&mut self.head) as u64);
    }

    /// Whether a part went to disk.
    pub(super) fn is_on_disk(&self) -> bool {
        self.file.is_some()
    }

    /// Appends.
    ///
    /// # Errors
    /// When the file can't be written: the disk is full, the directory missing.
    pub(super) async fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.size = self.size.saturating_add(bytes.len() as u64);
        self.intake.push(bytes);
        let room = self.memory.saturating_sub(self.head.len()).min(bytes.len());
        let (kept, beyond) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
        self.head.extend_from_slice(kept);
        self.pending.extend_from_slice(beyond);
        if self.pending.len() < BLOCK { Ok(()) } else { self.write_out().await }
    }

    async fn write_out(&mut self) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                let directory = std::mem::take(&mut self.directory);
                let opened = tokio::task::spawn_blocking(move || tempfile::tempfile_in(directory)).await;
                self.file.insert(File::from_std(opened.map_err(io::Error::other)??))
            }
        };
        file.write_all(&self.pending).await?;
        self.pending.clear();
        Ok(())
    }

    /// Reads from the start. The content is complete by now.
    ///
    /// # Errors
    /// When the file can't be written or rewound.
    pub(super) async fn reader(&mut self) -> io::Result<Reader<'_>> {
        if let Some(file) = &mut self.file {
            file.write_all(&self.pending).await?;
            self.pending.clear();
            file.flush().await?;
            file.seek(SeekFrom::Start(0)).await?;
        }
        Ok(Reader { head: &self.head, pending: &self.pending, file: self.file.as_mut(), block: Vec::new() })
    }
}

/// The content in blocks.
#[derive(Debug)]
pub(super) struct Reader<'s> {
    head: &'s [u8],
    pending: &'s [u8],
    file: Option<&'s mut File>,
    block: Vec<u8>,
}

impl Reader<'_> {
    /// The next block; an empty one at the end.
    ///
    /// # Errors
    /// When the file can't be read.
    pub(super) async fn next(&mut self) -> io::Result<&[u8]> {
        if !self.head.is_empty() {
            return Ok(std::mem::take(&mut self.head));
        }
        let Some(file) = self.file.as_mut() else { return Ok(std::mem::take(&mut self.pending)) };
        self.block.resize(BLOCK, 0);
        let count = file.read(&mut self.block).await?;
        Ok(self.block.get(..count).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn round_trip(size: usize, memory: usize) -> (Spool, Vec<u8>) {
        let content: Vec<u8> = (0..size).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let mut spool = Spool::new(memory, std::env::temp_dir(), Intake::new(100));
        for piece in content.chunks(7001) {
            spool.push(piece).await.unwrap();
        }
        for _ in 0..2 {
            let mut reader = spool.reader().await.unwrap();
            let mut read = Vec::new();
            loop {
                let block = reader.next().await.unwrap();
                if block.is_empty() {
                    break;
                }
                read.extend_from_slice(block);
            }
            assert!(read == content, "{size} bytes with {memory} in memory came back otherwise");
        }
        (spool, content)
    }

    #[tokio::test]
    async fn content_comes_back_twice_from_memory_and_disk() {
        for (size, memory) in
            [(0, 10), (9, 10), (10, 10), (50_000, 10), (100_000, 1000), (400_000, 1000), (400_000, 1 << 20)]
        {
            let (mut spool, content) = round_trip(size, memory).await;
            assert_eq!((spool.message().size, spool.size()), (size as u64, size as u64));
            assert_eq!(spool.head(), &content[..size.min(memory)]);
            assert_eq!(spool.is_on_disk(), size > memory + BLOCK);
        }
    }

    #[tokio::test]
    async fn a_directory_that_is_missing_is_an_error() {
        let mut spool = Spool::new(0, PathBuf::from("/nonexistent/spool"), Intake::new(0));
        assert!(spool.push(&vec![0; BLOCK]).await.is_err());
    }
}
