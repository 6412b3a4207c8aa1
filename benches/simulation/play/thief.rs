//! Stolen accounts: who used them goes on writing as before, and a thief sends in between.

use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;
use std::time::Duration;

use model::Timestamp;

use super::compose::{Head, Style, compose};
use super::forms;
use super::material::{Material, Spam};
use super::ordinary::Ordinary;
use super::post::{Actor, Content, Post};
use super::rng::Rng;
use super::way::Attack;
use super::who::stranger;
use super::words::{Letter, NAMES, TONGUES};

/// How long a thief tries; a burst gives up after [`MOST`] messages.
pub(crate) const DAY: Duration = Duration::from_secs(86_400);
/// More messages than this prove nothing further.
const MOST: u64 = 4000;

/// A stolen account.
pub(crate) struct Thief {
    attack: Attack,
    victim: Ordinary,
    name: String,
    material: Rc<Material>,
    /// Which of the texts.
    text: usize,
    spin: u64,
    host: u32,
    begins: Timestamp,
    sent: u64,
    same: Option<Rc<Content>>,
    /// When the victim and the thief come next.
    turns: (Option<Timestamp>, Timestamp),
}

impl Thief {
    pub(crate) fn new(
        attack: Attack,
        number: usize,
        text: usize,
        begins: Timestamp,
        material: &Rc<Material>,
        rng: &mut Rng,
    ) -> Self {
        let victim = Ordinary::new(attack.victim(), number, begins, material, rng);
        let name = victim.name();
        let host = u32::try_from(number).unwrap_or(0);
        let (material, spin) = (Rc::clone(material), rng.next());
        let text = if attack.is_form() { material.leading(text) } else { text };
        // An account that was made for it has nobody who writes with it.
        let turns = ((attack != Attack::Fresh).then(Timestamp::default), begins);
        Self { attack, victim, name, material, text, spin, host, begins, sent: 0, same: None, turns }
    }

    /// When the thief began.
    pub(crate) fn begins(&self) -> Timestamp {
        self.begins
    }

    fn steal(&mut self, now: Timestamp, rng: &mut Rng) -> Post {
        self.sent += 1;
        let to: Vec<_> = (0..self.attack.recipients()).map(|_| self.recipient(rng)).collect();
        let first = to.first().map_or("", String::as_str);
        let content = match self.attack {
            Attack::ReplyChain => Content::once(self.reply(first, now, rng)),
            attack if attack.is_form() => Content::once(self.form(first, now, rng)),
            Attack::Invites => Content::once(self.invitation(first, now, rng)),
            attack if attack.alters() => Content::once(self.spam(first, now, rng.next())),
            _ => self.the_same(first, now),
        };
        Post {
            from: self.name.clone(),
            login: Some(self.name.clone()),
            client: self.client(rng),
            to,
            content,
            stolen: true,
        }
    }

    fn recipient(&self, rng: &mut Rng) -> String {
        let correspondent = usize::try_from(self.sent - 1).ok().and_then(|sent| self.victim.friends().get(sent));
        match correspondent.filter(|_| self.attack == Attack::Contacts) {
            Some(correspondent) => correspondent.clone(),
            None => stranger(rng),
        }
    }

    fn client(&self, rng: &mut Rng) -> IpAddr {
        match self.attack {
            Attack::Botnet => Ipv4Addr::from(u32::from(Ipv4Addr::new(250, 0, 0, 0)) | (rng.next() as u32 >> 10)).into(),
            attack if attack.is_form() => self.victim.who().client,
            _ => Ipv4Addr::from(u32::from(Ipv4Addr::new(203, 0, 113, 0)) + (self.host % 250)).into(),
        }
    }

    fn the_same(&mut self, to: &str, now: Timestamp) -> Rc<Content> {
        let content = self.same.take().unwrap_or_else(|| Content::shared(self.spam(to, now, self.spin)));
        self.same = Some(Rc::clone(&content));
        content
    }

    /// Altering real spam would take its author; then each message is another of the collection.
    fn spam(&self, to: &str, now: Timestamp, spin: u64) -> Vec<u8> {
        let index = match self.chosen() {
            Some(Spam::Real(_)) if self.attack.alters() => usize::try_from(spin % 1_000_003).unwrap_or(0),
            _ => self.text,
        };
        let text = self.material.spam.get(index % self.material.spam.len().max(1));
        text.map_or_else(Vec::new, |text| text.write(&self.name, to, now, spin))
    }

    fn chosen(&self) -> Option<&Spam> {
        self.material.spam.get(self.text % self.material.spam.len().max(1))
    }

    fn reply(&self, to: &str, now: Timestamp, rng: &mut Rng) -> Vec<u8> {
        let old = rng.pick(TONGUES).letter(rng.word(NAMES), rng);
        let host = ["files", "docs", "share"][usize::try_from(rng.below(3)).unwrap_or(0)];
        let link = format!("http://{host}{}.example/view?id={}", rng.below(40), rng.next() % 100_000);
        let paragraphs = vec![
            rng.word(&["Good morning,", "Hello,", "Hi,"]).to_owned(),
            format!(
                "{} {link}",
                rng.word(&["please see the updated document:", "the file you asked for:", "as discussed:"])
            ),
            "Password: 4711".to_owned(),
        ];
        let letter = old.answered(paragraphs);
        let more = format!("In-Reply-To: <{:x}@recipient.example>\r\n", rng.next());
        let head = Head { name: rng.word(NAMES), from: &self.name, to, more: &more, at: now, id: rng.next() };
        compose(&head, &letter, Style::Both)
    }

    /// What a text says, as the description of a meeting.
    fn invitation(&self, to: &str, now: Timestamp, rng: &mut Rng) -> Vec<u8> {
        let spam = self.spam(to, now, self.spin);
        let subject = forms::typed_name(&spam, now);
        let letter = Letter { subject, paragraphs: vec![forms::typed(&spam, now)] };
        let head = Head { name: "", from: &self.name, to, more: "", at: now, id: rng.next() };
        compose(&head, &letter, Style::Invitation)
    }

    /// What is typed into one of the shop's forms comes back under its letterhead.
    fn form(&self, to: &str, now: Timestamp, rng: &mut Rng) -> Vec<u8> {
        let spam = self.spam(to, now, rng.next());
        let more = "Auto-Submitted: auto-replied\r\n";
        let head = Head { name: &self.victim.who().name, from: &self.name, to, more, at: now, id: rng.next() };
        match self.attack {
            Attack::SignUp => forms::sign_up(&head, &forms::typed_name(&spam, now)),
            _ => forms::copy(&head, &forms::typed(&spam, now)),
        }
    }
}

impl Actor for Thief {
    fn act(&mut self, now: Timestamp, rng: &mut Rng) -> (Vec<Post>, Option<Timestamp>) {
        let mut posts = Vec::new();
        if self.turns.0.is_some_and(|turn| turn <= now) {
            let (letters, next) = self.victim.act(now, rng);
            posts.extend(letters);
            self.turns.0 = next;
        }
        if self.turns.1 <= now {
            let over = now.since(self.begins) > DAY || self.sent >= MOST;
            if !over {
                posts.push(self.steal(now, rng));
            }
            self.turns.1 = if over { Timestamp(i64::MAX) } else { now.after(self.attack.pause()) };
        }
        (posts, self.turns.0.map_or(Some(self.turns.1), |turn| Some(turn.min(self.turns.1))))
    }

    fn kind(&self) -> &'static str {
        self.attack.as_str()
    }

    fn name(&self) -> String {
        self.name.clone()
    }
}
