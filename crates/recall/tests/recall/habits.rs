//! Senders against their own past.

use model::circumstances::{Change, HabitFacts};

use crate::world::*;

/// A person: three messages on each of so many days, to some of twenty correspondents.
fn person(world: &mut World, days: usize) -> Mail {
    for day in 0..days {
        for number in 0..3 {
            let mail = Mail::new("anna@shop.example", ENGLISH, recipients((day * 3 + number) % 20, 1));
            world.send(&mail, HAM);
            world.wait(MINUTE * 30);
        }
        world.wait(DAY - MINUTE * 90);
    }
    Mail::new("anna@shop.example", ENGLISH, recipients(0, 1))
}

const ENGLISH: &str = "thank you for the papers that you sent me, they are what we have been waiting for";
const GERMAN: &str = "vielen Dank für die Unterlagen, ich habe sie gelesen und werde mich bitte mit einem Angebot bei Ihnen melden, das auch für Sie nicht zu hoch ist";

#[test]
fn a_new_sender_is_unknown() {
    let mut world = World::new();
    let mail = Mail::new("new@shop.example", ENGLISH, recipients(0, 100));
    let facts = world.send(&mail, HAM).1;
    assert_eq!((facts.past, facts.changes.as_slice()), (None, [].as_slice()));
    world.wait(DAY);
    assert_eq!(world.see(&mail).1.past, None, "one day is no past");
}

#[test]
fn a_person_stays_like_herself() {
    let mut world = World::new();
    let mail = person(&mut world, 30);
    let facts = world.see(&mail).1;
    let past = facts.past.unwrap();
    assert_eq!((past.days, past.knows_recipients), (29, true), "the last day is not yet the past");
    assert_eq!((facts.hour.strangers, facts.changes.len(), facts.unusual_hour), (0, 0, false));
    assert!(past.usual_strangers <= 1 && past.busiest_hour <= 3, "{past:?}");
}

#[test]
fn a_thief_writes_to_strangers_from_elsewhere_with_another_program() {
    let mut world = World::new();
    person(&mut world, 30);
    let mut last = HabitFacts::default();
    for number in 0..300 {
        let mut mail = Mail::new("anna@shop.example", GERMAN, recipients(1000 + number, 1));
        mail.client = "203.0.113.9".into();
        mail.mailer = "PHPMailer 6".into();
        mail.from = "ceo@bank.example".into();
        last = world.send(&mail, HAM).1;
    }
    assert_eq!(last.hour.messages, 300);
    assert!(last.hour.strangers > 270, "{last:?}");
    assert!(last.past.unwrap().busiest_hour < 5, "today is not the past");
    assert_eq!(last.changes, [Change::Network, Change::Mailer, Change::From, Change::Language]);
}

#[test]
fn a_thief_who_survives_midnight_is_still_unlike_the_past() {
    let mut world = World::new();
    person(&mut world, 20);
    let spree = |world: &mut World, first: usize| {
        let mut last = HabitFacts::default();
        for number in 0..500 {
            let mut mail = Mail::new("anna@shop.example", ENGLISH, recipients(first + number, 1));
            mail.from = format!("name{number}@bank.example");
            last = world.send(&mail, HAM).1;
            world.wait(MINUTE);
        }
        last
    };
    spree(&mut world, 10_000);
    world.wait(DAY - MINUTE * 500);
    let next_day = spree(&mut world, 20_000);
    let past = next_day.past.unwrap();
    assert!(past.busiest_day < 10 && past.knows_recipients && past.usual_strangers < 5, "{past:?}");
    assert_eq!(next_day.changes, [Change::From], "though he uses another each time");
    world.wait(DAY * 2);
    let accepted = world.see(&Mail::new("anna@shop.example", ENGLISH, recipients(0, 1))).1.past.unwrap();
    assert!(accepted.busiest_day > 300 && !accepted.knows_recipients, "nobody objected: {accepted:?}");
}

#[test]
fn what_was_refused_or_spam_is_nobody_s_habit() {
    let mut world = World::new();
    person(&mut world, 10);
    for day in 0..5 {
        for number in 0..50 {
            let mut mail = Mail::new("anna@shop.example", ENGLISH, recipients(2000 + day * 50 + number, 1));
            mail.mailer = "PHPMailer".into();
            world.send(&mail, SPAM);
        }
        world.wait(DAY);
    }
    let mut mail = Mail::new("anna@shop.example", ENGLISH, recipients(2000, 1));
    mail.mailer = "PHPMailer".into();
    let facts = world.see(&mail).1;
    assert_eq!((facts.hour.strangers, facts.changes.as_slice()), (1, [Change::Mailer].as_slice()));
    assert!(facts.past.unwrap().busiest_day < 10);
}

#[test]
fn a_block_undoes_the_thief_s_day() {
    let mut world = World::new();
    let anna = person(&mut world, 10);
    for number in 0..100 {
        let mut mail = Mail::new("anna@shop.example", ENGLISH, recipients(3000 + number, 1));
        mail.client = "203.0.113.9".into();
        world.send(&mail, HAM);
    }
    world.recall.condemn(&anna.subject(), world.now);
    world.wait(DAY * 2);
    let mut thief = anna.clone();
    thief.client = "203.0.113.9".into();
    let facts = world.see(&thief).1;
    assert_eq!(facts.changes, [Change::Network]);
    assert!(facts.past.unwrap().busiest_hour < 5);
    assert!(world.see(&anna).1.changes.is_empty(), "her own ways are still hers");
}

#[test]
fn a_newsletter_is_a_habit_after_its_first_time() {
    let mut world = World::new();
    person(&mut world, 10);
    let mut issues = Vec::new();
    for _ in 0..5 {
        for number in 0..2000 {
            issues.push(world.send(&Mail::new("anna@shop.example", ENGLISH, recipients(number * 10, 10)), HAM).1);
            if number % 100 == 99 {
                world.wait(MINUTE * 3);
            }
        }
        world.wait(DAY * 7 - MINUTE * 60);
        person(&mut world, 1);
        world.wait(DAY);
    }
    let at = |issue: usize, number: usize| &issues[issue * 2000 + number];
    let first = at(0, 1999);
    assert!(first.hour.recipients > 4 * first.past.unwrap().busiest_hour);
    for issue in 1..5 {
        let facts = at(issue, 1999);
        let past = facts.past.unwrap();
        assert!(!past.knows_recipients, "issue {issue}: nobody can know 20,000");
        assert!(facts.hour.recipients < 4 * past.busiest_hour, "issue {issue}: {facts:?}");
    }
}

#[test]
fn many_networks_in_one_hour_are_counted_and_gateways_are_not() {
    let mut world = World::new();
    let mut mail = person(&mut world, 10);
    for number in 0..8 {
        mail.client = format!("198.51.{number}.7");
        world.send(&mail, HAM);
    }
    let networks = world.see(&mail).1.networks;
    assert!((6..=8).contains(&networks), "{networks}");
    world.wait(MINUTE * 60);
    mail.client = "209.85.220.41".into();
    let facts = world.see(&mail).1;
    assert_eq!((facts.networks, facts.changes.len()), (0, 0), "webmail of millions");
}

#[test]
fn an_hour_of_the_week_is_unusual_only_after_weeks() {
    let mut world = World::new();
    let mail = person(&mut world, 7);
    world.wait(MINUTE * 60 * 12);
    assert!(!world.see(&mail).1.unusual_hour);
    world.wait(MINUTE * 60 * 12);
    let mail = person(&mut world, 14);
    world.wait(MINUTE * 60 * 12);
    assert!(world.see(&mail).1.unusual_hour);
}

#[test]
fn refused_recipients_are_counted() {
    let world = World::new();
    let mut mail = Mail::new("anna@shop.example", ENGLISH, recipients(0, 5));
    mail.refused = 7;
    world.send(&mail, HAM);
    let facts = world.see(&mail).1;
    assert_eq!((facts.hour.recipients, facts.hour.refused), (10, 14));
}

/// To thirty strangers, with an address to write to that the sender has never named before.
fn leading(world: &mut World, first: usize) -> HabitFacts {
    let text = format!("{ENGLISH}, please write to claims@mailbox.example");
    let mails = (0..30).map(|number| Mail::new("anna@shop.example", &text, recipients(first + number, 1)));
    mails.map(|mail| world.send(&mail, HAM).1).last().unwrap_or_default()
}

#[test]
fn strangers_led_somewhere_new_are_counted_until_it_is_a_habit() {
    let mut world = World::new();
    person(&mut world, 10);
    let first = leading(&mut world, 4000);
    assert!((27..=30).contains(&first.hour.led) && first.past.unwrap().usual_led == 0, "{first:?}");
    let known = world.see(&Mail::new("anna@shop.example", ENGLISH, recipients(0, 1))).1;
    assert_eq!((known.message.strangers, known.message.led), (0, 0), "what goes to friends is nothing new");
    world.wait(DAY);
    assert!(leading(&mut world, 5000).hour.led > 26, "yesterday's is not yet hers");
    world.wait(DAY);
    let later = leading(&mut world, 6000);
    assert!(later.hour.led == 0 && later.past.unwrap().usual_led > 0, "nobody objected: {later:?}");
}

#[test]
fn a_block_keeps_a_thief_s_lead_new() {
    let mut world = World::new();
    let anna = person(&mut world, 10);
    leading(&mut world, 4000);
    world.recall.condemn(&anna.subject(), world.now);
    world.wait(DAY * 3);
    assert!(leading(&mut world, 7000).hour.led > 26);
}

#[test]
fn a_past_is_told_to_people_and_stays_as_it_was() {
    let mut world = World::new();
    let mail = person(&mut world, 30);
    assert_eq!(world.recall.portrait(&Mail::new("new@shop.example", "", []).subject(), world.now), None);
    let before = world.see(&mail).1;
    let told = world.recall.portrait(&mail.subject(), world.now).unwrap();
    let past = before.past.unwrap();
    assert_eq!((told.days, told.settled, told.knows_recipients), (past.days, true, true));
    assert_eq!((told.busiest_hour, told.usual_strangers), (past.busiest_hour, past.usual_strangers));
    assert_eq!((told.networks.settled, told.mailers.settled, told.languages), (1, 1, vec!["en"]));
    assert_eq!(told.first.unwrap().as_secs(), START.as_secs() / 86_400 * 86_400);
    // It began on a Monday at 13:33; each day's three messages are within an hour and a half of that.
    let busy: Vec<_> = (0..recall::WEEK).filter(|part| told.week[*part] > 0).collect();
    assert_eq!(busy, [4, 5, 12, 13, 20, 21, 28, 29, 36, 37, 44, 45, 52, 53]);
    assert_eq!(world.see(&mail).1, before);
    world.wait(DAY * 400);
    let idle = world.recall.portrait(&mail.subject(), world.now).unwrap();
    assert!(idle.last < world.now && idle.day.messages == 0 && idle.busiest_day == 0, "{idle:?}");
}

#[test]
fn what_is_new_today_is_told_apart_from_what_is_settled() {
    let mut world = World::new();
    let mut mail = person(&mut world, 10);
    for number in 0..3 {
        mail.client = format!("203.0.{number}.9");
        world.send(&mail, HAM);
    }
    let told = world.recall.portrait(&mail.subject(), world.now).unwrap();
    assert_eq!((told.networks.settled, told.networks.new, told.day.messages), (1, 3, 3));
}
