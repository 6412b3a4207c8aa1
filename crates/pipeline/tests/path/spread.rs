//! Spam spread over so many senders that each sends one: no count of any sender sees it, its text does.

use std::net::Ipv6Addr;
use std::time::Duration;

use model::{ClientAddr, Session, Via};

use crate::world::World;

const WORDS: [&str; 12] =
    ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "islet", "jetty", "knoll", "larch"];

#[tokio::test]
async fn of_spam_from_150_mailboxes_of_one_domain_only_a_handful_leaves() {
    let world = World::new(|_| {});
    let mut left = 0;
    for number in 0..150 {
        let from = format!("box{number}@shop.example");
        left += u32::from(world.send(&from, &loan(&from, number)).await.action.delivers());
        world.clock.advance(Duration::from_secs(11));
    }
    assert_eq!(left, 5, "the sixth copy and all behind it are refused");
    assert!(world.send("carol@shop.example", &newsletter("carol@shop.example", 1)).await.action.delivers());
}

#[tokio::test]
async fn of_spam_from_150_networks_of_one_customer_only_a_handful_leaves() {
    let world = World::new(|_| {});
    let mut left = 0;
    for number in 0..150u16 {
        let client = Ipv6Addr::new(0x2001, 0xdb8, 1, number, 0, 0, 0, 1);
        let session = Session { client: Some(ClientAddr::new(client.into())), ..Session::new(Via::Milter) };
        let text = loan(&format!("info{number}@shop.example"), number);
        left += u32::from(world.judge(session, &text).await.action.delivers());
        world.clock.advance(Duration::from_secs(11));
    }
    assert_eq!(left, 5, "the sixth copy and all behind it are refused");
}

#[tokio::test]
async fn colleagues_who_forward_an_offer_are_not_touched() {
    let world = World::new(|_| {});
    for number in 0..30 {
        let from = format!("member{number}@shop.example");
        let verdict = world.send(&from, &newsletter(&from, number)).await;
        assert!(verdict.score.total < 100 && verdict.action.delivers(), "{number}: {:?}", verdict.score);
        world.clock.advance(Duration::from_secs(60));
    }
    assert!(world.ledger.active_blocks().is_empty());
}

fn loan(from: &str, number: u16) -> String {
    let word = |nth: u16| WORDS.get(usize::from(number * 5 + nth * 7) % WORDS.len()).copied().unwrap_or_default();
    let (one, two, three) = (word(0), word(number % 5 + 1), word(3));
    letter(
        from,
        number,
        "Loan offer",
        &format!(
            "Dear {one} customer,\r\n\r\nDo you need an urgent loan? We offer business loans and personal loans at 2% \
             interest rate, without collateral and without credit check. Get your loan approved within 24 hours, \
             whatever your {two} credit score is. Apply now and send us your full name, loan amount, duration and \
             phone number to our loan officer. All applications of this week are answered at once, and the money is \
             transferred to your account on the same day.\r\n\r\nMr {three} Lender\r\nFinance department\r\n"
        ),
    )
}

fn newsletter(from: &str, number: u16) -> String {
    letter(
        from,
        number,
        "Fwd: Our spring catalogue",
        "For your information.\r\n\r\nOur spring catalogue is here: twenty new plants for shady places, with a discount \
         of ten percent for members of the garden club until the end of April. Visit us in the garden centre, or order \
         by telephone. The shop is open from nine to six, on Saturdays until four. We look forward to seeing you, and \
         wish you much joy in the garden.\r\n",
    )
}

fn letter(from: &str, number: u16, subject: &str, body: &str) -> String {
    format!(
        "From: <{from}>\r\nTo: <friend@recipient.example>\r\nSubject: {subject}\r\n\
         Date: Tue, 22 Sep 2026 08:00:00 +0000\r\nMessage-ID: <spread-{number}@shop.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}"
    )
}
