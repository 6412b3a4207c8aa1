//! A client or next hop by hand: lines over any connection.

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};

/// One end of a connection.
pub(crate) struct Talk<S>(pub(crate) BufReader<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> Talk<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self(BufReader::new(stream))
    }

    pub(crate) async fn say(&mut self, text: &str) {
        self.raw(format!("{text}\r\n").as_bytes()).await;
    }

    pub(crate) async fn raw(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
        self.0.flush().await.unwrap();
    }

    /// The next line, without its end; empty at the end of the connection.
    pub(crate) async fn hear(&mut self) -> String {
        let mut line = String::new();
        let _ = self.0.read_line(&mut line).await;
        line.trim_end().to_owned()
    }

    /// The last line of the next reply.
    pub(crate) async fn reply(&mut self) -> String {
        loop {
            let line = self.hear().await;
            if line.as_bytes().get(3) != Some(&b'-') {
                return line;
            }
        }
    }

    /// Says it and hears the answer.
    pub(crate) async fn ask(&mut self, text: &str) -> String {
        self.say(text).await;
        self.reply().await
    }

    /// Every line of the answer.
    pub(crate) async fn offers(&mut self, text: &str) -> Vec<String> {
        self.say(text).await;
        let mut lines = Vec::new();
        loop {
            lines.push(self.hear().await);
            if lines.last().is_none_or(|line| line.as_bytes().get(3) != Some(&b'-')) {
                return lines;
            }
        }
    }
}
