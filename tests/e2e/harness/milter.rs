//! The MTA's side of the milter protocol, written anew so that an error in our codec can't cancel itself out.

use std::path::Path;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use super::mail::Mail;
use super::within;

/// A packet from the milter: its command and its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) command: char,
    pub(crate) data: Vec<u8>,
}

impl Answer {
    /// The text of a reply code, without its NUL.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.data).trim_end_matches('\0').to_owned()
    }
}

/// What the daemon asked not to answer (the NR_* bits of its negotiation), by command.
const NO_REPLY: [(u8, u32); 9] = [
    (b'L', 0x80),
    (b'C', 0x1000),
    (b'H', 0x2000),
    (b'M', 0x4000),
    (b'R', 0x8000),
    (b'T', 0x1_0000),
    (b'U', 0x2_0000),
    (b'N', 0x4_0000),
    (b'B', 0x8_0000),
];

/// One milter connection, as an MTA keeps it for one SMTP session.
pub(crate) struct Milter {
    stream: UnixStream,
    protocol: u32,
}

impl Milter {
    /// Connects and negotiates version 6 with everything on offer.
    pub(crate) async fn connect(socket: &Path) -> Self {
        let mut milter = Self::connect_raw(socket).await;
        let offer = [6_u32, 0x1ff, 0x1f_ffff].map(u32::to_be_bytes).concat();
        milter.packet(b'O', &offer).await;
        let answer = milter.answer().await.expect("it negotiates");
        assert_eq!(answer.command, 'O');
        milter.protocol = u32::from_be_bytes(answer.data[8..12].try_into().expect("four bytes"));
        milter
    }

    /// Connects and says nothing.
    pub(crate) async fn connect_raw(socket: &Path) -> Self {
        let stream = within("milter connection", UnixStream::connect(socket)).await.expect("the daemon listens");
        Self { stream, protocol: 0 }
    }

    /// Tells of a client at this address, and what is answered.
    pub(crate) async fn knock(socket: &Path, address: &str) -> (Self, Answer) {
        let mut milter = Self::connect(socket).await;
        let family = if address.contains(':') { b"6" } else { b"4" };
        let client = [b"host.example\0".as_slice(), family, b"\x10\x00", address.as_bytes(), b"\0"].concat();
        milter.macros(b'C', &[("j", "mx.test.example"), ("{client_addr}", address)]).await;
        let admitted = milter.ask(b'C', &client).await;
        (milter, admitted)
    }

    /// Begins a session of this login from this address.
    pub(crate) async fn session(socket: &Path, login: &str, address: &str) -> Session {
        let (mut milter, admitted) = Self::knock(socket, address).await;
        assert_eq!(admitted.command, 'c', "{address} is let in: {}", admitted.text());
        milter.ask(b'H', b"client.example\0").await;
        Session { milter, login: login.to_owned() }
    }

    /// Sends macros ahead of a command.
    pub(crate) async fn macros(&mut self, command: u8, values: &[(&str, &str)]) {
        let pairs = values.iter().map(|(name, value)| format!("{name}\0{value}\0"));
        let data = [vec![command], pairs.collect::<String>().into_bytes()].concat();
        self.packet(b'D', &data).await;
    }

    /// Sends a command and reads the answer if one is due; without one it is `c`, as for an MTA.
    pub(crate) async fn ask(&mut self, command: u8, data: &[u8]) -> Answer {
        self.packet(command, data).await;
        let silent = NO_REPLY.iter().any(|(silent, bit)| *silent == command && self.protocol & bit != 0);
        if silent || command == b'B' && self.protocol & 0x10 != 0 {
            return Answer { command: 'c', data: Vec::new() };
        }
        self.answer().await.expect("the daemon answers")
    }

    /// Frames and sends.
    pub(crate) async fn packet(&mut self, command: u8, data: &[u8]) {
        let length = u32::try_from(data.len() + 1).expect("a short packet");
        self.raw(&[length.to_be_bytes().as_slice(), &[command], data].concat()).await;
    }

    /// Sends bytes as they are; the daemon may have hung up, and that is its right.
    pub(crate) async fn raw(&mut self, bytes: &[u8]) {
        let _ = within("write", self.stream.write_all(bytes)).await;
    }

    /// The next packet other than PROGRESS; `None` at the end of the connection.
    pub(crate) async fn answer(&mut self) -> Option<Answer> {
        loop {
            let answer = within("an answer", self.read_packet()).await.ok()?;
            if answer.command != 'p' {
                return Some(answer);
            }
        }
    }

    async fn read_packet(&mut self) -> std::io::Result<Answer> {
        let length = self.stream.read_u32().await?;
        let mut packet = vec![0; usize::try_from(length).expect("32 bits")];
        self.stream.read_exact(&mut packet).await?;
        let (command, data) = packet.split_first().ok_or(std::io::ErrorKind::InvalidData)?;
        Ok(Answer { command: char::from(*command), data: data.to_vec() })
    }

    /// Sends no more, as an MTA that died.
    pub(crate) async fn close_writing(&mut self) {
        let _ = self.stream.shutdown().await;
    }
}

/// A session that has said who it is.
pub(crate) struct Session {
    pub(crate) milter: Milter,
    login: String,
}

impl Session {
    /// MAIL, with the login as a macro.
    pub(crate) async fn mail(&mut self, from: &str) -> Answer {
        let login = self.login.clone();
        self.milter.macros(b'M', &[("{auth_type}", "PLAIN"), ("{auth_authen}", &login)]).await;
        self.milter.ask(b'M', format!("<{from}>\0").as_bytes()).await
    }

    /// One message from MAIL to the end of data: the first answer that is no `c`, or the verdict.
    pub(crate) async fn send(&mut self, from: &str, to: &str, mail: &Mail) -> Answer {
        let admitted = self.mail(from).await;
        if admitted.command != 'c' {
            return admitted;
        }
        let admitted = self.milter.ask(b'R', format!("<{to}>\0").as_bytes()).await;
        if admitted.command != 'c' {
            return admitted;
        }
        self.content(mail).await;
        self.end_of_data().await
    }

    /// DATA, headers and body, up to where the verdict is due.
    pub(crate) async fn content(&mut self, mail: &Mail) {
        let text = String::from_utf8_lossy(&mail.raw).into_owned();
        let head = text.split("\r\n\r\n").next().unwrap_or("").replace("\r\n ", "\n ").replace("\r\n\t", "\n\t");
        self.milter.ask(b'T', b"").await;
        for line in head.split("\r\n").filter(|line| line.contains(':')) {
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            self.milter.ask(b'L', format!("{name}\0{}\0", value.trim_start()).as_bytes()).await;
        }
        self.milter.ask(b'N', b"").await;
        for chunk in mail.body().chunks(65_535) {
            if self.milter.ask(b'B', chunk).await.command == 's' {
                break;
            }
        }
    }

    /// The end of data and its verdict; changes to the message come before it and are left out here.
    pub(crate) async fn end_of_data(&mut self) -> Answer {
        let mut answer = self.milter.ask(b'E', b"").await;
        while !matches!(answer.command, 'c' | 'a' | 'r' | 't' | 'y' | 'd') {
            answer = self.milter.answer().await.expect("a verdict follows");
        }
        answer
    }
}
