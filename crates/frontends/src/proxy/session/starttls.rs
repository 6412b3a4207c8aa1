//! STARTTLS with the client (RFC 3207).
//!
//! Security: what came in plain text behind STARTTLS was put there by somebody else (CVE-2011-0411): the session ends.
//! What was said before TLS is forgotten, the login too.

use std::sync::Arc;

use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use wire::smtp::Reply;

use super::super::channel::Channel;
use super::super::replies;
use super::super::transport::Transport;
use super::Client;
use super::end::End;
use super::state::{Greeted, State};

impl Client {
    pub(super) async fn start_tls(&mut self, greeted: Greeted) -> Result<State, End> {
        if !self.channel.input.is_empty() {
            return Err(End::Handshake("plain text came behind STARTTLS"));
        }
        if self.passes_tls_through() {
            return self.hand_over(greeted).await;
        }
        let certificate = self.config.certificate.clone().ok_or(End::Handshake("there is no certificate"))?;
        self.reply(&Reply::of(replies::START_TLS));
        self.flush().await?;
        let tcp = self.channel.stream.take_plain().ok_or(End::Handshake("it is encrypted already"))?;
        let handshake = TlsAcceptor::from(certificate).accept(tcp);
        let Ok(Ok(stream)) = timeout(self.config.settings.client_timeout, handshake).await else {
            return Err(End::Handshake("the handshake failed"));
        };
        self.proxy.stats.tls_clients.add(1);
        self.channel = Channel::new(Transport::Server(Box::new(stream)));
        let session = Arc::make_mut(&mut self.session);
        session.tls = true;
        session.login = None;
        session.helo.clear();
        if let Some(connection) = self.kept.take() {
            connection.quit();
        }
        Ok(State::Connected)
    }
}
