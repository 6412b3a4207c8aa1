//! `kill -9` at any point: what was promised to a client is kept, and every block tells its customer.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use tokio::sync::mpsc::{self, UnboundedSender};
use tokio::task::JoinSet;

use crate::harness::{Daemon, Mail, Milter, Site, link_in, samples, until, within};

/// Accounts that send at the same moment, so that a kill finds writes under way.
const ACCOUNTS: usize = 4;
/// Kills, each on the store that the earlier ones left behind.
const KILLS: u64 = 8;

/// The refusals that clients have read, by account.
type Promises = BTreeMap<String, String>;

#[tokio::test(flavor = "multi_thread")]
async fn no_promised_block_and_no_alert_is_lost_to_kill_9() {
    let site = Site::new("").await;
    let mut promised = Promises::new();
    for kill in 0..KILLS {
        let daemon = site.start().await;
        still_refused(&site, &promised).await;
        promised.extend(killed_while_busy(&site, daemon, kill).await);
    }
    let _daemon = site.start().await;
    still_refused(&site, &promised).await;
    assert!(promised.len() >= ACCOUNTS, "too few blocks to prove anything: {}", promised.len());
    every_block_has_its_alert(&site, &promised).await;
    eprintln!("measured: {KILLS} kills, {} promised blocks, none lost", promised.len());
}

/// After how many answers the axe falls; another point each time, the same in every run.
fn killing_point(kill: u64) -> usize {
    let mixed = (kill + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(31);
    20 + usize::try_from(mixed % 20).expect("below twenty")
}

/// All accounts send at once until the daemon is killed amid them; the refusals that were read before.
async fn killed_while_busy(site: &Site, daemon: Daemon, kill: u64) -> Promises {
    let (answer, mut answers) = mpsc::unbounded_channel();
    let mut senders = JoinSet::new();
    for number in 0..ACCOUNTS {
        let login = format!("user{number}@kill{kill}.example");
        senders.spawn(send_for_ever(site.socket(), login, samples("spam"), answer.clone()));
    }
    let mut read = Vec::new();
    while read.len() < killing_point(kill) {
        read.push(within("an answer", answers.recv()).await.expect("the senders go on"));
    }
    senders.abort_all();
    daemon.kill();
    // What was read between the last look and the kill is promised too.
    read.extend(std::iter::from_fn(|| answers.try_recv().ok()));
    read.into_iter().filter(|(_, text)| link_in(text).is_some()).collect()
}

async fn send_for_ever(socket: PathBuf, login: String, spam: Vec<Mail>, answer: UnboundedSender<(String, String)>) {
    let mut session = Milter::session(&socket, &login, "198.51.100.9").await;
    for (count, mail) in spam.iter().cycle().enumerate() {
        let mail = mail.renumbered(&format!("<{count}.{login}>"));
        let text = session.send(&login, "victim@far.example", &mail).await.text();
        if answer.send((login.clone(), text)).is_err() {
            return;
        }
    }
}

/// The same code, the same sentence, the same link.
async fn still_refused(site: &Site, promised: &Promises) {
    for (login, refusal) in promised {
        let mut session = Milter::session(&site.socket(), login, "198.51.100.9").await;
        let answer = session.mail(login).await;
        assert_eq!((answer.command, &answer.text()), ('y', refusal), "{login}");
    }
}

/// At least one for each, and never two that are not the same mail sent again.
async fn every_block_has_its_alert(site: &Site, promised: &Promises) {
    for refusal in promised.values() {
        let link = link_in(refusal).expect("it was kept for its link");
        let alerts = || site.relay.mails().into_iter().filter(|mail| mail.text.contains(link));
        until("the alert of a block", || async { alerts().count() > 0 }).await;
        let ids: BTreeSet<_> = alerts().map(|mail| Mail::new(&mail.raw).message_id()).collect();
        assert_eq!(ids.len(), 1, "{link}: {ids:?}");
    }
}
