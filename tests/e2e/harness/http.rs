//! The least of an HTTP client: one request, one answer.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::within;

/// An answer: its status, its header fields and its body.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Page {
    /// The value of a header field, the first of that name.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let fields = self.head.split("\r\n").filter_map(|line| line.split_once(':'));
        fields.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// The cookie that it sets, as a browser sends it back.
    pub(crate) fn cookie(&self) -> &str {
        self.field("set-cookie").and_then(|field| field.split(';').next()).unwrap_or_default()
    }

    /// The value of a form's hidden field.
    pub(crate) fn hidden(&self, name: &str) -> Option<&str> {
        let (_, rest) = self.body.split_once(&format!("name=\"{name}\" value=\""))?;
        rest.split('"').next()
    }
}

pub(crate) async fn get(address: SocketAddr, path: &str) -> Page {
    ask(address, "GET", path, &[], "").await
}

/// `POST path` with these header fields and this body.
pub(crate) async fn post(address: SocketAddr, path: &str, fields: &[(&str, &str)], body: &str) -> Page {
    ask(address, "POST", path, fields, body).await
}

/// Any request with these header fields.
pub(crate) async fn ask(address: SocketAddr, method: &str, path: &str, fields: &[(&str, &str)], body: &str) -> Page {
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
    Ok(Page { status, head: head.to_owned(), body: body.to_owned() })
}
