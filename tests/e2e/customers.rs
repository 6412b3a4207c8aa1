//! Customers of the file, of the store and of the provider's own directory: the owner of what is blocked is told, in his
//! language.

use std::path::Path;

use testkit::Receiver;

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

    let owner = site.run(&["customers", "owner", "account", "bob@shop.example", "--json"]);
    let told: serde_json::Value = serde_json::from_slice(&owner.stdout).unwrap();
    assert_eq!(
        (told["customer"]["service"].as_str(), told["customer"]["language"].as_str()),
        (Some("hosting-4711"), Some("fr"))
    );
    assert_eq!(site.run(&["customers", "owner", "ip", "192.0.2.1"]).status.code(), Some(1));
    std::fs::write(&file, SHOP.replace("CONTACT", "a@b.example") + "limits = { account-brust = 1 }\n").unwrap();
    let check = site.run(&["check"]);
    assert!(
        String::from_utf8_lossy(&check.stderr).contains("\"account-brust\", but there is no such rule"),
        "{check:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_imported_customer_is_told_in_his_language() {
    let site = Site::new("[alerts]\nnotify_account = false\n").await;
    let daemon = site.start().await;
    let sheet = site.path("customers.csv");
    let head = "service;contact;language;kind;accounts\n";
    std::fs::write(&sheet, format!("{head}hosting-4711;nobody;it;pro;*@shop.example\n")).unwrap();
    let wrong = site.run(&["customers", "import", sheet.to_str().unwrap()]);
    let told = String::from_utf8_lossy(&wrong.stdout).into_owned() + &String::from_utf8_lossy(&wrong.stderr);
    assert!(wrong.status.code() == Some(1) && told.contains("line 2") && told.contains("language"), "{told}");

    let row = "hosting-4711;chef@owner.example second@owner.example;de;pro;*@shop.example\n";
    std::fs::write(&sheet, format!("{head}{row}")).unwrap();
    let import = |extra: &[&str]| {
        let arguments = [&["customers", "import", sheet.to_str().unwrap()], extra].concat();
        assert_eq!(site.run(&arguments).status.code(), Some(0));
    };
    import(&["--dry-run"]);
    assert_eq!(site.run(&["customers", "show", "hosting-4711"]).status.code(), Some(1), "nothing was imported");
    import(&[]);
    drop(daemon);

    let _daemon = site.start().await;
    spam_until_blocked(&site.socket(), "bob@shop.example").await;
    until("the alert", || async { !site.relay.mails().is_empty() }).await;
    let alert = site.relay.mails().remove(0);
    assert_eq!(alert.to[..2], ["chef@owner.example", "second@owner.example"]);
    assert!(alert.text.contains("Content-Language: de") || alert.text.contains("gesperrt"), "{}", alert.text);
    let tickets = site.run(&["tickets", "list", "--json"]);
    assert!(String::from_utf8_lossy(&tickets.stdout).contains("bob@shop.example"), "pro is released through a ticket");
    assert_eq!(site.run(&["customers", "remove", "hosting-4711"]).status.code(), Some(0));
    assert_eq!(site.run(&["customers", "owner", "account", "bob@shop.example"]).status.code(), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_providers_directory_says_who_is_told_and_its_failure_is_seen() {
    let directory = Receiver::start().await;
    directory.answer_status(
        200,
        r#"{"service":"panel-7","contact":["chef@panel.example"],"language":"fr","kind":"exchange","suspended":true}"#,
    );
    let settings = format!(
        "[directory]\nurl = \"http://{}/owner\"\nfresh = \"1s\"\n[alerts]\nnotify_account = false\n",
        directory.address()
    );
    let site = Site::new(&settings).await;
    let daemon = site.start().await;
    spam_until_blocked(&site.socket(), "bob@shop.example").await;
    until("the alert", || async { !site.relay.mails().is_empty() }).await;
    let alert = site.relay.mails().remove(0);
    assert_eq!(alert.to[0], "chef@panel.example");
    assert!(alert.text.contains("D=C3=A9tails"), "in French: {}", alert.text);
    let tickets = site.run(&["tickets", "list", "--json"]);
    assert!(String::from_utf8_lossy(&tickets.stdout).contains("bob@shop.example"), "{tickets:?}");

    directory.answer_status(503, "");
    until("a question in vain", || async {
        site.run(&["customers", "owner", "account", "bob@shop.example"]);
        daemon.metric("portreeve_directory_questions_total", "outcome=\"failed\"").await >= 1.0
    })
    .await;
    let owner = site.run(&["customers", "owner", "account", "bob@shop.example", "--json"]);
    assert!(String::from_utf8_lossy(&owner.stdout).contains("panel-7"), "its last word holds: {owner:?}");
    let ready = daemon.page("/readyz").await;
    assert!(ready.status == 200 && ready.body.contains("it answered 503"), "{}", ready.body);
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
