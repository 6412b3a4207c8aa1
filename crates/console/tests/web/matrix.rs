//! Every page for everybody: nobody, operator, auditor, the owner, another customer, the holder of a link.

use axum::http::StatusCode;

use crate::customers::version;
use crate::world::{Browser, USERS, World};

const OK: u16 = 200;
/// To the login.
const LOGIN: u16 = 303;
const FORBIDDEN: u16 = 403;
const GONE: u16 = 410;
const REFUSED: u16 = 409;
/// To the page that shows what was done.
const DONE: u16 = 303;
const MISSING: u16 = 404;
const UNFIT: u16 = 422;

/// A page, and what these get: nobody, operator, auditor, the account's owner, another customer.
const PAGES: &[(&str, [u16; 5])] = &[
    ("/console/login", [OK, LOGIN, LOGIN, LOGIN, LOGIN]),
    ("/console/", [LOGIN, OK, OK, OK, OK]),
    ("/console/blocks", [LOGIN, OK, OK, MISSING, MISSING]),
    ("/console/blocks.csv", [LOGIN, OK, OK, MISSING, MISSING]),
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
    ("/console/reports", [LOGIN, OK, OK, MISSING, MISSING]),
    ("/console/reports/1", [LOGIN, OK, OK, MISSING, MISSING]),
    ("/console/reports/99", [LOGIN, MISSING, MISSING, MISSING, MISSING]),
    ("/console/diagnosis", [LOGIN, OK, OK, MISSING, MISSING]),
    ("/console/diagnosis/1", [LOGIN, OK, OK, MISSING, MISSING]),
    ("/console/diagnosis/99", [LOGIN, MISSING, MISSING, MISSING, MISSING]),
    ("/console/customers", [LOGIN, OK, OK, MISSING, MISSING]),
    ("/console/customers/new", [LOGIN, OK, FORBIDDEN, MISSING, MISSING]),
    ("/console/customers/import", [LOGIN, OK, FORBIDDEN, MISSING, MISSING]),
    ("/console/customer/hosting-4711", [LOGIN, OK, OK, MISSING, MISSING]),
    ("/console/customer/rack%209", [LOGIN, OK, OK, MISSING, MISSING]),
    ("/console/customer/rack%209/edit", [LOGIN, OK, FORBIDDEN, MISSING, MISSING]),
    ("/console/customer/rack%209/remove", [LOGIN, OK, FORBIDDEN, MISSING, MISSING]),
    ("/console/customer/hosting-4711/edit", [LOGIN, REFUSED, FORBIDDEN, MISSING, MISSING]),
    ("/console/customer/nobody", [LOGIN, MISSING, MISSING, MISSING, MISSING]),
    ("/console/delivery", [LOGIN, OK, OK, MISSING, MISSING]),
    ("/console/delivery/events/panel/EVENT", [LOGIN, OK, OK, MISSING, MISSING]),
    ("/console/delivery/events/panel/evt_99", [LOGIN, MISSING, MISSING, MISSING, MISSING]),
    ("/console/delivery/events/other/EVENT", [LOGIN, MISSING, MISSING, MISSING, MISSING]),
    ("/console/settings", [LOGIN, OK, OK, MISSING, MISSING]),
    ("/console/audit", [LOGIN, OK, OK, MISSING, MISSING]),
    ("/console/audit.csv", [LOGIN, OK, OK, MISSING, MISSING]),
    ("/console/case/ACCOUNT", [LOGIN, OK, OK, OK, MISSING]),
    ("/console/case/ACCOUNT/evidence.csv", [LOGIN, OK, OK, OK, MISSING]),
    ("/console/case/ADDRESS", [LOGIN, OK, OK, MISSING, OK]),
    ("/console/case/ADDRESS/evidence.csv", [LOGIN, OK, OK, MISSING, OK]),
    ("/console/case/nosuchblock", [LOGIN, MISSING, MISSING, MISSING, MISSING]),
    ("/console/keys/nosuchtoken", [LOGIN, MISSING, MISSING, MISSING, MISSING]),
    ("/console/enter/nosuchtoken", [GONE, LOGIN, LOGIN, LOGIN, LOGIN]),
    ("/console/nothing", [MISSING, MISSING, MISSING, MISSING, MISSING]),
];

/// A form, and what these get for sending it rightly filled.
const FORMS: &[(&str, [u16; 5])] = &[
    ("/console/logout", [DONE, DONE, DONE, DONE, DONE]),
    ("/console/blocks/ACCOUNT/release", [LOGIN, DONE, FORBIDDEN, MISSING, MISSING]),
    ("/console/tickets/1/reply", [LOGIN, DONE, FORBIDDEN, MISSING, MISSING]),
    ("/console/tickets/1/refuse", [LOGIN, DONE, FORBIDDEN, MISSING, MISSING]),
    ("/console/tickets/1/approve", [LOGIN, DONE, FORBIDDEN, MISSING, MISSING]),
    ("/console/tickets/1/burn", [LOGIN, MISSING, FORBIDDEN, MISSING, MISSING]),
    // The judge of these tests scores nothing, which only a decision that was allowed finds out.
    ("/console/reports/1/confirm", [LOGIN, REFUSED, FORBIDDEN, MISSING, MISSING]),
    ("/console/reports/1/decline", [LOGIN, DONE, FORBIDDEN, MISSING, MISSING]),
    ("/console/diagnosis", [LOGIN, DONE, FORBIDDEN, MISSING, MISSING]),
    ("/console/diagnosis/1/ticket", [LOGIN, DONE, FORBIDDEN, MISSING, MISSING]),
    ("/console/diagnosis/99/ticket", [LOGIN, MISSING, FORBIDDEN, MISSING, MISSING]),
    ("/console/delivery/events/panel/EVENT/replay", [LOGIN, DONE, FORBIDDEN, MISSING, MISSING]),
    ("/console/delivery/events/panel/EVENT/discard", [LOGIN, DONE, FORBIDDEN, MISSING, MISSING]),
    ("/console/delivery/receivers/panel/test", [LOGIN, OK, FORBIDDEN, MISSING, MISSING]),
    ("/console/delivery/receivers/panel/discard", [LOGIN, DONE, FORBIDDEN, MISSING, MISSING]),
    ("/console/delivery/receivers/other/test", [LOGIN, MISSING, FORBIDDEN, MISSING, MISSING]),
    ("/console/delivery/letters/ACCOUNT/0/send", [LOGIN, DONE, FORBIDDEN, MISSING, MISSING]),
    ("/console/delivery/letters/ACCOUNT/0/give-up", [LOGIN, DONE, FORBIDDEN, MISSING, MISSING]),
    ("/console/delivery/letters/ACCOUNT/99/send", [LOGIN, MISSING, FORBIDDEN, MISSING, MISSING]),
    // Without a service: told in the form.
    ("/console/customers/new", [LOGIN, UNFIT, FORBIDDEN, MISSING, MISSING]),
    // Without a file.
    ("/console/customers/import/enter", [LOGIN, FORBIDDEN, FORBIDDEN, MISSING, MISSING]),
    ("/console/customer/rack%209/edit", [LOGIN, DONE, FORBIDDEN, MISSING, MISSING]),
    ("/console/customer/rack%209/remove", [LOGIN, DONE, FORBIDDEN, MISSING, MISSING]),
    ("/console/customer/server-17/remove", [LOGIN, REFUSED, FORBIDDEN, MISSING, MISSING]),
    ("/console/case/ACCOUNT/answers", [LOGIN, DONE, FORBIDDEN, DONE, MISSING]),
    ("/console/case/ADDRESS/unblock", [LOGIN, REFUSED, FORBIDDEN, MISSING, REFUSED]),
    // Sent without a file, which nobody hears of who may not send one.
    ("/console/case/ACCOUNT/report", [LOGIN, FORBIDDEN, FORBIDDEN, FORBIDDEN, MISSING]),
    ("/console/keys/nosuchtoken", [LOGIN, MISSING, FORBIDDEN, MISSING, MISSING]),
];

async fn everybody(world: &World) -> [Browser; 5] {
    let [anna, otto, shop, host] = ["anna", "otto", "shop", "host"].map(|name| world.logged_in(name));
    [world.browser(), anna.await, otto.await, shop.await, host.await]
}

fn filled(path: &str, world: &World) -> String {
    let path = path.replace("ACCOUNT", world.account.reference.as_str());
    path.replace("ADDRESS", world.address.reference.as_str()).replace("EVENT", &world.event)
}

/// A page or form that is added is added here.
#[test]
fn no_page_is_left_out() {
    let tried: Vec<_> = PAGES.iter().chain(FORMS).map(|(path, _)| *path).collect();
    for route in console::paths() {
        assert!(tried.iter().any(|path| fits(path, route)), "{route} is tried by nobody");
    }
}

fn fits(path: &str, route: &str) -> bool {
    let (path, route): (Vec<_>, Vec<_>) = (path.split('/').collect(), route.split('/').collect());
    let same = |(part, pattern): (&&str, &&str)| part == pattern || pattern.starts_with('{');
    path.len() == route.len() && path.iter().zip(&route).all(same)
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
        let world = World::new().await;
        // The operator last: what he does can't be done again.
        for index in [0, 2, 3, 4, 1] {
            let mut browser = match USERS.get(usize::wrapping_sub(index, 1)) {
                Some((name, ..)) => world.invited(name).await,
                None => world.browser(),
            };
            let seed = if index == 0 { "/console/login" } else { "/console/" };
            let fields = [("text", "why"), ("sure", "yes"), ("a1", "no"), ("kind", "ip"), ("name", "203.0.113.17")];
            let seen = version(&browser.get(&filled(path, &world)).await.body);
            let customer = [("contact", "a@rack.example"), ("version", seen.as_str())];
            let fields = if path.contains("/customer") { &customer[..] } else { &fields[..] };
            let answer = browser.submit(seed, &filled(path, &world), fields).await;
            assert_eq!(answer.status.as_u16(), expected[index], "{path} for {index}: {}", answer.body);
            let released = ["release", "approve"].iter().any(|step| path.ends_with(step));
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
