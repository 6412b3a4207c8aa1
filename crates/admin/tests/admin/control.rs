//! The control socket and its client.

use std::os::unix::fs::PermissionsExt;

use admin::{BlockByHand, ControlClient, ControlError, ControlSocketError, Lesson, Lessons};
use limits::Store;
use model::{BlockState, Identity};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use crate::world::{NOW, World, block};

#[tokio::test]
async fn blocks_are_listed_and_shown() {
    let world = World::new();
    let active = world.enforced("bob@shop.example");
    let mut over = block("overoveroverover", "eve@shop.example");
    over.state = BlockState::Unblocked;
    over.since = model::Timestamp::from_secs(1_600_000_000);
    world.written(&over, "<1@shop.example>");
    let door = world.control().await;
    let client = ControlClient::new(&door.path);
    assert_eq!(client.blocks(true, 10).await.unwrap(), std::slice::from_ref(&active));
    assert_eq!(client.blocks(false, 10).await.unwrap(), [active.clone(), over]);
    assert_eq!(client.blocks(false, 1).await.unwrap().len(), 1);
    let case = client.block(active.reference.as_str()).await.unwrap();
    assert_eq!(case.block, active);
    assert_eq!(case.evidence[0].score, 410);
}

#[tokio::test]
async fn an_operator_releases_a_block_once() {
    let world = World::new();
    let block = world.enforced("bob@shop.example");
    let identity = Identity { account: model::AccountName::from_login("bob@shop.example"), ..Identity::default() };
    assert!(world.ledger.blocked(&identity, NOW).is_some());
    let door = world.control().await;
    let client = ControlClient::new(&door.path);
    let released = client.unblock(block.reference.as_str(), "alice").await.unwrap();
    assert_eq!(released.state, BlockState::Unblocked);
    assert!(world.ledger.blocked(&identity, NOW).is_none());
    assert!(client.blocks(true, 10).await.unwrap().is_empty());
    let again = client.unblock(block.reference.as_str(), "alice").await.unwrap_err();
    assert!(matches!(&again, ControlError::Refused { status: 409, .. }), "{again:?}");
    assert_eq!(again.to_string(), "This account is not blocked");
}

#[tokio::test]
async fn an_operator_blocks_somebody_and_sees_how_he_stands() {
    let world = World::new();
    let door = world.control().await;
    let client = ControlClient::new(&door.path);
    let subject = model::SubjectKey::parse(model::SubjectKind::Account, "bob@shop.example").unwrap();
    let wanted = BlockByHand {
        subject: subject.clone(),
        length: Some(std::time::Duration::from_secs(7200)),
        reason: "a stolen password".into(),
        by: "alice".into(),
    };
    let block = client.block_by_hand(&wanted).await.unwrap();
    assert_eq!(block.reason.decided(), Some("a stolen password"));
    let identity = Identity { account: model::AccountName::from_login("bob@shop.example"), ..Identity::default() };
    assert_eq!(
        world.ledger.blocked(&identity, NOW).map(|active| active.reference.clone()),
        Some(block.reference.clone())
    );
    assert!(world.store.alert(&block.reference).unwrap().is_some(), "no letter tells of it");
    let stands = client.standing(&subject).await.unwrap();
    assert_eq!((stands.block.as_ref(), stands.past.strikes), (Some(&block), 1));
    let again = client.block_by_hand(&wanted).await.unwrap_err();
    assert!(matches!(&again, ControlError::Refused { status: 409, .. }), "{again:?}");
    let nothing = BlockByHand { reason: "-".into(), ..wanted };
    assert!(matches!(client.block_by_hand(&nothing).await, Err(ControlError::Refused { status: 422, .. })));
}

#[tokio::test]
async fn mistakes_are_answered_with_a_sentence() {
    let world = World::new();
    let block = world.enforced("bob@shop.example");
    let door = world.control().await;
    let client = ControlClient::new(&door.path);
    let unknown = client.block("nosuchnosuchnosu").await.unwrap_err();
    assert!(matches!(&unknown, ControlError::Unknown(_)), "{unknown:?}");
    assert_eq!(unknown.to_string(), "there is no block nosuchnosuchnosu");
    assert!(matches!(client.block("../status").await, Err(ControlError::Unknown(_))));
    assert!(matches!(client.blocks(false, 0).await, Err(ControlError::Refused { status: 400, .. })));
    let nameless = client.unblock(block.reference.as_str(), " ").await.unwrap_err();
    assert!(nameless.to_string().starts_with("by: expected a name"), "{nameless}");
    assert!(client.unblock(block.reference.as_str(), "a\nb").await.is_err());
    assert_eq!(client.blocks(true, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn every_wrong_request_gets_a_json_error() {
    let world = World::new();
    let door = world.control().await;
    let unblock = "POST /control/blocks/abcdefghijklmnop/unblock HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    let long = "x".repeat(5000);
    for (request, status) in [
        ("GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_owned(), "404"),
        ("DELETE /control/blocks HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_owned(), "405"),
        ("GET /control/blocks?limit=many HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_owned(), "400"),
        ("GET /control/blocks?colour=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_owned(), "400"),
        (format!("{unblock}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}"), "422"),
        (format!("{unblock}Content-Length: 2\r\n\r\n{{}}"), "415"),
        (format!("{unblock}Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n{long}"), "413"),
    ] {
        let mut stream = UnixStream::connect(&door.path).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{request}\n{answer}");
        assert!(answer.contains("{\"error\":\""), "{request}\n{answer}");
    }
}

#[tokio::test]
async fn the_status_tells_who_runs_and_how_it_is() {
    let world = World::new();
    let door = world.control().await;
    let status = ControlClient::new(&door.path).status().await.unwrap();
    assert_eq!((status.node.as_str(), status.monitor, status.started), ("mx1.isp.example", false, NOW));
    assert!(status.readiness.ready);
    assert_eq!(status.readiness.parts[1].part, "resolver");
}

#[tokio::test]
async fn without_a_daemon_the_client_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("control.sock");
    let client = ControlClient::new(&path);
    let error = client.status().await.unwrap_err();
    assert!(error.is_not_running(), "{error:?}");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let error = client.status().await.unwrap_err();
    assert!(error.is_not_running(), "a socket left behind: {error:?}");
}

#[tokio::test]
async fn two_clients_at_once_are_both_answered() {
    let world = World::new();
    let block = world.enforced("bob@shop.example");
    let door = world.control().await;
    let client = ControlClient::new(&door.path);
    let reference = block.reference.as_str();
    let (one, two) = tokio::join!(client.unblock(reference, "alice"), client.unblock(reference, "carol"));
    assert_eq!([&one, &two].iter().filter(|answer| answer.is_ok()).count(), 1, "{one:?} {two:?}");
    let (one, two) = tokio::join!(client.status(), client.blocks(false, 10));
    assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
}

#[tokio::test]
async fn the_socket_is_its_owners_alone_and_never_taken_from_a_living_daemon() {
    let world = World::new();
    let door = world.control().await;
    let mode = std::fs::metadata(&door.path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(matches!(admin::listen_control(&door.path).await, Err(ControlSocketError::InUse(_))));
    door.running.abort();
    assert!(door.running.await.unwrap_err().is_cancelled());
    assert!(admin::listen_control(&door.path).await.is_ok(), "a dead daemon's socket is replaced");
}

#[tokio::test]
async fn a_file_in_the_way_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("control.sock");
    std::fs::write(&path, "precious").unwrap();
    assert!(matches!(admin::listen_control(&path).await, Err(ControlSocketError::NotASocket(_))));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
}

#[tokio::test]
async fn a_correction_is_kept_and_counted_and_can_be_forgotten() {
    let world = World::new();
    let door = world.control().await;
    let client = ControlClient::new(&door.path);
    let lesson = Lesson { is_spam: true, pairs: (0..40).collect() };
    assert_eq!(client.learn(&lesson).await.unwrap(), Lessons { spam: 1, ham: 0 });
    assert!(world.folder.path().join(pipeline::Lessons::FILE).is_file());
    let empty = client.learn(&Lesson { is_spam: false, pairs: vec![1] }).await.unwrap_err();
    assert_eq!(empty.to_string(), "the message has too few words to learn from");
    assert_eq!(client.forget_lessons().await.unwrap(), Lessons { spam: 0, ham: 0 });
    assert!(!world.folder.path().join(pipeline::Lessons::FILE).exists());
}
