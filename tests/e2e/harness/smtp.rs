//! An SMTP client that sends what it is told and keeps the replies (RFC 5321), with XCLIENT to appear as anyone.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpSocket, TcpStream};

use super::mail::Mail;
use super::within;

/// A reply: its code and all its lines, without the codes of the earlier ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) code: u16,
    pub(crate) text: String,
}

impl Reply {
    fn positive(&self) -> bool {
        self.code < 400
    }

    /// As it reads on the wire.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.code, self.text)
    }
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The server has taken it.
    Sent,
    /// It was refused at this verb (`.` is the end of data).
    Refused(&'static str, Reply),
}

/// One connection to a mail server.
pub(crate) struct Client {
    stream: BufStream<TcpStream>,
}

impl Client {
    /// Connects and says hello.
    pub(crate) async fn connect(server: SocketAddr) -> Self {
        Self::connect_from(Ipv4Addr::LOCALHOST.into(), server).await
    }

    /// Connects from one of the addresses of loopback: 127.0.0.0/8 is a network of clients that needs no set-up.
    pub(crate) async fn connect_from(local: IpAddr, server: SocketAddr) -> Self {
        Self::greeted_from(local, server).await.unwrap_or_else(|refused| panic!("{server}: {}", refused.line()))
    }

    /// Like [`Client::connect_from`], for servers that may refuse the connection.
    pub(crate) async fn greeted_from(local: IpAddr, server: SocketAddr) -> Result<Self, Reply> {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind(SocketAddr::new(local, 0)).expect("an address of loopback");
        let stream = within("connection", socket.connect(server)).await.expect("the server listens");
        let mut client = Self { stream: BufStream::new(stream) };
        let greeting = client.reply().await;
        if !greeting.positive() {
            return Err(greeting);
        }
        client.command("EHLO client.example").await;
        Ok(client)
    }

    /// Becomes this login from this address (Postfix XCLIENT), as after AUTH on a submission port.
    pub(crate) async fn login(&mut self, login: &str, address: &str) {
        let reply = self.command(&format!("XCLIENT ADDR={address} NAME=host.example LOGIN={login}")).await;
        assert_eq!(reply.code, 220, "XCLIENT: {}", reply.line());
        self.command("EHLO client.example").await;
    }

    /// Sends one message and tells what became of it.
    pub(crate) async fn send(&mut self, from: &str, to: &str, mail: &Mail) -> Outcome {
        let verbs =
            [("MAIL", format!("MAIL FROM:<{from}>")), ("RCPT", format!("RCPT TO:<{to}>")), ("DATA", "DATA".into())];
        for (verb, line) in verbs {
            let reply = self.command(&line).await;
            if !reply.positive() {
                self.command("RSET").await;
                return Outcome::Refused(verb, reply);
            }
        }
        let reply = self.data(mail).await;
        if reply.positive() { Outcome::Sent } else { Outcome::Refused(".", reply) }
    }

    /// The lines after DATA, with leading dots doubled (RFC 5321 4.5.2), and the answer to the dot.
    pub(crate) async fn data(&mut self, mail: &Mail) -> Reply {
        let mut stuffed = Vec::with_capacity(mail.raw.len() + 8);
        for line in mail.raw.split_inclusive(|byte| *byte == b'\n') {
            if line.starts_with(b".") {
                stuffed.push(b'.');
            }
            stuffed.extend_from_slice(line);
        }
        stuffed.extend_from_slice(b".\r\n");
        self.write(&stuffed).await;
        self.reply().await
    }

    /// Sends a line and reads the reply.
    pub(crate) async fn command(&mut self, line: &str) -> Reply {
        self.write(format!("{line}\r\n").as_bytes()).await;
        self.reply().await
    }

    async fn write(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.expect("the server reads");
        self.stream.flush().await.expect("the server reads");
    }

    async fn reply(&mut self) -> Reply {
        let mut texts = Vec::new();
        loop {
            let mut line = String::new();
            within("a reply", self.stream.read_line(&mut line)).await.expect("the server answers");
            let (code, rest) = line.trim_end().split_at_checked(3).unwrap_or(("421", " connection lost"));
            texts.push(rest.get(1..).unwrap_or("").to_owned());
            if !rest.starts_with('-') {
                return Reply { code: code.parse().expect("a reply code"), text: texts.join("\n") };
            }
        }
    }
}
