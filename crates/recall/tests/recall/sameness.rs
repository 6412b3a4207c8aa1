//! Copies of one message, altered as thieves and as honest people alter them.

use std::time::Duration;

use model::circumstances::Confirmation;
use recall::Prints;

use crate::world::*;

/// A template with alternatives in braces, as spinners take them.
const TEMPLATE: &str = "{Dear customer|Hello|Good day}, we {noticed|detected|have seen} an unusual {login|sign-in|access} to your \
    mailbox from a device that we do not {know|recognise}. For your own {safety|security|protection} the account has been \
    {limited|restricted|locked} until you {confirm|verify|check} the details that are stored with us. Please {follow|open|use} \
    the link below within the next two days and {enter|type} the password of the mailbox as you {normally|usually} do. If the \
    {details|data} are not confirmed in time, all {messages|mails} in the mailbox will be {removed|deleted|erased} without any \
    further notice, and it can't be {restored|recovered}. We {apologise|are sorry} for the trouble this may cause and thank \
    you for your {patience|understanding}. The {service|support|help} team of your mail provider";

/// The copy of that number: another alternative of each group, another name, filler at the end.
fn spun(number: usize) -> String {
    let mut copy = format!("Dear Person{},\n", letters(number));
    let mut state = number.wrapping_mul(0x9e37_79b9) | 1;
    for (place, piece) in TEMPLATE.split(['{', '}']).enumerate() {
        let choices: Vec<_> = piece.split('|').collect();
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        copy += if place % 2 == 0 { piece } else { choices[(state >> 33) % choices.len()] };
    }
    (0..15).for_each(|word| copy += &format!(" {}", letters(number * 100 + word)));
    copy
}

fn letters(mut number: usize) -> String {
    let mut word = String::from("q");
    number = number.wrapping_mul(7919) + 11;
    while number > 0 {
        word.push((b'a' + (number % 26) as u8) as char);
        number /= 26;
    }
    word
}

#[test]
fn a_spinner_does_not_hide_copies() {
    let world = World::new();
    let found = (0..200).filter(|number| {
        let mail = Mail::new(&format!("a{number}@shop.example"), &spun(*number), recipients(*number, 1));
        world.send(&mail, HAM).0.text.is_some()
    });
    let found = found.count();
    assert!(found >= 190, "{found} of 199 copies were recognised");
}

#[test]
fn copies_are_counted_by_sender() {
    let mut world = World::new();
    for number in 0..12 {
        let mail = Mail::new(&format!("a{}@shop.example", number / 2), &spun(1), recipients(number, 1));
        world.send(&mail, HAM);
        world.wait(MINUTE);
    }
    let seen = world.see(&Mail::new("a6@shop.example", &spun(1), recipients(12, 1))).0.text.unwrap();
    assert_eq!((seen.messages, seen.senders, seen.repeating, seen.own), (12, 7, 6, 0));
    assert!((11..=14).contains(&seen.recipients), "13 of them: {}", seen.recipients);
    assert_eq!(seen.age, MINUTE * 12);
}

#[test]
fn what_a_blocked_sender_sent_is_bad_for_the_next_and_ages_out() {
    let mut world = World::new();
    let thief = Mail::new("stolen@shop.example", &spun(1), recipients(0, 1));
    (0..5).for_each(|_| _ = world.send(&thief, SPAM));
    let next = Mail::new("other@shop.example", &spun(2), recipients(9, 1));
    let before = world.see(&next).0.text.unwrap();
    assert_eq!((before.spam_senders, before.blocked_senders), (1, 0));
    world.recall.condemn(&thief.subject(), world.now);
    assert_eq!(world.see(&next).0.text.unwrap().blocked_senders, 1);
    assert_eq!(world.see(&thief).0.text.unwrap().blocked_senders, 0);
    world.wait(DAY * 6);
    assert_eq!(world.see(&next).0.text.unwrap().blocked_senders, 1, "longer than the window of others");
    world.wait(DAY * 2);
    assert_eq!(world.see(&next).0.text, None);
}

#[test]
fn a_thief_does_not_make_a_newsletter_bad() {
    let mut world = World::new();
    let text = spun(3);
    for number in 0..40 {
        world.send(&Mail::new("news@shop.example", &text, recipients(number * 50, 50)), HAM);
        world.wait(MINUTE);
    }
    let thief = Mail::new("stolen@shop.example", &text, recipients(0, 1));
    (0..20).for_each(|_| _ = world.send(&thief, SPAM));
    world.recall.condemn(&thief.subject(), world.now);
    let seen = world.see(&Mail::new("news@shop.example", &text, recipients(0, 50))).0.text.unwrap();
    assert_eq!(seen.blocked_senders, 0, "most copies are ham");
}

#[test]
fn spam_that_only_this_memory_saw_is_not_held_against_others() {
    let world = World::new();
    let outcome = recall::Outcome { spam_itself: false, ..SPAM };
    let first = Mail::new("a@shop.example", &spun(1), recipients(0, 1));
    world.send(&first, outcome);
    world.recall.condemn(&first.subject(), world.now);
    let seen = world.see(&Mail::new("b@shop.example", &spun(1), recipients(1, 1))).0.text.unwrap();
    assert_eq!((seen.spam, seen.spam_senders, seen.blocked_senders), (1, 0, 0));
}

#[test]
fn a_deferred_message_is_no_copy() {
    let world = World::new();
    let mail = Mail::new("a@shop.example", &spun(1), recipients(0, 1));
    world.send(&mail, recall::Outcome { delivered: false, spam: false, spam_itself: false });
    assert_eq!(world.see(&mail).0.text, None);
}

#[test]
fn different_short_messages_with_one_firm_s_footer_differ() {
    let footer = "\n-- \nThis e-mail may contain confidential information and is intended for the addressee only. If you have \
        received it in error please notify the sender and delete it. The company accepts no liability for damage.";
    let world = World::new();
    for (number, text) in [
        "The delivery for the northern warehouse arrives on Tuesday, could somebody from your side be there to open the gate \
         and to sign the papers for the driver?",
        "I have attached the minutes of our last meeting. Let me know by the end of the week whether anything is missing, so \
         that I can send them to the whole board.",
        "Thanks for the offer! We would like to take forty of the blue ones and ten of the red ones, payment as usual on \
         invoice after the goods have come.",
    ]
    .into_iter()
    .enumerate()
    {
        let mail = Mail::new(&format!("a{number}@shop.example"), &format!("{text}{footer}"), recipients(number, 1));
        assert_eq!(world.send(&mail, HAM).0.text, None, "message {number}");
    }
}

#[test]
fn short_texts_and_reports_have_no_fingerprint() {
    let short = Mail::new("a@shop.example", "Hello Bob, please see the attached invoice. Kind regards, Anna", []);
    assert!(Prints::of(&short.features()).is_empty());
    let mut repeated = short.clone();
    repeated.text = "buy now ".repeat(200);
    assert!(Prints::of(&repeated.features()).is_empty());
    let mut bounce = Mail::new("", &spun(1), []).features();
    bounce.sender.mail_from = Some(model::envelope::Path::new("<>"));
    assert!(Prints::of(&bounce).is_empty(), "every server's bounce says the same");
    bounce.sender.login = model::AccountName::from_login("thief@shop.example");
    assert!(!Prints::of(&bounce).is_empty(), "with a login it is no bounce");
}

#[test]
fn what_a_person_confirmed_is_known_until_it_is_forgotten() {
    let world = World::new();
    let confirm = |text: &str, word| {
        let prints = Prints::of(&Mail::new("x@shop.example", text, []).features());
        world.recall.confirm(prints, word, "anna", world.now).unwrap().id
    };
    let id = confirm(&spun(1), Confirmation::Spam);
    let next = Mail::new("b@shop.example", &spun(2), recipients(1, 1));
    assert_eq!(world.see(&next).0.confirmed, Some(Confirmation::Spam));
    assert_eq!(world.recall.forget(&id).map(|known| known.by), Some("anna".into()));
    assert_eq!(world.see(&next).0.confirmed, None);
    assert!(world.recall.forget(&id).is_none());
}

#[test]
fn confirmed_ham_is_the_same_message_not_one_that_was_added_to() {
    let world = World::new();
    let link = |url: &str| {
        let mut features = Mail::new("news@shop.example", &spun(1), []).features();
        features.urls = vec![link_to(url)];
        features
    };
    world.recall.confirm(Prints::of(&link("far.example")), Confirmation::Ham, "anna", world.now).unwrap();
    let word = |features: &model::Features| {
        let mail = Mail::new("b@shop.example", "", recipients(0, 1));
        world.recall.see(features, &mail.identity(), &mail.envelope(), world.now).unwrap().1.confirmed
    };
    assert_eq!(word(&link("far.example")), Some(Confirmation::Ham));
    assert_eq!(word(&link("phish.example")), None, "it links elsewhere");
    let mut altered = link("far.example");
    altered.text.plain = spun(2);
    assert_eq!(word(&altered), None, "the text is another");
}

fn link_to(domain: &str) -> model::features::UrlFact {
    let name = model::DomainName::new(domain).unwrap();
    model::features::UrlFact {
        url: format!("https://{domain}/"),
        scheme: "https".into(),
        host: model::features::UrlHost::Name(name.clone()),
        registrable: Some(name),
        has_userinfo: false,
        port: None,
        path: "/".into(),
        source: model::features::UrlSource::Link,
        disguised_address: false,
    }
}

#[test]
fn a_text_is_forgotten_after_the_window() {
    let mut world = World::new();
    world.send(&Mail::new("a@shop.example", &spun(1), recipients(0, 1)), HAM);
    world.wait(DAY * 3 - Duration::from_secs(1));
    let again = Mail::new("b@shop.example", &spun(1), recipients(1, 1));
    assert!(world.see(&again).0.text.is_some());
    world.wait(Duration::from_secs(1));
    assert_eq!(world.see(&again).0.text, None);
}

#[test]
fn colleagues_are_told_from_strangers_with_one_text() {
    let world = World::new();
    let from = |account: &str| Mail::new(account, &spun(1), recipients(0, 1));
    let colleagues = ["anna@shop.example", "bob@shop.example"].map(|account| world.send(&from(account), HAM).0);
    assert!(colleagues[1].text.is_some_and(|copies| copies.one_domain && copies.senders == 2), "{colleagues:?}");
    let stranger = world.send(&from("eve@other.example"), HAM).0;
    assert!(stranger.text.is_some_and(|copies| !copies.one_domain && copies.senders == 3), "{stranger:?}");
}
