//! Letters lead to the customer's own page where he can reach it, by a link that only the site's key can have made, that opens one
//! block for a while, and that does nothing before a person has pressed a button.

use std::process::Command;
use std::time::UNIX_EPOCH;

use serde_json::Value;

use crate::harness::{Daemon, Milter, Page, Site, ask, get, link_in, post, samples, until};

const BOB: &str = "bob@shop.example";
const ADDRESS: &str = "198.51.100.23";
const OTHER: &str = "198.51.100.24";
const PAGES: &str = "https://portreeve.test.example/console/case/";
/// A block is over at once, and ends when its owner says so.
const SETTINGS: &str = "[web]\npublic_url = \"https://portreeve.test.example/\"\nguesses_per_minute = 10000\n\
    [blocks]\nladder = [\"1s\"]\nautomatic_releases = 0\n";
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

async fn spam(site: &Site, login: &str, address: &str) {
    let mut session = Milter::session(&site.socket(), login, address).await;
    for (count, mail) in samples("spam").iter().cycle().take(40).enumerate() {
        let mail = mail.renumbered(&format!("<{count}.{login}.{address}>"));
        if link_in(&session.send(BOB, "victim@far.example", &mail).await.text()).is_some() {
            return;
        }
    }
    panic!("40 spam messages and no block");
}

/// The latest block of somebody: its reference and its state.
fn block(site: &Site, who: &str) -> (String, String) {
    let listed = site.run(&["blocks", "list", "--all", "--json"]).stdout;
    let listed: Value = serde_json::from_slice(&listed).unwrap_or_default();
    let listed = listed["items"].as_array().cloned().unwrap_or_default();
    let of = |block: &Value, name: &str| block[name].as_str().unwrap_or_default().to_owned();
    let found = listed
        .iter()
        .find(|block| block["subject"]["name"].as_str().is_some_and(|name| name.split('/').next() == Some(who)));
    found.map(|block| (of(block, "reference"), of(block, "state"))).unwrap_or_else(|| panic!("{who} in {listed:?}"))
}

/// The key of the signed link in the letter about a block.
async fn key_of(site: &Site, reference: &str) -> String {
    let start = format!("{PAGES}{reference}.");
    let found = || {
        let letters = site.relay.mails().into_iter().map(|mail| mail.text.replace("=\r\n", ""));
        letters.filter_map(|text| text.find(&start).map(|at| text[at + PAGES.len()..].to_owned())).next()
    };
    until("the letter", || async { found().is_some() }).await;
    let rest = found().unwrap();
    rest.split(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>')).next().unwrap_or_default().to_owned()
}

async fn page(daemon: &Daemon, key: &str) -> Page {
    get(daemon.web(), &format!("/console/case/{key}")).await
}

/// Customers reach the console's listener, not always the one of metrics: a refusal's link works at both.
#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_a_block_is_at_both_listeners() {
    let site = Site::new("").await;
    let daemon = site.start().await;
    spam(&site, BOB, ADDRESS).await;
    let page = format!("/b/{}", block(&site, BOB).0);
    for listener in [daemon.http(), daemon.web()] {
        let shown = get(listener, &page).await;
        assert!(shown.status == 200 && shown.body.contains(BOB), "{listener}: {} {}", shown.status, shown.body);
        assert_eq!(get(listener, "/b/aaaaaaaaaaaaaaaa").await.status, 404, "{listener}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_carries_a_signed_link_until_it_is_revoked() {
    let site = Site::new(SETTINGS).await;
    let daemon = site.start().await;
    spam(&site, "", ADDRESS).await;
    let (reference, _) = block(&site, ADDRESS);
    let key = key_of(&site, &reference).await;
    let parts: Vec<_> = key.split('.').collect();
    assert_eq!((parts[0], parts.len(), parts[4].len()), (&*reference, 5, 32), "{key}");
    assert_eq!(page(&daemon, &key).await.status, 200);
    assert!(site.run(&["links", "revoke", &reference]).status.success());
    let over = page(&daemon, &key).await;
    assert!(over.status == 410 && over.body.contains("was revoked"), "{}", over.body);
    assert_eq!(page(&daemon, &format!("{key}/evidence.csv")).await.status, 410);
    assert!(site.run(&["links", "rotate"]).status.success());
    let noted = site.run(&["audit", "list"]);
    let noted = String::from_utf8_lossy(&noted.stdout).into_owned();
    assert!(noted.contains(&format!("links of block {reference}")) && noted.contains("rotate"), "{noted}");
}

/// Two blocks at the same time, whose links differ.
async fn two(site: &Site) -> [(String, String); 2] {
    spam(site, "", ADDRESS).await;
    spam(site, "", OTHER).await;
    let [one, other] = [block(site, ADDRESS).0, block(site, OTHER).0];
    [(one.clone(), key_of(site, &one).await), (other.clone(), key_of(site, &other).await)]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_opens_the_block_that_it_was_signed_for_and_nothing_else() {
    let site = Site::new(SETTINGS).await;
    let daemon = site.start().await;
    let [(one, key), (other, others)] = two(&site).await;
    let shown = page(&daemon, &key).await.body;
    assert!(shown.contains(ADDRESS) && !shown.contains(OTHER) && !shown.contains(&other));
    assert_eq!(page(&daemon, &key.replace(&one, &other)).await.status, 404, "under another block's name");
    for path in ["/console/", "/console/blocks", &format!("/console/case/{other}"), "/console/tickets"] {
        assert_ne!(get(daemon.web(), path).await.status, 200, "{path}");
    }
    // The form of one block's page is none of another's.
    let csrf = page(&daemon, &key).await.hidden("csrf").expect("its time is over").to_owned();
    let sent = format!("csrf={csrf}&sure=yes");
    let refused = post(daemon.web(), &format!("/console/case/{others}/unblock"), &[FORM], &sent).await;
    assert_eq!((refused.status, block(&site, OTHER).1.as_str()), (403, "blockedForSpam"));
}

/// Every byte of it, as another one, left out and doubled; and every beginning of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_with_any_byte_changed_leads_nowhere() {
    let site = Site::new(SETTINGS).await;
    let daemon = site.start().await;
    spam(&site, "", ADDRESS).await;
    let key = key_of(&site, &block(&site, ADDRESS).0).await;
    let mut altered = vec![format!("{key}.{key}"), format!("{key}%00"), key.to_uppercase(), format!("{key}.")];
    for at in 0..key.len() {
        let (before, after) = (&key[..at], &key[at + 1..]);
        let byte = &key[at..=at];
        let others = ["0", "1", "a", "z", ".", "%2E%2E"].into_iter().filter(|other| *other != byte);
        altered.extend(others.map(|other| format!("{before}{other}{after}")));
        altered.extend([format!("{before}{after}"), format!("{before}{byte}{byte}{after}"), before.to_owned()]);
    }
    for key in altered.iter().filter(|altered| !altered.is_empty() && **altered != key) {
        let shown = page(&daemon, key).await;
        assert!(matches!(shown.status, 303 | 404), "{key}: {} {}", shown.status, shown.body);
        assert!(!shown.body.contains(ADDRESS), "{key}");
    }
    assert_eq!(page(&daemon, &key).await.status, 200, "the right one all the while");
}

/// As the site's key file and openssl(1) sign it, not our own code; `None` where openssl can't be had.
fn signed(site: &Site, reference: &str, issued: i64, expires: i64) -> Option<String> {
    let keys = std::fs::read_to_string(site.store().join("site.keys")).unwrap();
    let (number, secret) = keys.lines().last()?.split_once(' ')?;
    let number: u32 = number.parse().ok()?;
    let text = format!("{reference}.{number:x}.{issued:x}.{expires:x}");
    let script = r#"printf '%s\n%s' 'link to a block' "$1" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$2" -r"#;
    let output = Command::new("sh").args(["-c", script, "sh", &text, secret]).output().unwrap();
    let Some(signature) = String::from_utf8_lossy(&output.stdout).get(..32).map(str::to_owned) else {
        eprintln!("skipped: links that are too old: openssl is not installed");
        return None;
    };
    Some(format!("{text}.{signature}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_whose_time_is_over_says_so_and_how_to_go_on() {
    let site = Site::new(SETTINGS).await;
    let daemon = site.start().await;
    spam(&site, "", ADDRESS).await;
    let (reference, _) = block(&site, ADDRESS);
    let now = i64::try_from(UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap();
    let Some(good) = signed(&site, &reference, now - 3600, now + 3600) else { return };
    assert_eq!(page(&daemon, &good).await.status, 200, "signed as the site signs: {good}");
    let old = signed(&site, &reference, now - 7200, now - 1).unwrap();
    for _ in 0..3 {
        let over = page(&daemon, &old).await;
        assert_eq!(over.status, 410, "{}", over.body);
        for words in ["too old", "Your provider can send you a new one"] {
            assert!(over.body.contains(words), "{words}: {}", over.body);
        }
        assert!(!over.body.contains(ADDRESS) && !over.body.contains("csrf"), "it shows nothing and offers nothing");
    }
    let refused = post(daemon.web(), &format!("/console/case/{old}/unblock"), &[FORM], "csrf=x&sure=yes").await;
    assert_ne!(refused.status, 303, "{}", refused.body);
    assert_eq!(block(&site, ADDRESS).1, "blockedForSpam");
    let made = site.run(&["links", "new", &reference]);
    let new = String::from_utf8_lossy(&made.stdout).trim().trim_start_matches(PAGES).to_owned();
    assert_eq!((made.status.code(), page(&daemon, &new).await.status), (Some(0), 200), "{made:?}");
    assert_eq!(site.run(&["links", "new", "aaaaaaaaaaaaaaaa"]).status.code(), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_key_is_believed_until_its_line_is_taken_out() {
    let site = Site::new(SETTINGS).await;
    let daemon = site.start().await;
    spam(&site, "", ADDRESS).await;
    let old = key_of(&site, &block(&site, ADDRESS).0).await;
    assert!(site.run(&["links", "rotate"]).status.success());
    spam(&site, "", OTHER).await;
    let new = key_of(&site, &block(&site, OTHER).0).await;
    assert_eq!((old.split('.').nth(1), new.split('.').nth(1)), (Some("1"), Some("2")));
    daemon.kill();
    let daemon = site.start().await;
    for key in [&old, &new] {
        assert_eq!(page(&daemon, key).await.status, 200, "{key}");
    }
    daemon.kill();
    let file = site.store().join("site.keys");
    let keys = std::fs::read_to_string(&file).unwrap();
    let left: Vec<_> = keys.lines().filter(|line| !line.starts_with("1 ")).collect();
    std::fs::write(&file, left.join("\n") + "\n").unwrap();
    let daemon = site.start().await;
    assert_eq!((page(&daemon, &old).await.status, page(&daemon, &new).await.status), (404, 200));
}

/// Programs that look at links before people do, and browsers that fetch ahead.
const PREFETCHERS: [(&str, &str); 6] = [
    ("user-agent", "Mozilla/5.0 (compatible; Barracuda Sentinel)"),
    ("user-agent", "Mozilla/5.0 (Windows NT 10.0) SafeLinks"),
    ("user-agent", "GoogleImageProxy"),
    ("user-agent", "curl/8.5.0"),
    ("sec-purpose", "prefetch;prerender"),
    ("purpose", "prefetch"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_only_looked_at_changes_nothing() {
    let site = Site::new(SETTINGS).await;
    let daemon = site.start().await;
    spam(&site, "", ADDRESS).await;
    let key = key_of(&site, &block(&site, ADDRESS).0).await;
    until("its time is over", || async { page(&daemon, &key).await.hidden("csrf").is_some() }).await;
    for method in ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PROPFIND"] {
        for field in PREFETCHERS {
            for path in ["", "/unblock", "/unblock?sure=yes", "/answers", "/report", "/evidence.csv"] {
                let path = format!("/console/case/{key}{path}");
                let looked = ask(daemon.web(), method, &path, &[field], "").await;
                assert!(!(300..400).contains(&looked.status), "{method} {path}: {}", looked.status);
                assert!(method != "HEAD" || looked.body.is_empty(), "{method} {path}");
            }
        }
    }
    assert_eq!(block(&site, ADDRESS).1, "blockedForSpam");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_form_with_its_token_and_the_word_of_a_person_unblocks() {
    let site = Site::new(SETTINGS).await;
    let daemon = site.start().await;
    let [(_, key), (_, others)] = two(&site).await;
    until("its time is over", || async { page(&daemon, &key).await.body.contains("unblock\">") }).await;
    let path = format!("/console/case/{key}/unblock");
    let (own, foreign) = (page(&daemon, &key).await, page(&daemon, &others).await);
    let (own, foreign) = (own.hidden("csrf").unwrap(), foreign.hidden("csrf").unwrap());
    for (what, body) in [
        ("nothing", String::new()),
        ("no token", "sure=yes".to_owned()),
        ("an empty token", "csrf=&sure=yes".to_owned()),
        ("another block's token", format!("csrf={foreign}&sure=yes")),
        ("no word of a person", format!("csrf={own}")),
        ("another word", format!("csrf={own}&sure=no")),
        ("the token in the address", String::new()),
    ] {
        let path =
            if what == "the token in the address" { format!("{path}?csrf={own}&sure=yes") } else { path.clone() };
        let refused = post(daemon.web(), &path, &[FORM], &body).await;
        assert!((400..500).contains(&refused.status), "{what}: {}", refused.status);
        assert_eq!(block(&site, ADDRESS).1, "blockedForSpam", "{what}");
    }
    let json = [("content-type", "application/json")];
    let body = format!("{{\"csrf\":\"{own}\",\"sure\":\"yes\"}}");
    assert!((400..500).contains(&post(daemon.web(), &path, &json, &body).await.status), "what no form sends");
    let done = post(daemon.web(), &path, &[FORM], &format!("csrf={own}&sure=yes")).await;
    assert_eq!((done.status, block(&site, ADDRESS).1.as_str()), (303, "unblocked"), "{}", done.body);
    assert_eq!(block(&site, OTHER).1, "blockedForSpam");
    let twice = post(daemon.web(), &path, &[FORM], &format!("csrf={own}&sure=yes")).await;
    assert_eq!(twice.status, 409, "{}", twice.body);
}
