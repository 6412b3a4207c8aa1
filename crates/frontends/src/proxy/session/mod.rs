//! One client's session: each command is checked against the table, then against the policy, then it proceeds; each gets one
//! reply, in order (RFC 2920).

mod auth;
mod chunks;
mod content;
mod end;
mod envelope;
mod hello;
mod intercepted;
mod opaque;
mod origin;
mod recipients;
mod refusals;
mod rules;
mod starttls;
mod state;
mod trace;
mod unjudged;
mod verdict;

use std::sync::Arc;

use model::Session;
use pipeline::Judge;
use wire::smtp::line::MAX_COMMAND;
use wire::smtp::{ClientAttributes, Command, Reply, take_line};

use super::channel::Channel;
use super::config::Config;
use super::crowd::Place;
use super::hop::{HopConnection, HopError, Hops};
use super::transport::Transport;
use super::{Proxy, replies};
use crate::intercept::Interception;
use crate::{Drain, Stream};
use end::End;
use origin::Origin;
use refusals::Refused;
use state::State;

/// One client.
struct Client {
    proxy: Arc<Proxy>,
    config: Arc<Config>,
    /// Where its mail goes.
    hops: Arc<Hops>,
    /// Where it goes between the tag and the reject score.
    suspicious: Option<Arc<Hops>>,
    judge: Arc<dyn Judge>,
    channel: Channel,
    session: Arc<Session>,
    origin: Origin,
    /// Where it was going, if that wasn't us.
    intercepted: Option<Interception>,
    /// It was blocked when its intercepted connection began: nothing of it goes on to its destination.
    denied: bool,
    /// What XFORWARD told.
    forwarded: ClientAttributes,
    /// The connection to the next hop that belongs to this session: it carries the login or client data, or the next hop has
    /// refused this client something on it.
    kept: Option<HopConnection>,
    errors: u32,
    drain: Drain,
}

/// Serves a client from its first byte to its last.
pub(super) async fn serve(proxy: Arc<Proxy>, stream: Stream, intercepted: Option<Interception>, drain: Drain) {
    let Stream::Tcp(tcp) = stream else { return };
    let Ok(peer) = tcp.peer_addr() else { return };
    let config = proxy.config.load_full();
    let mut client = Client {
        judge: proxy.judges.current(),
        channel: Channel::new(Transport::Plain(tcp)),
        session: Arc::new(intercepted::session(intercepted.as_ref())),
        origin: Origin::new(peer),
        denied: false,
        forwarded: ClientAttributes::default(),
        kept: None,
        errors: 0,
        drain,
        hops: Arc::clone(&config.hops),
        suspicious: config.suspicious.clone().filter(|_| intercepted.is_none()),
        intercepted,
        proxy,
        config,
    };
    let Err(end) = client.run().await;
    client.say_goodbye(&end).await;
}

impl Client {
    async fn run(&mut self) -> Result<std::convert::Infallible, End> {
        let _place = self.enter().await?;
        self.reply(&Reply::of(&format!("220 {} ESMTP", self.config.name)));
        let mut state = State::Connected;
        loop {
            let line = self.next_line(&state).await?;
            state = match Command::parse(&line) {
                Ok(command) => self.command(state, command).await?,
                Err(error) => self.misunderstood(state, error)?,
            };
        }
    }

    /// A place among the sessions. Who is blocked is greeted all the same, and refused at MAIL: a mail server takes a 5xx
    /// greeting for a reason to come again for days, and its sender never reads why.
    async fn enter(&mut self) -> Result<Place, End> {
        self.read_origin().await?;
        let client = self.origin.client();
        Arc::make_mut(&mut self.session).client = Some(client);
        let limits = &self.config.settings;
        let place = self.proxy.crowd.enter(client, limits.max_sessions, limits.max_sessions_per_client);
        let Some(place) = place else {
            self.answer(Refused::by_us("connect"), &Reply::of(replies::TOO_MANY_SESSIONS));
            return Err(End::Refused);
        };
        self.count_connection().await;
        Ok(place)
    }

    /// The next command line. Replies leave when no further command is waiting, all at once (RFC 2920 3.2).
    async fn next_line(&mut self, state: &State) -> Result<bytes::BytesMut, End> {
        loop {
            if let Some(line) = take_line(&mut self.channel.input, MAX_COMMAND)? {
                return Ok(line);
            }
            self.flush().await?;
            let limit = self.config.settings.client_timeout;
            let is_idle = matches!(state, State::Connected | State::Greeted(_)) && self.channel.input.is_empty();
            if !is_idle {
                self.channel.fill(limit).await?;
                continue;
            }
            tokio::select! {
                filled = self.channel.fill(limit) => filled?,
                () = self.drain.started() => return Err(End::Draining),
            }
        }
    }

    /// check -> policy -> proceed; the policy is asked in the handlers of MAIL and RCPT, where its question is known.
    async fn command(&mut self, state: State, command: Command) -> Result<State, End> {
        if let Some(objection) = self.objection(&state, &command) {
            self.mistake(stage_of(&command), objection)?;
            return Ok(state);
        }
        match (command, state) {
            (Command::Ehlo(name), state) => Box::pin(self.ehlo(state, name)).await,
            (Command::Helo(name), state) => Ok(self.helo(state, name)),
            (Command::Mail(mail), State::Greeted(greeted)) => Box::pin(self.mail(greeted, mail)).await,
            (Command::Rcpt(recipient), State::Open(open)) => Box::pin(self.rcpt(open, recipient)).await,
            (Command::Data, State::Open(open)) => Box::pin(self.data(open)).await,
            (Command::Bdat(chunk), state) => Box::pin(self.bdat(state, chunk)).await,
            (Command::Auth { mechanism, initial }, State::Greeted(greeted)) => {
                Box::pin(self.auth(greeted, mechanism, initial)).await
            }
            (Command::StartTls, State::Greeted(greeted)) => Box::pin(self.start_tls(greeted)).await,
            (Command::Xclient(told), _) => self.xclient(told),
            (Command::Xforward(told), state) => Ok(self.xforward(state, told)),
            (Command::Rset, state) => Ok(self.rset(state)),
            (Command::Quit, state) => {
                self.closed(state);
                Err(End::Quit)
            }
            (other, state) => {
                self.reply(&Reply::of(small_talk(&other)));
                Ok(state)
            }
        }
    }

    fn rset(&mut self, state: State) -> State {
        self.reply(&Reply::of(replies::OK));
        self.closed(state)
    }

    /// The state behind a transaction that is given up; the connection to the next hop is kept for the next one.
    fn closed(&mut self, state: State) -> State {
        let transaction = match state {
            State::Connected => return State::Connected,
            State::Greeted(greeted) => return State::Greeted(greeted),
            State::Open(open) => *open,
            State::Chunked(chunked) => chunked.transaction,
        };
        self.give_back(transaction.hop);
        State::Greeted(transaction.greeted)
    }

    /// A connection for a transaction: the session's own, or one that is shared. One that is kept only for what was refused
    /// on it may be gone.
    async fn lease(&mut self) -> Result<HopConnection, HopError> {
        if let Some(mut connection) = self.kept.take()
            && (connection.is_bound || connection.is_alive().await)
        {
            connection.is_reused = true;
            return Ok(connection);
        }
        self.hops.lease().await
    }

    fn give_back(&mut self, connection: HopConnection) {
        if connection.is_bound || connection.has_refused {
            self.kept = Some(connection);
        } else {
            self.hops.give_back(connection);
        }
    }

    fn reply(&mut self, reply: &Reply) {
        self.channel.output.extend_from_slice(reply.as_bytes());
    }

    async fn flush(&mut self) -> Result<(), End> {
        Ok(self.channel.flush(self.config.settings.client_timeout).await?)
    }

    fn trusts(&self, networks: &[pipeline::TrustedNetwork]) -> bool {
        // Who is intercepted is nobody we know, whatever the address.
        self.intercepted.is_none() && networks.iter().any(|network| network.0.contains(&self.origin.client().ip()))
    }

    /// The last words, and what is left of the session is tidied up.
    async fn say_goodbye(&mut self, end: &End) {
        end.count(&self.proxy.stats);
        tracing::debug!(client = %self.origin.client(), %end, "session ends");
        if let End::Origin(error) = end {
            // Nothing is answered, and whoever sets up the load balancer looks here.
            self.tell_text(Refused::by_us("connect"), &format!("closed: no PROXY protocol header: {error}"));
        }
        if let Some(last) = end.reply() {
            if end.is_refusal() {
                self.tell(Refused::by_us("session"), &last);
            }
            self.reply(&last);
        }
        let _ = self.flush().await;
        if let Some(connection) = self.kept.take() {
            connection.quit();
        }
        if self.intercepted.is_some() {
            self.hops.sweep(true);
        }
        let _ = tokio::io::AsyncWriteExt::shutdown(&mut self.channel.stream).await;
    }
}

/// How far a client has come with it, for whoever reads the log.
fn stage_of(command: &Command) -> &'static str {
    match command {
        Command::Mail(_) => "mail",
        Command::Rcpt(_) => "rcpt",
        Command::Data | Command::Bdat(_) => "content",
        Command::Auth { .. } => "auth",
        _ => "command",
    }
}

fn small_talk(command: &Command) -> &'static str {
    match command {
        Command::Noop => replies::OK,
        Command::Vrfy => replies::VRFY,
        Command::Help => replies::HELP,
        _ => replies::OUT_OF_SEQUENCE,
    }
}
