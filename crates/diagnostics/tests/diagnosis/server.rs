//! An SMTP server that answers as the test has told it, and keeps what it was told.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// The server; it ends with the runtime.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    script: Arc<Script>,
}

#[derive(Default)]
struct Script {
    answers: Mutex<BTreeMap<String, String>>,
    lines: Mutex<Vec<String>>,
    deliver: Mutex<Option<PathBuf>>,
}

impl Server {
    /// Answers EHLO with these extensions, and everything well.
    pub(crate) async fn start(extensions: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let script = Arc::<Script>::default();
        let hello = extensions.split_whitespace().map(|word| format!("250-{}\r\n", word.replace('_', " ")));
        script
            .answers
            .lock()
            .unwrap()
            .insert("EHLO".into(), format!("250-mx\r\n{}250 HELP", hello.collect::<String>()));
        let shared = Arc::clone(&script);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Self { address, script }
    }

    /// From now on a line that begins so is answered so.
    pub(crate) fn answer(&self, line: &str, reply: &str) -> &Self {
        self.script.answers.lock().unwrap().insert(line.into(), reply.into());
        self
    }

    /// From now on messages go into that Maildir.
    pub(crate) fn deliver(&self, maildir: PathBuf) -> &Self {
        *self.script.deliver.lock().unwrap() = Some(maildir);
        self
    }

    /// What it was told so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.script.lines.lock().unwrap().clone()
    }

    /// How many lines began so.
    pub(crate) fn count(&self, start: &str) -> usize {
        self.lines().iter().filter(|line| line.starts_with(start)).count()
    }
}

async fn serve(stream: TcpStream, script: Arc<Script>) {
    let mut stream = BufReader::new(stream);
    let _ = stream.write_all(b"220 mx ESMTP\r\n").await;
    let mut line = String::new();
    while stream.read_line(&mut line).await.is_ok_and(|read| read > 0) {
        let reply = script.reply(line.trim_end());
        let _ = stream.write_all(format!("{reply}\r\n").as_bytes()).await;
        if reply.starts_with("354") {
            content(&mut stream, &script).await;
            let _ = stream.write_all(b"250 2.0.0 queued\r\n").await;
        }
        line.clear();
    }
}

async fn content(stream: &mut BufReader<TcpStream>, script: &Script) {
    let mut text = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 || line == ".\r\n" {
            break;
        }
        text.push_str(&line);
    }
    if let Some(maildir) = &*script.deliver.lock().unwrap() {
        std::fs::write(maildir.join("new/1.test"), text).unwrap();
    }
}

impl Script {
    fn reply(&self, line: &str) -> String {
        self.lines.lock().unwrap().push(line.to_owned());
        let answers = self.answers.lock().unwrap();
        let known = answers.iter().filter(|(start, _)| line.starts_with(start.as_str()));
        let longest = known.max_by_key(|(start, _)| start.len()).map(|(_, reply)| reply.clone());
        longest.unwrap_or_else(|| if line == "DATA" { "354 go on".into() } else { "250 2.0.0 ok".into() })
    }
}
