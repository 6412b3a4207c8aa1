//! What a client may take: time, connections, header size; and how serving ends.

use std::time::Duration;

use admin::AdminSettings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::world::World;

const REQUEST: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
/// Longer than anything here takes; only a failure waits for it.
const LONG: Duration = Duration::from_secs(30);
const SHORT: Duration = Duration::from_millis(50);

/// Settings under which an idle client is not cut off while a test runs.
fn patient() -> AdminSettings {
    AdminSettings { header_timeout: LONG * 3, ..AdminSettings::default() }
}

async fn closed(stream: &mut TcpStream) -> Vec<u8> {
    let mut rest = Vec::new();
    // A reset closes as well as an end does.
    let _ = timeout(LONG, stream.read_to_end(&mut rest)).await.unwrap();
    rest
}

async fn answered(stream: &mut TcpStream) -> String {
    let mut answer = Vec::with_capacity(4096);
    timeout(LONG, stream.read_buf(&mut answer)).await.unwrap().unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn a_header_that_never_ends_and_an_idle_client_are_cut_off() {
    let door =
        World::new().http(AdminSettings { header_timeout: Duration::from_secs(1), ..AdminSettings::default() }).await;
    let mut slow = door.connect().await;
    slow.write_all(b"GET /healthz HTTP/1.1\r\nX-Slow: ").await.unwrap();
    closed(&mut slow).await;
    let mut idle = door.connect().await;
    idle.write_all(REQUEST).await.unwrap();
    assert!(answered(&mut idle).await.contains(" 200 "));
    closed(&mut idle).await;
}

#[tokio::test]
async fn a_connection_has_a_lifetime() {
    let door = World::new().http(AdminSettings { connection_lifetime: SHORT, ..patient() }).await;
    closed(&mut door.connect().await).await;
}

#[tokio::test]
async fn more_connections_than_allowed_wait_for_a_seat() {
    let door = World::new().http(AdminSettings { max_connections: 1, ..patient() }).await;
    let mut first = door.connect().await;
    first.write_all(REQUEST).await.unwrap();
    assert!(answered(&mut first).await.contains(" 200 "));
    let mut second = door.connect().await;
    second.write_all(REQUEST).await.unwrap();
    assert!(timeout(SHORT, second.readable()).await.is_err(), "the seat is taken");
    drop(first);
    assert!(answered(&mut second).await.contains(" 200 "));
}

#[tokio::test]
async fn oversized_headers_are_refused() {
    let door = World::new().http(AdminSettings::default()).await;
    let long = format!("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n", "x".repeat(40_000));
    let many = format!("GET /healthz HTTP/1.1\r\n{}\r\n", "X-Many: x\r\n".repeat(100));
    for request in [long, many, "\u{0}\u{1}\u{2} garbage\r\n\r\n".to_owned()] {
        let mut stream = door.connect().await;
        // The server may close before it has read everything.
        let _ = stream.write_all(request.as_bytes()).await;
        let answer = String::from_utf8(closed(&mut stream).await).unwrap();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    assert_eq!(door.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn draining_ends_idle_connections_and_the_server() {
    let door = World::new().http(patient()).await;
    let mut idle = door.connect().await;
    idle.write_all(REQUEST).await.unwrap();
    assert!(answered(&mut idle).await.contains(" 200 "));
    door.stop.send(()).unwrap();
    closed(&mut idle).await;
    timeout(LONG, door.running).await.unwrap().unwrap();
    assert!(TcpStream::connect(door.address).await.is_err());
}

#[tokio::test]
async fn a_request_to_two_names_or_none_that_is_one_is_refused() {
    let door = World::new().http(AdminSettings::default()).await;
    let ask = |hosts: &str| format!("GET /healthz HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n");
    for fine in ["", "Host: \r\n", "Host: [::1]:7680\r\n", "Host: help.isp.example\r\n"] {
        assert_eq!(door.request(&ask(fine)).await.status, 200, "{fine:?}");
    }
    for wrong in ["Host: a.example\r\nHost: a.example\r\n", "Host: a/b\r\n", "Host: a@b\r\n", "Host: a, b\r\n"] {
        assert_eq!(door.request(&ask(wrong)).await.status, 400, "{wrong:?}");
    }
}
