//! The mail server's side of the milter protocol, as Postfix speaks it.

use std::io::{BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

/// What a daemon may ask not to answer (the NR_* bits), by command.
const NO_REPLY: [(u8, u32); 8] = [
    (b'L', 0x80),
    (b'C', 0x1000),
    (b'H', 0x2000),
    (b'M', 0x4000),
    (b'R', 0x8000),
    (b'T', 0x1_0000),
    (b'N', 0x4_0000),
    (b'B', 0x8_0000),
];

/// A session.
pub(crate) struct Milter {
    stream: BufReader<UnixStream>,
    unsent: Vec<u8>,
    silent: u32,
}

impl Milter {
    /// Connects, negotiates, and tells of a client.
    pub(crate) fn connect(socket: &Path) -> Self {
        let stream = BufReader::new(UnixStream::connect(socket).unwrap());
        let mut milter = Self { stream, unsent: Vec::new(), silent: 0 };
        milter.packet(b'O', &[6_u32, 0x1ff, 0x1f_ffff].map(u32::to_be_bytes).concat());
        let (_, answer) = milter.answer();
        milter.silent = u32::from_be_bytes(answer[8..12].try_into().unwrap());
        milter.ask(b'C', b"client.example\x004\x12\x67198.51.100.7\0");
        milter.ask(b'H', b"client.example\0");
        milter
    }

    /// One message of a login; the verdict.
    pub(crate) fn send(&mut self, login: &str, mail: &str) -> u8 {
        self.packet(b'D', format!("M{{auth_type}}\0PLAIN\0{{auth_authen}}\0{login}\0").as_bytes());
        self.ask(b'M', format!("<{login}>\0").as_bytes());
        self.ask(b'R', b"<friend@near.example>\0");
        self.ask(b'T', b"");
        let (head, body) = mail.split_once("\r\n\r\n").unwrap_or((mail, ""));
        let head = head.replace("\r\n ", "\n ").replace("\r\n\t", "\n\t");
        for (name, value) in head.split("\r\n").filter_map(|line| line.split_once(':')) {
            self.ask(b'L', format!("{name}\0{}\0", value.trim_start()).as_bytes());
        }
        self.ask(b'N', b"");
        body.as_bytes().chunks(65_535).for_each(|chunk| self.ask(b'B', chunk));
        self.packet(b'E', b"");
        loop {
            let (command, _) = self.answer();
            if matches!(command, b'c' | b'a' | b'r' | b't' | b'y' | b'd') {
                return command;
            }
        }
    }

    fn ask(&mut self, command: u8, data: &[u8]) {
        self.packet(command, data);
        if !NO_REPLY.iter().any(|(silent, bit)| *silent == command && self.silent & bit != 0) {
            self.answer();
        }
    }

    fn packet(&mut self, command: u8, data: &[u8]) {
        self.unsent.extend(u32::try_from(data.len() + 1).unwrap().to_be_bytes());
        self.unsent.push(command);
        self.unsent.extend(data);
    }

    fn answer(&mut self) -> (u8, Vec<u8>) {
        self.stream.get_mut().write_all(&std::mem::take(&mut self.unsent)).unwrap();
        let mut length = [0; 4];
        self.stream.read_exact(&mut length).unwrap();
        let mut packet = vec![0; usize::try_from(u32::from_be_bytes(length)).unwrap()];
        self.stream.read_exact(&mut packet).unwrap();
        (packet[0], packet.split_off(1))
    }
}
