//! Where the demo takes place: the daemon's configuration, its customers, and the console with somebody who may enter.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

use access::Grant;
use anyhow::Context;
use diagnostics::Patient;
use frontends::{Inherited, InheritedSockets};
use model::{Block, BlockState, SubjectKey, SubjectKind};

use super::play::{self, THIEF};
use crate::config::Config;
use crate::out::say;
use crate::serve::App;

/// The console's user; his password is random and told to nobody.
const OPERATOR: &str = "demo";
/// An invitation is followed within this time.
const INVITATION: Duration = Duration::from_secs(3600);

/// Whose mail is sent: the account that is stolen, and a server that nobody logs in to.
const CUSTOMERS: &str = "\
[[customer]]
service = \"hosting-4711\"
name = \"A shop\"
contact = [\"owner@shop.example\"]
kind = \"exchange\"
accounts = [\"*@shop.example\"]

[[customer]]
service = \"server-17\"
name = \"A rented server\"
contact = [\"root@server.example\"]
kind = \"dedicated\"
networks = [\"192.0.2.0/24\"]
";

/// The message of the stolen account that the customer says was flagged by mistake.
const REPORTED: usize = 3;

/// What the customer of the stolen account answers to the three questions of his ticket.
const ANSWERS: &str = "1. No, I did not send these.\n2. No.\n3. Yes, to a mail that asked for my password.";

/// A console on a free port of loopback.
pub(super) struct Door {
    listener: TcpListener,
    /// What its addresses begin with.
    base: String,
}

impl Door {
    pub(super) fn open() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("the console can't listen on loopback")?;
        let base = format!("http://{}", listener.local_addr()?);
        Ok(Self { listener, base })
    }

    /// The daemon with the defaults, on free ports, with the sink as the relay of letters and the play's name server.
    pub(super) async fn start(
        self,
        state: &Path,
        relay: SocketAddr,
        names: SocketAddr,
    ) -> anyhow::Result<(App, String)> {
        std::fs::create_dir_all(state).with_context(|| format!("{} can't be made", state.display()))?;
        let customers = state.join("customers.toml");
        std::fs::write(&customers, CUSTOMERS).with_context(|| format!("{} can't be written", customers.display()))?;
        let config = config(state, relay, names, &self.base)?;
        let sockets = InheritedSockets::from([("web".to_owned(), vec![Inherited::Tcp(self.listener)])]);
        let app = App::start(config, sockets).await?;
        let password: String = format!("{:032x}", crate::clock::entropy());
        app.gate().add_user(OPERATOR, Grant::operator(), &password)?;
        Ok((app, self.base))
    }
}

/// A link that logs in once.
pub(super) fn invitation(app: &App, base: &str) -> anyhow::Result<String> {
    Ok(format!("{base}/console/enter/{}", app.gate().invite(OPERATOR, INVITATION)?))
}

/// The customer answers his ticket and reports a message, so that there is something to decide; and somebody has the
/// account diagnosed. Blocks the thread on the store.
pub(super) fn liven(app: &App, spam: &[Vec<u8>]) -> anyhow::Result<()> {
    answer(app)?;
    let subject = SubjectKey::parse(SubjectKind::Account, THIEF);
    if let Some((subject, message)) = subject.zip(play::sent_by_thief(REPORTED, spam)) {
        // Messages of somebody's own may not have been flagged; then there is nothing to report.
        if let Err(refused) = app.reports().add(&subject, &message, "customer") {
            say!("\nThe customer could not report a message as flagged by mistake: {refused}");
        }
    }
    if let Some(patient) = Patient::parse(SubjectKind::Account, THIEF) {
        app.diagnoses().start(patient, None, &format!("user {OPERATOR}"))?;
    }
    Ok(())
}

fn answer(app: &App) -> anyhow::Result<()> {
    let tickets = app.tickets();
    let waiting = tickets.list(true, 10)?;
    let is_thief = |block: &Block| block.subject.name() == THIEF && block.state == BlockState::BlockedForSpam;
    let stolen = waiting.iter().find(|file| file.block.as_ref().is_some_and(is_thief));
    if let Some(file) = stolen {
        tickets.replied(file.ticket.id, ANSWERS)?;
    }
    Ok(())
}

fn config(state: &Path, relay: SocketAddr, names: SocketAddr, base: &str) -> anyhow::Result<Config> {
    let text = format!(
        "[node]\nname = \"demo.example\"\n[milter]\nlisten = [\"inet:127.0.0.1:0\"]\n[http]\nlisten = [\"127.0.0.1:0\"]\n\
         [web]\nlisten = [\"127.0.0.1:0\"]\npublic_url = \"{base}\"\n[customers]\nfile = \"{state}/customers.toml\"\n\
         [store]\npath = \"{state}\"\n[alerts]\nrelay = \"{relay}\"\nfrom = \"portreeve@demo.example\"\nto = [\"abuse@demo.example\"]\n\
         [dns]\nservers = [\"{names}\"]\n",
        state = state.display(),
    );
    Config::parse(&text).map_err(|mistakes| anyhow::anyhow!("the demo's own configuration is wrong: {mistakes:?}"))
}
