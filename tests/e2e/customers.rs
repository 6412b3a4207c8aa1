//! The file of customers: the owner of what is blocked is told, in his language; a changed file takes hold by itself.

use std::path::Path;

use crate::harness::{Milter, Site, link_in, samples, until};

const SHOP: &str = "[[customer]]\nservice = 'hosting-4711'\nname = 'Shop'\ncontact = ['CONTACT']\nlanguage = 'fr'\n\
    accounts = ['*@shop.example']\n";

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_is_told_in_his_language_and_a_changed_file_takes_hold() {
    let mut site = Site::new("").await;
    let file = site.path("customers.toml");
    std::fs::write(&file, SHOP.replace("CONTACT", "first@owner.example")).unwrap();
    site.set(&format!("[customers]\nfile = \"{}\"\n[alerts]\nnotify_account = false\n", file.display()));
    let daemon = site.start().await;

    spam_until_blocked(&site.socket(), "bob@shop.example").await;
    until("the alert", || async { !site.relay.mails().is_empty() }).await;
    let alert = site.relay.mails().remove(0);
    assert_eq!(alert.to, ["first@owner.example", "abuse-desk@filter.test.example"]);
    assert!(alert.text.contains("Q?L'envoi_depuis_bob@shop.example"), "{}", alert.text);

    std::fs::write(&file, "[[customer]]\nservice = 'x'\n").unwrap();
    daemon.logged("the mistake", |line| line.to_string().contains("customer[1].contact")).await;
    std::fs::write(&file, SHOP.replace("CONTACT", "second-address@owner.example")).unwrap();
    daemon.logged("the change", |line| line["message"].as_str().is_some_and(|m| m.contains("was read again"))).await;
    spam_until_blocked(&site.socket(), "ann@shop.example").await;
    until("the second alert", || async { site.relay.mails().len() > 1 }).await;
    assert_eq!(site.relay.mails()[1].to[0], "second-address@owner.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customers_limit_is_his_own() {
    let mut site = Site::new("").await;
    let file = site.path("customers.toml");
    let limits = "limits = { account-spam-burst = 1 }\n";
    std::fs::write(&file, SHOP.replace("CONTACT", "owner@shop.example") + limits).unwrap();
    site.set(&format!("[customers]\nfile = \"{}\"\n", file.display()));
    let _daemon = site.start().await;
    assert_eq!(spam_until_blocked(&site.socket(), "bob@shop.example").await, 1);
    assert!(spam_until_blocked(&site.socket(), "eve@other.example").await > 1);

    let owner = site.run(&["customers", "owner", "bob@shop.example", "--json"]);
    let told: serde_json::Value = serde_json::from_slice(&owner.stdout).unwrap();
    assert_eq!((told["service"].as_str(), told["language"].as_str()), (Some("hosting-4711"), Some("fr")));
    assert_eq!(site.run(&["customers", "owner", "192.0.2.1"]).status.code(), Some(1));
    std::fs::write(&file, SHOP.replace("CONTACT", "a@b.example") + "limits = { account-brust = 1 }\n").unwrap();
    let check = site.run(&["check"]);
    assert!(
        String::from_utf8_lossy(&check.stderr).contains("\"account-brust\", but there is no such rule"),
        "{check:?}"
    );
}

/// How many messages that took.
async fn spam_until_blocked(socket: &Path, login: &str) -> u32 {
    let mut session = Milter::session(socket, login, "198.51.100.23").await;
    for (count, mail) in (1..40).zip(samples("spam").iter().cycle()) {
        let mail = mail.renumbered(&format!("<{count}.{login}>"));
        if link_in(&session.send(login, "victim@far.example", &mail).await.text()).is_some() {
            return count;
        }
    }
    panic!("40 spam messages and no block");
}
