//! A message's content on its way to the next hop, and the answer to it.
//!
//! Security: content is dot-stuffed anew, or counted; nothing of the client's framing is copied.

use std::io;

use wire::smtp::Reply;
use wire::smtp::stuffing::Stuffing;

use super::super::replies;
use super::super::spool::{Reader, Spool};
use super::Terms;
use super::connection::HopConnection;
use super::error::HopError;

/// Bytes that are written at a time.
const BLOCK: usize = 64 * 1024;

/// How a delivery ended.
#[derive(Debug)]
pub(in crate::proxy) enum Delivery {
    /// The next hop answered, whatever it was.
    Answered(Reply),
    /// The next hop was lost before it was asked to take content: another connection may be tried.
    NotBegun(HopError),
    /// The next hop was lost later: whether it has the message nobody knows, so the client has to come back.
    Lost(HopError),
    /// Our own disk failed.
    Unreadable(io::Error),
}

/// Sends header fields of ours and the content; `counted` by BDAT, else by DATA.
pub(in crate::proxy) async fn deliver(
    connection: &mut HopConnection,
    headers: &[u8],
    content: &mut Spool,
    counted: bool,
    terms: &Terms,
) -> Delivery {
    let size = content.size().saturating_add(headers.len() as u64);
    let reader = match content.reader().await {
        Ok(reader) => reader,
        Err(error) => return Delivery::Unreadable(error),
    };
    connection.messages = connection.messages.saturating_add(1);
    if counted {
        connection.channel.output.extend_from_slice(format!("BDAT {size} LAST\r\n").as_bytes());
        return finished(connection, headers, reader, None, terms).await;
    }
    match connection.command("DATA\r\n", terms.data).await {
        Ok(reply) if reply.code() == 354 => {
            finished(connection, headers, reader, Some(Stuffing::default()), terms).await
        }
        // Anything else is the answer to the message; even a 250 would not mean that it was taken.
        Ok(reply) if reply.code() >= 400 => Delivery::Answered(reply),
        Ok(_) => Delivery::Answered(Reply::of(replies::LOST_MESSAGE)),
        Err(error) => Delivery::NotBegun(error),
    }
}

/// Sends the content and reads the answer to it. A next hop that refuses in mid-message and closes has often said why:
/// its words are looked for when writing failed, but not for long.
async fn finished(
    connection: &mut HopConnection,
    headers: &[u8],
    content: Reader<'_>,
    stuffing: Option<Stuffing>,
    terms: &Terms,
) -> Delivery {
    match send(connection, headers, content, stuffing, terms).await {
        Ok(()) => match connection.reply(terms.end).await {
            Ok(reply) if reply.is_positive() || reply.code() >= 400 => {
                connection.is_stained = false;
                Delivery::Answered(reply)
            }
            Ok(reply) => Delivery::Lost(HopError::Refused(reply)),
            Err(error) => Delivery::Lost(error),
        },
        Err(SendError::Answered) => answered_early(connection, terms).await,
        Err(SendError::Disk(error)) => Delivery::Unreadable(error),
        Err(SendError::Hop(error)) => match connection.reply(terms.connect).await {
            Ok(reply) if reply.code() >= 400 => Delivery::Answered(reply),
            Err(HopError::Closing(reply)) => Delivery::Lost(HopError::Closing(reply)),
            _ => Delivery::Lost(error.into()),
        },
    }
}

/// The next hop has spoken in mid-message and doesn't read on. Half a message is on the connection: it is of no use any more.
async fn answered_early(connection: &mut HopConnection, terms: &Terms) -> Delivery {
    let answer = connection.reply(terms.connect).await;
    connection.channel.cut();
    match answer {
        Ok(reply) if reply.code() >= 400 => Delivery::Answered(reply),
        Ok(reply) => Delivery::Lost(HopError::Refused(reply)),
        Err(error) => Delivery::Lost(error),
    }
}

enum SendError {
    Answered,
    Hop(io::Error),
    Disk(io::Error),
}

async fn send(
    connection: &mut HopConnection,
    headers: &[u8],
    mut content: Reader<'_>,
    mut stuffing: Option<Stuffing>,
    terms: &Terms,
) -> Result<(), SendError> {
    add(connection, headers, &mut stuffing);
    loop {
        let block = content.next().await.map_err(SendError::Disk)?;
        if block.is_empty() {
            break;
        }
        for piece in block.chunks(BLOCK) {
            add(connection, piece, &mut stuffing);
            if connection.channel.output.len() >= BLOCK {
                flush(connection, terms).await?;
            }
        }
    }
    if let Some(stuffing) = stuffing {
        stuffing.end(&mut connection.channel.output);
    }
    flush(connection, terms).await
}

async fn flush(connection: &mut HopConnection, terms: &Terms) -> Result<(), SendError> {
    match connection.channel.flush_unless_answered(terms.block).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(SendError::Answered),
        Err(error) => Err(SendError::Hop(error)),
    }
}

fn add(connection: &mut HopConnection, bytes: &[u8], stuffing: &mut Option<Stuffing>) {
    match stuffing {
        Some(stuffing) => stuffing.write(bytes, &mut connection.channel.output),
        None => connection.channel.output.extend_from_slice(bytes),
    }
}
