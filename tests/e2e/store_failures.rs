//! A store that can't be written: the declared policy is what the wire, /readyz and /metrics show.

use std::process::Stdio;

use crate::harness::{Answer, Daemon, Milter, Site, SmallDisk, link_in, samples, until};

#[tokio::test(flavor = "multi_thread")]
async fn with_continue_a_full_disk_still_blocks_and_the_block_is_kept_once_there_is_room() {
    let site = Site::new("[store]\non_failure = \"continue\"").await;
    let Some(disk) = SmallDisk::mount(&site, "size=4m") else { return };
    let daemon = disk.start().await;
    disk.fill();
    let refusal = refused_for_spam(&site, "bob@shop.example").await;
    assert!(refusal.starts_with("550 5.7.1 "), "{refusal}");
    is_degraded(&daemon).await;
    assert!(passes(&honest_answer(&site).await), "with \"continue\" honest mail goes on");

    disk.empty();
    works_again(&daemon).await;
    daemon.kill();
    let _daemon = disk.start().await;
    let mut session = Milter::session(&site.socket(), "bob@shop.example", "198.51.100.23").await;
    assert_eq!(session.mail("bob@shop.example").await.text(), refusal);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_tempfail_mail_waits_while_the_disk_is_full() {
    let site = Site::new("[store]\non_failure = \"tempfail\"").await;
    let Some(disk) = SmallDisk::mount(&site, "size=4m") else { return };
    let daemon = disk.start().await;
    disk.fill();
    until("mail waits", || async { honest_answer(&site).await.text().starts_with("451 4.") }).await;
    is_degraded(&daemon).await;
    assert_eq!(daemon.page("/readyz").await.status, 503, "a node that takes no mail is not ready");
    disk.empty();
    until("mail flows again", || async { passes(&honest_answer(&site).await) }).await;
    works_again(&daemon).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_store_is_said_at_the_start() {
    let site = Site::new("").await;
    let Some(disk) = SmallDisk::mount(&site, "ro") else { return };
    let output = disk.serve().stdin(Stdio::null()).output().expect("nsenter(1)");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("store") && said.contains("can't be"), "{said}");
}

/// Sends spam until the login is blocked; the refusal.
async fn refused_for_spam(site: &Site, login: &str) -> String {
    let mut session = Milter::session(&site.socket(), login, "198.51.100.23").await;
    for (count, mail) in samples("spam").iter().cycle().take(40).enumerate() {
        let mail = mail.renumbered(&format!("<{count}.{login}>"));
        let answer = session.send(login, "victim@far.example", &mail).await;
        if link_in(&answer.text()).is_some() {
            return answer.text();
        }
    }
    panic!("40 spam messages and no block");
}

async fn is_degraded(daemon: &Daemon) {
    daemon.metric_reaches("portreeve_degraded", "store", 1.0).await;
    let page = daemon.page("/readyz").await;
    assert!(page.body.contains("full"), "/readyz names the cause: {} {}", page.status, page.body);
    daemon.logged("the failure", |line| line.to_string().contains("disk of the store is full")).await;
}

async fn works_again(daemon: &Daemon) {
    until("the store works again", || async { daemon.metric("portreeve_degraded", "store").await == 0.0 }).await;
    assert_eq!(daemon.page("/readyz").await.status, 200);
}

async fn honest_answer(site: &Site) -> Answer {
    let mut session = Milter::session(&site.socket(), "alice@shop.example", "203.0.113.5").await;
    session.send("alice@shop.example", "friend@near.example", &samples("ham")[0]).await
}

fn passes(answer: &Answer) -> bool {
    matches!(answer.command, 'a' | 'c')
}
