//! HTTP scan: Rspamd's own client asks, and whoever it names is counted and blocked like a sender behind the milter.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::harness::{Mail, Site, missing, samples};

const BOB: &str = "bob@shop.example";

/// What rspamc prints in JSON for a message; `None` where it is not installed.
fn rspamc(address: &str, arguments: &[&str], mail: &Mail) -> Option<Value> {
    let mut command = Command::new("rspamc");
    command
        .args(["-h", address, "--json", "-F", BOB, "-r", "victim@far.example", "-i", "198.51.100.23"])
        .args(arguments);
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut child) = child else {
        missing("rspamc");
        return None;
    };
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), &mail.raw).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let json = text.find('{').map_or("", |start| &text[start..]);
    Some(serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {output:?}")))
}

#[tokio::test(flavor = "multi_thread")]
async fn rspamc_is_answered_and_the_sender_it_names_is_blocked() {
    let site = Site::new("[scan]\nlisten = [\"127.0.0.1:0\"]\n").await;
    let daemon = site.start().await;
    let line = daemon.logged("the door", |line| line["kind"] == "scan").await;
    let address = line["address"].as_str().unwrap().to_owned();
    let ask = |arguments: &[&str], mail: &Mail| tokio::task::block_in_place(|| rspamc(&address, arguments, mail));

    let Some(answer) = ask(&["-u", BOB], &samples("ham")[0]) else { return };
    assert_eq!(answer["action"], "no action", "{answer}");
    let spam = samples("spam");
    let mut blocked = None;
    for (count, mail) in (1..40).zip(spam.iter().cycle()) {
        let answer = ask(&["-u", BOB], &mail.renumbered(&format!("<{count}.{BOB}>"))).unwrap();
        assert!(answer["score"].as_i64().is_some() && answer["symbols"].is_object(), "{answer}");
        if answer["messages"]["smtp_message"].as_str().is_some_and(|text| text.contains("is blocked until")) {
            assert_eq!(answer["action"], "reject");
            blocked = Some(count);
            break;
        }
    }
    assert!(blocked.is_some(), "39 spam messages and no block");
    let refused = ask(&["-u", BOB], &samples("ham")[0]).unwrap();
    assert_eq!(refused["action"], "reject", "a blocked sender's ordinary mail too: {refused}");
    assert!(site.refuses(BOB).await, "the milter knows the same block");
    let other = ask(&["-u", "anna@shop.example"], &samples("ham")[0]).unwrap();
    assert_eq!(other["action"], "no action", "others are not concerned: {other}");
}
