//! Mail to us: whose reply it is, what no person wrote, what did not arrive; each addressee for himself.
#![cfg(test)]

use std::sync::Arc;

use customers::Address;
use customers::ticket::{Addressee, ReplyBox, ReplyKey, ReplyTokens, TicketState};
use ground::Ground;
use limits::{AlertJob, Matter, Rules, Store, Terms};
use model::{AccountName, Block, Identity, Timestamp, WayOut};
use pipeline::{Incoming, Letterbox, Mailroom, Receipt};

const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);
const NODE: &str = "filter.provider.example";
const ANSWERS: &str =
    "From: Bob <bob@shop.example>\r\nMessage-ID: <1@shop.example>\r\n\r\n1. no\r\n2. no\r\n3. yes\r\n";

struct World {
    ground: Ground,
    mailroom: Mailroom,
    mailbox: Arc<ReplyBox>,
    block: Block,
}

impl World {
    /// Bob is blocked and was told so; his ticket is number 1.
    fn new() -> Self {
        let ground = Ground::new(NOW, Rules { terms: Terms::by_way_out(|_| WayOut::Ticket), ..Rules::default() });
        let bob = Identity { account: AccountName::from_login("bob@shop.example"), ..Identity::default() };
        let (block, evidence) = ground::trip(&ground.ledger, &bob, None, NOW);
        ground.store.open_block(&block, &evidence, Some(&AlertJob::first(&block, NODE))).unwrap();
        let tokens = Arc::new(ReplyTokens::new(vec![ReplyKey::new(b"a key of thirty-two bytes, or so", None)]));
        let address = Address::parse("support@reply.provider.example").unwrap();
        let mailbox = Arc::new(ReplyBox::new(&address, tokens).unwrap());
        let mailroom = Mailroom::new(Arc::clone(&ground.tickets), NODE, Arc::clone(&ground.clock));
        mailroom.open(Some(Arc::clone(&mailbox)));
        Self { ground, mailroom, mailbox, block }
    }

    fn take(&self, from: &str, raw: &str, to: &[Addressee]) -> Vec<Receipt> {
        self.mailroom.take(&Incoming { from, raw: raw.as_bytes() }, to)
    }

    /// What becomes of a mail to ticket 1.
    fn reply(&self, from: &str, raw: &str) -> Receipt {
        self.take(from, raw, &[Addressee::Ticket(1)]).remove(0)
    }

    fn messages(&self) -> usize {
        self.ground.tickets.show(1).unwrap().ticket.messages.len()
    }
}

#[test]
fn a_reply_is_taken_once_however_often_it_comes() {
    let world = World::new();
    for _ in 0..3 {
        assert_eq!(world.reply("bob@shop.example", ANSWERS), Receipt::Taken);
    }
    assert_eq!(world.messages(), 1);
    assert_eq!(world.ground.tickets.show(1).unwrap().ticket.state, TicketState::Deciding);
    let second = ANSWERS.replace("<1@", "<2@");
    assert_eq!(world.reply("bob@shop.example", &second), Receipt::Taken);
    assert_eq!(world.messages(), 2, "another mail is another reply");
}

#[test]
fn what_a_program_wrote_is_put_aside_and_changes_nothing() {
    let world = World::new();
    for field in [
        "Auto-Submitted: auto-replied",
        "Precedence: bulk",
        "List-Id: <list.shop.example>",
        "Subject: =?utf-8?Q?R=C3=A9ponse?= automatique : Compte =?utf-8?Q?bloqu=C3=A9?= pour spam",
        &format!("Message-ID: <block.1@{NODE}>"),
    ] {
        let receipt = world.reply("bob@shop.example", &format!("{field}\r\n{ANSWERS}"));
        assert!(matches!(receipt, Receipt::PutAside(_)), "{field}: {receipt:?}");
    }
    assert!(matches!(world.reply("", ANSWERS), Receipt::PutAside(_)), "nobody answers the null sender");
    assert_eq!(world.messages(), 0);
}

#[test]
fn what_hangs_on_a_reply_is_named_in_the_ticket_and_not_kept() {
    let world = World::new();
    let raw = "From: Bob <bob@shop.example>\r\nMessage-ID: <1@shop.example>\r\n\
        Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n1. no\r\n--b\r\n\
        Content-Type: image/png; name=\"screen.png\"\r\nContent-Transfer-Encoding: base64\r\n\r\nQUFBQUFB\r\n--b--\r\n";
    assert_eq!(world.reply("bob@shop.example", raw), Receipt::Taken);
    let message = world.ground.tickets.show(1).unwrap().ticket.messages.remove(0);
    assert_eq!(message.attached.iter().map(ToString::to_string).collect::<Vec<_>>(), ["screen.png (6 B)"]);
    assert_eq!(message.body, "1. no");
}

#[test]
fn addresses_are_ours_only_when_we_have_signed_them() {
    let world = World::new();
    let known = world.mailbox.address_of(&Addressee::Ticket(1)).unwrap();
    let (local, domain) = known.as_str().split_once('@').unwrap();
    assert_eq!(world.mailroom.addressee(known.as_str()), Some(Addressee::Ticket(1)));
    assert_eq!(world.mailroom.addressee(&known.as_str().to_uppercase()), Some(Addressee::Ticket(1)));
    for forged in [
        format!("{}@{domain}", local.replace("t.1.", "t.2.")),
        format!("{local}@other.example"),
        format!("{local}a@{domain}"),
        format!("support@{domain}"),
        "+@".to_owned(),
        String::new(),
    ] {
        assert_eq!(world.mailroom.addressee(&forged), None, "{forged}");
    }
    world.mailroom.open(None);
    assert_eq!(world.mailroom.addressee(known.as_str()), None, "no mailbox is open");
}

#[test]
fn each_addressee_gets_his_own_receipt() {
    let world = World::new();
    let receipts = world.take("bob@shop.example", ANSWERS, &[Addressee::Ticket(7), Addressee::Ticket(1)]);
    assert!(matches!(&receipts[0], Receipt::Over(sentence) if sentence.contains("no ticket 7")), "{receipts:?}");
    assert_eq!(receipts[1], Receipt::Taken);
    world.ground.tickets.close(1).unwrap();
    let late = world.reply("bob@shop.example", &ANSWERS.replace("<1@", "<9@"));
    assert!(matches!(late, Receipt::Over(_)), "{late:?}");
    assert_eq!(world.reply("bob@shop.example", ANSWERS), Receipt::Taken, "it was taken before the ticket was closed");
}

/// A report as RFC 3464 has it.
fn report(action: &str, status: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.shop.example\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\
         It did not arrive.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.shop.example\r\n\r\n\
         Final-Recipient: rfc822; bob@shop.example\r\nAction: {action}\r\nStatus: {status}\r\n\
         Diagnostic-Code: smtp; 550 5.1.1 unknown\r\n\r\n--b--\r\n"
    )
}

#[test]
fn a_letter_that_did_not_arrive_is_noted_once_and_delays_are_no_news() {
    let world = World::new();
    let letter = Addressee::Letter(Matter::Block(world.block.reference.clone()), 0);
    let take = |raw: &str| world.take("", raw, std::slice::from_ref(&letter)).remove(0);
    assert_eq!(take(&report("delayed", "4.4.1")), Receipt::PutAside("no_report"));
    assert_eq!(take("From: bob@shop.example\r\nSubject: away\r\n\r\nI am away.\r\n"), Receipt::PutAside("no_report"));
    assert_eq!(take(&report("failed", "5.1.1")), Receipt::Bounced);
    assert_eq!(take(&report("failed", "5.1.1")), Receipt::Bounced, "it comes twice");
    let bounces = world.ground.tickets.show(1).unwrap().bounces;
    let told: Vec<_> = bounces.iter().map(|bounce| (bounce.recipient.as_str(), bounce.status.as_str())).collect();
    assert_eq!(told, [("bob@shop.example", "5.1.1")]);
    let other = Addressee::Letter(Matter::Block(world.block.reference.clone()), 99);
    assert_eq!(world.take("", &report("failed", "5.1.1"), &[other]), [Receipt::PutAside("no_report")]);
    assert_eq!(world.messages(), 0);
}

#[test]
fn bytes_that_are_no_mail_are_no_reply() {
    let world = World::new();
    for raw in ["", "\r\n", "\0\0\0", "Message-ID:\r\n\r\n", &"(".repeat(100_000)] {
        let receipt = world.reply("bob@shop.example", raw);
        assert!(matches!(receipt, Receipt::Taken | Receipt::PutAside(_) | Receipt::Over(_)), "{receipt:?}");
    }
}

#[test]
fn mail_to_the_postmaster_is_handed_on_as_it_is_and_not_in_a_circle() {
    let handed = Arc::new(std::sync::Mutex::new(Vec::new()));
    let world = World::new();
    let (shelf, mailbox) = (Arc::clone(&handed), Arc::clone(&world.mailbox));
    let room = Mailroom::new(Arc::clone(&world.ground.tickets), NODE, Arc::clone(&world.ground.clock));
    room.open(Some(mailbox));
    let to = room.addressee("POSTMASTER@reply.provider.example").unwrap();
    let take = |room: &Mailroom, raw: &[u8]| {
        room.take(&Incoming { from: "eve@far.example", raw }, std::slice::from_ref(&to)).remove(0)
    };
    let raw = b"From: eve@far.example\r\nSubject: your filter\r\n\r\nHello.\r\n";
    assert_eq!(take(&room, raw), Receipt::PutAside("no_operator"), "it is taken all the same");
    let room = room.handing_on(Box::new(move |mail| {
        shelf.lock().unwrap().push(mail.to_vec());
        Ok(true)
    }));
    assert_eq!(take(&room, raw), Receipt::HandedOn);
    let mail = handed.lock().unwrap()[0].clone();
    assert!(
        mail.ends_with(raw) && mail.starts_with(b"Delivered-To: postmaster@reply.provider.example\r\nReceived: by ")
    );
    assert_eq!(take(&room, &mail), Receipt::PutAside("own_letter"));
    let room = room.handing_on(Box::new(|_| Err("the relay is down".into())));
    assert_eq!(take(&room, raw), Receipt::Failed("the relay is down".into()), "the mail server sends it again");
    assert_eq!(world.messages(), 0);
}
