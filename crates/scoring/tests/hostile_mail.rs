//! Mail built to exhaust or confuse: extracted and scored as the daemon does it, with a rule of the operator's for every place.
//! Nothing panics, every score is bounded and explained, and the time stays that of one message.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod common;

use std::time::{Duration, Instant};

use common::{case_files, check, scored, workspace};
use proptest::prelude::*;

/// A debug build on a busy machine takes a hundredth of it; work that grows with the square of the size takes more.
const MOST_TIME: Duration = Duration::from_secs(30);

#[allow(clippy::disallowed_methods, reason = "the time a message takes is what is tested")]
fn check_in_time(what: &str, raw: &[u8]) {
    let started = Instant::now();
    check(raw);
    assert!(started.elapsed() < MOST_TIME, "{what} took {:?}", started.elapsed());
}

#[test]
fn mail_built_to_exhaust_is_scored_in_time() {
    let html = |body: &str, times: usize| ["Content-Type: text/html\r\n\r\n", &body.repeat(times), "end"].concat();
    let nest: String =
        (0..10_000).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n")).collect();
    let hosts: String = (0..20_000).map(|n| format!("<a href='http://secure-paypa1-{n}.example/x'>y</a>")).collect();
    let hostile = [
        ("25 MB of text", ["Subject: x\r\n\r\n", &"Verify your account now. ".repeat(1_000_000)].concat()),
        (
            "100,000 parts",
            ["Content-Type: multipart/mixed; boundary=b\r\n\r\n", &"--b\r\n\r\n".repeat(100_000)].concat(),
        ),
        ("deep nesting", nest),
        ("a million tags", html("<b>", 1_000_000)),
        ("split words", html("a<i hidden>x</i>", 100_000)),
        ("open styles", html("<div style='font:0/0 a;clip:rect(0,0,0,0)'>x", 20_000)),
        ("attributes", html("<a href=http://www.google.com/url?q=x1234 style=a class=b id=c>", 10_000)),
        (
            "one tag of attributes",
            ["Content-Type: text/html\r\n\r\n<a ", &"href=x style=y ".repeat(100_000), ">z"].concat(),
        ),
        ("look-alike hosts", html(&hosts, 1)),
        ("labels", html(&format!("<a href='http://{}example/'>x</a>", "xn--a-".repeat(40)), 3000)),
        ("phrases", ["Subject: x\r\n\r\n", &"next of kin 確認 ".repeat(30_000)].concat()),
        ("Chinese", ["Content-Type: text/plain; charset=utf-8\r\n\r\n", &"您的账户已被".repeat(20_000)].concat()),
        ("a header line of a megabyte", ["Subject: Re: ", &"=?utf-8?b?YQ==?= ".repeat(60_000), "\r\n\r\n"].concat()),
        ("X-PHP-Script", ["X-PHP-Script: ", &"/tmp/".repeat(200_000), "\r\n\r\n"].concat()),
        ("a field somebody asked for", ["X-Tool: =?utf-8?q?a?=\r\n".repeat(50_000), "\r\n".into()].concat()),
        ("quoted heads", ["Subject: Re: x\r\n\r\n", &">> * ".repeat(60_000), &"\r\n> From:".repeat(60_000)].concat()),
        ("a bomb of ZIP headers", zip_bomb()),
    ];
    for (what, raw) in &hostile {
        check_in_time(what, raw.as_bytes());
    }
}

/// Local headers of nested archives with lying sizes, in base64 ("UEsDBBQAAQ" is one's beginning).
fn zip_bomb() -> String {
    let head = "Content-Type: application/zip; name=a.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    [head, &"UEsDBBQAAQAI//////////////////////////////8FAGEuemlw".repeat(100_000)].concat()
}

#[test]
fn the_edge_cases_of_other_parsers_are_scored() {
    let archive = workspace().join("../shared/corpora/edge.tar.xz");
    if !archive.exists() {
        println!("skipped: the corpora are not here");
        return;
    }
    let folder = std::env::temp_dir().join(format!("portreeve-edge-scored-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let unpacked = std::process::Command::new("tar").arg("-xJf").arg(&archive).arg("-C").arg(&folder).status();
    if unpacked.is_ok_and(|status| status.success()) {
        let files = common::files_below(&folder);
        assert!(files.len() > 100);
        files.iter().for_each(|file| check_in_time(&file.display().to_string(), &std::fs::read(file).unwrap()));
    } else {
        println!("skipped: tar can't unpack the corpora");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

/// The messages of all case files: every signal's own, to be broken.
fn seeds() -> Vec<Vec<u8>> {
    let files = case_files().unwrap();
    let blocks =
        files.iter().flat_map(|(_, text)| text.split("=== ").skip(1).filter_map(|block| block.split_once("---\n")));
    blocks.map(|(_, message)| message.as_bytes().to_vec()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// A message with bytes changed, a piece of another in its middle, and its end cut off.
    #[test]
    fn broken_messages_are_scored(
        which in any::<prop::sample::Index>(), other in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..40),
        cut in any::<prop::sample::Index>(),
    ) {
        let seeds = seeds();
        let mut raw = which.get(&seeds).clone();
        let at = at.index(raw.len());
        raw.splice(at..at, other.get(&seeds).iter().copied());
        changes.iter().for_each(|(at, byte)| *at.get_mut(&mut raw) = *byte);
        raw.truncate(cut.index(raw.len()) + raw.len() / 2);
        check(&raw);
    }

    #[test]
    fn the_same_bytes_have_the_same_score(which in any::<prop::sample::Index>()) {
        let seeds = seeds();
        let raw = which.get(&seeds);
        prop_assert_eq!(scored(raw), scored(raw));
    }
}
