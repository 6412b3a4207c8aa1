//! What thieves, customers and strangers write is text on every page: it begins no tag, ends no attribute, turns no line
//! around and is no formula in a file.

use customers::Language;
use limits::{AlertJob, FollowUpStore, Store, WebhookStore};
use model::{Block, BlockRef, MessageId, SubjectKey, SubjectKind, Timestamp, WayOut};

use crate::html::{faults, values};
use crate::offices::{self, HOOK};
use crate::world::{Answer, Browser, NOW, World};

/// Ends text, attributes, comments and scripts; runs; turns the line; rings the bell.
const HOSTILE: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}--></pre></textarea>\u{202e}\u{2066}\u{7}\u{1b}[2J=1+1";

/// A block of a hostile name, with hostile evidence, letters, events, answers and reports.
fn infest(world: &World) -> Block {
    let subject = SubjectKey::parse(SubjectKind::Account, &format!("{HOSTILE}@shop.example"));
    let subject = subject.unwrap_or_else(|| world.account.subject.clone());
    let mut block = Block { reference: BlockRef::new("hostileblock2345").unwrap(), subject, ..world.account.clone() };
    block.reason.rule = HOSTILE.into();
    block.reason.sentence = HOSTILE.into();
    block.way_out = WayOut::Ticket;
    let mut message = testkit::samples::evidence(NOW.0);
    message.message_id = MessageId::new(&format!("<{HOSTILE}@shop.example>"));
    // Encoded: <script>, and what turns the line and rings the bell.
    message.headers = format!("From: {HOSTILE}\nTo: {HOSTILE}\nSubject: =?utf-8?B?PHNjcmlwdD7igK4H?=");
    message.hits[0].why = HOSTILE.into();
    let letter = AlertJob::first(&block, "mx1.isp.example");
    world.store.open_block(&block, &[message], Some(&letter)).unwrap();
    let failed = AlertJob { last_error: Some(HOSTILE.into()), given_up: Some(NOW), ..letter };
    world.store.update_letters(&[failed]).unwrap();
    offices::file_report(&world.store, &block, HOSTILE);
    offices::queue(&world.store);
    let now = Timestamp(i64::MAX);
    for delivery in world.store.due_deliveries(HOOK, now, 99).unwrap() {
        world.store.update_delivery(&limits::Delivery { last_error: Some(HOSTILE.into()), ..delivery }).unwrap();
    }
    block
}

fn is_harmless(path: &str, answer: &Answer) {
    assert_eq!(faults(&answer.body), Vec::<String>::new(), "{path}");
    let addresses = [values(&answer.body, "href"), values(&answer.body, "action")].concat();
    let opaque =
        |address: &String| address.starts_with(['/', '#']) && !address.contains(['<', '>', '"', '\'', ' ', '\\']);
    assert!(addresses.iter().all(opaque), "{path}: {addresses:?}");
    for foreign in ["<script>", "<img", "\u{202e}", "\u{2066}", "\u{7}", "\u{1b}", "49--"] {
        assert!(!answer.body.contains(foreign), "{path}: {foreign:?}");
    }
}

async fn looks(browser: &mut Browser, path: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!(answer.status.as_u16(), 200, "{path}: {}", answer.body);
    is_harmless(path, &answer);
    answer.body
}

#[tokio::test]
async fn what_strangers_write_stays_text_on_every_page() {
    let world = World::new().await;
    let block = infest(&world);
    let link = world.link(&block.reference);
    let mut owner = world.browser();
    looks(&mut owner, &link).await;
    let answers = [("a1", "%22%3E%3Cscript%3E"), ("a2", "%E2%80%AE%07"), ("more", "%3C/textarea%3E%3Cscript%3E")];
    owner.submit(&link, &format!("{link}/answers"), &answers).await;
    looks(&mut owner, &link).await;
    let mut anna = world.logged_in("anna").await;
    anna.visitor.https = false;
    let page = format!("/console/blocks/{}", block.reference);
    for (path, told) in [
        (page.as_str(), "&lt;script&gt;"),
        (&format!("{page}/release"), "&lt;script&gt;"),
        ("/console/blocks?state=all", "&lt;script&gt;"),
        ("/console/delivery", "&lt;script&gt;"),
        ("/console/reports", "&lt;script&gt;"),
        ("/console/reports/2", "&lt;script&gt;"),
        ("/console/tickets?all=1", "&lt;script&gt;"),
        ("/console/tickets/2", "&lt;script&gt;"),
        ("/console/", "Now"),
        ("/console/audit", "hostileblock2345"),
    ] {
        let body = looks(&mut anna, path).await;
        assert!(body.contains(told), "{path} shows what was written: {body}");
    }
}

#[tokio::test]
async fn what_is_searched_for_stays_text_too() {
    let world = World::new().await;
    let mut anna = world.logged_in("anna").await;
    let hostile = "%22%27%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E%E2%80%AE%07%00";
    for path in [
        "/console/blocks?q=",
        "/console/blocks?after=",
        "/console/audit?who=",
        "/console/delivery?after=",
        "/console/delivery?letters_after=",
        "/console/diagnosis?name=",
        "/console/?done=",
        "/console/?language=",
    ] {
        looks(&mut anna, &format!("{path}{hostile}")).await;
    }
    for path in ["/console/audit?action=", "/console/delivery?hook=", "/console/delivery?letters="] {
        let refused = anna.get(&format!("{path}{hostile}")).await;
        assert_eq!(refused.status.as_u16(), 400, "{path}");
        is_harmless(path, &refused);
    }
    let mut nobody = world.browser();
    looks(&mut nobody, &format!("/console/login?to={hostile}")).await;
    for path in ["/console/blocks/", "/console/tickets/", "/console/subjects/ip/", "/console/"] {
        let answer = anna.get(&format!("{path}{hostile}")).await;
        assert_eq!(answer.status.as_u16(), 404, "{path}");
        is_harmless(path, &answer);
    }
    for path in ["/console/audit?before=x", "/console/blocks/%FF", "/console/case/%FF%FE.1"] {
        let answer = anna.get(path).await;
        assert_eq!(answer.status.as_u16(), 404, "{path}: {}", answer.body);
        assert!(answer.body.starts_with("<!doctype html>"), "{path}: {}", answer.body);
    }
    let diagnosed = anna.submit("/console/diagnosis", "/console/diagnosis", &[("kind", "ip"), ("name", hostile)]).await;
    assert_eq!(diagnosed.status.as_u16(), 422);
    is_harmless("/console/diagnosis", &diagnosed);
}

#[tokio::test]
async fn a_file_holds_no_formula_and_one_row_for_each_message() {
    let world = World::new().await;
    let block = infest(&world);
    let mut anna = world.logged_in("anna").await;
    let file = anna.get(&format!("/console/blocks/{}/evidence.csv", block.reference)).await.body;
    assert_eq!(file.lines().count(), 2, "{file}");
    assert!(!file.lines().any(|line| line.starts_with(['=', '+', '-', '@'])), "{file}");
    assert!(Language::ALL.len() > 1);
}
