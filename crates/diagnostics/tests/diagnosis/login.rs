//! Logging in, sending, and arriving: pass, fail and unknown, and where the password never is.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use diagnostics::Check::{Arrives, Authentication, Sends};
use diagnostics::Outcome::{Fail, Pass, Unknown};
use diagnostics::{Cause, DiagnosisSettings, DiagnosisStore, Encryption, Finding, Password, Patient, Task};
use model::SubjectKind::Account;

use crate::server::Server;
use crate::world::{World, finding};

const SECRET: &str = "correct horse battery";
const BOB: &str = "bob@shop.example";

fn settings(server: &Server) -> DiagnosisSettings {
    DiagnosisSettings {
        submission: server.address.to_string().parse().ok(),
        submission_tls: Encryption::Off,
        test_recipient: Some("tests@provider.example".into()),
        test_wait: std::time::Duration::from_secs(1),
        ..Default::default()
    }
}

async fn with_password(world: &World, login: &str) -> Task {
    let patient = Patient::parse(Account, login).unwrap();
    let password = Password::new(SECRET.into()).unwrap();
    let begun = world.diagnoses.start(patient, Some(password), "test").unwrap();
    world.diagnoses.ended(begun.id).await.unwrap()
}

fn maildir() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    ["new", "cur"].iter().for_each(|part| std::fs::create_dir(folder.path().join(part)).unwrap());
    folder
}

fn says(found: &Finding, text: &str) {
    assert!(found.found.contains(text), "{found:?} does not say {text:?}");
}

#[tokio::test]
async fn a_message_is_sent_and_arrives() {
    let (server, maildir) = (Server::start("AUTH_PLAIN_LOGIN").await, maildir());
    server.answer("AUTH", "235 2.7.0 welcome").deliver(maildir.path().to_owned());
    let settings = DiagnosisSettings { test_maildir: Some(maildir.path().to_owned()), ..settings(&server) };
    let world = World::with(settings, "").await;
    let task = with_password(&world, BOB).await;
    for check in [Authentication, Sends, Arrives] {
        assert_eq!(finding(&task, check).outcome, Pass, "{:?}", finding(&task, check));
    }
    let plain = STANDARD.encode(format!("\0{BOB}\0{SECRET}"));
    assert!(server.lines().contains(&format!("AUTH PLAIN {plain}")), "{:?}", server.lines());
    assert!(server.lines().contains(&"RCPT TO:<tests@provider.example>".to_owned()));
    assert_eq!((task.summary().can_send_email, task.summary().cause), (Some(true), None));
}

#[tokio::test]
async fn a_wrong_password_is_tried_once_and_shown_nowhere() {
    let server = Server::start("AUTH_PLAIN").await;
    // A server that tells everybody what it was told.
    let (plain, alone) = (STANDARD.encode(format!("\0{BOB}\0{SECRET}")), STANDARD.encode(SECRET));
    server.answer("AUTH", &format!("535 5.7.8 {SECRET} is wrong; so are {plain} and {alone}"));
    let world = World::with(settings(&server), "").await;
    let task = with_password(&world, BOB).await;
    let login = finding(&task, Authentication);
    assert_eq!((login.outcome, login.cause), (Fail, Some(Cause::Password)));
    says(&login, "535 5.7.8 (hidden) is wrong; so are (hidden) and (hidden)");
    assert_eq!((finding(&task, Sends).outcome, server.count("AUTH")), (Unknown, 1));
    assert_eq!((task.summary().can_send_email, task.summary().cause), (Some(false), Some(Cause::Password)));
    let kept = serde_json::to_string(&world.store.diagnosis(task.id).unwrap()).unwrap();
    for form in [SECRET, &plain, &alone] {
        assert!(!kept.contains(form) && !format!("{task:?}").contains(form));
    }
}

#[tokio::test]
async fn a_suspension_is_the_cause_of_a_refused_password() {
    let server = Server::start("AUTH_LOGIN").await;
    server.answer("AUTH LOGIN", "334 VXNlcm5hbWU6").answer(&STANDARD.encode(BOB), "334 UGFzc3dvcmQ6");
    server.answer(&STANDARD.encode(SECRET), "535 5.7.8 no");
    let customers =
        "[[customer]]\nservice = 's1'\ncontact = ['o@shop.example']\naccounts = ['*@shop.example']\nsuspended = true\n";
    let world = World::with(settings(&server), customers).await;
    let task = with_password(&world, BOB).await;
    says(&finding(&task, Authentication), "535 5.7.8 no");
    assert_eq!(task.summary().cause, Some(Cause::Suspended));
    server.answer(&STANDARD.encode(SECRET), "235 2.7.0 welcome");
    assert_eq!(finding(&with_password(&world, BOB).await, Authentication).outcome, Pass);
}

#[tokio::test]
async fn what_comes_before_the_password_is_no_fault_of_it() {
    let server = Server::start("").await;
    let world = World::with(settings(&server), "").await;
    let login = finding(&with_password(&world, BOB).await, Authentication);
    assert_eq!((login.outcome, login.cause), (Fail, Some(Cause::Infrastructure)));
    says(&login, "neither AUTH PLAIN nor AUTH LOGIN");
    server.answer("EHLO", "250-mx\r\n250 AUTH PLAIN").answer("AUTH", "454 4.7.0 later");
    let login = finding(&with_password(&world, BOB).await, Authentication);
    assert_eq!((login.outcome, login.cause), (Unknown, None));
    let nowhere = DiagnosisSettings { submission: "127.0.0.1:1".parse().ok(), ..settings(&server) };
    let login = finding(&with_password(&World::with(nowhere, "").await, BOB).await, Authentication);
    assert_eq!((login.outcome, login.cause), (Fail, Some(Cause::Infrastructure)));
    let encrypted = DiagnosisSettings { submission_tls: Encryption::Starttls, ..settings(&server) };
    let login = finding(&with_password(&World::with(encrypted, "").await, BOB).await, Authentication);
    says(&login, "it offers no STARTTLS");
    server.answer("EHLO", "250-mx\r\n250-AUTH PLAIN\r\n250 STARTTLS").answer("STARTTLS", "220 go\r\n250 injected");
    let encrypted = DiagnosisSettings { submission_tls: Encryption::Starttls, ..settings(&server) };
    let login = finding(&with_password(&World::with(encrypted, "").await, BOB).await, Authentication);
    says(&login, "put into the connection in clear");
}

#[tokio::test]
async fn without_a_password_or_a_server_nothing_is_tried() {
    let server = Server::start("AUTH_PLAIN").await;
    let world = World::with(settings(&server), "").await;
    world.expect((Account, BOB, Authentication), Unknown, "There was no password to try").await;
    world.expect((Account, BOB, Sends), Unknown, "There was no password").await;
    World::new().await.expect((Account, BOB, Authentication), Unknown, "No submission server is configured").await;
    assert_eq!(server.lines(), Vec::<String>::new());
}

#[tokio::test]
async fn a_refused_or_lost_message_is_told() {
    let (server, maildir) = (Server::start("AUTH_PLAIN").await, maildir());
    server.answer("AUTH", "235 2.7.0 welcome").answer("RCPT", "550 5.7.1 you are blocked");
    let settings = DiagnosisSettings { test_maildir: Some(maildir.path().to_owned()), ..settings(&server) };
    let world = World::with(settings, "").await;
    let task = with_password(&world, BOB).await;
    says(&finding(&task, Sends), "at RCPT: 550 5.7.1 you are blocked");
    assert_eq!((finding(&task, Arrives).outcome, task.summary().can_send_email), (Unknown, Some(false)));
    server.answer("RCPT", "250 ok");
    let task = with_password(&world, BOB).await;
    let lost = finding(&task, Arrives);
    assert_eq!((finding(&task, Sends).outcome, lost.outcome, lost.cause), (Pass, Fail, Some(Cause::Infrastructure)));
    says(&lost, "has not arrived within 1 second");
    std::fs::remove_dir_all(maildir.path().join("new")).unwrap();
    assert_eq!(finding(&with_password(&world, BOB).await, Arrives).outcome, Unknown);
}
