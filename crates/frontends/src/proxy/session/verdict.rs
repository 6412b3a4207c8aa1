//! The end of a message: judged, then sent on, and the next hop's answer is the client's.
//!
//! Security: never a 250 of our own. When the next hop is lost after the last byte it may have the message or not;
//! the client is told to come back, because twice is better than never (RFC 5321 4.2.5, 6.1).

use std::net::SocketAddr;
use std::sync::Arc;

use model::{Action, Submission};
use wire::smtp::Reply;

use super::super::hop::{Delivery, HopConnection, HopError, Hops, deliver};
use super::super::replies;
use super::super::spool::Spool;
use super::Client;
use super::end::End;
use super::recipients::MAX_BATCH;
use super::refusals::{Refused, message_id};
use super::state::{State, Transaction};

impl Client {
    /// Judges the message and does what the verdict says; `counted` when it came by BDAT.
    pub(super) async fn conclude(
        &mut self,
        mut transaction: Transaction,
        mut content: Spool,
        counted: bool,
    ) -> Result<State, End> {
        if received_fields(content.head()) > self.config.settings.max_received {
            self.proxy.stats.messages_unclean.add(1);
            let reply = Reply::of(replies::LOOP);
            self.tell(content.refused(), &reply);
            return Ok(self.answered(transaction, &reply));
        }
        if content.is_on_disk() {
            self.proxy.stats.messages_spooled.add(1);
        }
        let verdict = self.judge.judge(self.submission(&mut transaction, &mut content)).await;
        content.strip_forged();
        let mut headers = self.trace(&transaction, verdict.at);
        match verdict.action {
            Action::Accept => self.send(transaction, content, headers.as_bytes(), counted).await,
            Action::Tag(fields) => {
                headers.extend(fields.iter().map(|(name, value)| format!("{name}: {value}\r\n")));
                self.send_suspicious(transaction, content, headers.as_bytes(), counted).await
            }
            Action::Defer(refusal) | Action::Reject(refusal) => {
                self.proxy.stats.messages_refused.add(1);
                Ok(self.answered(transaction, &replies::refused(&refusal)))
            }
            // There is no queue here to hold it in.
            Action::Hold(_) => {
                self.proxy.stats.messages_refused.add(1);
                Ok(self.answered(transaction, &Reply::of(replies::HELD)))
            }
        }
    }

    fn submission(&self, transaction: &mut Transaction, content: &mut Spool) -> Submission {
        Submission {
            session: Arc::clone(&self.session),
            envelope: transaction.envelope.take(),
            message: content.message(),
        }
    }

    /// Ends the transaction with a reply that the next hop has no part in.
    fn answered(&mut self, transaction: Transaction, reply: &Reply) -> State {
        self.reply(reply);
        self.closed(State::Open(Box::new(transaction)))
    }

    async fn send(
        &mut self,
        mut transaction: Transaction,
        mut content: Spool,
        headers: &[u8],
        counted: bool,
    ) -> Result<State, End> {
        let hops = Arc::clone(&self.hops);
        let counted_here = counted && transaction.hop.capabilities.chunking;
        let mut delivery = deliver(&mut transaction.hop, headers, &mut content, counted_here, &hops.terms).await;
        // The next hop lost patience while the client was sending. It was asked nothing yet: the envelope is given again.
        if let (Delivery::NotBegun(HopError::Lost(_) | HopError::Closing(_)), false) =
            (&delivery, transaction.hop.is_bound)
        {
            match replay(&transaction, &hops).await {
                Ok(hop) => transaction.hop = hop,
                Err(reply) => {
                    self.tell(content.refused(), &reply);
                    return Ok(self.answered(transaction, &reply));
                }
            }
            delivery = deliver(&mut transaction.hop, headers, &mut content, false, &hops.terms).await;
        }
        let reply = self.outcome(delivery, transaction.hop.peer, &content)?;
        Ok(self.answered(transaction, &reply))
    }

    /// A message between the tag and the reject score leaves by another next hop, if there is one.
    async fn send_suspicious(
        &mut self,
        transaction: Transaction,
        mut content: Spool,
        headers: &[u8],
        counted: bool,
    ) -> Result<State, End> {
        let Some(hops) = self.suspicious.clone() else {
            return self.send(transaction, content, headers, counted).await;
        };
        let mut hop = match replay(&transaction, &hops).await {
            Ok(hop) => hop,
            Err(reply) => {
                self.tell(content.refused(), &reply);
                return Ok(self.answered(transaction, &reply));
            }
        };
        let counted = counted && hop.capabilities.chunking;
        let delivery = deliver(&mut hop, headers, &mut content, counted, &hops.terms).await;
        let is_lost = !matches!(delivery, Delivery::Answered(_));
        let reply = self.outcome(delivery, hop.peer, &content);
        if is_lost {
            drop(hop)
        } else {
            hops.give_back(hop)
        }
        Ok(self.answered(transaction, &reply?))
    }

    /// The reply of a delivery; when the next hop is gone, the session can't go on on its other end.
    fn outcome(&self, delivery: Delivery, next_hop: SocketAddr, content: &Spool) -> Result<Reply, End> {
        let stats = &self.proxy.stats;
        match delivery {
            Delivery::Answered(reply) if reply.is_positive() => {
                stats.messages_relayed.add(1);
                Ok(reply)
            }
            Delivery::Answered(reply) => {
                stats.messages_refused_by_hop.add(1);
                self.tell(Refused { by: Some(next_hop), ..content.refused() }, &reply);
                Ok(reply)
            }
            Delivery::Unreadable(error) => {
                tracing::error!(%error, "spooled content can't be read");
                Err(End::NextHop(Reply::of(replies::LOST_MESSAGE)))
            }
            Delivery::NotBegun(error) | Delivery::Lost(error) => {
                stats.messages_lost_hop.add(1);
                tracing::warn!(
                    %next_hop,
                    account = self.session.login.as_ref().map(|login| login.account.as_str()),
                    ip = self.session.client.map(tracing::field::display),
                    message_id = message_id(content.head()),
                    %error,
                    "next hop lost with a message"
                );
                Err(End::NextHop(match error {
                    HopError::Closing(reply) => reply,
                    _ => Reply::of(replies::LOST_MESSAGE),
                }))
            }
        }
    }
}

/// Gives the envelope to another connection. Whoever refuses a part of it there refuses the message: the client has been
/// told that all these recipients are accepted.
async fn replay(transaction: &Transaction, hops: &Hops) -> Result<HopConnection, Reply> {
    let unreachable = |_| Reply::of(replies::UNREACHABLE);
    let mut hop = hops.lease().await.map_err(unreachable)?;
    if !transaction.mail.is_within(&hop.capabilities) {
        return Err(Reply::of(replies::CHANGED));
    }
    let limit = hops.terms.command;
    let mail = transaction.mail.encode(&hop.capabilities);
    let mut batches = transaction.accepted.chunks(MAX_BATCH);
    let mut batch = batches.next().unwrap_or_default();
    let mut reply = hop.mail(&mail, batch.iter().map(String::as_str), limit).await.map_err(unreachable)?;
    loop {
        for recipient in batch {
            if !reply.is_positive() && !hop.capabilities.pipelining {
                break;
            }
            let answer = hop.recipient(recipient, limit).await.map_err(unreachable)?;
            reply = if reply.is_positive() { answer } else { reply };
        }
        match batches.next().filter(|_| reply.is_positive()) {
            Some(more) => batch = more,
            None => break,
        }
        hop.recipients(batch.iter().map(String::as_str), limit).await.map_err(unreachable)?;
    }
    if reply.is_positive() {
        return Ok(hop);
    }
    hops.give_back(hop);
    Err(reply)
}

/// How often the message was received, by the fields at its top (RFC 5321 6.3).
fn received_fields(head: &[u8]) -> u32 {
    let lines = head.split(|byte| *byte == b'\n').take_while(|line| !line.trim_ascii_end().is_empty());
    let received = lines.filter(|line| line.get(..9).is_some_and(|name| name.eq_ignore_ascii_case(b"received:")));
    received.fold(0, |count, _| count + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn received_fields_are_counted_in_the_header_only() {
        let head = b"Received: a\r\n b\r\nreceived: c\r\nSubject: x\r\n\r\nReceived: d\r\n";
        assert_eq!(received_fields(head), 2);
        assert_eq!(received_fields(b""), 0);
    }
}
