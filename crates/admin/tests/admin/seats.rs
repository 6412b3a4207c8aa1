//! One client can't take all seats of the `[web]` door, however slowly he speaks.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use access::WebSettings;
use admin::WebTls;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::{Router, routing::get, routing::post};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::web::{Door, ask, certificate, open, over_tls};

const LONG: Duration = Duration::from_secs(30);
const HELLO: &str = "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

/// Two connections for each client; this host is no proxy.
fn two_each() -> WebSettings {
    WebSettings { connections_per_client: 2, trusted_proxies: Vec::new(), ..WebSettings::default() }
}

fn hello() -> Router {
    Router::new().route("/hello", get(|| async { "hello" }))
}

/// A connection from one of this host's own addresses.
async fn from(host: [u8; 4], door: &Door) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from((host, 0))).unwrap();
    socket.connect(door.address).await.unwrap()
}

/// Asks until it is served: what somebody has closed is noticed a little later.
async fn served(host: [u8; 4], door: &Door) {
    let again = async {
        while !ask(from(host, door).await, HELLO).await.ends_with("hello") {
            tokio::task::yield_now().await;
        }
    };
    timeout(LONG, again).await.unwrap();
}

#[tokio::test]
async fn who_holds_as_much_as_one_may_is_told_so_and_others_are_served() {
    let door = open(two_each(), None, hello()).await;
    let greedy = [127, 0, 0, 1];
    let held = [from(greedy, &door).await, from(greedy, &door).await];
    let refused = ask(from(greedy, &door).await, HELLO).await;
    assert!(refused.starts_with("HTTP/1.1 429 ") && refused.contains("retry-after: 5"), "{refused}");
    assert!(refused.contains("You have too many connections open here."), "{refused}");
    assert!(ask(from([127, 0, 0, 2], &door).await, HELLO).await.ends_with("hello"));
    assert!(door.seats.turned_away() >= 1 && door.seats.taken() >= 2);
    drop(held);
    served(greedy, &door).await;
}

#[tokio::test]
async fn a_crowd_that_says_nothing_leaves_seats_for_others() {
    let settings = WebSettings { max_connections: 8, ..two_each() };
    let door = open(settings, None, hello()).await;
    let mut crowd = Vec::new();
    for _ in 0..100 {
        let mut stream = from([127, 0, 0, 1], &door).await;
        // One that was turned away may be closed already.
        let _ = stream.write_all(b"GET /hello HTTP/1.1\r\nX-Slow: ").await;
        crowd.push(stream);
    }
    served([127, 0, 0, 2], &door).await;
    assert!(door.seats.turned_away() >= 90, "{}", door.seats.turned_away());
}

#[tokio::test]
async fn handshakes_count_and_the_refusal_is_readable_over_tls() {
    let folder = tempfile::tempdir().unwrap();
    let (made, cert, key) = certificate(folder.path());
    let door = open(two_each(), Some(Arc::new(WebTls::load(&cert, &key).unwrap())), hello()).await;
    let mut held = [from([127, 0, 0, 1], &door).await, from([127, 0, 0, 1], &door).await];
    for stream in &mut held {
        stream.write_all(b"\x16\x03\x01").await.unwrap();
    }
    let refused = over_tls(door.address, made.cert.der()).await.unwrap();
    assert!(refused.starts_with("HTTP/1.1 429 "), "{refused}");
}

#[tokio::test]
async fn behind_a_proxy_requests_in_progress_are_counted_for_whom_they_are() {
    let (go, waits) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (gone, arrived) = (Arc::clone(&go), Arc::clone(&waits));
    let slow = move || async move {
        arrived.notify_one();
        gone.notified().await;
        "slow"
    };
    let settings = WebSettings { connections_per_client: 2, ..WebSettings::default() };
    let door = open(settings, None, hello().route("/slow", get(slow))).await;
    let asks = |path: &str, client: &str| {
        format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Forwarded-For: {client}\r\n\r\n")
    };
    let mut pending = Vec::new();
    for _ in 0..2 {
        let (stream, request) = (TcpStream::connect(door.address).await.unwrap(), asks("/slow", "203.0.113.5"));
        pending.push(tokio::spawn(async move { ask(stream, &request).await }));
        timeout(LONG, waits.notified()).await.unwrap();
    }
    let answer = |client| {
        let request = asks("/hello", client);
        async move { ask(TcpStream::connect(door.address).await.unwrap(), &request).await }
    };
    assert!(answer("203.0.113.5").await.starts_with("HTTP/1.1 429 "));
    assert!(answer("203.0.113.6").await.ends_with("hello"));
    assert!(answer("127.0.0.1").await.ends_with("hello"), "the proxy itself is not bounded");
    for request in pending {
        go.notify_one();
        assert!(request.await.unwrap().ends_with("slow"));
    }
    assert!(answer("203.0.113.5").await.ends_with("hello"));
}

#[tokio::test]
async fn a_body_that_never_ends_is_answered_and_its_connection_closed() {
    let settings = WebSettings { request_timeout: Duration::from_millis(50), ..two_each() };
    let door = open(settings, None, Router::new().route("/take", post(|body: Bytes| async move { body }))).await;
    let mut stream = from([127, 0, 0, 1], &door).await;
    stream.write_all(b"POST /take HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx").await.unwrap();
    let mut answer = Vec::new();
    timeout(LONG, stream.read_to_end(&mut answer)).await.unwrap().unwrap();
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("retry-after: 60"), "{answer}");
}

/// Whatever route it comes from: a page, a hook, an API.
#[tokio::test]
async fn who_is_turned_away_for_now_hears_when_to_come_again() {
    let busy = get(|| async { StatusCode::TOO_MANY_REQUESTS });
    let broken = get(|| async { (StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "7")]) });
    let router = Router::new().route("/busy", busy).route("/broken", broken).route("/", get(|| async { "hello" }));
    let door = open(two_each(), None, router).await;
    for (path, told) in [("/busy", Some("retry-after: 60")), ("/broken", Some("retry-after: 7")), ("/", None)] {
        let mut stream = from([127, 0, 0, 1], &door).await;
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        timeout(LONG, stream.read_to_string(&mut answer)).await.unwrap().unwrap();
        assert_eq!(answer.lines().find(|line| line.starts_with("retry-after")), told, "{answer}");
    }
}
