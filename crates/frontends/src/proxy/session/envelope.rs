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
use super::refusals::Refused;
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
            self.mistake("mail", replies::NOT_OFFERED)?;
            return Ok(State::Greeted(greeted));
        }
        let sender = Path::new(&mail.path);
        if let Some(objection) = self.objection_to_size(&greeted, &mail) {
            self.answer(Refused::by_us("mail"), &objection);
            return Ok(State::Greeted(greeted));
        }
        if let Some(reply) = self.sender_objection(&sender) {
            self.turned_away(&reply)?;
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
                self.answer(Refused { by: hop.as_ref().map(|hop| hop.peer), ..Refused::by_us("mail") }, &reply);
                self.asked_in_vain(hop.as_mut(), batch).await?;
                if let Some(hop) = hop {
                    self.give_back(hop);
                }
                Ok(State::Greeted(greeted))
            }
        }
    }

    /// A size beyond what the client was offered is accepted neither here nor there (RFC 1870 6.1).
    fn objection_to_size(&self, greeted: &Greeted, mail: &Mail) -> Option<Reply> {
        let largest = greeted.offered.size.flatten().unwrap_or(self.config.settings.max_message.0);
        mail.size.is_some_and(|size| size > largest).then(|| Reply::of(replies::TOO_LARGE))
    }

    /// Why this sender's mail doesn't go on.
    fn sender_objection(&self, sender: &Path) -> Option<Reply> {
        match self.judge.admit(&self.session, Stage::Mail(sender)) {
            // Released meanwhile: what its destination offers was never asked.
            Admission::Proceed if self.denied => Some(Reply::of(replies::CHANGED)),
            Admission::Proceed => None,
            Admission::Refuse(refusal) => Some(replies::refused(&refusal)),
        }
    }

    /// Refuses in the judge's words. Who goes on in spite of it is sent away in the end.
    pub(super) fn turned_away(&mut self, reply: &Reply) -> Result<(), End> {
        self.errors += u32::from(reply.code() >= 500);
        self.bearable()?;
        self.reply(reply);
        Ok(())
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
            // XCLIENT: that this client may not send is the next hop's word.
            Err(HopError::Refused(reply)) => Ok(Begun::Refused(None, reply)),
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
