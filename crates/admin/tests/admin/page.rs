//! The page behind the link of a refusal.

use access::AuditQuery;
use admin::{AdminSettings, Site};
use model::{BlockState, ClientAddr, SubjectKey};

use crate::world::{NOW, World, block};

const REFERENCE: &str = "abcdefghijklmnop";

#[tokio::test]
async fn a_customer_sees_what_happened_and_what_to_do() {
    let world = World::new();
    world.written(&block(REFERENCE, "bob@shop.example"), "<1@shop.example>");
    let answer = world.http(AdminSettings::default()).await.get("/b/abcdefghijklmnop").await;
    assert_eq!(answer.status, 200);
    for part in [
        "Sending is blocked",
        "bob@shop.example",
        "<dt>State</dt><dd>Blocked</dd>",
        "2023-11-14 22:13 UTC",
        "2023-11-14 23:13 UTC, then it ends by itself",
        "5 messages that look like spam within 10 minutes",
        "<dt>Suspicious messages</dt><dd>5</dd>",
        "198.51.100.25",
        "&lt;1@shop.example&gt;",
        ">410<",
        "change it now",
        "Receiving mail works all the time",
        "Ask &lt;support@isp.example&gt;.",
    ] {
        assert!(answer.body.contains(part), "{part} is missing in\n{}", answer.body);
    }
}

#[tokio::test]
async fn nothing_of_the_recipients_or_the_text_is_shown() {
    let world = World::new();
    world.written(&block(REFERENCE, "bob@shop.example"), "<1@shop.example>");
    let body = world.http(AdminSettings::default()).await.get("/b/abcdefghijklmnop").await.body;
    for secret in ["someone@", "victim.example", "private words", "<script"] {
        assert!(!body.contains(secret), "{secret} is in\n{body}");
    }
}

#[tokio::test]
async fn hostile_names_stay_text() {
    let world = World::new();
    let mut hostile = block(REFERENCE, "\"><img src=x onerror=alert(1)>@shop.example");
    hostile.reason.sentence = "</dd><script>alert(2)</script>".into();
    world.written(&hostile, "<\"'><script>alert(3)</script>\u{202e}@shop.example>");
    let body = world.http(AdminSettings::default()).await.get("/b/abcdefghijklmnop").await.body;
    assert!(!body.contains("<script") && !body.contains("<img") && !body.contains('\u{202e}'), "{body}");
    assert!(body.contains("&lt;img src=x onerror=alert(1)&gt;"), "{body}");
}

#[tokio::test]
async fn each_kind_and_state_has_its_words() {
    let world = World::new();
    let door = world.http(AdminSettings::default()).await;
    let mut ip = block("ipipipipipipipip", "x@shop.example");
    ip.subject = SubjectKey::Ip(ClientAddr::parse("192.0.2.7").unwrap().network());
    ip.automatic_release = false;
    world.written(&ip, "<1@shop.example>");
    let body = door.get("/b/ipipipipipipipip").await.body;
    assert!(body.contains("<dt>IP address</dt><dd>192.0.2.7</dd>"), "{body}");
    assert!(body.contains("by its owner on the page behind the link") && body.contains("mail queue"), "{body}");

    let mut over = block("overoveroverover", "bob@shop.example");
    over.state = BlockState::Unblocked;
    over.released = Some((NOW, "operator".into()));
    world.written(&over, "<1@shop.example>");
    let body = door.get("/b/overoveroverover").await.body;
    assert!(body.contains("Sending is possible again") && body.contains("can send again"), "{body}");
    assert!(!body.contains("change it now"), "{body}");
}

#[tokio::test]
async fn a_block_by_hand_speaks_of_no_messages_and_the_next_length_is_told() {
    let world = World::new();
    let mut by_hand = block(REFERENCE, "bob@shop.example");
    by_hand.reason = model::Reason::by_hand("stolen", model::standing::CounterKind::Spam, 0, by_hand.reason.window);
    by_hand.spam = 0;
    limits::Store::open_block(&*world.store, &by_hand, &[], None).unwrap();
    let body = world.http(AdminSettings::default()).await.get("/b/abcdefghijklmnop").await.body;
    assert!(!body.contains("essages"), "{body}");
    for part in [
        "an operator's decision: stolen",
        "Somebody may know the password",
        "the next block comes at once and lasts 1 day",
    ] {
        assert!(body.replace("&#39;", "'").contains(part), "{part}: {body}");
    }
}

#[tokio::test]
async fn the_page_speaks_its_visitors_language() {
    let world = World::new();
    let mut block = block(REFERENCE, "bob@shop.example");
    block.automatic_release = false;
    world.written(&block, "<1@shop.example>");
    let door = world.http(AdminSettings::default()).await;
    let path = "/b/abcdefghijklmnop";
    let asked = |language: &str| {
        format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept-Language: {language}\r\n\r\n")
    };
    let french = door.request(&asked("fr-CH, en;q=0.5")).await.body;
    for part in ["<html lang=\"fr\">", "L’envoi est bloqué", "5 messages ayant", "par son propriétaire", "Motif"] {
        let part = part.replace("&#39;", "'");
        assert!(french.replace("&#39;", "'").contains(&part), "{part}: {french}");
    }
    let german = door.get(&format!("{path}?language=de")).await.body;
    for part in ["<html lang=\"de\">", "Das Senden ist gesperrt", "<dt>Zustand</dt><dd>Gesperrt</dd>", "vom Inhaber"] {
        assert!(german.contains(part), "{part}: {german}");
    }
    assert!(door.get("/b/nosuchnosuchnosu?language=de").await.body.contains("keine Sperre"));
    assert!(door.request(&asked("xx, *;q=")).await.body.contains("Sending is blocked"));
}

#[tokio::test]
async fn the_page_shows_what_is_enforced() {
    let world = World::new();
    let block = world.enforced("bob@shop.example");
    let door = world.http(AdminSettings::default()).await;
    let path = format!("/b/{}", block.reference);
    assert!(door.get(&path).await.body.contains("Sending is blocked"));
    world.ledger.release(&block.subject, limits::Releaser::Operator, NOW).unwrap();
    assert!(door.get(&path).await.body.contains("Sending is being released"));
}

#[tokio::test]
async fn in_monitor_mode_the_page_claims_no_refusal() {
    let world = World::new();
    world.written(&block(REFERENCE, "bob@shop.example"), "<1@shop.example>");
    world.state.reload(Site { monitor: true, ..Site::default() });
    let body = world.http(AdminSettings::default()).await.get("/b/abcdefghijklmnop").await.body;
    assert!(body.contains("Sending would be blocked") && body.contains("nothing is refused"), "{body}");
    assert!(!body.contains("Sending is blocked") && !body.contains("can't send"), "{body}");
    assert!(body.contains("<dt>State</dt><dd>Would be blocked</dd>"), "{body}");
}

#[tokio::test]
async fn what_monitor_mode_noted_is_never_told_as_a_block() {
    let world = World::new();
    let mut noted = block(REFERENCE, "bob@shop.example");
    noted.reason.monitored = true;
    world.written(&noted, "<1@shop.example>");
    let mut over = block("overoveroverover", "bob@shop.example");
    (over.state, over.released) = (BlockState::Unblocked, Some((NOW, "end of monitor mode".into())));
    over.reason.monitored = true;
    world.written(&over, "<1@shop.example>");
    let door = world.http(AdminSettings::default()).await;
    let body = door.get("/b/abcdefghijklmnop").await.body;
    assert!(body.contains("Sending would be blocked") && !body.contains("came back to its sender"), "{body}");
    let body = door.get("/b/overoveroverover").await.body;
    for part in ["Nothing was refused", "would have been blocked", "<dt>State</dt><dd>Only noted</dd>"] {
        assert!(body.contains(part), "{part}: {body}");
    }
    assert!(!body.contains("can send again") && !body.contains("What to do"), "{body}");
}

#[tokio::test]
async fn a_wrong_reference_is_not_found_and_many_are_turned_away() {
    let world = World::new();
    world.written(&block(REFERENCE, "bob@shop.example"), "<1@shop.example>");
    let door = world.http(AdminSettings { guesses_per_minute: 3, ..AdminSettings::default() }).await;
    for wrong in ["/b/nosuchnosuchnosu", "/b/..%2f..%2fetc", "/b/%00%22%3Cscript%3E"] {
        let answer = door.get(wrong).await;
        assert_eq!(answer.status, 404, "{wrong}");
        assert!(!answer.body.contains("script") && answer.body.contains("no block"), "{}", answer.body);
    }
    assert_eq!(door.get("/b/abcdefghijklmnop").await.status, 200, "the right one is no guess");
    let answer = door.get("/b/nosuchnosuchnosu").await;
    assert_eq!(answer.status, 429);
    assert!(answer.head.contains("retry-after: 60"), "{}", answer.head);
    let behind_proxy = "GET /b/nosuchnosuchnosu HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
                        X-Forwarded-For: 203.0.113.5\r\n\r\n";
    assert_eq!(door.request(behind_proxy).await.status, 404, "another client");
    let told = world.gate.audit(&AuditQuery::default()).unwrap();
    let told: Vec<_> = told.iter().rev().map(|line| (line.client.unwrap().to_string(), line.detail.as_str())).collect();
    let (here, there) = ("127.0.0.1".to_owned(), "203.0.113.5".to_owned());
    let away = "reference: turned away: too many within a minute";
    assert_eq!(told, [(here.clone(), "reference: wrong"), (here, away), (there, "reference: wrong")]);
    world.clock.advance(std::time::Duration::from_secs(60));
    assert_eq!(door.get("/b/nosuchnosuchnosu").await.status, 404);
}
