//! Plays a dialogue line by line.

use std::time::Duration;

use model::{Action, Refusal, Submission};

use crate::bench::{Bench, Heard, Mta};
use crate::packet;

/// A dialogue being played.
pub(crate) struct Script {
    bench: Bench,
    mta: Option<Mta>,
    unsent: Vec<u8>,
}

type Step = Result<(), String>;

impl Script {
    /// Plays a dialogue; an error begins with the number of its line.
    pub(crate) async fn play(text: &str) -> Step {
        let mut script = Self { bench: Bench::start().await, mta: None, unsent: Vec::new() };
        let mut last = 0;
        for (number, line) in text.lines().enumerate() {
            if !line.is_empty() && !line.starts_with('#') {
                last = number + 1;
                script.step(line).await.map_err(|why| format!("{last}: {why}"))?;
            }
        }
        script.end().await.map_err(|why| format!("{last}: {why}"))
    }

    async fn step(&mut self, line: &str) -> Step {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        if word.len() == 1 {
            self.unsent.extend(packet::encode(line)?);
            return Ok(());
        }
        match word {
            "raw" => self.raw(rest),
            "<-" => self.expect(rest).await,
            "hang" => self.hang_up().await,
            "judge" => self.instruct(rest),
            "judged" => self.judged(rest).await,
            "asked" => self.asked(rest).await,
            "event" => self.event(rest).await,
            "count" => self.count(rest).await,
            _ => Err(format!("no such step: {line}")),
        }
    }

    fn raw(&mut self, rest: &str) -> Step {
        for word in rest.split(' ') {
            self.unsent.push(u8::from_str_radix(word, 16).map_err(|error| format!("{word}: {error}"))?);
        }
        Ok(())
    }

    /// The connection is made late, so that the judge can be instructed before.
    async fn connected(&mut self) -> &mut Mta {
        let mut mta = match self.mta.take() {
            Some(mta) => mta,
            None => self.bench.connect().await,
        };
        mta.send(&std::mem::take(&mut self.unsent)).await;
        self.mta.insert(mta)
    }

    async fn expect(&mut self, expected: &str) -> Step {
        let heard = match self.connected().await.hear().await {
            Heard::Packet(packet) if packet == expected || (expected == "O" && packet.starts_with('O')) => {
                return Ok(());
            }
            Heard::Packet(packet) => format!("the milter said `{packet}`"),
            Heard::Closed if expected == "close" => {
                self.mta = None;
                return Ok(());
            }
            Heard::Closed => "the milter closed".into(),
            Heard::Nothing => "the milter said nothing".into(),
        };
        Err(format!("expected `{expected}`, {heard}"))
    }

    async fn hang_up(&mut self) -> Step {
        self.connected().await.hang_up().await;
        self.expect("close").await
    }

    /// Whatever the milter says beyond the dialogue is a mistake.
    async fn end(mut self) -> Step {
        if self.mta.is_none() && self.unsent.is_empty() {
            return Ok(());
        }
        self.unsent.extend(packet::encode("Q")?);
        match self.connected().await.hear().await {
            Heard::Closed => Ok(()),
            Heard::Packet(packet) => Err(format!("the milter also said `{packet}`")),
            Heard::Nothing => Err("the milter did not close after Q".into()),
        }
    }

    fn instruct(&mut self, rest: &str) -> Step {
        let mut state = self.bench.judge.state();
        let words: Vec<_> = rest.splitn(4, ' ').collect();
        match words[..] {
            ["refuse", stage, who, reply] => state.refusals.push((stage.into(), who.into(), refusal(reply)?)),
            ["proceed"] => state.refusals.clear(),
            ["takes", seconds] => {
                let seconds = seconds.trim_end_matches('s').parse().map_err(|_| "expected seconds")?;
                state.takes = Duration::from_secs(seconds);
            }
            ["analyses", bytes] => state.analyses = bytes.parse().map_err(|_| "expected bytes")?,
            ["verdict", ..] => state.verdict = action(rest.strip_prefix("verdict ").unwrap_or_default())?,
            _ => return Err(format!("no such instruction: {rest}")),
        }
        Ok(())
    }

    /// Lets the server take what was sent without a reply.
    async fn settle(&mut self) {
        self.connected().await;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }

    async fn judged(&mut self, rest: &str) -> Step {
        self.settle().await;
        let judged = self.bench.judge.state().judged.clone().ok_or("nothing was judged")?;
        if let Some(raw) = rest.strip_prefix("raw=") {
            return same("raw", &escaped(&judged.message.raw), raw);
        }
        rest.split(' ').filter_map(|word| word.split_once('=')).try_for_each(|(key, value)| {
            same(key, &told(&judged, key).ok_or_else(|| format!("no such key: {key}"))?, value)
        })
    }

    async fn asked(&mut self, rest: &str) -> Step {
        self.settle().await;
        let asked = std::mem::take(&mut self.bench.judge.state().asked);
        same("asked", &asked.join(", "), if rest == "nothing" { "" } else { rest })
    }

    async fn event(&mut self, rest: &str) -> Step {
        self.settle().await;
        let events = std::mem::take(&mut self.bench.judge.state().events);
        let names: Vec<_> = events.iter().filter_map(|text| text.split_once(':').map(|(name, _)| name)).collect();
        same("event", &names.join(" "), if rest == "none" { "" } else { rest })
    }

    async fn count(&mut self, rest: &str) -> Step {
        self.bench_settled().await;
        let (label, expected) = rest.split_once(' ').ok_or("expected a label and a number")?;
        let count = self.bench.stats.faults().find(|(name, _)| *name == label).map(|(_, count)| count);
        same(label, &count.unwrap_or_default().to_string(), expected)
    }

    async fn bench_settled(&self) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

fn same(what: &str, found: &str, expected: &str) -> Step {
    if found == expected { Ok(()) } else { Err(format!("{what}: expected `{expected}`, found `{found}`")) }
}

/// `550 5.7.1 text`
fn refusal(reply: &str) -> Result<Refusal, String> {
    let words: Vec<_> = reply.splitn(3, ' ').collect();
    let [code, enhanced, text] = words[..] else { return Err(format!("expected a reply, found {reply}")) };
    let digits: Vec<u8> = enhanced.split('.').filter_map(|digit| digit.parse().ok()).collect();
    let code = code.parse().map_err(|_| "expected a code")?;
    let enhanced = digits.try_into().map_err(|_| "expected an enhanced code")?;
    Ok(Refusal { code, enhanced, text: text.replace("\\n", "\n"), retry_after: None })
}

fn action(text: &str) -> Result<Action, String> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    Ok(match word {
        "accept" => Action::Accept,
        "reject" => Action::Reject(refusal(rest)?),
        "defer" => Action::Defer(refusal(rest)?),
        "hold" => Action::Hold(rest.into()),
        "tag" => {
            let (name, value) = rest.split_once(": ").ok_or("expected a header field")?;
            Action::Tag(vec![(name.into(), value.into())])
        }
        _ => return Err(format!("no such verdict: {text}")),
    })
}

fn told(judged: &Submission, key: &str) -> Option<String> {
    let (session, envelope, message) = (&judged.session, &judged.envelope, &judged.message);
    Some(match key {
        "via" => session.via.as_str().into(),
        "client" => session.client.map(|client| client.to_string()).unwrap_or_default(),
        "name" => session.client_name.as_ref().map(ToString::to_string).unwrap_or_default(),
        "helo" => session.helo.clone(),
        "login" => session.login.as_ref().map(|login| login.account.to_string()).unwrap_or_default(),
        "mechanism" => session.login.as_ref().map(|login| login.mechanism.clone()).unwrap_or_default(),
        "daemon" => session.daemon.clone(),
        "tls" => session.tls.to_string(),
        "sender" => envelope.sender.as_str().into(),
        "rcpts" => envelope.recipients.iter().map(|path| path.as_str()).collect::<Vec<_>>().join(","),
        "refused" => envelope.refused_count.to_string(),
        "id" => envelope.queue_id.as_ref().map(ToString::to_string).unwrap_or_default(),
        "size" => message.size.to_string(),
        "kept" => message.raw.len().to_string(),
        "truncated" => message.truncated.to_string(),
        _ => return None,
    })
}

fn escaped(raw: &[u8]) -> String {
    raw.escape_ascii().to_string()
}
