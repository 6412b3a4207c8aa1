//! What forms carry and do: no token, no change; the way of a customer and an operator through a block.

use std::time::Duration;

use axum::http::StatusCode;

use crate::world::World;

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_form_without_the_sessions_token_changes_nothing() {
    let world = World::new().await;
    let mut anna = world.logged_in("anna").await;
    let foreign = world.logged_in("otto").await.get("/console/").await.csrf();
    let path = format!("/console/blocks/{}/release", world.account.reference);
    for token in ["", "0123456789abcdef0123456789abcdef", foreign.as_str()] {
        let answer = anna.post(&path, &[("csrf", token)]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.body.contains("The form has expired"), "{}", answer.body);
        assert!(world.is_blocked(&world.account));
    }
    let json = anna.send("POST", &path, "{\"csrf\": 1}").await;
    assert_eq!(json.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn an_operator_releases_and_it_is_noted() {
    let world = World::new().await;
    let mut anna = world.logged_in("anna").await;
    let page = format!("/console/blocks/{}", world.account.reference);
    let ask = anna.get(&format!("{page}/release")).await;
    assert!(ask.body.contains("Release bob@shop.example?"), "{}", ask.body);
    let done = anna.submit(&page, &format!("{page}/release"), &[]).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, &*format!("{page}?done=released")));
    assert!(!world.is_blocked(&world.account));
    let shown = anna.get(&format!("{page}?done=released")).await;
    assert!(shown.body.contains("it can send again") && shown.body.contains("Unblocked"), "{}", shown.body);
    let noted = world.noted();
    assert!(noted.contains(&format!("user anna: block.release block {}", world.account.reference)), "{noted:?}");
}

#[tokio::test]
async fn an_owner_ends_a_block_whose_time_is_over() {
    let world = World::new().await;
    let link = world.link(&world.address.reference);
    let mut owner = world.browser();
    let early = owner.get(&link).await;
    assert!(early.body.contains("once the time is over") && !early.body.contains("/unblock\""), "{}", early.body);
    let refused = owner.submit("/console/login", &format!("{link}/unblock"), &[("sure", "yes")]).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "a link's forms are bound to the link");
    world.clock.advance(HOUR);
    let unsure = owner.submit(&link, &format!("{link}/unblock"), &[]).await;
    assert_eq!(unsure.status, StatusCode::BAD_REQUEST, "he has to say that the cause is stopped");
    assert!(unsure.body.contains("Please tick that you have found the cause"), "{}", unsure.body);
    assert!(world.is_blocked(&world.address));
    let done = owner.submit(&link, &format!("{link}/unblock"), &[("sure", "yes")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    assert!(!world.is_blocked(&world.address));
    let shown = owner.get(&link).await;
    assert!(
        shown.body.contains("can send again") && shown.body.contains("released by") || shown.body.contains("Unblocked")
    );
}

#[tokio::test]
async fn answers_and_a_decision() {
    let world = World::new().await;
    let link = world.link(&world.account.reference);
    let mut owner = world.browser();
    let answers = [("a1", "no"), ("a2", "yes, to me"), ("a3", "no"), ("more", "I was on holiday.")];
    let sent = owner.submit(&link, &format!("{link}/answers"), &answers).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let mut anna = world.logged_in("anna").await;
    let ticket = anna.get("/console/tickets/1").await;
    assert!(ticket.body.contains("yes, to me") && ticket.body.contains("I was on holiday."), "{}", ticket.body);
    let empty = anna.submit("/console/tickets/1", "/console/tickets/1/refuse", &[("text", " ")]).await;
    assert_eq!(empty.status, StatusCode::CONFLICT);
    anna.submit("/console/tickets/1", "/console/tickets/1/refuse", &[("text", "Change the password.")]).await;
    let told = owner.get(&link).await;
    assert!(told.body.contains("Change the password."), "{}", told.body);
    anna.submit("/console/tickets/1", "/console/tickets/1/approve", &[]).await;
    assert!(!world.is_blocked(&world.account));
    assert!(owner.get(&link).await.body.contains("can send again"));
}

#[tokio::test]
async fn letters_and_events_are_sent_again_or_given_up() {
    let world = World::new().await;
    let mut anna = world.invited("anna").await;
    let here = "/console/delivery";
    let letter = format!("{here}/letters/{}/0", world.account.reference);
    let shown = anna.get(here).await.body;
    assert!(shown.contains(&format!("{letter}/give-up")) && shown.contains("panel"), "{shown}");
    anna.submit(here, &format!("{letter}/give-up"), &[]).await;
    let given_up = anna.get(here).await.body;
    assert!(given_up.contains("given up by an operator") && !given_up.contains(&format!("{letter}/give-up")));
    let again = anna.submit(here, &format!("{letter}/send"), &[]).await;
    assert_eq!(again.header("location"), "/console/delivery?done=send");
    assert!(anna.get(here).await.body.contains(&format!("{letter}/give-up")));

    let event = format!("{here}/events/panel/{}", world.event);
    assert!(anna.get(&event).await.body.contains("&quot;type&quot;: "), "the body is shown");
    anna.submit(&event, &format!("{event}/discard"), &[]).await;
    assert!(anna.get(&event).await.body.contains("Given up"));
    assert!(anna.get(&format!("{here}?state=dead")).await.body.contains(&event));
    assert!(!anna.get(&format!("{here}?state=waiting")).await.body.contains(&event));
    anna.submit(&event, &format!("{event}/replay"), &[]).await;
    assert!(!anna.get(&format!("{here}?state=dead")).await.body.contains(&event));
    let tried = anna.submit(here, &format!("{here}/receivers/panel/test"), &[]).await;
    assert!(tried.body.contains("did not take the trial event"), "{}", tried.body);
    let noted = world.noted();
    assert!(
        noted.contains(&format!("user anna: site.change webhook panel, event {}: replay", world.event)),
        "{noted:?}"
    );
}

#[tokio::test]
async fn the_list_is_a_file_too() {
    let world = World::new().await;
    let mut otto = world.invited("otto").await;
    let list = otto.get("/console/blocks?kind=account").await.body;
    assert!(list.contains("/console/blocks.csv?state=active&amp;kind=account"), "{list}");
    let file = otto.get("/console/blocks.csv?state=active&kind=account").await;
    assert!(file.header("content-disposition").contains("blocks.csv"));
    let rows: Vec<_> = file.body.lines().collect();
    assert_eq!(rows.len(), 2, "{}", file.body);
    assert!(rows[1].contains(world.account.reference.as_str()) && rows[1].contains("\"hosting-4711\""), "{}", rows[1]);
}

#[tokio::test]
async fn a_diagnosis_takes_a_password_and_shows_it_nowhere() {
    let world = World::new().await;
    let mut anna = world.invited("anna").await;
    let secret = "correct-horse-battery-staple";
    let fields = [("kind", "account"), ("name", "bob@shop.example"), ("password", secret)];
    let begun = anna.submit("/console/diagnosis", "/console/diagnosis", &fields).await;
    let page = begun.header("location").to_owned();
    assert!(page.starts_with("/console/diagnosis/"), "{}", begun.body);
    for path in [page.as_str(), "/console/diagnosis", "/console/audit"] {
        assert!(!anna.get(path).await.body.contains(secret), "{path}");
    }
    let unusable = [fields[0], ("name", "%20"), ("password", "a%0Ab")];
    let refused = anna.submit("/console/diagnosis", "/console/diagnosis", &unusable).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in ["This is no login", "This is no password", "id=\"wrong-name\"", "id=\"wrong-password\""] {
        assert!(refused.body.contains(part), "{part}: {}", refused.body);
    }
}

#[tokio::test]
async fn a_ticket_carries_the_result_of_a_diagnosis() {
    let world = World::new().await;
    let (mut anna, page) = (world.logged_in("anna").await, "/console/diagnosis/1");
    let button = "action=\"/console/diagnosis/1/ticket\"";
    assert!(anna.get(page).await.body.contains(button));
    assert!(!world.logged_in("otto").await.get(page).await.body.contains(button), "he only looks");
    let opened = anna.submit(page, &format!("{page}/ticket"), &[]).await;
    let ticket = opened.header("location").to_owned();
    assert!(ticket.starts_with("/console/tickets/") && ticket.ends_with("?done=opened"), "{}", opened.body);
    let shown = anna.get(&ticket).await.body;
    assert!(
        shown.contains("The ticket is open") && shown.contains("Diagnosis 1 of the domain shop.example"),
        "{shown}"
    );
    assert!(world.noted().iter().any(|line| line.contains("ticket.keep") && line.contains("shop.example")));
    for (language, words) in
        [("fr", "Ouvrir un ticket avec ce résultat"), ("de", "Ticket mit diesem Ergebnis eröffnen")]
    {
        assert!(anna.get(&format!("{page}?language={language}")).await.body.contains(words));
    }
}

#[tokio::test]
async fn the_audit_log_is_a_file_too_from_its_latest_line_to_its_first() {
    let world = World::new().await;
    let mut anna = world.logged_in("anna").await;
    for _ in 0..1005 {
        world.gate.note(&noting(), access::Action::Release, "block =1+1", "a \"word\"").unwrap();
    }
    let shown = anna.get("/console/audit?action=block.release").await.body;
    assert!(shown.contains("href=\"/console/audit.csv?action=block.release\""), "{shown}");
    let file = anna.get("/console/audit.csv?action=block.release").await;
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"audit.csv\"");
    let lines: Vec<_> = file.body.lines().collect();
    assert!(lines.len() > 1005, "more than a page of the store: {}", lines.len());
    assert!(lines[0].starts_with("\"id\",\"time\",\"who\""), "{}", lines[0]);
    assert!(lines[1].ends_with("\"block.release\",\"block =1+1\",\"a \"\"word\"\"\""), "{}", lines[1]);
    let number = |line: &str| line.split('"').nth(1).unwrap().parse::<u64>().unwrap();
    assert!(lines[1..].windows(2).all(|two| number(two[0]) > number(two[1])));
}

fn noting() -> access::Actor {
    let principal = access::Principal::Operator;
    access::Actor { name: "=anna".into(), principal, client: None }
}
