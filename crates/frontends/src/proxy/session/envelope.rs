//! MAIL and RCPT: the judge first, then the next hop, whose reply is the client's.

use model::envelope::Path;
use model::{Envelope, QueueId};
use pipeline::{Admission, Stage};
use wire::smtp::{Mail, Recipient, Reply};

use super::super::hop::{HopConnection, HopError};
use super::super::replies;
use super::Client;
use super::end::End;
use super::state::{Greeted, State, Transaction};

impl Client {
    pub(super) async fn mail(&mut self, greeted: Greeted, mut mail: Mail) -> Result<State, End> {
        if !mail.is_within(&greeted.offered) {
            self.mistake(replies::NOT_OFFERED)?;
            return Ok(State::Greeted(greeted));
        }
        let sender = Path::new(&mail.path);
        if let Some(reply) = self.sender_objection(&mail, &sender) {
            self.reply(&reply);
            return Ok(State::Greeted(greeted));
        }
        // RFC 4954 5: who isn't trusted to say for whom he submits, is nobody.
        if mail.auth.is_some() && !self.trusts(&self.config.settings.xclient_from) {
            mail.auth = Some("<>".into());
        }
        match self.begin(&mail).await? {
            Ok((hop, reply)) => {
                self.reply(&reply);
                let envelope = Envelope { sender, queue_id: self.queue_id(), ..Envelope::default() };
                Ok(State::Open(Box::new(Transaction { greeted, hop, mail, envelope, accepted: Vec::new() })))
            }
            Err(reply) => {
                self.reply(&reply);
                Ok(State::Greeted(greeted))
            }
        }
    }

    fn sender_objection(&self, mail: &Mail, sender: &Path) -> Option<Reply> {
        if mail.size.is_some_and(|size| size > self.config.settings.max_message.0) {
            return Some(Reply::of(replies::TOO_LARGE));
        }
        match self.judge.admit(&self.session, Stage::Mail(sender)) {
            Admission::Proceed => None,
            Admission::Refuse(refusal) => Some(replies::refused(&refusal)),
        }
    }

    /// The transaction at a next hop, or the reply that says why there is none.
    async fn begin(&mut self, mail: &Mail) -> Result<Result<(HopConnection, Reply), Reply>, End> {
        let mut hop = match self.lease().await {
            Ok(hop) => hop,
            Err(error) => return Ok(Err(self.without_hop(&error))),
        };
        let mut answer = self.announce(&mut hop, mail).await;
        // A connection that waited may have died meanwhile; nothing was begun on it, so another one is as good.
        if hop.is_reused && !hop.is_bound && matches!(answer, Err(HopError::Lost(_) | HopError::Closing(_))) {
            let Ok(fresh) = self.hops.fresh().await else { return Ok(Err(Reply::of(replies::UNREACHABLE))) };
            hop = fresh;
            answer = self.announce(&mut hop, mail).await;
        }
        match answer {
            Ok(reply) if reply.is_positive() => Ok(Ok((hop, reply))),
            Ok(reply) => {
                self.give_back(hop);
                Ok(Err(reply))
            }
            Err(error) => Err(End::NextHop(error.reply())),
        }
    }

    async fn announce(&self, hop: &mut HopConnection, mail: &Mail) -> Result<Reply, HopError> {
        let limit = self.config.settings.command_timeout;
        if !hop.is_bound {
            self.hops.tell(hop, &self.told()).await?;
        }
        // What was offered was another connection's word, minutes ago.
        if !mail.is_within(&hop.capabilities) {
            return Ok(Reply::of(replies::CHANGED));
        }
        hop.mail(&mail.encode(&hop.capabilities), limit).await
    }

    pub(super) async fn rcpt(&mut self, mut open: Box<Transaction>, recipient: Recipient) -> Result<State, End> {
        if !recipient.is_within(&open.greeted.offered) {
            self.mistake(replies::NOT_OFFERED)?;
            return Ok(State::Open(open));
        }
        if !open.mail.smtputf8 && !recipient.path.is_ascii() {
            self.mistake(replies::NOT_ASCII)?;
            return Ok(State::Open(open));
        }
        let path = Path::new(&recipient.path);
        if let Some(reply) = self.recipient_objection(&open, &path) {
            self.reply(&reply);
            return Ok(State::Open(open));
        }
        let line = recipient.encode();
        let limit = self.config.settings.command_timeout;
        let reply = open.hop.command(&line, limit).await.map_err(|error| End::NextHop(error.reply()))?;
        self.reply(&reply);
        if reply.is_positive() {
            open.envelope.add_recipient(path);
            open.accepted.push(line);
        } else {
            open.envelope.refused_count = open.envelope.refused_count.saturating_add(1);
            self.proxy.stats.recipients_refused.add(1);
        }
        Ok(State::Open(open))
    }

    fn recipient_objection(&self, open: &Transaction, path: &Path) -> Option<Reply> {
        let count = open.envelope.recipient_count.saturating_add(1);
        if count > self.config.settings.max_recipients {
            return Some(Reply::of(replies::TOO_MANY_RECIPIENTS));
        }
        match self.judge.admit(&self.session, Stage::Recipient(path, count)) {
            Admission::Proceed => None,
            Admission::Refuse(refusal) => Some(replies::refused(&refusal)),
        }
    }

    /// The queue id of the MTA in front, as XFORWARD told it.
    fn queue_id(&self) -> Option<QueueId> {
        self.forwarded.value("IDENT").and_then(QueueId::new)
    }
}
