//! What the owner of a block learns of messages that he says were none: of his own everything, of others' nothing, in his words.

use axum::http::StatusCode;
use customers::report::{Report, ReportStore};
use model::MessageId;

use crate::offices;
use crate::world::{Answer, Browser, NOW, World};

/// Uploads a message from the page of a block.
async fn report(browser: &mut Browser, page: &str, message: &str) -> Answer {
    let token = browser.get(page).await.csrf();
    let part = |name: &str, value: &str| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"f\"\r\n\r\n{value}\r\n")
    };
    let body = part("csrf", &token) + &part("eml", message) + "--x--\r\n";
    browser.send_as("multipart/form-data; boundary=x", &format!("{page}/report"), &body).await
}

#[tokio::test]
async fn what_was_reported_and_decided_is_on_the_owners_page() {
    let world = World::new().await;
    let (mut owner, link) = (world.browser(), world.link(&world.account.reference));
    let waiting = owner.get(&link).await.body;
    for told in ["Reported messages", "To decide", "&lt;1@shop.example&gt;"] {
        assert!(waiting.contains(told), "{told}: {waiting}");
    }
    let mut anna = world.invited("anna").await;
    let said = [("text", "The links ask for passwords")];
    let declined = anna.submit("/console/reports/1", "/console/reports/1/decline", &said).await;
    assert_eq!(declined.status, StatusCode::SEE_OTHER, "{}", declined.body);
    let decided = owner.get(&link).await.body;
    assert!(
        decided.contains("Your provider: The links ask for passwords") && decided.contains("Declined"),
        "{decided}"
    );
    let other = world.browser().get(&world.link(&world.address.reference)).await.body;
    assert!(!other.contains("Reported messages"), "what is another's");
}

#[tokio::test]
async fn what_was_reported_is_found_however_much_others_report() {
    let world = World::new().await;
    for number in 0..600 {
        let message_id = MessageId::new(&format!("<{number}@host.example>")).unwrap();
        let of_another = Report { message_id, ..offices::report(&world.address, "root@host.example") };
        world.store.file_report(&of_another, b"", u32::MAX, NOW).unwrap();
    }
    let page = world.browser().get(&world.link(&world.account.reference)).await.body;
    assert!(page.contains("Reported messages") && page.contains("&lt;1@shop.example&gt;"), "{page}");
    let customer = world.invited("anna").await.get("/console/customer/hosting-4711").await.body;
    assert!(customer.contains("href=\"/console/reports/1\""), "{customer}");
}

#[tokio::test]
async fn why_a_message_is_not_taken_is_said_in_his_language() {
    let world = World::new().await;
    let (mut owner, link) = (world.browser(), world.link(&world.account.reference));
    let empty = report(&mut owner, &link, "").await;
    assert_eq!(empty.status, StatusCode::CONFLICT);
    assert!(empty.body.contains("The file is empty: save the flagged message"), "{}", empty.body);
    owner.get(&format!("{link}?language=fr")).await;
    let empty = report(&mut owner, &link, "").await;
    assert!(empty.body.contains("Le fichier est vide"), "{}", empty.body);
}

#[tokio::test]
async fn a_message_of_another_sender_tells_nothing_of_him() {
    let world = World::new().await;
    let (mut owner, link) = (world.browser(), world.link(&world.address.reference));
    let of_bob = format!(
        "From: bob\r\nTo: someone@recipient.example\r\nDate: Tue, 14 Nov 2023 22:13:20 +0000\r\n\
         Subject: prizes\r\nMessage-ID: <{}@shop.example>\r\n\r\nwords\r\n",
        NOW.0
    );
    let refused = report(&mut owner, &link, &of_bob).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    for secret in ["bob", "another sender", "other sender"] {
        assert!(!refused.body.contains(secret), "{secret}: {}", refused.body);
    }
}
