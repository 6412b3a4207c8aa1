//! Ordinary senders: people, firms, shops, newsletters, lists, forwarders, machines.

use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;
use std::time::Duration;

use model::Timestamp;

use super::habit::Habit;
use super::material::Material;
use super::occasion::{Occasion, Range};
use super::post::{Actor, Content, Post};
use super::rng::Rng;
use super::who::{STAFF, Who, elsewhere, stranger};
use super::words::{TONGUES, Tongue};

/// One ordinary sender.
pub(crate) struct Ordinary {
    pub(super) habit: Habit,
    pub(super) number: usize,
    pub(super) who: Who,
    /// Further networks: the telephone, the train, the other office.
    roams: u64,
    pub(super) tongue: &'static Tongue,
    daily: u64,
    friends: Vec<String>,
    occasion: Option<Occasion>,
    /// What he tells everybody, and how many he has still to tell.
    issue: Option<Rc<Content>>,
    left: u64,
    /// From when on.
    tells: Timestamp,
    pub(super) material: Rc<Material>,
    /// Draws the same real letter each time.
    pub(super) template: Rng,
    begun: bool,
}

impl Ordinary {
    pub(crate) fn new(habit: Habit, number: usize, later: Timestamp, material: &Rc<Material>, rng: &mut Rng) -> Self {
        let who = Who::new(habit, number, rng);
        let friends: Vec<_> = (0..habit.circle(rng)).map(|_| stranger(rng)).collect();
        let occasion = habit.occasion(number, material.subscribers);
        let everyone = habit == Habit::School;
        let left =
            occasion.map_or(0, |occasion| if everyone { friends.len() as u64 } else { any(occasion.messages, rng) });
        // A shop without an occasion changes its carrier then.
        let hour = occasion.map_or(Some(10), |occasion| occasion.hour);
        Self {
            habit,
            number,
            who,
            roams: if matches!(habit, Habit::Person | Habit::Office) { rng.between(0, 4) } else { 0 },
            tongue: rng.pick(TONGUES),
            daily: habit.daily(rng),
            friends,
            occasion,
            issue: None,
            left,
            tells: hour.map_or(Timestamp::default(), |hour| later.after(Duration::from_secs(hour * 3600))),
            material: Rc::clone(material),
            template: rng.split(1),
            begun: false,
        }
    }

    /// Who he is.
    pub(crate) fn who(&self) -> &Who {
        &self.who
    }

    /// Those he writes to.
    pub(crate) fn friends(&self) -> &[String] {
        &self.friends
    }

    /// Whether his one day has come.
    pub(super) fn has_told(&self, now: Timestamp) -> bool {
        now >= self.tells
    }

    /// Whether it is that day.
    pub(super) fn tells(&self, now: Timestamp) -> bool {
        self.left > 0 && self.has_told(now)
    }

    pub(super) fn post(&self, to: Vec<String>, content: Rc<Content>) -> Post {
        let login = self.habit.has_login().then(|| self.who.address.clone());
        Post { from: self.who.address.clone(), login, client: self.who.client, to, content, stolen: false }
    }

    /// One of four letters is written elsewhere.
    fn whereabouts(&self, rng: &mut Rng) -> IpAddr {
        match self.who.client {
            IpAddr::V4(home) if self.roams > 0 && rng.percent(25) => {
                Ipv4Addr::from(u32::from(home) + (rng.between(1, self.roams) as u32) * 4096).into()
            }
            home => home,
        }
    }

    fn somebody(&self, known: u64, rng: &mut Rng) -> String {
        if known > 0 && rng.percent(known) { rng.pick(&self.friends).clone() } else { stranger(rng) }
    }

    fn everyday(&mut self, now: Timestamp, rng: &mut Rng) -> Vec<Post> {
        match self.habit {
            Habit::Club => vec![self.to_some(rng.between(30, 80), 0, now, rng)],
            Habit::List | Habit::Digest => self.exploded(now, rng),
            Habit::Forwarder => vec![self.forwarded(now, rng)],
            Habit::Person if rng.percent(1) => vec![self.to_some(rng.between(20, 50), 50, now, rng)],
            Habit::School if rng.percent(14) => vec![self.to_a_class(now, rng)],
            _ if self.habit.is_shop() && rng.percent(3) => {
                let to = stranger(rng);
                let copy = self.form_copy(&to, now, rng);
                vec![self.post(vec![to], Content::once(copy))]
            }
            _ => vec![self.everyday_letter(now, rng)],
        }
    }

    fn everyday_letter(&self, now: Timestamp, rng: &mut Rng) -> Post {
        let several = if self.habit == Habit::Person && rng.percent(15) { rng.between(2, 6) } else { 1 };
        let to: Vec<_> = (0..several).map(|_| self.somebody(self.habit.known(), rng)).collect();
        let raw = self.letter(to.first().map_or("", String::as_str), now, rng);
        Post { client: self.whereabouts(rng), ..self.post(to, Content::once(raw)) }
    }

    /// One letter to many at once.
    fn to_some(&self, count: u64, known: u64, now: Timestamp, rng: &mut Rng) -> Post {
        let to = (0..count).map(|_| self.somebody(known, rng)).collect();
        self.post(to, Content::once(self.letter(&self.who.address, now, rng)))
    }

    fn to_a_class(&self, now: Timestamp, rng: &mut Rng) -> Post {
        let first = usize::try_from(rng.below(self.friends.len() as u64)).unwrap_or(0);
        let class = self.friends.iter().cycle().skip(first).take(25).cloned().collect();
        self.post(class, Content::once(self.letter(&self.who.address, now, rng)))
    }

    fn exploded(&self, now: Timestamp, rng: &mut Rng) -> Vec<Post> {
        let content = Content::shared(match self.habit {
            Habit::Digest => self.digest(now, rng),
            _ => self.letter("talk@lists.example", now, rng),
        });
        let envelopes = rng.between(3, 7);
        let mut envelope = || (0..40).map(|_| stranger(rng)).collect();
        (0..envelopes).map(|_| self.post(envelope(), Rc::clone(&content))).collect()
    }

    /// One in twenty of what a mailbox gets is spam that its own filter let through.
    fn forwarded(&self, now: Timestamp, rng: &mut Rng) -> Post {
        let to = rng.pick(&self.friends).clone();
        let spam = rng.percent(5);
        let raw = if spam {
            rng.pick(&self.material.spam).write("stranger@elsewhere.example", &to, now, rng.next())
        } else {
            self.letter(&to, now, rng)
        };
        Post { stolen: spam, ..self.post(vec![to], Content::once(raw)) }
    }

    /// The occasion goes on; when it is over, an everyday sender again.
    fn told(&mut self, occasion: Occasion, now: Timestamp, rng: &mut Rng) -> (Vec<Post>, Duration) {
        let moves = matches!(self.habit, Habit::Moved | Habit::Migrating);
        if moves && self.issue.is_none() {
            self.who.client = elsewhere(self.who.client);
        }
        let some = occasion.at_once.min(self.left);
        let posts = (0..some).map(|_| self.told_one(occasion, now, rng)).collect();
        (posts, Duration::from_secs(any(occasion.pause, rng)))
    }

    fn told_one(&mut self, occasion: Occasion, now: Timestamp, rng: &mut Rng) -> Post {
        let to: Vec<_> = (0..occasion.readers).map(|_| self.next_reader(occasion.known, rng)).collect();
        let content = match occasion.same {
            true => self.issue(now, rng),
            false => Content::once(self.letter(to.first().map_or("", String::as_str), now, rng)),
        };
        self.left -= 1;
        self.post(to, content)
    }

    /// What everybody gets; all of a company say the same.
    fn issue(&mut self, now: Timestamp, rng: &mut Rng) -> Rc<Content> {
        let mut draw = match self.habit {
            Habit::Migrating | Habit::NewCompany => Rng::new((self.number / STAFF) as u64),
            _ => rng.split(self.left),
        };
        let fresh = || Content::shared(self.letter("everybody@customer.example", now, &mut draw));
        let issue = self.issue.clone().unwrap_or_else(fresh);
        self.issue = Some(Rc::clone(&issue));
        issue
    }

    /// A school tells each parent once.
    fn next_reader(&self, known: u64, rng: &mut Rng) -> String {
        let parent = usize::try_from(self.left).ok().and_then(|left| self.friends.get(left.checked_sub(1)?));
        match parent.filter(|_| self.habit == Habit::School) {
            Some(parent) => parent.clone(),
            None => self.somebody(known, rng),
        }
    }

    fn next(&self, now: Timestamp, rng: &mut Rng) -> Timestamp {
        match self.habit {
            Habit::Machine if rng.percent(2) => now.after(MINUTE),
            Habit::Machine | Habit::Alerts => now.after(MINUTE * 15),
            Habit::Newsletter | Habit::Unannounced | Habit::Digest => now.after(DAY),
            _ => waking(now.after(gap(self.daily, rng)), rng),
        }
    }
}

impl Actor for Ordinary {
    fn act(&mut self, now: Timestamp, rng: &mut Rng) -> (Vec<Post>, Option<Timestamp>) {
        if !self.begun {
            self.begun = true;
            return (Vec::new(), Some(first(self.habit, now, rng)));
        }
        if let Some(occasion) = self.occasion.filter(|_| self.tells(now)) {
            let (posts, pause) = self.told(occasion, now, rng);
            return (posts, Some(now.after(pause)));
        }
        let posts = self.everyday(now, rng);
        let next = self.next(now, rng);
        let tells = self.left > 0 && next > self.tells;
        (posts, Some(if tells { self.tells } else { next }))
    }

    fn kind(&self) -> &'static str {
        self.habit.kind()
    }

    fn name(&self) -> String {
        if self.habit.has_login() { self.who.address.clone() } else { self.who.client.to_string() }
    }
}

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);
/// A day's mail falls into fourteen hours.
const WAKING: u64 = 14 * 3600;

/// The first letter: newsletters appear on the second day, all others begin on the first.
fn first(habit: Habit, now: Timestamp, rng: &mut Rng) -> Timestamp {
    let day = if habit == Habit::Newsletter { DAY } else { Duration::ZERO };
    waking(now.after(day + Duration::from_secs(rng.between(8 * 3600, 16 * 3600))), rng)
}

/// Letters come in clusters: half of the gaps are a tenth of the mean, the others make up for it.
fn gap(daily: u64, rng: &mut Rng) -> Duration {
    let mean = WAKING * 1000 / daily.max(1);
    let mean = if rng.percent(50) { mean / 10 } else { mean * 19 / 10 };
    Duration::from_millis(rng.between(mean / 2, mean * 3 / 2).max(500))
}

/// Nobody writes between 22 and 7 o'clock: then it is next morning.
fn waking(at: Timestamp, rng: &mut Rng) -> Timestamp {
    let of_day = at.as_secs().rem_euclid(86_400);
    if (7 * 3600..22 * 3600).contains(&of_day) {
        return at;
    }
    let until_seven = (86_400 + 7 * 3600 - of_day).rem_euclid(86_400);
    at.after(Duration::from_secs(until_seven.unsigned_abs() + rng.below(7200)))
}

fn any((least, most): Range, rng: &mut Rng) -> u64 {
    rng.between(least, most)
}
