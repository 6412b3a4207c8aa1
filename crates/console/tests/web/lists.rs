//! Long lists have pages that keep their filter, and what is done to a ticket is told.

use axum::http::StatusCode;
use customers::ticket::{Author, Opening, TicketStore, Whom};

use crate::offices;
use crate::world::{NOW, World};

/// The numbers of the tickets that a list links to, in its order.
fn numbers(body: &str) -> Vec<u64> {
    let links =
        body.split("<a href=\"/console/tickets/").skip(1).filter_map(|rest| rest.split('"').next()?.parse().ok());
    let mut numbers: Vec<_> = links.collect();
    numbers.dedup();
    numbers
}

fn next(body: &str) -> Option<String> {
    let (before, _) = body.split_once("\">Next")?;
    Some(before.rsplit_once("href=\"")?.1.replace("&amp;", "&"))
}

fn open(world: &World, title: &str) -> u64 {
    let whom = Whom::Service { service: "hosting-4711".into() };
    let opening = Opening::question(whom, title, Author::Customer, "Where is my mail?").unwrap();
    world.store.open_ticket(&opening, "mx1.isp.example", NOW).unwrap().unwrap().id
}

#[tokio::test]
async fn a_filter_that_there_is_none_of_is_said() {
    let world = World::new().await;
    let mut session = world.invited("anna").await;
    for path in [
        "/console/blocks?state=bogus",
        "/console/blocks.csv?kind=bogus",
        "/console/customers?source=bogus",
        "/console/audit?action=bogus",
        "/console/audit.csv?action=bogus",
        "/console/delivery?state=bogus",
        "/console/delivery?hook=bogus",
        "/console/delivery?letters=bogus",
    ] {
        let page = session.get(path).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(page.body.contains("no choice “bogus”: there are "), "{path}: {}", page.body);
    }
    assert_eq!(session.get("/console/blocks?state=&kind=any").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_long_list_of_tickets_has_pages() {
    let world = World::new().await;
    let mut anna = world.invited("anna").await;
    // At most 20 are open about one service: the others are closed.
    for number in 0..60 {
        let id = open(&world, &format!("Question {number}"));
        world.store.step(id, &|ticket| ticket.close(NOW).map(|()| None)).unwrap().unwrap().unwrap();
    }
    let first = anna.get("/console/tickets?all=1").await.body;
    assert_eq!(numbers(&first), (12..=61).rev().collect::<Vec<_>>());
    let behind = next(&first).expect("a next page");
    assert!(behind.contains("all=1") && behind.contains("before=12"), "{behind}");
    let second = anna.get(&behind).await.body;
    assert_eq!(numbers(&second), (1..=11).rev().collect::<Vec<_>>());
    assert!(next(&second).is_none() && second.contains("href=\"/console/tickets?all=1\">First"), "{second}");
    let open = anna.get("/console/tickets").await.body;
    assert_eq!((numbers(&open), next(&open)), (vec![1], None), "only the open ones");
    assert_eq!(numbers(&anna.get("/console/tickets?before=x%00&all=1").await.body).len(), 50, "no number is none");
}

#[tokio::test]
async fn the_audit_log_is_shown_with_logins_that_failed() {
    let world = World::new().await;
    world.browser().log_in("anna", "a wrong one").await;
    let page = world.invited("anna").await.get("/console/audit").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("not logged in"), "{}", page.body);
}

#[tokio::test]
async fn closing_a_ticket_and_taking_it_up_again_is_told() {
    let world = World::new().await;
    let mut anna = world.invited("anna").await;
    let page = format!("/console/tickets/{}", open(&world, "No mail"));
    for (step, told, state) in [
        ("close", "The ticket is closed.", "Closed"),
        ("reopen", "The ticket is open again, and the customer is told.", "Waits for answers"),
    ] {
        let done = anna.submit(&page, &format!("{page}/{step}"), &[("text", "We look again")]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{step}: {}", done.body);
        let shown = anna.get(done.header("location")).await.body;
        assert!(shown.contains(told) && shown.contains(state), "{step}: {shown}");
    }
}

/// What a list of the delivery page leads to next.
fn next_of(list: &str, body: &str) -> Option<String> {
    let links = body.split("rel=\"next\" href=\"").chain(body.split("href=\""));
    let links = links.filter_map(|rest| rest.split('"').next()).map(|link| link.replace("&amp;", "&"));
    links
        .filter(|link| link.contains("after="))
        .find_map(|link| link.strip_suffix(&format!("#{list}")).map(str::to_owned))
}

#[tokio::test]
async fn letters_and_events_have_pages_of_their_own() {
    let world = World::new().await;
    let mut anna = world.invited("anna").await;
    // With the letter of the block and of the account's ticket: more than a page of each list.
    for number in 0..25 {
        let id = open(&world, &format!("Question {number}"));
        world.store.step(id, &|ticket| ticket.close(NOW).map(|()| None)).unwrap().unwrap().unwrap();
    }
    offices::queue(&world.store);
    let first = anna.get("/console/delivery?state=waiting&letters=waiting").await.body;
    for (list, seen) in [("events", "/console/delivery/events/panel/"), ("letters", "/give-up\"")] {
        assert_eq!(first.matches(seen).count(), 20, "{list}: {first}");
        let next = next_of(list, &first).unwrap_or_else(|| panic!("{list} go on: {first}"));
        assert!(next.contains("state=waiting") && next.contains("letters=waiting"), "{next}");
        let second = anna.get(&next).await.body;
        assert!(second.matches(seen).count() > 0 && !second.contains("Nothing fits."), "{list}: {second}");
        assert!(second.contains(&format!("letters=waiting#{list}\">First")), "{list}: {second}");
    }
    let none = anna.get("/console/delivery?letters=given_up").await.body;
    assert!(!none.contains("/give-up\"") && none.contains("Nothing fits."), "{none}");
}
