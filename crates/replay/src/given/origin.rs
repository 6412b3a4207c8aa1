//! When a message was sent, by whom and from where, as far as its header tells.

use std::net::IpAddr;
use std::sync::Arc;

use features::FeatureLimits;
use model::envelope::Path;
use model::features::DateFact;
use model::{AccountName, ClientAddr, Envelope, Features, Login, Message, Session, Submission, Timestamp, Via};

use super::Reading;
use super::sources::Place;

/// Where the account stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountFrom {
    /// In the "Authenticated sender" that Postfix writes into Received (`smtpd_sasl_authenticated_header`), else the
    /// address in From.
    Auto,
    /// The address in From.
    FromAddress,
    /// A field of that name.
    Header(String),
    /// The folder that the message lies in: one folder for each account.
    Folder,
    /// One account for all.
    Named(AccountName),
    /// Nowhere: the client's address is charged.
    Nobody,
}

/// Where the time stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeFrom {
    /// In Date; where it is missing, as `Received`.
    Date,
    /// In the topmost Received, or before the message in an mbox; where both are missing, in Date.
    Received,
}

/// A message's header, as far as it is needed.
#[derive(Debug)]
pub(crate) struct Origin {
    pub(crate) place: Place,
    pub(crate) at: Timestamp,
    pub(crate) has_time: bool,
    pub(crate) account: Option<AccountName>,
    client: Option<IpAddr>,
    sender: String,
    recipients: Vec<String>,
}

/// Fields beyond this are not looked at.
const HEAD: usize = 64 << 10;

impl Origin {
    /// Without a time of its own it follows the one before it.
    pub(crate) fn of(place: Place, raw: &[u8], reading: &Reading, before: Timestamp) -> Self {
        let head = head_of(raw);
        let features = features_of(&head);
        let received = fields(&head, "received");
        let time = time_of(&features, &received, &place, reading.time);
        let from = features.headers.from.first().map(|mailbox| mailbox.address.clone()).unwrap_or_default();
        let sender = fields(&head, "return-path").into_iter().next().unwrap_or_else(|| from.clone());
        let boxes = features.headers.to.iter().chain(&features.headers.cc);
        Self {
            at: time.unwrap_or(before),
            has_time: time.is_some(),
            account: account_of(&head, &received, &from, &place, &reading.account),
            client: client_of(&received),
            sender,
            recipients: boxes.map(|mailbox| mailbox.address.clone()).collect(),
            place,
        }
    }

    /// As a front end would hand it in. Whom it was sent to in secret, nobody knows.
    pub(crate) fn submission(&self, message: Message) -> Submission {
        let session = Session {
            client: self.client.map(ClientAddr::new),
            login: self.account.clone().map(|account| Login { account, mechanism: String::new() }),
            ..Session::new(Via::Milter)
        };
        let mut envelope = Envelope { sender: Path::new(&self.sender), ..Envelope::default() };
        self.recipients.iter().for_each(|to| envelope.add_recipient(Path::new(to)));
        envelope.recipient_count = envelope.recipient_count.max(1);
        Submission { session: Arc::new(session), envelope, message }
    }
}

fn head_of(raw: &[u8]) -> Vec<u8> {
    let raw = raw.get(..HEAD).unwrap_or(raw);
    let end = raw.windows(2).position(|pair| pair == b"\n\n");
    let end = end.or_else(|| raw.windows(4).position(|four| four == b"\r\n\r\n"));
    raw.get(..end.map_or(raw.len(), |end| end + 2)).unwrap_or(raw).to_vec()
}

fn features_of(head: &[u8]) -> Features {
    let session = Arc::new(Session::new(Via::Command));
    let message = Message::whole(head.to_vec());
    let submission = Submission { session, envelope: Envelope::default(), message };
    features::extract(&submission, Timestamp::default(), &FeatureLimits::default())
}

/// The values of all fields of that name, on one line each, the topmost first.
fn fields(head: &[u8], name: &str) -> Vec<String> {
    let text = String::from_utf8_lossy(head).replace("\r\n", "\n").replace("\n ", " ").replace("\n\t", " ");
    let named = text.lines().filter_map(|line| line.split_once(':')).filter(|(key, _)| key.eq_ignore_ascii_case(name));
    named.map(|(_, value)| value.trim().to_owned()).collect()
}

fn time_of(features: &Features, received: &[String], place: &Place, from: TimeFrom) -> Option<Timestamp> {
    let date = date_of(features);
    let arrival = || received.first().and_then(|field| dated(field.rsplit_once(';')?.1));
    let separator = || place.part.as_ref().and_then(|(_, _, line)| separated(line));
    match from {
        TimeFrom::Date => date.or_else(arrival).or_else(separator),
        TimeFrom::Received => arrival().or_else(separator).or(date),
    }
}

fn date_of(features: &Features) -> Option<Timestamp> {
    match features.headers.date {
        DateFact::At(time, _) => Some(time),
        DateFact::Missing | DateFact::Invalid => None,
    }
}

fn dated(text: &str) -> Option<Timestamp> {
    date_of(&features_of(format!("Date: {}\r\n\r\n", text.trim()).as_bytes()))
}

/// `From bob@shop.example Sat Jan  3 01:05:34 2026`, in UTC.
fn separated(line: &str) -> Option<Timestamp> {
    let words: Vec<_> = line.split_whitespace().rev().take(4).collect();
    let [year, time, day, month] = words.as_slice() else { return None };
    let text = format!("{year} {month} {day} {time}");
    let read = jiff::civil::DateTime::strptime("%Y %b %d %H:%M:%S", text).ok()?;
    Some(Timestamp::from_secs(read.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second()))
}

fn account_of(
    head: &[u8],
    received: &[String],
    from: &str,
    place: &Place,
    account: &AccountFrom,
) -> Option<AccountName> {
    match account {
        AccountFrom::Auto => authenticated(received).or_else(|| AccountName::from_login(from)),
        AccountFrom::FromAddress => AccountName::from_login(from),
        AccountFrom::Header(name) => AccountName::from_login(fields(head, name).first()?),
        AccountFrom::Folder => AccountName::from_login(&place.folder),
        AccountFrom::Named(name) => Some(name.clone()),
        AccountFrom::Nobody => None,
    }
}

fn authenticated(received: &[String]) -> Option<AccountName> {
    let after = |field: &String| field.split_once("(Authenticated sender: ").map(|(_, rest)| rest.to_owned());
    let rest = received.iter().find_map(after)?;
    AccountName::from_login(rest.split(')').next()?)
}

/// The host that the oldest Received names in brackets.
fn client_of(received: &[String]) -> Option<IpAddr> {
    received.iter().rev().find_map(|field| {
        let address = field.split_once('[')?.1.split_once(']')?.0;
        address.strip_prefix("IPv6:").unwrap_or(address).parse().ok()
    })
}
