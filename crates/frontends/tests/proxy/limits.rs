//! Limits on clients, and what happens when a next hop is down.

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};

use crate::sink::Sink;
use crate::stage::{Stage, settings};
use crate::talk::Talk;

async fn connected(stage: &Stage) -> Talk<TcpStream> {
    Talk::new(TcpStream::connect(stage.address).await.unwrap())
}

async fn send(stage: &Stage) -> String {
    let mut client = connected(stage).await;
    assert!(client.reply().await.starts_with("220 "));
    for line in ["EHLO client.test", "MAIL FROM:<bob@shop.example>", "RCPT TO:<ann@example.net>", "DATA"] {
        let answer = client.ask(line).await;
        if !answer.starts_with(['2', '3']) {
            return answer;
        }
    }
    client.ask("x\r\n.").await
}

/// An address where nobody listens.
async fn nobody() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

#[tokio::test]
async fn one_session_too_many_is_told_to_come_back() {
    let sink = Sink::start().await;
    for limit in ["max_sessions_per_client = 1", "max_sessions = 1"] {
        let stage = Stage::new(&format!("next_hops = [\"{}\"]\n{limit}", sink.address)).await;
        let mut first = connected(&stage).await;
        assert!(first.reply().await.starts_with("220 "));
        let mut second = connected(&stage).await;
        assert_eq!(second.reply().await, "421 4.7.0 Too many connections; try again later");
        assert_eq!(second.hear().await, "");
        assert_eq!(stage.proxy.stats().sessions_refused.get(), 1);
        assert_eq!(first.ask("QUIT").await, "221 2.0.0 Bye");
        assert_eq!(first.hear().await, "", "its place is free again");
        assert!(connected(&stage).await.reply().await.starts_with("220 "));
    }
}

#[tokio::test]
async fn a_next_hop_that_is_down_is_replaced_and_left_alone() {
    let (down, sink) = (nobody().await, Sink::start().await);
    let stage = Stage::new(&format!("next_hops = [\"{down}\", \"{}\"]", sink.address)).await;
    for _ in 0..3 {
        assert_eq!(send(&stage).await, "250 2.0.0 kept");
    }
    assert_eq!(sink.take().len(), 3);
    let stats = stage.proxy.stats();
    assert_eq!((stats.hop_failures.get(), stats.hop_connections.get()), (1, 1), "one try, then one connection for all");
    assert_eq!(stats.messages_relayed.get(), 3);
    let hops = stage.proxy.next_hops();
    let failing: Vec<_> = hops.failing.iter().map(|(hop, _)| hop.as_str()).collect();
    assert_eq!((hops.count, failing), (2, vec![down.to_string().as_str()]));
}

#[tokio::test]
async fn mail_exchangers_are_tried_best_first() {
    let sink = Sink::start().await;
    let stage = Stage::new(&format!("next_hops = [\"mx:provider.example:{}\"]", sink.address.port())).await;
    assert_eq!(send(&stage).await, "250 2.0.0 kept");
    let stage = Stage::new("next_hops = [\"mx:elsewhere.example\"]").await;
    assert!(send(&stage).await.starts_with("421 4.4.1 "));
}

#[tokio::test]
async fn when_all_are_down_they_are_tried_again_and_come_back() {
    let down = nobody().await;
    let stage = Stage::new(&format!("next_hops = [\"{down}\"]")).await;
    assert!(send(&stage).await.starts_with("421 4.4.1 "));
    assert_eq!(stage.proxy.next_hops().failing.len(), 1);
    let sink = Sink::start().await;
    let now = settings(&format!("next_hops = [\"{down}\", \"{}\"]", sink.address));
    stage.proxy.replace_settings(now).unwrap();
    assert_eq!(stage.proxy.next_hops().failing.len(), 0, "nothing is known of them yet");
    assert_eq!(send(&stage).await, "250 2.0.0 kept");
}

#[tokio::test]
async fn next_hops_take_turns() {
    let (one, two) = (Sink::start().await, Sink::start().await);
    let hops = format!("next_hops = [\"{}\", \"{}\"]\npick = \"rotate\"\nreuse = 0", one.address, two.address);
    let stage = Stage::new(&hops).await;
    for _ in 0..8 {
        assert_eq!(send(&stage).await, "250 2.0.0 kept");
    }
    let (first, second) = (one.take().len(), two.take().len());
    assert!(first >= 2 && second >= 2 && first + second == 8, "{first} and {second}");
}

#[tokio::test]
async fn a_connection_carries_so_many_messages_and_no_more() {
    let sink = Sink::start().await;
    let stage = Stage::new(&format!("next_hops = [\"{}\"]\nreuse = 2", sink.address)).await;
    for _ in 0..6 {
        assert_eq!(send(&stage).await, "250 2.0.0 kept");
    }
    assert_eq!(stage.proxy.stats().hop_connections.get(), 3);
}

#[tokio::test]
async fn serving_ends_when_the_last_session_has() {
    let sink = Sink::start().await;
    let stage = Stage::new(&format!("next_hops = [\"{}\"]", sink.address)).await;
    assert_eq!(send(&stage).await, "250 2.0.0 kept");
    stage.drain.send_replace(true);
    stage.serving.await.unwrap();
    assert!(TcpStream::connect(stage.address).await.is_err(), "nobody listens any more");
}

/// A next hop that answers in mid-message and reads no further (smtp-sink -A): its words are the client's answer, without
/// waiting for the time-out of a block, and the half message on the connection is the last one there.
#[tokio::test]
async fn a_refusal_in_mid_message_is_heard_while_sending() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut deaf = Vec::new();
        loop {
            let mut hop = Talk::new(listener.accept().await.unwrap().0);
            hop.say("220 hop.test").await;
            for answer in ["250 hop.test", "250 sender", "250 recipient", "354 go"] {
                hop.hear().await;
                hop.say(answer).await;
            }
            hop.say("554 5.3.4 I have seen enough").await;
            deaf.push(hop);
        }
    });
    let stage = Stage::new(&format!("next_hops = [\"{address}\"]")).await;
    for _ in 0..2 {
        let mut client = connected(&stage).await;
        client.reply().await;
        for line in ["EHLO client.test", "MAIL FROM:<bob@shop.example>", "RCPT TO:<ann@example.net>", "DATA"] {
            client.ask(line).await;
        }
        client.raw(&b"all work and no play\r\n".repeat(600_000)).await;
        assert_eq!(client.ask(".").await, "554 5.3.4 I have seen enough");
    }
    assert_eq!(stage.proxy.stats().hop_connections.get(), 2);
}
