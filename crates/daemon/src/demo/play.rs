//! The play: who sends what, in which order, and what became of it.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::mailbag;
use super::mta::{Answer, Mta, Outgoing};
use super::names;
use super::sink::Sink;
use crate::out::say;
use crate::serve::App;

/// The stolen account.
pub(super) const THIEF: &str = "anna@shop.example";
/// Ordinary senders: so many people, each writing now and then.
const PEOPLE: usize = 40;
/// A customer's server that relays without a login, and begins later than the thief.
const SERVER: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 80);
const SERVER_BEGINS: usize = 8;
/// Spam messages the thief tries.
const TRIES: usize = 60;
/// Ordinary messages beside each of the thief's.
const BESIDE: usize = 4;
/// A thief's pace.
const PACE: Duration = Duration::from_millis(500);
/// The show doesn't go on for longer than it is interesting.
const AFTER_BLOCK: usize = 15;

/// What happened.
#[derive(Debug, Default)]
pub(super) struct Played {
    pub(super) spam_left: usize,
    pub(super) spam_refused: usize,
    pub(super) server_left: usize,
    pub(super) blocked_after: Option<usize>,
    pub(super) first_refusal: Option<String>,
    pub(super) ham_delivered: usize,
    pub(super) ham_refused: Vec<String>,
}

/// Where the senders stand: the milter in front of them, the world behind it.
pub(super) struct Stage {
    milter: SocketAddr,
    sink: Sink,
    relay: SocketAddr,
}

impl Stage {
    /// A stage before this daemon; the sink receives what is let through.
    pub(super) fn new(app: &App, sink: Sink, relay: SocketAddr) -> anyhow::Result<Self> {
        let milter = app.milter_address().ok_or_else(|| anyhow::anyhow!("the milter does not listen on TCP"))?;
        Ok(Self { milter, sink, relay })
    }

    /// Plays everything.
    pub(super) async fn play(&self, spam: &[Vec<u8>], quick: bool) -> anyhow::Result<Played> {
        let mut played = Played::default();
        let bar = progress();
        for turn in 0..TRIES {
            for beside in 0..BESIDE {
                self.ordinary(turn * BESIDE + beside, &mut played).await?;
            }
            self.thief(turn, spam, &mut played).await?;
            if turn >= SERVER_BEGINS {
                self.server(turn, spam, &mut played).await?;
            }
            say(&bar, turn, &played);
            let over = played.blocked_after.is_some_and(|blocked| turn >= blocked + AFTER_BLOCK);
            if over {
                break;
            }
            if !quick {
                tokio::time::sleep(PACE).await;
            }
        }
        bar.finish_and_clear();
        Ok(played)
    }

    /// Ordinary senders, for as long as somebody looks.
    pub(super) async fn go_on(&self) -> anyhow::Result<()> {
        let mut played = Played::default();
        for number in TRIES * BESIDE.. {
            self.ordinary(number, &mut played).await?;
            tokio::time::sleep(PACE).await;
        }
        Ok(())
    }

    async fn ordinary(&self, number: usize, played: &mut Played) -> anyhow::Result<()> {
        let Some(sample) = mailbag::HAM.get(number % mailbag::HAM.len().max(1)) else { return Ok(()) };
        let person = number % PEOPLE;
        let login = format!("person{person}@customer.example");
        let octet = u8::try_from(person % 200).unwrap_or(0);
        let recipient = format!("friend{number}@{}", names::provider(number));
        let raw = fresh(sample, &format!("ham-{number}"));
        let client = Ipv4Addr::new(198, 51, 100, 20 + octet);
        let mail = Outgoing { login: &login, client, sender: &login, recipient: &recipient, raw: &raw };
        match self.submit(&mail).await? {
            Answer::Delivered => played.ham_delivered += 1,
            Answer::Refused(reply) => played.ham_refused.push(reply),
        }
        Ok(())
    }

    async fn thief(&self, turn: usize, spam: &[Vec<u8>], played: &mut Played) -> anyhow::Result<()> {
        let Some(sample) = spam.get(turn % spam.len().max(1)) else { return Ok(()) };
        let raw = fresh(sample, &format!("spam-{turn}"));
        let recipient = format!("victim{turn}@{}", names::provider(turn));
        let client = Ipv4Addr::new(203, 0, 113, 77);
        let mail = Outgoing { login: THIEF, client, sender: THIEF, recipient: &recipient, raw: &raw };
        match self.submit(&mail).await? {
            Answer::Delivered => played.spam_left += 1,
            Answer::Refused(reply) => {
                played.spam_refused += 1;
                if played.blocked_after.is_none() && reply.contains("is blocked") {
                    played.blocked_after = Some(turn);
                    played.first_refusal = Some(reply);
                }
            }
        }
        Ok(())
    }

    async fn server(&self, turn: usize, spam: &[Vec<u8>], played: &mut Played) -> anyhow::Result<()> {
        let Some(sample) = spam.get((turn * 3) % spam.len().max(1)) else { return Ok(()) };
        let raw = fresh(sample, &format!("server-{turn}"));
        let (sender, recipient) = ("www@server.example", format!("reader{turn}@{}", names::provider(turn)));
        let mail = Outgoing { login: "", client: SERVER, sender, recipient: &recipient, raw: &raw };
        if self.submit(&mail).await? == Answer::Delivered {
            played.server_left += 1;
        }
        Ok(())
    }

    async fn submit(&self, mail: &Outgoing<'_>) -> anyhow::Result<Answer> {
        let answer = Mta::connect(self.milter).await?.submit(mail).await?;
        if answer == Answer::Delivered {
            self.sink.receive(self.relay, mail.sender, mail.recipient, mail.raw).await?;
        }
        Ok(answer)
    }
}

/// A message as the stolen account sent it, before it was blocked.
pub(super) fn sent_by_thief(turn: usize, spam: &[Vec<u8>]) -> Option<Vec<u8>> {
    Some(fresh(spam.get(turn)?, &format!("spam-{turn}")))
}

/// The sample with a Message-ID of its own, as each real message has.
fn fresh(sample: &[u8], id: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(sample).replace("\r\n", "\n");
    let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
    let kept: Vec<_> = head.lines().filter(|line| !line.to_ascii_lowercase().starts_with("message-id:")).collect();
    format!("{}\nMessage-ID: <{id}@shop.example>\n\n{body}", kept.join("\n")).into_bytes()
}

fn progress() -> ProgressBar {
    let bar = ProgressBar::new(TRIES as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len}  {msg}") {
        bar.set_style(style);
    }
    bar
}

/// A bar on a terminal, plain lines elsewhere.
fn say(bar: &ProgressBar, turn: usize, played: &Played) {
    let state = if played.blocked_after.is_some() { "blocked" } else { "sending" };
    let line = format!(
        "{THIEF} {state}: {} spam out, {} refused; ordinary senders: {} out, {} refused",
        played.spam_left,
        played.spam_refused,
        played.ham_delivered,
        played.ham_refused.len(),
    );
    if bar.is_hidden() {
        say!("{:>3}  {line}", turn + 1);
    }
    bar.set_message(line);
    bar.inc(1);
}
