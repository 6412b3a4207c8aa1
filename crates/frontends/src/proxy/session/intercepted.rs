//! What is different when the client wanted to go elsewhere: its mail goes there, and STARTTLS follows the declared policy.

use model::{OriginalDst, Session, Via};
use pipeline::{Admission, Passage};
use wire::smtp::{Capabilities, Reply};

use super::super::hop::HopError;
use super::super::replies;
use super::super::settings::HopTls;
use super::Client;
use super::state::State;
use crate::intercept::{Interception, TlsPolicy};

/// The session of a client that has said nothing yet.
pub(super) fn session(intercepted: Option<&Interception>) -> Session {
    match intercepted {
        None => Session::new(Via::Proxy),
        Some(to) => Session { original_dst: Some(OriginalDst(to.destination)), ..Session::new(Via::Intercept) },
    }
}

impl Client {
    /// Counts an intercepted connection for its client, who may be blocked, be it for this.
    pub(super) async fn count_connection(&mut self) {
        if self.intercepted.is_none() {
            return;
        }
        let admission = self.judge.pass(&self.session, Passage { is_new: true, bytes: 0 }).await;
        self.denied = matches!(admission, Admission::Refuse(_));
        self.proxy.stats.sessions_denied.add(self.denied.into());
    }

    /// What a blocked client is offered, whose destination isn't troubled: what lets any message come to its MAIL, and no
    /// STARTTLS, behind which nobody could tell it why.
    pub(super) fn offered_in_vain(&self) -> Capabilities {
        let any = Capabilities {
            eight_bit_mime: true,
            smtputf8: true,
            enhanced_status_codes: true,
            ..Capabilities::default()
        };
        any.offered(self.config.settings.max_message.0)
    }

    /// Makes the destination the next hop, under the name the client goes by.
    pub(super) fn aim(&mut self, name: &str) {
        let Some(to) = &self.intercepted else { return };
        self.hops.sweep(true);
        self.hops = self.config.toward(to, name, self.onward_tls(to.tls), &self.proxy.stats);
    }

    /// The destination's own refusal of the connection, which an intercepted client would have heard itself: when it is
    /// listed there, trying for days helps nobody.
    pub(super) fn refused_onward(&self, error: &HopError) -> Option<Reply> {
        match error {
            HopError::Refused(reply) if self.intercepted.is_some() && reply.code() >= 500 => Some(reply.clone()),
            _ => None,
        }
    }

    /// The answer to a command that needs a next hop, when there is none.
    pub(super) fn without_hop(&self, error: &HopError) -> Reply {
        self.refused_onward(error).unwrap_or_else(|| Reply::of(replies::UNREACHABLE))
    }

    /// A client that sends in plain text would have done so without us, too; one that trusted us with TLS gets it onward.
    fn onward_tls(&self, policy: TlsPolicy) -> HopTls {
        match policy {
            TlsPolicy::Passthrough => HopTls::Off,
            TlsPolicy::Terminate if self.session.tls => HopTls::Required,
            TlsPolicy::Hide | TlsPolicy::Terminate => HopTls::Opportunistic,
        }
    }

    /// Whether the client is offered STARTTLS.
    pub(super) fn offers_tls(&self, next_hop: &Capabilities) -> bool {
        let ours = self.config.certificate.is_some() && !self.session.tls;
        match self.intercepted.as_ref().map(|to| to.tls) {
            None => ours,
            Some(TlsPolicy::Passthrough) => next_hop.starttls,
            Some(TlsPolicy::Hide) => false,
            Some(TlsPolicy::Terminate) => ours && next_hop.starttls,
        }
    }

    /// Whether STARTTLS is a command here.
    pub(super) fn may_start_tls(&self, state: &State) -> bool {
        match (&self.intercepted, state) {
            (Some(_), State::Greeted(greeted)) => greeted.offered.starttls,
            (Some(to), _) => to.tls != TlsPolicy::Hide && !self.session.tls,
            (None, _) => self.config.certificate.is_some() && !self.session.tls,
        }
    }

    /// Whether STARTTLS is between the client and the destination.
    pub(super) fn passes_tls_through(&self) -> bool {
        self.intercepted.as_ref().is_some_and(|to| to.tls == TlsPolicy::Passthrough)
    }
}
