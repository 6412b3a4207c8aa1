//! The least of an HTTP client: one request, one answer.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::within;

/// An answer: its status and its body.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) body: String,
}

pub(crate) async fn get(address: SocketAddr, path: &str) -> Page {
    request(address, "GET", path, &[], "").await
}

/// `POST path` with these header fields and this body.
pub(crate) async fn post(address: SocketAddr, path: &str, fields: &[(&str, &str)], body: &str) -> Page {
    request(address, "POST", path, fields, body).await
}

async fn request(address: SocketAddr, method: &str, path: &str, fields: &[(&str, &str)], body: &str) -> Page {
    let fields: String = fields.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n{fields}\r\n{body}",
        body.len()
    );
    within(path, fetch(address, &request)).await.unwrap_or_else(|error| panic!("{method} {path}: {error}"))
}

async fn fetch(address: SocketAddr, request: &str) -> std::io::Result<Page> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
    Ok(Page { status, body: body.to_owned() })
}
