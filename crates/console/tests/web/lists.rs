//! Long lists have pages that keep their filter, and what is done to a ticket is told.

use axum::http::StatusCode;
use customers::ticket::{Author, Opening, TicketStore, Whom};

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
    for path in ["/console/blocks?state=bogus", "/console/blocks.csv?kind=bogus", "/console/customers?source=bogus"] {
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
