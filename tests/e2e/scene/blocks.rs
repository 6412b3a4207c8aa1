//! Who was blocked: a row each, with the messages that were the cause.

use std::time::Duration;

use limits::{AlertJob, Store};
use model::{
    Block, ClientAddr, DomainName, Evidence, Hit, MessageId, QueueId, Reason, SignalName, SubjectKey, SubjectKind,
    Timestamp, WayOut,
};
use store::SqliteStore;
use testkit::samples;

use super::ago;

/// A block in a line. Times are in minutes.
struct Row {
    kind: SubjectKind,
    name: &'static str,
    since: u64,
    length: u64,
    strike: u32,
    why: Why,
    way: WayOut,
    /// When it ended, and who released it.
    ended: Option<(u64, &'static str)>,
    attempts: u64,
}

/// Rule, counter, count, window in minutes, and the sentence.
struct Why(&'static str, &'static str, u64, u64, &'static str);

const BURST: Why = Why("account-spam-burst", "spam", 5, 10, "5 messages that look like spam within 10 minutes");
const SHARE: Why = Why("account-spam-share", "spam", 53, 480, "53 % of 40 messages looking like spam within 8 hours");
const DAY: Why = Why("account-spam-day", "spam", 40, 1440, "40 messages that look like spam within 1 day");
const NEAR: Why = Why(
    "account-near-spam",
    "unusual_score",
    7612,
    60,
    "a mean spam score of 76 over 50 messages unlike the sender's past within 1 hour",
);
const GONE: Why = Why(
    "account-refused-recipients",
    "refused_recipients",
    34,
    60,
    "34 % of 212 recipients refused by the next mail server within 1 hour",
);
const HOST: Why = Why("ip-spam-burst", "spam", 10, 10, "10 messages that look like spam within 10 minutes");
const AGAIN: Why = Why("probation", "spam", 1, 1440, "spam again within 1 day after the last block had ended");

const NIGHT: u64 = 24 * 60;

const ROWS: &[Row] = &[
    row(Account, "carol@shop.example", 34, 60, 1, BURST, WayOut::Ticket, None, 1_482),
    row(Account, UNBROKEN, 95, 60, 2, NEAR, WayOut::Ticket, None, 12),
    row(Account, LONG, 190, NIGHT, 3, SHARE, WayOut::Ticket, None, 48_211),
    row(Account, "imprimante@office.example", 610, 60, 1, DAY, WayOut::Password, None, 7),
    row(Ip, "198.51.100.42", 18, 60, 1, HOST, WayOut::Time, None, 214),
    row(Ip, "198.51.100.43", 130, 60, 2, HOST, WayOut::Time, None, 41),
    row(Ip, "203.0.113.9", 400, 7 * NIGHT, 3, AGAIN, WayOut::Time, None, 9_034),
    row(Ip, "2001:db8:4711:8::1", 1_500, 2 * NIGHT, 2, HOST, WayOut::Time, None, 0),
    row(Domain, "news.university.example", 55, 90, 1, GONE, WayOut::Time, None, 3),
    row(Account, "dave@shop.example", 3_000, 60, 1, BURST, WayOut::Ticket, Some((2_700, "ticket")), 33),
    row(Account, "imprimante@office.example", 9_000, 60, 1, GONE, WayOut::Password, Some((8_800, "password")), 5),
    row(Ip, "203.0.113.9", 12_000, NIGHT, 2, HOST, WayOut::Time, Some((10_560, "time")), 310),
    row(Ip, "203.0.113.9", 22_000, 60, 1, HOST, WayOut::Time, Some((21_900, "customer")), 88),
    row(Account, "board@club.example", 5_000, 60, 1, NEAR, WayOut::Ticket, Some((4_900, "report")), 2),
    row(Ip, "198.51.100.80", 15_000, 60, 1, HOST, WayOut::Time, Some((14_980, "operator")), 1),
];
use SubjectKind::{Account, Domain, Ip};

/// A name without a place to break it.
pub(super) const UNBROKEN: &str = "bestellungen.gartenzwergmanufaktur.rechnungswesen@shop.example";
/// The longest name that a person might still type.
pub(super) const LONG: &str = "anna-maria.von-der-hohenstein@institute-for-long-names.university.example";

#[expect(clippy::too_many_arguments, reason = "a row of a table")]
const fn row(
    kind: SubjectKind,
    name: &'static str,
    since: u64,
    length: u64,
    strike: u32,
    why: Why,
    way: WayOut,
    ended: Option<(u64, &'static str)>,
    attempts: u64,
) -> Row {
    Row { kind, name, since, length, strike, why, way, ended, attempts }
}

/// Writes them, with their messages and a letter each that was sent; as they stand now.
pub(super) fn fill(store: &SqliteStore) -> Vec<Block> {
    ROWS.iter().zip(1..).map(|(row, number)| written(store, row, number)).collect()
}

fn written(store: &SqliteStore, row: &Row, number: usize) -> Block {
    let mut block = begun(row, number);
    let messages: Vec<_> = (0..9).map(|nth| message(&block, number, nth)).collect();
    let letter = AlertJob { sent: Some(block.since.after(MOMENT)), tries: 1, ..AlertJob::first(&block, NODE) };
    store.open_block(&block, &messages, Some(&letter)).expect("our own store");
    block.attempts = row.attempts;
    if let Some((ended, by)) = row.ended {
        block = Block { attempts: row.attempts, ..samples::released(block, ago(ended).0) };
        block.released = Some((ago(ended), by.to_owned()));
    }
    store.update_block(&block).expect("our own store");
    block
}

/// Who sends the letters.
pub(super) const NODE: &str = "filter.test.example";
const MOMENT: Duration = Duration::from_secs(2);

fn begun(row: &Row, number: usize) -> Block {
    let Why(rule, counter, count, window, sentence) = row.why;
    let window = Duration::from_secs(window * 60);
    let reason = Reason {
        rule: rule.into(),
        counter: counter.into(),
        count,
        window,
        sentence: sentence.into(),
        monitored: false,
    };
    Block {
        subject: SubjectKey::parse(row.kind, row.name).expect("a name"),
        length: Duration::from_secs(row.length * 60),
        strike: row.strike,
        reason,
        // Those that end by themselves would end while somebody looks.
        automatic_release: false,
        way_out: row.way,
        messages: 40 + number as u64,
        spam: 9,
        ..samples::block(&reference(number), ago(row.since).0)
    }
}

/// One like those that are drawn by lot.
fn reference(number: usize) -> String {
    (1..=16).map(|place| char::from(b'a' + (number * 7 + place * place * (number + 3) % 101 % 26) as u8 % 26)).collect()
}

const SUBJECTS: [&str; 3] = [
    "Your invoice 4711-2026 is overdue",
    "Re: the documents you asked for",
    "=?utf-8?q?Vos_comptes_=C3=A0_v=C3=A9rifier?=",
];

fn message(block: &Block, number: usize, nth: usize) -> Evidence {
    let at = block.since.0 - 400_000 + i64::try_from(nth).expect("a few") * 41_000;
    let id = match nth % 3 {
        0 => format!("<{number}{nth}.CAFx0zYt8Q=k9uA7Vn2L5rGd3WqJb6Zs1Hy4Tc@mail-out-{nth}.eu-west.shop.example>"),
        1 => format!("<2026112{nth}.{number}@shop.example>"),
        _ => format!("<{number}-{nth}@localhost.localdomain>"),
    };
    let hit = |signal, points, why: &str| Hit { signal: SignalName::new(signal), points, why: why.into() };
    let hits = [
        hit("html_form", 80, "The message holds a form that asks for a password."),
        hit("url_lookalike", 60, "A link looks like a brand's: secure-login.bank-of-example.example"),
        hit("text_payment_request", 45, "It asks for money in a hurry: \"transfer the amount today\""),
        hit("habit_strangers", 30, "It goes to 38 people the sender has never written to; usual are 2 a day."),
        hit("same_many", 25, "31 copies of the same text were sent within the hour."),
    ];
    let hits: Vec<_> = hits.into_iter().skip(nth % 2).take(2 + nth % 4).collect();
    Evidence {
        at: Timestamp(at),
        message_id: MessageId::new(&id).filter(|_| nth != 5),
        queue_id: QueueId::new("4TpQ7x2Zc9zB1Y"),
        score: hits.iter().map(|hit| hit.points).sum(),
        hits,
        client: ClientAddr::parse(if number.is_multiple_of(2) { "203.0.113.77" } else { "2001:db8:77::25" }),
        recipients: [1, 40, 3][nth % 3],
        destination_domain: DomainName::new(["recipient.example", "mail.department.ministry.example"][nth % 2]),
        destination_ip: ["192.0.2.25", "2001:db8:beef:cafe::25"][nth / 2 % 2].parse().ok().filter(|_| nth != 7),
        headers: format!(
            "From: {}\nTo: someone@recipient.example\nSubject: {}",
            block.subject.name(),
            SUBJECTS[nth % 3]
        ),
    }
}
