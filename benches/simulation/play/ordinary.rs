//! Ordinary senders: people, firms, shops, newsletters, lists, forwarders, machines.

use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;
use std::time::Duration;

use model::Timestamp;

use super::compose::{Head, Style, compose};
use super::forms;
use super::habit::Habit;
use super::links;
use super::material::{Material, readdressed};
use super::post::{Actor, Content, Post};
use super::rng::Rng;
use super::words::{Letter, NAMES, PLACES, SURNAMES, TONGUES, Tongue};

/// One ordinary sender.
pub(crate) struct Ordinary {
    habit: Habit,
    number: usize,
    address: String,
    name: String,
    client: IpAddr,
    /// Further networks: the telephone, the train, the other office.
    roams: u64,
    tongue: &'static Tongue,
    daily: u64,
    friends: Vec<String>,
    /// What he tells everybody, and how many he has still to tell.
    issue: Option<Rc<Content>>,
    left: u64,
    /// From when on.
    tells: Timestamp,
    material: Rc<Material>,
    /// Draws the same real letter each time.
    template: Rng,
    begun: bool,
}

impl Ordinary {
    pub(crate) fn new(habit: Habit, number: usize, later: Timestamp, material: &Rc<Material>, rng: &mut Rng) -> Self {
        let domain = match habit {
            Habit::Newsletter => "news.example".to_owned(),
            Habit::List => "lists.example".to_owned(),
            _ => {
                let place = PLACES.get(number / SURNAMES.len() % PLACES.len()).copied().unwrap_or_default();
                format!("{}-{place}.example", surname(number).to_lowercase())
            }
        };
        let host = u32::try_from(number).unwrap_or(0) + 1;
        let client = Ipv4Addr::from(u32::from(Ipv4Addr::new(240, 1, 0, 0)) + host * 3);
        let circle = if habit == Habit::School { rng.between(150, 250) } else { rng.between(15, 60) };
        let friends = (0..circle).map(|_| stranger(rng)).collect();
        let left = match habit {
            Habit::School => circle,
            Habit::Newsletter | Habit::Unannounced => rng.between(material.subscribers / 4, material.subscribers),
            Habit::NewCustomer => rng.between(60, 150),
            Habit::Moved => rng.between(150, 190),
            _ => 0,
        };
        let tells = match habit {
            Habit::Moved | Habit::School | Habit::Shop => later.after(Duration::from_secs(10 * 3600)),
            Habit::Newsletter | Habit::Unannounced if number.is_multiple_of(2) => {
                later.after(Duration::from_secs(9 * 3600))
            }
            _ => Timestamp::default(),
        };
        let name = match habit {
            Habit::Shop => "Orders".to_owned(),
            Habit::Newsletter | Habit::Unannounced | Habit::List => format!("News {}", surname(number)),
            _ => format!("{} {}", rng.word(NAMES), surname(number)),
        };
        Self {
            habit,
            number,
            address: format!("{}@{domain}", name.to_lowercase().replace(' ', ".")),
            name,
            client: client.into(),
            roams: if matches!(habit, Habit::Person | Habit::Office) { rng.between(0, 4) } else { 0 },
            tongue: rng.pick(TONGUES),
            daily: habit.daily(rng),
            friends,
            issue: None,
            left,
            tells,
            material: Rc::clone(material),
            template: rng.split(1),
            begun: false,
        }
    }

    /// The name in From.
    pub(crate) fn shown_name(&self) -> &str {
        &self.name
    }

    /// The client address.
    pub(crate) fn client(&self) -> IpAddr {
        self.client
    }

    fn has_login(&self) -> bool {
        !matches!(self.habit, Habit::Forwarder | Habit::Machine)
    }

    fn post(&self, to: Vec<String>, content: Rc<Content>) -> Post {
        let login = self.has_login().then(|| self.address.clone());
        Post { from: self.address.clone(), login, client: self.client, to, content, stolen: false }
    }

    /// One of four letters is written elsewhere.
    fn whereabouts(&self, rng: &mut Rng) -> IpAddr {
        match self.client {
            IpAddr::V4(home) if self.roams > 0 && rng.percent(25) => {
                Ipv4Addr::from(u32::from(home) + (rng.between(1, self.roams) as u32) * 4096).into()
            }
            home => home,
        }
    }

    fn recipient(&self, rng: &mut Rng) -> String {
        let known = match self.habit {
            Habit::Person | Habit::Office | Habit::Machine => 85,
            Habit::School => 100,
            Habit::HelpDesk => 30,
            Habit::Sales => 10,
            _ => 0,
        };
        if known > 0 && rng.percent(known) { rng.pick(&self.friends).clone() } else { stranger(rng) }
    }

    /// A letter of his own words, or a real one under his name.
    fn letter(&self, to: &str, at: Timestamp, rng: &mut Rng) -> Vec<u8> {
        let tells = self.left > 0 && at >= self.tells;
        if !self.material.ham.is_empty() && self.habit != Habit::Machine {
            // A shop and a newsletter have one template; it is as likely to be one that scores high as any letter is.
            let template = tells || self.habit == Habit::Shop;
            let mut draw = if template { self.template.clone() } else { rng.split(rng.clone().next()) };
            let letter = self.material.letter(self.number, &mut draw);
            return readdressed(letter, Some(&self.address), to, at, rng.next());
        }
        let mut letter = self.tongue.letter(rng.word(NAMES), rng);
        let domain = self.address.rsplit('@').next().unwrap_or_default();
        letter.paragraphs.extend(match tells {
            true => links::of_issue(self.habit, self.number),
            false => links::of_letter(self.habit, self.number, at >= self.tells, domain, rng),
        });
        let answers = match self.habit {
            Habit::HelpDesk => 90,
            Habit::Person | Habit::Office if !tells => 30,
            _ => 0,
        };
        if answers > 0 && rng.percent(answers) {
            letter = self.tongue.letter(rng.word(NAMES), rng).answered(letter.paragraphs);
        }
        self.written(&letter, to, self.style(rng), at, rng)
    }

    fn style(&self, rng: &mut Rng) -> Style {
        match self.habit {
            Habit::Shop | Habit::Newsletter | Habit::Unannounced => Style::Shop,
            Habit::Machine => Style::Plain,
            Habit::Office if rng.percent(6) => Style::Invitation,
            Habit::Office if rng.percent(40) => Style::WithPdf,
            _ if rng.percent(50) => Style::Both,
            _ => Style::Plain,
        }
    }

    fn written(&self, letter: &Letter, to: &str, style: Style, at: Timestamp, rng: &mut Rng) -> Vec<u8> {
        let more = match self.habit {
            Habit::Newsletter | Habit::Unannounced => {
                "List-Unsubscribe: <https://www.news.example/leave>\r\nPrecedence: bulk\r\n".to_owned()
            }
            Habit::List => "List-Id: <talk.lists.example>\r\nPrecedence: list\r\n".to_owned(),
            Habit::Shop | Habit::Machine => "Auto-Submitted: auto-generated\r\n".to_owned(),
            _ if letter.is_answer() => {
                format!("In-Reply-To: <{:x}@recipient.example>\r\nUser-Agent: Mozilla Thunderbird\r\n", rng.next())
            }
            _ => "User-Agent: Mozilla Thunderbird\r\n".to_owned(),
        };
        compose(&Head { name: &self.name, from: &self.address, to, more: &more, at, id: rng.next() }, letter, style)
    }

    /// What a customer typed into the shop's form, for himself; one in eight links to something.
    fn form_copy(&self, now: Timestamp, rng: &mut Rng) -> Post {
        let to = stranger(rng);
        let mut typed = self.tongue.letter(rng.word(NAMES), rng).paragraphs.join(" ");
        if rng.percent(12) {
            typed = format!("{typed} {}", links::anywhere(rng));
        }
        let more = "Auto-Submitted: auto-replied\r\n";
        let head = Head { name: &self.name, from: &self.address, to: &to, more, at: now, id: rng.next() };
        let copy = forms::copy(&head, &typed);
        self.post(vec![to], Content::once(copy))
    }

    fn everyday(&mut self, now: Timestamp, rng: &mut Rng) -> Vec<Post> {
        match self.habit {
            Habit::Club => self.to_members(now, rng),
            Habit::List => self.exploded(now, rng),
            Habit::Forwarder => vec![self.forwarded(now, rng)],
            _ => {
                match self.habit {
                    Habit::Person if rng.percent(1) => return vec![self.invitation(now, rng)],
                    Habit::Shop if rng.percent(3) => return vec![self.form_copy(now, rng)],
                    Habit::School if rng.percent(14) => return vec![self.to_a_class(now, rng)],
                    _ => {}
                }
                let several = if self.habit == Habit::Person && rng.percent(15) { rng.between(2, 6) } else { 1 };
                let to: Vec<_> = (0..several).map(|_| self.recipient(rng)).collect();
                let raw = self.letter(to.first().map_or("", String::as_str), now, rng);
                vec![Post { client: self.whereabouts(rng), ..self.post(to, Content::once(raw)) }]
            }
        }
    }

    /// A birthday: one letter to everybody at once, half of whom he has never written to.
    fn invitation(&self, now: Timestamp, rng: &mut Rng) -> Post {
        let guests = rng.between(20, 50);
        let mut guest = |_| if rng.percent(50) { rng.pick(&self.friends).clone() } else { stranger(rng) };
        let to = (0..guests).map(&mut guest).collect();
        self.post(to, Content::once(self.letter(&self.address, now, rng)))
    }

    fn to_a_class(&self, now: Timestamp, rng: &mut Rng) -> Post {
        let first = usize::try_from(rng.below(self.friends.len() as u64)).unwrap_or(0);
        let class = self.friends.iter().cycle().skip(first).take(25).cloned().collect();
        self.post(class, Content::once(self.letter(&self.address, now, rng)))
    }

    fn to_members(&self, now: Timestamp, rng: &mut Rng) -> Vec<Post> {
        let members = (0..rng.between(30, 80)).map(|_| stranger(rng)).collect();
        vec![self.post(members, Content::once(self.letter(&self.address, now, rng)))]
    }

    fn exploded(&self, now: Timestamp, rng: &mut Rng) -> Vec<Post> {
        let content = Content::shared(self.letter("talk@lists.example", now, rng));
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

    /// The same to everybody, one by one; when all are told, an everyday sender again.
    fn told(&mut self, now: Timestamp, rng: &mut Rng) -> (Vec<Post>, Duration) {
        let (some, pause) = match self.habit {
            Habit::Newsletter | Habit::Unannounced => (10, Duration::from_secs(1)),
            Habit::Moved | Habit::School => (1, Duration::from_secs(rng.between(10, 24))),
            _ => (1, Duration::from_secs(rng.between(60, 400))),
        };
        let some = some.min(self.left);
        if self.habit == Habit::Moved && self.issue.is_none() {
            self.client = elsewhere(self.client);
        }
        let letter = || self.letter("everybody@customer.example", now, &mut rng.split(self.left));
        let issue = self.issue.clone().unwrap_or_else(|| Content::shared(letter()));
        self.issue = Some(Rc::clone(&issue));
        let posts = (0..some).map(|_| self.post(vec![self.next_reader(rng)], Rc::clone(&issue))).collect();
        self.left -= some;
        (posts, pause)
    }
}

impl Ordinary {
    /// A school's parents are known; others' readers are whoever they are.
    fn next_reader(&self, rng: &mut Rng) -> String {
        let parent = usize::try_from(self.left).ok().and_then(|left| self.friends.get(left.checked_sub(1)?));
        match parent.filter(|_| self.habit == Habit::School) {
            Some(parent) => parent.clone(),
            None => stranger(rng),
        }
    }
}

impl Actor for Ordinary {
    fn act(&mut self, now: Timestamp, rng: &mut Rng) -> (Vec<Post>, Option<Timestamp>) {
        if !self.begun {
            self.begun = true;
            return (Vec::new(), Some(first(self.habit, now, rng)));
        }
        if self.left > 0 && now >= self.tells {
            let (posts, pause) = self.told(now, rng);
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
        if self.has_login() { self.address.clone() } else { self.client.to_string() }
    }
}

impl Ordinary {
    fn next(&self, now: Timestamp, rng: &mut Rng) -> Timestamp {
        match self.habit {
            Habit::Machine if rng.percent(2) => now.after(MINUTE),
            Habit::Machine => now.after(MINUTE * 15),
            Habit::Newsletter | Habit::Unannounced => now.after(DAY),
            _ => waking(now.after(gap(self.daily, rng)), rng),
        }
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

fn surname(number: usize) -> &'static str {
    SURNAMES.get(number % SURNAMES.len()).copied().unwrap_or_default()
}

/// The network of the new office.
fn elsewhere(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V4(old) => Ipv4Addr::from(u32::from(old) + (1 << 20)).into(),
        old => old,
    }
}

/// Somebody out there.
pub(crate) fn stranger(rng: &mut Rng) -> String {
    let name = rng.word(NAMES).to_lowercase();
    format!("{name}.{}@recipient{}.example", rng.below(1_000_000), rng.below(400))
}
