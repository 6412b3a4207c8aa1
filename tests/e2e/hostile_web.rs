//! Clients of console, API and status page that mean harm: slow ones, many, huge requests, bytes that are no HTTP and no TLS.
//! Each is answered or cut off within its bounds, nothing grows, and mail passes all the while.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::garbage::honest_mail_passes;
use crate::harness::{Certificate, Daemon, LOOK_AGAIN, Site, get, over_tls, within};

const BOUNDS: &str =
    "header_timeout = \"1s\"\nrequest_timeout = \"1s\"\nconnection_lifetime = \"2s\"\nmax_connections = 16\n";
/// More than there are seats.
const MANY: usize = 64;
/// Nothing that a client sends is kept beyond its connection.
const MOST_GROWTH_KIB: u64 = 48 << 10;

/// What is no request of ours, or none at all.
const HOSTILE: [&[u8]; 24] = [
    b"GET /console/assets/1/../../../../../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /console/assets/1/%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /console/assets/..%5c..%5c/etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET //etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET http://other.example/etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /console/\xff\xfe\xc0\xaf HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /api/blocks/%ff%00%0d%0aX:y HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /api/blocks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\xfe\r\n\r\n",
    b"GET /console/ HTTP/1.1\r\nHost: x\r\nCookie: portreeve=\xc3\x28; portreeve=\x80\r\n\r\n",
    b"GET /console/ HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: \xff, ::::, 999.9.9.9\r\n\r\n",
    b"GET / HTTP/1.1\nHost: x\n\n",
    b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
    b"GET /\r\n\r\n",
    b"\0\0\0\0\0\0\0\0\0\0\0\0\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0",
    b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03",
    b"CONNECT mail.example:25 HTTP/1.1\r\nHost: mail.example:25\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST /console/login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /console/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    b"POST /console/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
    b"POST /console/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST /console/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\nname=%ff\xff",
    b"PUT /api/blocks HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\n[[[[",
];

async fn site() -> Site {
    let mut site = Site::new("").await;
    site.set(&format!("[web]\n{BOUNDS}[http]\n{BOUNDS}"));
    site
}

fn doors(daemon: &Daemon) -> [SocketAddr; 2] {
    [daemon.web(), daemon.http()]
}

/// Somebody else is served, and mail passes.
async fn all_is_well(site: &Site, daemon: &mut Daemon) {
    assert!(daemon.runs());
    assert_eq!(get(daemon.web(), "/console/login").await.status, 200);
    assert_eq!(get(daemon.http(), "/healthz").await.status, 200);
    honest_mail_passes(site).await;
}

/// All that the server says until it closes; a reset closes as well as an end does.
async fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let mut heard = Vec::new();
    let _ = within("the end of a connection", stream.read_to_end(&mut heard)).await;
    heard
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_request_is_refused_or_cut_off() {
    let site = site().await;
    let mut daemon = site.start().await;
    for door in doors(&daemon) {
        for request in HOSTILE {
            let mut stream = TcpStream::connect(door).await.unwrap();
            stream.write_all(request).await.unwrap();
            let answer = String::from_utf8_lossy(&rest(&mut stream).await).into_owned();
            let shown = String::from_utf8_lossy(request);
            assert!(!answer.contains("root:") && !answer.starts_with("HTTP/1.1 5"), "{door} {shown}: {answer}");
        }
    }
    all_is_well(&site, &mut daemon).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_drip_lose_their_seats_and_mail_waits_for_none() {
    let site = site().await;
    let mut daemon = site.start().await;
    for door in doors(&daemon) {
        let mut dripping = JoinSet::new();
        for _ in 0..MANY {
            let stream = TcpStream::connect(door).await.unwrap();
            dripping.spawn(drips(stream));
        }
        honest_mail_passes(&site).await;
        within("every seat is free again", dripping.join_all()).await;
    }
    all_is_well(&site, &mut daemon).await;
}

/// A header without an end, a byte at a time, until the server has had enough.
async fn drips(mut stream: TcpStream) {
    let _ = stream.write_all(b"GET / HTTP/1.1\r\nX-Slow: ").await;
    let mut again = tokio::time::interval(LOOK_AGAIN);
    while stream.write_all(b"x").await.is_ok() {
        again.tick().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_is_refused_and_not_kept() {
    let site = site().await;
    let mut daemon = site.start().await;
    all_is_well(&site, &mut daemon).await;
    let before = daemon.resident_kib();
    let (long, many) = ("x".repeat(1 << 20), "X-Many: x\r\n".repeat(10_000));
    let form = "Content-Type: application/x-www-form-urlencoded";
    for door in doors(&daemon) {
        for head in [
            format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n"),
            format!("GET / HTTP/1.1\r\nHost: x\r\nCookie: {long}\r\n\r\n"),
            format!("GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n"),
            format!("POST /console/login HTTP/1.1\r\nHost: x\r\n{form}\r\nContent-Length: 99999999999\r\n\r\n"),
            format!(
                "POST /console/login HTTP/1.1\r\nHost: x\r\n{form}\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n"
            ),
            "POST /api/blocks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n".to_owned(),
            "POST /hooks/password-changed HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n".to_owned(),
        ] {
            let mut stream = TcpStream::connect(door).await.unwrap();
            pours(&mut stream, head.as_bytes()).await;
            let answer = String::from_utf8_lossy(&rest(&mut stream).await).into_owned();
            let shown = head.get(..60).unwrap_or(&head);
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{door} {shown}: {answer}");
        }
    }
    let grown = daemon.resident_kib().saturating_sub(before);
    assert!(grown < MOST_GROWTH_KIB, "{grown} KiB more than before");
    all_is_well(&site, &mut daemon).await;
}

/// Sends this and 64 MiB behind it, or what the server takes of that.
async fn pours(stream: &mut TcpStream, head: &[u8]) {
    let _ = stream.write_all(head).await;
    let block = vec![b'a'; 1 << 20];
    for _ in 0..64 {
        let written = tokio::time::timeout(Duration::from_secs(5), stream.write_all(&block)).await;
        if !matches!(written, Ok(Ok(()))) {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_in_one_breath_are_answered_in_their_order() {
    let site = site().await;
    let mut daemon = site.start().await;
    let mut stream = TcpStream::connect(daemon.web()).await.unwrap();
    let one = |last: bool| {
        let path = if last { "/console/nothing" } else { "/console/login" };
        let connection = if last { "close" } else { "keep-alive" };
        format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: {connection}\r\n\r\n")
    };
    let breath: String = (0..20).map(|number| one(number == 19)).collect();
    stream.write_all(breath.as_bytes()).await.unwrap();
    let answers = String::from_utf8_lossy(&rest(&mut stream).await).into_owned();
    assert_eq!(answers.matches("HTTP/1.1 200 ").count(), 19);
    assert!(answers.rfind("HTTP/1.1 200 ") < answers.rfind("HTTP/1.1 404 "), "the last one last");
    all_is_well(&site, &mut daemon).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_ever_and_never_reads_is_cut_off() {
    let site = site().await;
    let mut daemon = site.start().await;
    let before = daemon.resident_kib();
    let breath = "GET /console/login HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1000);
    for door in doors(&daemon) {
        let mut asking = JoinSet::new();
        for _ in 0..8 {
            let (mut stream, breath) = (TcpStream::connect(door).await.unwrap(), breath.clone());
            asking.spawn(async move { while stream.write_all(breath.as_bytes()).await.is_ok() {} });
        }
        honest_mail_passes(&site).await;
        within("every one is cut off", asking.join_all()).await;
    }
    let grown = daemon.resident_kib().saturating_sub(before);
    assert!(grown < MOST_GROWTH_KIB, "{grown} KiB more than before");
    all_is_well(&site, &mut daemon).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_tls_is_cut_off() {
    let mut site = site().await;
    let Some(certificate) = Certificate::make(&site, "web") else { return };
    let (chain, key) = (certificate.certificate.display(), certificate.key.display());
    site.set(&format!("[web]\ntls_certificate = \"{chain}\"\ntls_key = \"{key}\"\n"));
    let mut daemon = site.start().await;
    let hello = b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03".as_slice();
    for garbage in [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n".as_slice(),
        b"\x16\x03\x01\xff\xff",
        &[hello, &[0xff; 600]].concat(),
        &[0x15; 70_000],
        b"\x80\x2e\x01\0\x02",
    ] {
        let mut stream = TcpStream::connect(daemon.web()).await.unwrap();
        let _ = stream.write_all(garbage).await;
        let heard = rest(&mut stream).await;
        assert!(heard.len() < 64, "an alert at most: {heard:?}");
    }
    // Hellos that never come and hellos that never end: more of them than there are seats.
    let mut silent = JoinSet::new();
    for number in 0..MANY {
        let mut stream = TcpStream::connect(daemon.web()).await.unwrap();
        silent.spawn(async move {
            if number % 2 == 0 {
                let _ = stream.write_all(hello).await;
            }
            rest(&mut stream).await
        });
    }
    honest_mail_passes(&site).await;
    within("every seat is free again", silent.join_all()).await;
    assert!(daemon.runs());
    let request = "GET /console/login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assert!(over_tls(daemon.web(), &certificate, request).starts_with("HTTP/1.1 200 "));
}
