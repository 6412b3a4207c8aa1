//! The least of an HTTP client: a connection for each request, as a panel's cron job makes them.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

/// How somebody shows who he is.
#[derive(Debug, Clone)]
pub(crate) enum Who {
    /// A session of the console.
    Cookie(String),
    /// A key of the API.
    Bearer(String),
}

impl Who {
    fn field(&self) -> String {
        match self {
            Self::Cookie(cookie) => format!("Cookie: {cookie}"),
            Self::Bearer(token) => format!("Authorization: Bearer {token}"),
        }
    }
}

/// An answer: its status, its header and its body.
pub(crate) struct Answer {
    /// Such as 200.
    pub(crate) status: u16,
    head: String,
    /// All that follows the header.
    pub(crate) body: String,
}

/// `GET path`
pub(crate) fn get(web: SocketAddr, path: &str, who: &Who) -> Answer {
    ask(web, &format!("GET {path} HTTP/1.1\r\nHost: {web}\r\nConnection: close\r\n{}\r\n\r\n", who.field()))
}

/// The cookie of a session that begins now.
pub(crate) fn log_in(web: SocketAddr, name: &str, password: &str) -> String {
    let (seed, password) = ("the-seed-of-a-bench", password.replace(' ', "+"));
    let form = format!("name={name}&password={password}&csrf={}", access::csrf_token(seed));
    let answer = ask(
        web,
        &format!(
            "POST /console/login HTTP/1.1\r\nHost: {web}\r\nConnection: close\r\nCookie: portreeve-form={seed}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            form.len()
        ),
    );
    let set = answer.head.lines().find_map(|line| line.strip_prefix("set-cookie: portreeve="));
    let token = set.and_then(|set| set.split(';').next());
    format!("portreeve={}", token.unwrap_or_else(|| panic!("no session: {} {}", answer.status, answer.head)))
}

fn ask(web: SocketAddr, request: &str) -> Answer {
    let mut stream = TcpStream::connect(web).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}
