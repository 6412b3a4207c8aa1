//! BDAT (RFC 3030): exactly the announced octets are the chunk's, also when it is refused.
//!
//! Security: the chunk of a refused BDAT is read and thrown away, or a client could have it run as commands.

use std::io;

use tokio::time::{Instant, timeout_at};
use wire::smtp::{Chunk, ContentReader};

use super::super::replies;
use super::super::spool::Spool;
use super::Client;
use super::content::Flaw;
use super::end::End;
use super::state::{Chunked, State, Transaction};

impl Client {
    pub(super) async fn bdat(&mut self, state: State, chunk: Chunk) -> Result<State, End> {
        let chunked = match state {
            State::Open(open) if !open.greeted.offered.chunking => {
                return self.refused_chunk(State::Open(open), chunk).await;
            }
            State::Open(open) => self.first_chunk(*open),
            State::Chunked(chunked) => chunked,
            other => return self.refused_chunk(other, chunk).await,
        };
        if chunked.is_broken {
            return self.refused_chunk(State::Chunked(chunked), chunk).await;
        }
        self.next_chunk(chunked, chunk).await
    }

    fn first_chunk(&self, transaction: Transaction) -> Box<Chunked> {
        let reader = ContentReader::counted(self.config.line_ends());
        Box::new(Chunked { transaction, reader, content: self.spool(), is_broken: false })
    }

    async fn next_chunk(&mut self, mut chunked: Box<Chunked>, chunk: Chunk) -> Result<State, End> {
        let Chunked { transaction, reader, content, .. } = chunked.as_mut();
        let has_recipients = transaction.has_recipients();
        let flaw = self.read_chunk(chunk, reader, content, has_recipients).await?;
        match flaw {
            _ if !has_recipients => {
                self.mistake("content", replies::NO_RECIPIENTS)?;
                chunked.is_broken = true;
                Ok(if chunk.last { self.closed(State::Chunked(chunked)) } else { State::Chunked(chunked) })
            }
            Some(flaw) if chunk.last => Ok(self.flawed(chunked.transaction, flaw, &chunked.content)),
            Some(flaw) => {
                self.proxy.stats.messages_unclean.add(1);
                self.answer(chunked.content.refused(), &flaw.reply());
                chunked.is_broken = true;
                Ok(State::Chunked(chunked))
            }
            None if chunk.last => self.conclude(chunked.transaction, chunked.content, true).await,
            None => {
                self.reply(&replies::chunk(chunk.size));
                Ok(State::Chunked(chunked))
            }
        }
    }

    /// Reads the chunk to its end; a flaw is only noted until then.
    async fn read_chunk(
        &mut self,
        mut chunk: Chunk,
        reader: &mut ContentReader,
        content: &mut Spool,
        wanted: bool,
    ) -> Result<Option<Flaw>, End> {
        let last = chunk.last;
        let mut flaw =
            (content.size().saturating_add(chunk.size) > self.config.settings.max_message.0).then_some(Flaw::TooLarge);
        let mut decoded = Vec::new();
        let deadline = Instant::now() + self.config.settings.message_timeout;
        loop {
            let piece = chunk.take(&self.channel.input);
            let taken = piece.len();
            reader.read(piece, &mut decoded);
            if last && chunk.size == 0 {
                reader.finish(&mut decoded);
            }
            let _ = self.channel.input.split_to(taken);
            self.proxy.stats.content_bytes.add(taken as u64);
            flaw = flaw.or(reader.defect().map(Flaw::Unclean));
            if flaw.is_none() && wanted {
                flaw = self.keep(content, &decoded).await;
            }
            decoded.clear();
            if chunk.size == 0 {
                return Ok(flaw);
            }
            self.more(deadline).await?;
        }
    }

    /// Out of sequence: the chunk is swallowed.
    async fn refused_chunk(&mut self, state: State, mut chunk: Chunk) -> Result<State, End> {
        let deadline = Instant::now() + self.config.settings.message_timeout;
        let last = chunk.last;
        loop {
            let taken = chunk.take(&self.channel.input).len();
            let _ = self.channel.input.split_to(taken);
            if chunk.size == 0 {
                break;
            }
            self.more(deadline).await?;
        }
        self.mistake("content", replies::OUT_OF_SEQUENCE)?;
        match state {
            State::Chunked(chunked) if last => Ok(self.closed(State::Chunked(chunked))),
            state => Ok(state),
        }
    }

    async fn more(&mut self, deadline: Instant) -> Result<(), End> {
        self.flush().await?;
        let limit = self.config.settings.client_timeout;
        Ok(timeout_at(deadline, self.channel.fill(limit)).await.map_err(io::Error::from)??)
    }
}
