//! MAIL: the judge first, then the next hop, whose reply is the client's. The RCPTs that wait behind it go along.

use std::sync::Arc;

use model::envelope::Path;
use model::{Envelope, QueueId};
use pipeline::{Admission, Stage};
use wire::smtp::{Mail, Reply};

use super::super::hop::{HopConnection, HopError};
use super::super::replies;
use super::Client;
use super::end::End;
use super::recipients::Batch;
use super::state::{Greeted, State, Transaction};
use super::unjudged::Unjudged;

/// What became of MAIL.
enum Begun {
    /// A transaction is open.
    Open(HopConnection, Reply),
    /// There is none. With a connection: the next hop itself has refused, and answers what was sent along too.
    Refused(Option<HopConnection>, Reply),
}

impl Client {
    pub(super) async fn mail(&mut self, greeted: Greeted, mut mail: Mail) -> Result<State, End> {
        if !mail.is_within(&greeted.offered) {
            self.mistake(replies::NOT_OFFERED)?;
            return Ok(State::Greeted(greeted));
        }
        let sender = Path::new(&mail.path);
        if let Some(reply) = self.sender_objection(&greeted, &mail, &sender) {
            self.reply(&reply);
            return Ok(State::Greeted(greeted));
        }
        // RFC 4954 5: who isn't trusted to say for whom he submits, is nobody.
        if mail.auth.is_some() && !self.trusts(&self.config.settings.xclient_from) {
            mail.auth = Some("<>".into());
        }
        let batch = self.waiting(greeted.before(mail.smtputf8));
        match self.begin(&mail, &batch).await? {
            Begun::Open(hop, reply) => {
                self.reply(&reply);
                let envelope = Envelope { sender, queue_id: self.queue_id(), ..Envelope::default() };
                let envelope = Unjudged::new(envelope, Arc::clone(&self.session), Arc::clone(&self.judge));
                let open = Transaction { greeted, hop, mail, envelope, accepted: Vec::new() };
                self.asked(Box::new(open), batch).await
            }
            Begun::Refused(mut hop, reply) => {
                self.reply(&reply);
                self.asked_in_vain(hop.as_mut(), batch).await?;
                if let Some(hop) = hop {
                    self.give_back(hop);
                }
                Ok(State::Greeted(greeted))
            }
        }
    }

    /// Why the next hop isn't asked. A size beyond what the client was offered can't be accepted there (RFC 1870 6.1).
    fn sender_objection(&self, greeted: &Greeted, mail: &Mail, sender: &Path) -> Option<Reply> {
        let largest = greeted.offered.size.flatten().unwrap_or(self.config.settings.max_message.0);
        if mail.size.is_some_and(|size| size > largest) {
            return Some(Reply::of(replies::TOO_LARGE));
        }
        match self.judge.admit(&self.session, Stage::Mail(sender)) {
            Admission::Proceed => None,
            Admission::Refuse(refusal) => Some(replies::refused(&refusal)),
        }
    }

    /// The transaction at a next hop, or why there is none.
    async fn begin(&mut self, mail: &Mail, batch: &Batch) -> Result<Begun, End> {
        let mut hop = match self.lease().await {
            Ok(hop) => hop,
            Err(error) => return Ok(Begun::Refused(None, self.without_hop(&error))),
        };
        let mut answer = self.announce(&mut hop, mail, batch).await;
        // A connection that waited may have died meanwhile; nothing was begun on it, so another one is as good.
        if hop.is_reused && !hop.is_bound && answer.as_ref().is_err_and(HopError::is_of_a_stale_connection) {
            let Ok(fresh) = self.hops.fresh().await else {
                return Ok(Begun::Refused(None, Reply::of(replies::UNREACHABLE)));
            };
            hop = fresh;
            answer = self.announce(&mut hop, mail, batch).await;
        }
        match answer {
            Ok(Some(reply)) if reply.is_positive() => Ok(Begun::Open(hop, reply)),
            Ok(Some(reply)) => Ok(Begun::Refused(Some(hop), reply)),
            Ok(None) => {
                self.give_back(hop);
                Ok(Begun::Refused(None, Reply::of(replies::CHANGED)))
            }
            Err(error) => Err(End::NextHop(error.reply())),
        }
    }

    /// The reply to MAIL; `None` when the next hop can't be asked, because it offers less than the client was told
    /// minutes ago, by another connection.
    async fn announce(&self, hop: &mut HopConnection, mail: &Mail, batch: &Batch) -> Result<Option<Reply>, HopError> {
        let limit = self.config.settings.command_timeout;
        if !hop.is_bound {
            self.hops.tell(hop, &self.told()).await?;
        }
        if !mail.is_within(&hop.capabilities) {
            return Ok(None);
        }
        hop.mail(&mail.encode(&hop.capabilities), batch.lines(), limit).await.map(Some)
    }

    /// The queue id of the MTA in front, as XFORWARD told it.
    fn queue_id(&self) -> Option<QueueId> {
        self.forwarded.value("IDENT").and_then(QueueId::new)
    }
}
