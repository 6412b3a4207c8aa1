//! `kill -9` at any point: what was promised to a client is kept, and every block tells its customer.

use std::collections::BTreeMap;

use crate::harness::{Mail, Milter, Site, link_in, samples, until};

/// Accounts that send at the same moment, so that a kill finds writes under way.
const ACCOUNTS: usize = 4;
/// Kills, each on the store that the earlier ones left behind.
const KILLS: u64 = 6;

/// The refusals that clients have read, by account.
type Promises = BTreeMap<String, String>;

#[tokio::test(flavor = "multi_thread")]
async fn no_promised_block_and_no_alert_is_lost_to_kill_9() {
    let site = Site::new("").await;
    let spam = samples("spam");
    let mut promised = Promises::new();
    for kill in 0..KILLS {
        let daemon = site.start().await;
        still_refused(&site, &promised).await;
        let answers = killing_point(kill);
        promised.extend(send_until(&site, kill, answers, &spam).await);
        daemon.kill();
    }
    let _daemon = site.start().await;
    still_refused(&site, &promised).await;
    assert!(promised.len() >= ACCOUNTS, "too few blocks to prove anything: {}", promised.len());
    every_block_has_its_alert(&site, &promised).await;
    eprintln!("measured: {} kills, {} promised blocks, none lost", KILLS, promised.len());
}

/// After how many messages of each account the axe falls; another point each time, the same in every run.
fn killing_point(kill: u64) -> usize {
    let mixed = (kill + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(31);
    5 + usize::try_from(mixed % 8).expect("below eight")
}

/// All accounts send at once, each so many messages; the refusals they were given.
async fn send_until(site: &Site, kill: u64, answers: usize, spam: &[Mail]) -> Promises {
    let mut senders = tokio::task::JoinSet::new();
    for number in 0..ACCOUNTS {
        let (socket, mails) = (site.socket(), spam.to_vec());
        senders.spawn(async move {
            let login = format!("user{number}@kill{kill}.example");
            let mut session = Milter::session(&socket, &login, "198.51.100.9").await;
            let mut refusal = None;
            for count in 0..answers {
                let mail = mails[(count + number) % mails.len()].renumbered(&format!("<{count}.{login}>"));
                let answer = session.send(&login, "victim@far.example", &mail).await;
                refusal = refusal.or_else(|| link_in(&answer.text()).map(|_| answer.text()));
            }
            (login, refusal)
        });
    }
    let outcomes = senders.join_all().await;
    outcomes.into_iter().filter_map(|(login, refusal)| Some((login, refusal?))).collect()
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
        let ids: std::collections::BTreeSet<_> = alerts().map(|mail| Mail::new(&mail.raw).message_id()).collect();
        assert_eq!(ids.len(), 1, "{link}: {ids:?}");
    }
}
