//! An operator blocks by hand: refused at once in his words, shown with a command that works, and never more than he has named.

use std::process::Output;

use crate::harness::{Milter, Site};

const BOB: &str = "bob@shop.example";

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_operator_blocks_is_refused_and_shown() {
    let site = Site::new("").await;
    let _daemon = site.start().await;
    let before = site.run(&["standing", "account", BOB]);
    assert_eq!(before.status.code(), Some(0), "{}", said(&before));

    let reason = "the password was stolen";
    let added = site.run(&["blocks", "add", "account", BOB, "--for", "6h", "--reason", reason]);
    assert_eq!(added.status.code(), Some(0), "{}", said(&added));
    let answer = Milter::session(&site.socket(), BOB, "203.0.113.5").await.mail(BOB).await;
    assert!(answer.text().contains(reason), "{}", answer.text());

    let standing = site.run(&["standing", "account", BOB]);
    let told = said(&standing);
    assert_eq!(standing.status.code(), Some(1), "{told}");
    let (_, command) = told.split_once(": portreeve ").expect("a command to go on with");
    let words: Vec<_> = command.lines().next().unwrap_or_default().split(' ').collect();
    let shown = site.run(&words);
    assert!(shown.status.code() != Some(2) && said(&shown).contains(reason), "{words:?}: {}", said(&shown));
    let again = site.run(&["blocks", "add", "account", BOB, "--reason", reason]);
    assert_eq!(again.status.code(), Some(1), "{}", said(&again));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_is_not_its_first_address() {
    let site = Site::new("").await;
    let _daemon = site.start().await;
    for wide in ["192.0.2.0/24", "0.0.0.0/0", "2001:db8::/32"] {
        let refused = site.run(&["blocks", "add", "ip", wide, "--reason", "all of it"]);
        assert_eq!(refused.status.code(), Some(2), "{wide}: {}", said(&refused));
        assert!(said(&refused).contains("networks are named address by address"), "{}", said(&refused));
    }
    let listed = site.run(&["blocks", "list"]);
    assert!(!said(&listed).contains("192.0.2.0"), "{}", said(&listed));
}
