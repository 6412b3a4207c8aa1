//! Every page for everybody: nobody, operator, auditor, the owner, another customer, the holder of a link.

use axum::http::StatusCode;

use crate::world::{Browser, USERS, World};

const OK: u16 = 200;
/// To the login.
const LOGIN: u16 = 303;
const FORBIDDEN: u16 = 403;
const MISSING: u16 = 404;

/// A page, and what these get: nobody, operator, auditor, the account's owner, another customer.
const PAGES: &[(&str, [u16; 5])] = &[
    ("/console/login", [OK, LOGIN, LOGIN, LOGIN, LOGIN]),
    ("/console/", [LOGIN, OK, OK, OK, OK]),
    ("/console/blocks", [LOGIN, OK, OK, MISSING, MISSING]),
    ("/console/blocks/ACCOUNT", [LOGIN, OK, OK, MISSING, MISSING]),
    ("/console/blocks/ACCOUNT/evidence.csv", [LOGIN, OK, OK, MISSING, MISSING]),
    ("/console/blocks/ACCOUNT/release", [LOGIN, OK, FORBIDDEN, MISSING, MISSING]),
    ("/console/blocks/nosuchblock", [LOGIN, MISSING, MISSING, MISSING, MISSING]),
    ("/console/subjects/account/bob@shop.example", [LOGIN, OK, OK, MISSING, MISSING]),
    ("/console/subjects/ip/203.0.113.17", [LOGIN, OK, OK, MISSING, MISSING]),
    ("/console/subjects/planet/mars", [LOGIN, MISSING, MISSING, MISSING, MISSING]),
    ("/console/tickets", [LOGIN, OK, OK, MISSING, MISSING]),
    ("/console/tickets/1", [LOGIN, OK, OK, MISSING, MISSING]),
    ("/console/tickets/99", [LOGIN, MISSING, MISSING, MISSING, MISSING]),
    ("/console/delivery", [LOGIN, OK, OK, MISSING, MISSING]),
    ("/console/settings", [LOGIN, OK, OK, MISSING, MISSING]),
    ("/console/audit", [LOGIN, OK, OK, MISSING, MISSING]),
    ("/console/case/ACCOUNT", [LOGIN, OK, OK, OK, MISSING]),
    ("/console/case/ACCOUNT/evidence.csv", [LOGIN, OK, OK, OK, MISSING]),
    ("/console/case/ADDRESS", [LOGIN, OK, OK, MISSING, OK]),
    ("/console/keys/nosuchtoken", [LOGIN, MISSING, MISSING, MISSING, MISSING]),
    ("/console/nothing", [MISSING, MISSING, MISSING, MISSING, MISSING]),
];

/// A form, and what these get for sending it rightly filled.
const FORMS: &[(&str, [u16; 5])] = &[
    ("/console/blocks/ACCOUNT/release", [LOGIN, LOGIN, FORBIDDEN, MISSING, MISSING]),
    ("/console/tickets/1/reply", [LOGIN, LOGIN, FORBIDDEN, MISSING, MISSING]),
    ("/console/tickets/1/refuse", [LOGIN, LOGIN, FORBIDDEN, MISSING, MISSING]),
    ("/console/tickets/1/approve", [LOGIN, LOGIN, FORBIDDEN, MISSING, MISSING]),
    ("/console/case/ACCOUNT/answers", [LOGIN, LOGIN, FORBIDDEN, LOGIN, MISSING]),
    ("/console/case/ADDRESS/unblock", [LOGIN, 409, FORBIDDEN, MISSING, 409]),
];

async fn everybody(world: &World) -> [Browser; 5] {
    let [anna, otto, shop, host] = ["anna", "otto", "shop", "host"].map(|name| world.logged_in(name));
    [world.browser(), anna.await, otto.await, shop.await, host.await]
}

fn filled(path: &str, world: &World) -> String {
    path.replace("ACCOUNT", world.account.reference.as_str()).replace("ADDRESS", world.address.reference.as_str())
}

#[tokio::test]
async fn every_page_for_everybody() {
    let world = World::new().await;
    let mut everybody = everybody(&world).await;
    for (path, expected) in PAGES {
        for (browser, expected) in everybody.iter_mut().zip(expected) {
            let answer = browser.get(&filled(path, &world)).await;
            assert_eq!(answer.status.as_u16(), *expected, "{path} for {:?}", browser.cookies);
            if *expected == MISSING || *expected == FORBIDDEN {
                let told = answer.body.matches("shop.example").count();
                let own = answer.body.matches("language=").count();
                assert!(told == 0 || path.contains("shop.example") && told <= own, "{path} tells what is hidden");
            }
        }
    }
}

/// What may be done is done (and answered by 303 to a page that shows it); nothing else happens.
#[tokio::test]
async fn every_form_for_everybody() {
    for (path, expected) in FORMS {
        for (index, expected) in expected.iter().enumerate() {
            let world = World::new().await;
            let mut browser = match USERS.get(index.wrapping_sub(1)) {
                Some((name, ..)) => world.logged_in(name).await,
                None => world.browser(),
            };
            let seed = if index == 0 { "/console/login" } else { "/console/" };
            let fields = [("text", "why"), ("sure", "yes"), ("a1", "no")];
            let answer = browser.submit(seed, &filled(path, &world), &fields).await;
            assert_eq!(answer.status.as_u16(), *expected, "{path} for {index}: {}", answer.body);
            let released = path.ends_with("release") || path.ends_with("approve");
            assert_eq!(world.is_blocked(&world.account), !(released && index == 1), "{path} for {index}");
            assert!(world.is_blocked(&world.address), "{path} for {index}");
        }
    }
}

#[tokio::test]
async fn a_link_opens_its_block_and_nothing_else() {
    let world = World::new().await;
    let mut browser = world.browser();
    let link = world.link(&world.account.reference);
    let page = browser.get(&link).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("bob@shop.example") && page.body.contains("198.51.100.25"), "{}", page.body);
    assert_eq!(browser.get(&format!("{link}/evidence.csv")).await.status, StatusCode::OK);
    for other in ["/console/blocks", "/console/case/ACCOUNT", "/console/case/ADDRESS", "/console/"] {
        assert_eq!(browser.get(&filled(other, &world)).await.status, StatusCode::SEE_OTHER, "{other}");
    }
    let forged = link.replace(world.account.reference.as_str(), world.address.reference.as_str());
    assert_eq!(browser.get(&forged).await.status, StatusCode::NOT_FOUND);
    world.gate.revoke_links(None).unwrap();
    assert_eq!(browser.get(&link).await.status, StatusCode::GONE);
}
