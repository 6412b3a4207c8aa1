//! A mailbox behind a server that lies: each lie at each step costs one finding, which says so, and never shows the password.

use std::net::SocketAddr;
use std::sync::Arc;

use diagnostics::Check::Arrives;
use diagnostics::Outcome::{Pass, Unknown};
use diagnostics::{DiagnosisSettings, Encryption, Finding, Password, Patient};
use model::SubjectKind::Account;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::server::Server;
use crate::world::{World, finding};

const SECRET: &str = "op\"era\\tor's secret";
/// What a command begins with; the greeting answers none.
const STEPS: [&str; 5] = ["", "LOGIN", "EXAMINE", "NOOP", "UID SEARCH"];

/// What a server says instead of the truth; `TAG` stands for the command's.
#[derive(Debug, Clone)]
enum Lie {
    Says(Vec<u8>),
    /// The same again and again, for as long as anybody listens.
    Repeats(Vec<u8>),
    HangsUp,
    IsSilent,
}

use Lie::{HangsUp, IsSilent, Repeats, Says};

fn says(text: &str) -> Lie {
    Says(text.as_bytes().to_vec())
}

/// Each with what the finding says of it.
fn lies() -> Vec<(Lie, &'static str)> {
    let nested = format!("* LIST {}{}\r\n", "(".repeat(100_000), ")".repeat(100_000));
    let escaped = SECRET.replace('\\', "\\\\").replace('"', "\\\"");
    vec![
        (says(&format!("TAG NO {SECRET} is wrong, \"{escaped}\" too\r\n")), ""),
        (says("TAG BAD what\r\n"), ""),
        (says("* BYE too many\r\n"), "BYE too many"),
        (says("zz9 OK done\r\n"), ""),
        (says("* 1 FETCH (BODY[] {4294967296}\r\n"), ""),
        (says("TAG OK {18446744073709551616}\r\n"), ""),
        (says(&nested), "its line is too long"),
        (Says(b"* \0\0\xff\xfe\r\n\0TAG OK\r\n".to_vec()), ""),
        (says("\r\n"), ""),
        (Says(vec![b'x'; 1 << 20]), "its line is too long"),
        (Repeats(b"xxxxxxxxxxxxxxxx".repeat(64)), "its line is too long"),
        (HangsUp, "broke off"),
    ]
}

/// A server that lies at one step and is honest at all others; it ends with the runtime.
async fn liar(step: &'static str, lie: Lie) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let lie = Arc::new(lie);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, step, Arc::clone(&lie)));
        }
    });
    address
}

/// Ends when the client has had enough, or the lie is to end.
async fn serve(stream: TcpStream, step: &str, lie: Arc<Lie>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    if step.is_empty() {
        tells(&mut stream, &lie, "TAG").await?;
    } else {
        stream.write_all(b"* OK ready\r\n").await.ok()?;
    }
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let (tag, command) = line.trim_end().split_once(' ')?;
        if !step.is_empty() && command.starts_with(step) {
            tells(&mut stream, &lie, tag).await?;
        } else {
            let found = if command.starts_with("UID SEARCH") { "* SEARCH 4711\r\n" } else { "* 1 EXISTS\r\n" };
            stream.write_all(format!("{found}{tag} OK done\r\n").as_bytes()).await.ok()?;
        }
    }
}

async fn tells(stream: &mut BufReader<TcpStream>, lie: &Lie, tag: &str) -> Option<()> {
    match lie {
        Says(bytes) => stream.write_all(&replaced(bytes, b"TAG", tag.as_bytes())).await.ok(),
        Repeats(bytes) => loop {
            stream.write_all(bytes).await.ok()?;
        },
        HangsUp => None,
        IsSilent => std::future::pending().await,
    }
}

fn replaced(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = text.windows(from.len()).position(|window| window == from);
    at.map_or_else(|| text.to_vec(), |at| [&text[..at], to, &text[at + from.len()..]].concat())
}

/// What is found out about the arrival of a message that a mail server has taken.
async fn looked_up(imap: SocketAddr) -> Finding {
    let server = Server::start("AUTH_PLAIN").await;
    server.answer("AUTH", "235 2.7.0 welcome");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    std::fs::write(&file, format!("{SECRET}\n")).unwrap();
    let settings = DiagnosisSettings {
        submission: server.address.to_string().parse().ok(),
        submission_tls: Encryption::Off,
        test_recipient: Some("tests@provider.example".into()),
        test_wait: std::time::Duration::from_secs(1),
        check_timeout: std::time::Duration::from_secs(3),
        test_imap: imap.to_string().parse().ok(),
        test_imap_tls: Encryption::Off,
        test_imap_user: Some("tests@provider.example".into()),
        test_imap_password: Some(file),
        ..Default::default()
    };
    let world = World::with(settings, "").await;
    let bob = Patient::parse(Account, "bob@shop.example").unwrap();
    let begun = world.diagnoses.start(bob, Some(Password::new("bob's".into()).unwrap()), "test").unwrap();
    finding(&world.diagnoses.ended(begun.id).await.unwrap(), Arrives)
}

#[tokio::test]
async fn an_honest_server_is_believed() {
    let found = looked_up(liar("nothing", HangsUp).await).await;
    assert_eq!(found.outcome, Pass, "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_lie_at_any_step_is_believed_or_does_harm() {
    let escaped = SECRET.replace('\\', "\\\\").replace('"', "\\\"");
    for step in STEPS {
        for (lie, words) in lies() {
            let found = looked_up(liar(step, lie.clone()).await).await;
            assert_eq!(found.outcome, Unknown, "{step:?} {found:?}");
            assert!(
                found.found.starts_with("The mailbox of the test recipient can't be looked at"),
                "{step:?} {found:?}"
            );
            assert!(found.found.contains(words), "{step:?} {found:?} does not say {words:?}");
            assert!(!found.found.contains(SECRET) && !found.found.contains(&escaped), "{step:?} {found:?}");
            assert!(found.found.len() < 500 && !found.found.contains(char::is_control), "{step:?} {found:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_talks_and_never_comes_to_an_end_is_left() {
    for step in ["LOGIN", "UID SEARCH"] {
        let found = looked_up(liar(step, Repeats(b"* 1 EXISTS\r\n".repeat(50))).await).await;
        assert_eq!((found.outcome, found.found.contains("its answer has no end")), (Unknown, true), "{step} {found:?}");
    }
}

/// It can't be told of a mail that it has not arrived where nobody could look.
#[tokio::test(flavor = "multi_thread")]
async fn a_silent_server_is_no_lost_mail() {
    for (step, words) in [("", "no answer within"), ("EXAMINE", "no answer within"), ("UID SEARCH", "does not answer")]
    {
        let found = looked_up(liar(step, IsSilent).await).await;
        assert_eq!((found.outcome, found.found.contains(words)), (Unknown, true), "{step:?} {found:?}");
    }
}

#[tokio::test]
async fn what_a_search_finds_has_to_be_a_number() {
    let found = looked_up(liar("UID SEARCH", says("* SEARCH ((((\r\nTAG OK done\r\n")).await).await;
    assert_eq!(found.outcome, Unknown, "{found:?}");
}
