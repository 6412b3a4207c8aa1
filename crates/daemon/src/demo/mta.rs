//! The MTA's side of the milter protocol, as Postfix speaks it: just enough to play senders through the real socket.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What the milter said to a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// The message may go.
    Delivered,
    /// It was refused, or deferred; the reply line.
    Refused(String),
}

/// One message as a sender hands it in.
#[derive(Debug, Clone)]
pub(super) struct Outgoing<'a> {
    /// Empty: nobody has logged in.
    pub(super) login: &'a str,
    pub(super) client: std::net::Ipv4Addr,
    pub(super) sender: &'a str,
    pub(super) recipient: &'a str,
    /// Header and body, LF or CRLF.
    pub(super) raw: &'a [u8],
}

const VERSION: u32 = 6;
const ALL_ACTIONS: u32 = 0x1ff;
const ALL_STEPS: u32 = 0x001f_ffff;
const NO_REPLY_TO_HEADERS: u32 = 0x80;
const NO_REPLY_TO_HELO: u32 = 0x2000;
const NO_REPLY_TO_DATA: u32 = 0x1_0000;
const NO_REPLY_TO_EOH: u32 = 0x4_0000;
const NO_REPLY_TO_BODY: u32 = 0x8_0000;
const NO_REPLY_TO_CONNECT: u32 = 0x1000;
/// Larger replies than this are nobody's.
const MAX_REPLY: u32 = 1 << 20;

/// One milter connection.
pub(super) struct Mta {
    stream: TcpStream,
    steps: u32,
}

impl Mta {
    /// Connects and negotiates.
    pub(super) async fn connect(address: std::net::SocketAddr) -> io::Result<Self> {
        let mut mta = Self { stream: TcpStream::connect(address).await?, steps: 0 };
        let offer = [VERSION, ALL_ACTIONS, ALL_STEPS].map(u32::to_be_bytes).concat();
        mta.send(b'O', &offer).await?;
        let (_, data) = mta.reply().await?;
        mta.steps = data.get(8..12).and_then(|bits| bits.try_into().ok()).map_or(0, u32::from_be_bytes);
        Ok(mta)
    }

    /// Plays one whole transaction.
    pub(super) async fn submit(mut self, mail: &Outgoing<'_>) -> io::Result<Answer> {
        let client = mail.client.to_string();
        self.macros(b'C', &[("{daemon_name}", "submission"), ("{client_addr}", &client)]).await?;
        let connect = [b"client.example\0".as_slice(), b"4", &4711u16.to_be_bytes(), client.as_bytes(), b"\0"].concat();
        if let Some(refused) = self.step(b'C', &connect, NO_REPLY_TO_CONNECT).await? {
            return Ok(refused);
        }
        self.step(b'H', b"client.example\0", NO_REPLY_TO_HELO).await?;
        if !mail.login.is_empty() {
            self.macros(b'M', &[("{auth_type}", "PLAIN"), ("{auth_authen}", mail.login)]).await?;
        }
        if let Some(refused) = self.step(b'M', format!("<{}>\0", mail.sender).as_bytes(), 0).await? {
            return Ok(refused);
        }
        if let Some(refused) = self.step(b'R', format!("<{}>\0", mail.recipient).as_bytes(), 0).await? {
            return Ok(refused);
        }
        self.step(b'T', b"", NO_REPLY_TO_DATA).await?;
        let answer = self.content(mail.raw).await?;
        self.send(b'Q', b"").await?;
        Ok(answer)
    }

    async fn content(&mut self, raw: &[u8]) -> io::Result<Answer> {
        let text = String::from_utf8_lossy(raw).replace("\r\n", "\n");
        let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
        for field in unfolded(head) {
            let (name, value) = field.split_once(':').unwrap_or((&field, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            self.step(b'L', format!("{name}\0{value}\0").as_bytes(), NO_REPLY_TO_HEADERS).await?;
        }
        self.step(b'N', b"", NO_REPLY_TO_EOH).await?;
        for chunk in body.replace('\n', "\r\n").as_bytes().chunks(65_535) {
            self.step(b'B', chunk, NO_REPLY_TO_BODY).await?;
        }
        self.send(b'E', b"").await?;
        self.verdict().await
    }

    async fn verdict(&mut self) -> io::Result<Answer> {
        loop {
            match self.reply().await? {
                (b'a' | b'c', _) => return Ok(Answer::Delivered),
                (b'h' | b'i' | b'm' | b'p' | b'q', _) => {}
                (code, data) => return Ok(refusal(code, &data)),
            }
        }
    }

    /// Sends one step and reads its answer, unless the milter has said that it gives none.
    async fn step(&mut self, command: u8, data: &[u8], silent: u32) -> io::Result<Option<Answer>> {
        self.send(command, data).await?;
        if silent != 0 && self.steps & silent != 0 {
            return Ok(None);
        }
        match self.reply().await? {
            (b'c' | b'a' | b's', _) => Ok(None),
            (code, data) => Ok(Some(refusal(code, &data))),
        }
    }

    async fn macros(&mut self, stage: u8, values: &[(&str, &str)]) -> io::Result<()> {
        let list: String = values.iter().map(|(name, value)| format!("{name}\0{value}\0")).collect();
        self.send(b'D', &[&[stage], list.as_bytes()].concat()).await
    }

    async fn send(&mut self, command: u8, data: &[u8]) -> io::Result<()> {
        let length = u32::try_from(data.len() + 1).unwrap_or(u32::MAX);
        self.stream.write_all(&[length.to_be_bytes().as_slice(), &[command], data].concat()).await
    }

    async fn reply(&mut self) -> io::Result<(u8, Vec<u8>)> {
        let length = self.stream.read_u32().await?;
        if length == 0 || length > MAX_REPLY {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the milter answered with an impossible packet"));
        }
        let code = self.stream.read_u8().await?;
        let mut data = vec![0; (length - 1) as usize];
        self.stream.read_exact(&mut data).await?;
        Ok((code, data))
    }
}

fn refusal(code: u8, data: &[u8]) -> Answer {
    let text = String::from_utf8_lossy(data).trim_end_matches('\0').replace("%%", "%");
    Answer::Refused(match code {
        b'y' => text,
        b't' => "451 4.7.1 Try again later".into(),
        _ => "550 5.7.1 Command rejected".into(),
    })
}

/// Header fields with their folded lines.
fn unfolded(head: &str) -> Vec<String> {
    let mut fields: Vec<String> = Vec::new();
    for line in head.split('\n') {
        match fields.last_mut() {
            Some(field) if line.starts_with([' ', '\t']) => {
                field.push('\n');
                field.push_str(line);
            }
            _ => fields.push(line.to_owned()),
        }
    }
    fields
}
