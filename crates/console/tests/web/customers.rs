//! Customers in the console: looked for, entered, changed, taken out, imported; each mistake at its place, nothing typed lost.

use axum::http::StatusCode;

use crate::world::{Answer, Browser, World};

/// Sends a file of customers.
async fn import(browser: &mut Browser, step: &str, csv: &str) -> Answer {
    let token = browser.get("/console/customers/import").await.csrf();
    let part = |name: &str, value: &str| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"f\"\r\n\r\n{value}\r\n")
    };
    let body = part("csrf", &token) + &part("csv", csv) + "--x--\r\n";
    browser.send_as("multipart/form-data; boundary=x", &format!("/console/customers/import/{step}"), &body).await
}

#[tokio::test]
async fn customers_are_found_by_what_is_known_of_them() {
    let world = World::new().await;
    let mut otto = world.invited("otto").await;
    let all = otto.get("/console/customers").await.body;
    for service in ["hosting-4711", "server-17", "/console/customer/rack%209"] {
        assert!(all.contains(service), "{all}");
    }
    assert!(!all.contains("/console/customers/new"), "an auditor is offered nothing");
    for (search, found) in [("rack", "rack 9"), ("owner@owner", "hosting-4711"), ("203.0.113.99", "server-17")] {
        let body = otto.get(&format!("/console/customers?q={search}")).await.body;
        assert!(body.contains(found), "{search}: {body}");
        assert_eq!(body.matches("href=\"/console/customer/").count(), 1, "{search}");
    }
    let stored = otto.get("/console/customers?source=store").await.body;
    assert!(stored.contains("rack 9") && !stored.contains("server-17"));
}

#[tokio::test]
async fn a_customers_page_tells_what_happened_around_him() {
    let world = World::new().await;
    let mut otto = world.invited("otto").await;
    let page = otto.get("/console/customer/hosting-4711").await.body;
    let block = format!("/console/blocks/{}", world.account.reference);
    for told in
        ["The shop", "Hosted Exchange", "*@shop.example", "owner@owner.example", &block, "20 of 20 within 30 days"]
    {
        assert!(page.contains(told), "{told}: {page}");
    }
    assert!(page.contains("/console/tickets/1") && page.contains("/console/reports/1"), "{page}");
    assert!(!page.contains(world.address.reference.as_str()), "what is another's");
}

#[tokio::test]
async fn a_customer_is_entered_changed_and_taken_out() {
    let world = World::new().await;
    let mut anna = world.invited("anna").await;
    let new = "/console/customers/new";
    let wrong = [("service", "box"), ("contact", "nobody"), ("networks", "203.0.113.0/24"), ("limits", "no-such=5")];
    let told = anna.submit(new, new, &wrong).await;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in ["wrong-contact", "wrong-limits", "203.0.113.0/24", "no-such=5"] {
        assert!(told.body.contains(part), "{part}: {}", told.body);
    }
    assert_eq!(anna.get("/console/customer/box").await.status, StatusCode::NOT_FOUND);

    let right = [
        ("service", "box"),
        ("contact", "a@box.example"),
        ("networks", "192.0.2.64/28"),
        ("limits", "account-spam-day=7"),
    ];
    let done = anna.submit(new, new, &right).await;
    assert_eq!(done.header("location"), "/console/customer/box?done=saved", "{}", done.body);
    let page = anna.get("/console/customer/box").await.body;
    assert!(page.contains("192.0.2.64/28") && page.contains("at most 7"), "{page}");
    let twice = anna.submit(new, new, &right).await;
    assert!(twice.body.contains("there is a customer &quot;box&quot; already"), "{}", twice.body);
    let german = anna.submit("/console/customers/new?language=de", new, &right).await;
    assert!(german.body.contains("es gibt schon einen Kunden „box“"), "{}", german.body);
    anna.get("/console/?language=en").await;

    let edit = "/console/customer/box/edit";
    let form = anna.get(edit).await.body;
    assert!(form.contains("account-spam-day=7"));
    let version = version(&form);
    let changed = [("service", "other"), ("contact", "b@box.example"), ("version", version.as_str())];
    anna.submit(edit, edit, &changed).await;
    let page = anna.get("/console/customer/box").await.body;
    assert!(page.contains("b@box.example") && !page.contains("192.0.2.64/28"), "{page}");
    anna.submit("/console/customer/box/remove", "/console/customer/box/remove", &[]).await;
    assert_eq!(anna.get("/console/customer/box").await.status, StatusCode::NOT_FOUND);
    let noted = world.noted().join("\n");
    assert!(noted.contains("user anna: customer.change customer box"), "{noted}");
}

/// What tells which record a form shows.
pub(crate) fn version(form: &str) -> String {
    let (_, rest) = form.split_once("name=\"version\" value=\"").unwrap_or_default();
    rest.split('"').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn every_mistake_of_a_form_and_of_a_file_is_told_at_once() {
    let world = World::new().await;
    let (mut anna, new) = (world.invited("anna").await, "/console/customers/new");
    let typed = [
        ("service", "rack 9"),
        ("contact", "nobody"),
        ("networks", "192.0.2.0/99"),
        ("accounts", "*@shop.example"),
        ("expires", "soon"),
        ("limits", "few"),
        ("automatic_releases", "many"),
    ];
    let refused = anna.submit(new, new, &typed).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for (field, text) in typed {
        assert!(refused.body.contains(&format!("id=\"wrong-{field}\"")), "{field}: {}", refused.body);
        assert!(refused.body.contains(text), "{text} is kept: {}", refused.body);
    }
    let file = "service,kind,contact,accounts,limits\none,gold,nobody,*@shop.example,few\ntwo,pro,,,\n";
    let refused = import(&mut anna, "try", file).await.body;
    for column in ["kind", "contact", "accounts", "limits"] {
        assert!(refused.contains(&format!("<code>{column}</code>")), "{column}: {refused}");
    }
    assert!(refused.contains(">3</td>"), "{refused}");
}

#[tokio::test]
async fn who_saves_last_has_seen_what_was_saved_before() {
    let world = World::new().await;
    let (mut anna, edit) = (world.invited("anna").await, "/console/customer/rack%209/edit");
    let seen = version(&anna.get(edit).await.body);
    let first = [("contact", "first@rack.example"), ("networks", "192.0.2.0/28"), ("version", seen.as_str())];
    assert_eq!(anna.submit(edit, edit, &first).await.status, StatusCode::SEE_OTHER);
    let second = [("contact", "second@rack.example"), ("networks", "192.0.2.0/28"), ("version", seen.as_str())];
    let refused = anna.submit(edit, edit, &second).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    for part in ["Somebody else has changed this customer", "It is now: first@rack.example", "second@rack.example"] {
        assert!(refused.body.contains(part), "{part}: {}", refused.body);
    }
    assert!(!refused.body.contains("It is now: 192.0.2.0/28"), "what is the same is not told: {}", refused.body);
    assert!(anna.get("/console/customer/rack%209").await.body.contains("first@rack.example"), "nothing was saved");
    let without = anna.submit(edit, edit, &[("contact", "second@rack.example")]).await;
    assert_eq!(without.status, StatusCode::CONFLICT, "a form that has seen nothing");
    let seen = version(&refused.body);
    let again = [("contact", "second@rack.example"), ("networks", "192.0.2.0/28"), ("version", seen.as_str())];
    assert_eq!(anna.submit(edit, edit, &again).await.status, StatusCode::SEE_OTHER);
    assert!(anna.get("/console/customer/rack%209").await.body.contains("second@rack.example"));
}

#[tokio::test]
async fn a_file_is_imported_whole_or_not_at_all() {
    let world = World::new().await;
    let mut anna = world.invited("anna").await;
    let bad = import(
        &mut anna,
        "enter",
        "service,kind,contact\nnew-1,dedicated,a@new.example\nnew-2,gold,a@new.example\nserver-17,pro,a@new.example\n",
    )
    .await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", bad.body);
    assert!(bad.body.contains(">3</td>") && bad.body.contains("gold") && bad.body.contains(">4</td>"), "{}", bad.body);
    assert_eq!(anna.get("/console/customer/new-1").await.status, StatusCode::NOT_FOUND);
    let good = "service,kind,contact\nnew-1,dedicated,a@new.example\n";
    let looked = import(&mut anna, "try", good).await;
    assert!(looked.body.contains("1 would be added"), "{}", looked.body);
    assert_eq!(anna.get("/console/customer/new-1").await.status, StatusCode::NOT_FOUND);
    let done = import(&mut anna, "enter", good).await;
    assert!(done.body.contains("1 added, 0 changed"), "{}", done.body);
    assert_eq!(anna.get("/console/customer/new-1").await.status, StatusCode::OK);
    assert_eq!(import(&mut anna, "burn", good).await.status, StatusCode::NOT_FOUND);
}
