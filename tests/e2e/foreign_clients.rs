//! Clients that others wrote: miltertest speaks the milter protocol as its authors read it, swaks shows what a person
//! sees.

use std::path::Path;
use std::process::{Command, Output};

use testkit::Relay;

use crate::harness::{Mail, Postfix, Site, missing, samples};

#[tokio::test(flavor = "multi_thread")]
async fn miltertest_finds_the_protocol_right() {
    let Some(mut miltertest) = tool("miltertest") else { return };
    let site = Site::new("[score]\nreject = 100").await;
    let _daemon = site.start().await;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/miltertest/session.lua");
    miltertest.arg("-D").arg(format!("socket={}", site.socket().display())).arg("-s").arg(script);
    let output = finish(miltertest).await;
    assert!(output.status.success(), "{}", said(&output));
}

#[tokio::test(flavor = "multi_thread")]
async fn swaks_shows_the_refusal() {
    let Some(mut swaks) = tool("swaks") else { return };
    let site = Site::new("[score]\nreject = 100").await;
    let _daemon = site.start().await;
    let outside = Relay::start().await;
    let Some(postfix) = Postfix::start(&site.milter(), outside.address()).await else { return };
    let mail = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(mail.path(), lines_for_swaks(&samples("spam")[0])).expect("it is ours");
    swaks.arg("--server").arg(postfix.submission.to_string()).args(["--ehlo", "client.example"]);
    swaks.args(["--xclient-addr", "198.51.100.23", "--xclient-login", "bob@shop.example"]);
    swaks.args(["--from", "bob@shop.example", "--to", "victim@far.example", "--data"]).arg(mail.path());
    let output = finish(swaks).await;
    assert!(said(&output).contains("550 5.7.1 This message was not sent: it looks like spam"), "{}", said(&output));
    assert!(outside.mails().is_empty());
}

fn tool(name: &str) -> Option<Command> {
    let found = std::env::split_paths(&std::env::var_os("PATH")?).any(|folder| folder.join(name).exists());
    if !found {
        missing(name);
        return None;
    }
    Some(Command::new(name))
}

/// Runs it on a thread of its own: the sink must go on answering meanwhile.
async fn finish(mut command: Command) -> Output {
    let run = tokio::task::spawn_blocking(move || command.output().expect("it was found"));
    crate::harness::within("the tool's end", run).await.expect("it does not panic")
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

/// It writes the line ends itself.
fn lines_for_swaks(mail: &Mail) -> String {
    String::from_utf8_lossy(&mail.raw).replace("\r\n", "\n")
}
