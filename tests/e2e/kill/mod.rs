//! From block to release with `kill -9` at every step: between two of them, and within each. What the outside got without an
//! answer comes again under the same name; nothing is lost, undone or shortened. ARCHITECTURE.md has the table.

mod digest;
mod journey;
mod lockout;
mod report;

use std::os::unix::fs::PermissionsExt;

use serde_json::Value;
use testkit::Receiver;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{Mail, Milter, Site, free_port, loopback, post, samples, within};
use crate::replies::{lmtp, sent};
use journey::{Journey, Who};

const BOB: &str = "bob@shop.example";
const ADDRESS: &str = "198.51.100.23";
const SECRET: &str = "a secret of more than 24 bytes";

/// Lets a site tell this receiver what happens.
fn hook(site: &mut Site, receiver: &Receiver) {
    let secret = site.path("panel.secret");
    std::fs::write(&secret, SECRET).expect("our own directory");
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).expect("our own file");
    site.set(&format!(
        "[[webhook]]\nname = \"panel\"\nurl = \"http://{}/\"\nsecret_file = \"{}\"\n",
        receiver.address(),
        secret.display()
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_with_a_ticket() {
    let listen = loopback(free_port());
    let more = format!("[lmtp]\nlisten = [\"inet:{listen}\"]\naddress = \"support@reply.provider.example\"\n");
    let mut journey = Journey::begin(Who::Account(BOB), "exchange", &more).await;
    let first = journey.block().await;
    assert_eq!(ticket(&journey)["state"], "answering");

    let to = journey.field_of_letter("Reply-To");
    let reply = Mail::new(b"From: bob@shop.example\nMessage-ID: <reply@shop.example>\n\n1. no\n2. no\n3. yes\n");
    let unheard = unheard(listen, &to, &reply).await;
    journey.kill_and_start().await;
    drop(unheard);
    // A mail server that heard no answer sends it again.
    assert_eq!(sent(&mut lmtp(listen).await, BOB, &to, &reply).await.code, 250);
    journey.kill_and_start().await;
    assert_eq!(ticket(&journey)["messages"].as_array().map(Vec::len), Some(1), "taken once");
    assert_eq!(ticket(&journey)["state"], "deciding");
    journey.quiet().await;

    journey.command(&["tickets", "approve", "1"], "unblocked").await;
    assert_eq!(ticket(&journey)["state"], "approved");
    journey.told(
        &first,
        3,
        &[
            "block.blocked",
            "ticket.opened",
            "ticket.answered",
            "block.unblocking",
            "ticket.approved",
            "block.unblocked",
        ],
    );
    journey.sends().await;
    let second = journey.block_again().await;
    journey.told(&second, 1, &["block.blocked_again", "ticket.opened"]);
    journey.ends();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_with_a_password() {
    let mut journey = Journey::begin(Who::Account(BOB), "mxplan-legacy", "").await;
    let first = journey.block().await;
    journey.command(&["accounts", "password-changed", BOB], "unblocked").await;
    journey.told(&first, 2, &["block.blocked", "block.unblocking", "block.unblocked"]);
    journey.sends().await;
    let second = journey.block_again().await;
    journey.told(&second, 1, &["block.blocked_again"]);
    journey.ends();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_whose_owner_unblocks_it() {
    let mut journey = Journey::begin(Who::Address(ADDRESS), "dedicated", "").await;
    let tells = journey.tells_a_command();
    let first = journey.block().await;
    journey.until("the command knows", |_| tells.heard().contains(&format!("blocked {first}"))).await;
    let key = journey.site.run(&["keys", "add", "shop", "--role", "customer", "--customer", "hosting-4711", "--json"]);
    let token = serde_json::from_slice::<Value>(&key.stdout).unwrap()["token"].as_str().unwrap().to_owned();

    tells.fails(true);
    journey.until("its time is over", |journey| journey.may_go()).await;
    let unheard = unheard_unblock(journey.web(), &token, &first).await;
    journey.kill_and_start().await;
    drop(unheard);
    if journey.state() != "unblocked" {
        assert_eq!(unblock(journey.web(), &token, &first).await, 200);
    }
    journey.kill_and_start().await;
    journey.until("it is over", |journey| journey.state() == "unblocked").await;
    // The command failed all the while; its release is owed all the same.
    journey.kill_and_start().await;
    assert!(!tells.heard().contains(&format!("released {first}")));
    tells.fails(false);
    journey.kill_and_start().await;
    journey.until("the command knows", |_| tells.heard().contains(&format!("released {first}"))).await;
    journey.quiet().await;
    journey.told(&first, 2, &["block.blocked", "block.unblocking", "block.unblocked"]);
    journey.sends().await;
    let second = journey.block_again().await;
    journey.until("the command knows", |_| tells.heard().last() == Some(&format!("blocked {second}"))).await;
    assert_eq!(unblock(journey.web(), &token, &second).await, 409, "its hour is not over");
    journey.told(&second, 1, &["block.blocked_again"]);
    journey.ends();
}

fn ticket(journey: &Journey) -> Value {
    serde_json::from_slice(&journey.site.run(&["tickets", "show", "1", "--json"]).stdout).unwrap_or_default()
}

/// Hands a mail over by LMTP to the last byte and reads no answer to it.
async fn unheard(listen: std::net::SocketAddr, to: &str, mail: &Mail) -> TcpStream {
    let mut stream = TcpStream::connect(listen).await.unwrap();
    let commands = format!("LHLO relay.example\r\nMAIL FROM:<{BOB}>\r\nRCPT TO:<{to}>\r\nDATA\r\n");
    stream.write_all(commands.as_bytes()).await.unwrap();
    let mut answers = String::new();
    while !answers.contains("354 ") {
        let mut some = [0; 1024];
        let read = within("354", stream.read(&mut some)).await.unwrap();
        assert!(read > 0, "{answers}");
        answers.push_str(&String::from_utf8_lossy(&some[..read]));
    }
    stream.write_all(&[&mail.raw, b".\r\n".as_slice()].concat()).await.unwrap();
    stream
}

/// Asks with the owner's key, to the last byte, and reads no answer.
async fn unheard_unblock(web: std::net::SocketAddr, token: &str, reference: &str) -> TcpStream {
    let mut stream = TcpStream::connect(web).await.unwrap();
    let asked = format!(
        "POST /api/blocks/{reference}/unblock HTTP/1.1\r\nHost: {web}\r\nAuthorization: Bearer {token}\r\n\
         Content-Length: 0\r\n\r\n"
    );
    stream.write_all(asked.as_bytes()).await.unwrap();
    stream
}

/// What the owner's key is answered.
async fn unblock(web: std::net::SocketAddr, token: &str, reference: &str) -> u16 {
    let bearer = format!("Bearer {token}");
    post(web, &format!("/api/blocks/{reference}/unblock"), &[("authorization", &bearer)], "").await.status
}

/// Sends samples until one is refused with the link of a block.
async fn spam(journey: &Journey, address: &str, login: &str) {
    let mut session = Milter::session(&journey.site.socket(), login, address).await;
    for (count, mail) in (1..40).zip(samples("spam").iter().cycle()) {
        let mail = mail.renumbered(&format!("<{count}.spam@shop.example>"));
        let answer = session.send(BOB, "victim@far.example", &mail).await.text();
        if crate::harness::link_in(&answer).is_some() {
            return;
        }
    }
    panic!("40 spam messages and no block");
}
