//! Dialogues as text: what each side says and hears, in order.
//!
//! ```text
//! # a comment
//! set max_message = "1KiB"       an option of the table `proxy`
//! judge reject                   the judge from now on
//! client -> NOOP                 the client sends a line (\r \n \0 \\ are escapes; a last \ leaves CRLF off)
//! client <- 250 2.0.0 Ok         the client hears exactly this line ("..." at the end: anything)
//! client greets                  the client hears 220, sends EHLO, hears the answer
//! client <- end                  the connection ends
//! client closes
//! client connects                another connection; it is the client from now on
//! hop greets SIZE 100, DSN       the next hop is connected to, greets, and answers EHLO with these
//! hop opens                      the next hop is connected to, and says nothing
//! hop <- MAIL FROM:<a@b.test>    the next hop hears exactly this line
//! hop -> 250 ok                  the next hop answers
//! hop closes
//! hop <- end
//! other greets                   the same for the suspicious next hop
//! judged nobody at 127.0.0.1 ... what the judge saw last
//! given up [2, 1]                the recipients refused in each transaction that ended without a message
//! told mail by proxy to nobody at 127.0.0.1: 552 ...   a refusal that was told, the first that wasn't asked for yet
//! told nothing                   no more were
//! figure logins_unknown 1        what the proxy counts
//! ```

use std::collections::VecDeque;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use frontends::proxy::ProxyStats;

use crate::stage::Stage;

/// Nothing here takes this long, however slow the machine; it only turns a hang into a failure.
const PATIENCE: Duration = Duration::from_secs(20);

type Connection = Option<BufReader<TcpStream>>;

struct Play {
    stage: Stage,
    client: Connection,
    hop: Connection,
    other: Connection,
    heard: VecDeque<String>,
    hop_listener: TcpListener,
    other_listener: TcpListener,
}

/// Runs one dialogue; the error names its line.
pub(crate) async fn run(text: &str) -> Result<(), String> {
    let hop_listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let other_listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = |listener: &TcpListener| listener.local_addr().unwrap().port();
    let mut options: String = text.lines().filter_map(|line| line.strip_prefix("set ")).collect::<Vec<_>>().join("\n");
    options = options.replace("OTHER", &format!("127.0.0.1:{}", port(&other_listener)));
    options.push_str(&format!("\nnext_hops = [\"127.0.0.1:{}\"]\n", port(&hop_listener)));
    let stage = Stage::new(&options).await;
    let early = text.lines().filter_map(|line| line.strip_prefix("judge "));
    early.filter(|words| *words == "refuse connect").for_each(|words| stage.judge.follow(words));
    let client = Some(connect(&stage).await);
    let mut play = Play { stage, client, hop: None, other: None, heard: VecDeque::new(), hop_listener, other_listener };
    for (number, line) in text.lines().enumerate() {
        let step = timeout(PATIENCE, play.step(line)).await.unwrap_or_else(|_| Err("nothing happens".into()));
        step.map_err(|error| format!("line {}: {line}: {error}", number + 1))?;
    }
    Ok(())
}

async fn connect(stage: &Stage) -> BufReader<TcpStream> {
    BufReader::new(TcpStream::connect(stage.address).await.unwrap())
}

impl Play {
    async fn step(&mut self, line: &str) -> Result<(), String> {
        let (who, what) = line.split_once(' ').unwrap_or((line, ""));
        match who {
            "" | "#" | "set" => {}
            "judge" => self.stage.judge.follow(what),
            "judged" => expect(what, &self.stage.judge.last())?,
            "given" => expect(what, &format!("up {}", self.stage.judge.given_up()))?,
            "logins" => expect(what, &self.stage.judge.logins())?,
            "told" => expect(what, &self.told())?,
            "figure" => expect(what, &self.figure(what))?,
            "drain" => {
                self.stage.drain.send_replace(true);
            }
            "client" if what == "connects" => self.client = Some(connect(&self.stage).await),
            "client" if what == "greets" => self.client_greets().await?,
            "client" => act(&mut self.client, what).await?,
            "hop" => hop_step(&mut self.hop, &self.hop_listener, what).await?,
            "other" => hop_step(&mut self.other, &self.other_listener, what).await?,
            _ => return Err("no such actor".into()),
        }
        Ok(())
    }

    fn told(&mut self) -> String {
        self.heard.extend(self.stage.told.take());
        self.heard.pop_front().unwrap_or("nothing".into())
    }

    fn figure(&self, what: &str) -> String {
        let name = what.split(' ').next().unwrap_or_default();
        let metric = format!("portreeve_proxy_{name}_total");
        let found = ProxyStats::METRICS.iter().find(|(known, ..)| *known == metric);
        found.map_or("no such figure".into(), |(.., figure)| {
            format!("{name} {}", figure(&self.stage.proxy.stats()).get())
        })
    }

    async fn client_greets(&mut self) -> Result<(), String> {
        act(&mut self.client, "<- 220 proxy.test ESMTP").await?;
        act(&mut self.client, "-> EHLO client.test").await?;
        if self.hop.is_none() {
            hop_step(&mut self.hop, &self.hop_listener, "greets PIPELINING, 8BITMIME, SIZE 100000").await?;
        }
        loop {
            let heard = hear(&mut self.client).await?;
            if heard.starts_with("250 ") {
                return Ok(());
            }
            expect("250-...", &heard)?;
        }
    }
}

async fn hop_step(hop: &mut Connection, listener: &TcpListener, what: &str) -> Result<(), String> {
    let (verb, rest) = what.split_once(' ').unwrap_or((what, ""));
    match verb {
        "opens" => {
            *hop = Some(BufReader::new(listener.accept().await.unwrap().0));
            Ok(())
        }
        "greets" => {
            *hop = Some(BufReader::new(listener.accept().await.unwrap().0));
            act(hop, "-> 220 hop.test ESMTP").await?;
            act(hop, "<- EHLO proxy.test").await?;
            let offers: Vec<_> = rest.split(", ").filter(|word| !word.is_empty()).collect();
            for offer in ["hop.test"].iter().chain(offers.iter()) {
                act(hop, &format!("-> 250-{offer}")).await?;
            }
            act(hop, "-> 250 HELP").await
        }
        _ => act(hop, what).await,
    }
}

async fn act(connection: &mut Connection, what: &str) -> Result<(), String> {
    match what.split_once(' ').unwrap_or((what, "")) {
        ("->", text) => {
            let stream = connection.as_mut().ok_or("not connected")?;
            stream.write_all(&unescaped(text)).await.map_err(|error| error.to_string())
        }
        ("<-", text) => expect(text, &hear(connection).await?),
        ("closes", _) => {
            connection.take();
            Ok(())
        }
        _ => Err("no such action".into()),
    }
}

/// The next line, escaped; `end` when there is none.
async fn hear(connection: &mut Connection) -> Result<String, String> {
    let stream = connection.as_mut().ok_or("not connected")?;
    let mut line = Vec::new();
    match stream.read_until(b'\n', &mut line).await {
        Ok(0) | Err(_) => return Ok("end".into()),
        Ok(_) => {}
    }
    let ends_well = line.ends_with(b"\r\n");
    let text = String::from_utf8_lossy(&line[..line.len() - if ends_well { 2 } else { 0 }]).into_owned();
    let text = text.replace('\\', "\\\\").replace('\r', "\\r").replace('\n', "\\n").replace('\0', "\\0");
    Ok(if ends_well { text } else { text + "\\" })
}

fn unescaped(text: &str) -> Vec<u8> {
    let (text, end) = match text.strip_suffix('\\') {
        Some(text) if !text.ends_with('\\') => (text, ""),
        _ => (text, "\r\n"),
    };
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'\\' => match bytes.next() {
                Some(b'r') => b'\r',
                Some(b'n') => b'\n',
                Some(b'0') => 0,
                other => other.unwrap_or(b'\\'),
            },
            _ => byte,
        });
    }
    out.extend_from_slice(end.as_bytes());
    out
}

fn expect(expected: &str, heard: &str) -> Result<(), String> {
    let fits = match expected.strip_suffix("...") {
        Some(start) => heard.starts_with(start),
        None => heard == expected,
    };
    if fits { Ok(()) } else { Err(format!("heard \"{heard}\"")) }
}
