//! One message on its way to the judge.

use std::cell::OnceCell;
use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;

use model::envelope::Path;
use model::{AccountName, ClientAddr, Envelope, Features, Login, Message, Session, Submission, Timestamp, Via};

use super::rng::Rng;

/// What is written. Many messages may carry the same.
#[derive(Debug, Default)]
pub(crate) struct Content {
    pub(crate) raw: Vec<u8>,
    /// What it says, once it has been read: a newsletter of 20,000 copies is read once.
    pub(crate) known: OnceCell<Features>,
    /// Whether further messages will carry it.
    pub(crate) shared: bool,
}

impl Content {
    /// For one message.
    pub(crate) fn once(raw: Vec<u8>) -> Rc<Self> {
        Rc::new(Self { raw, ..Self::default() })
    }

    /// For many.
    pub(crate) fn shared(raw: Vec<u8>) -> Rc<Self> {
        Rc::new(Self { raw, shared: true, ..Self::default() })
    }
}

/// One message.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    pub(crate) from: String,
    /// `None` for a server that sends by its address.
    pub(crate) login: Option<String>,
    pub(crate) client: IpAddr,
    pub(crate) to: Vec<String>,
    pub(crate) content: Rc<Content>,
    /// Whether a thief wrote it, whoever passes it on.
    pub(crate) stolen: bool,
}

impl Post {
    /// As a front end would hand it in.
    pub(crate) fn submission(&self) -> Submission {
        let account = self.login.as_deref().and_then(AccountName::from_login);
        let session = Session {
            client: Some(ClientAddr::new(self.client)),
            helo: "client.example".into(),
            login: account.map(|account| Login { account, mechanism: "PLAIN".into() }),
            daemon: "submission".into(),
            tls: true,
            ..Session::new(Via::Milter)
        };
        let mut envelope = Envelope { sender: Path::new(&self.from), ..Envelope::default() };
        self.to.iter().for_each(|to| envelope.add_recipient(Path::new(to)));
        Submission { session: Arc::new(session), envelope, message: Message::whole(self.content.raw.clone()) }
    }
}

/// A sender.
pub(crate) trait Actor {
    /// What he sends now, and when he comes again.
    fn act(&mut self, now: Timestamp, rng: &mut Rng) -> (Vec<Post>, Option<Timestamp>);
    /// What he is, for the figures.
    fn kind(&self) -> &'static str;
    /// His login, or his address.
    fn name(&self) -> String;
}
