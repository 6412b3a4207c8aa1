//! The console in a real browser: a customer and an operator bring a stolen account back, over the real daemon and a real
//! Postfix.

use testkit::Relay;

use crate::harness::{
    Browser, Client, Daemon, ENTER, Milter, Outcome, Outside, Postfix, Site, free_port, link_in, samples, until,
};

const BOB: &str = "bob@shop.example";
const HOST: &str = "198.51.100.23";
const CUSTOMERS: &str = "[[customer]]\nservice = 'hosting-4711'\nname = 'Shop'\ncontact = ['owner@owner.example']\n\
    kind = 'exchange'\naccounts = ['*@shop.example']\n\
    [[customer]]\nservice = 'server-17'\nname = 'Host'\ncontact = ['root@host.example']\nkind = 'dedicated'\n\
    networks = ['198.51.100.0/24']\n";
const PASSWORD: &str = "correct horse battery";

/// A site with customers and a console, and the console's address.
pub(crate) async fn site() -> (Site, String) {
    let mut site = Site::new("").await;
    let file = site.path("customers.toml");
    std::fs::write(&file, CUSTOMERS).unwrap();
    let base = format!("http://127.0.0.1:{}", free_port());
    let listen = base.trim_start_matches("http://");
    site.set(&format!(
        "[customers]\nfile = \"{}\"\n[web]\nlisten = [\"{listen}\"]\npublic_url = \"{base}\"\n",
        file.display()
    ));
    (site, base)
}

pub(crate) fn add_user(site: &Site, arguments: &[&str]) {
    let file = site.path("password");
    std::fs::write(&file, PASSWORD).unwrap();
    let file = file.display().to_string();
    let output = site.run(&[&["users", "add"], arguments, &["--password-file", &file]].concat());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

/// Fills in the login that is shown.
pub(crate) async fn log_in(browser: &Browser, name: &str) {
    browser.fill("#name", name).await;
    browser.fill("#password", PASSWORD).await;
    browser.click("button.first").await;
}

/// Sends spam until the login is blocked.
async fn steal(postfix: &Postfix) {
    let spam = samples("spam");
    for (count, mail) in (1..60).zip(spam.iter().cycle()) {
        let mut client = Client::connect(postfix.submission).await;
        client.login(BOB, HOST).await;
        let mail = mail.renumbered(&format!("<{count}.{BOB}>"));
        if let Outcome::Refused("MAIL", _) = client.send(BOB, &format!("v{count}@far.example"), &mail).await {
            return;
        }
    }
    panic!("60 messages of spam and no block");
}

async fn letter_link(site: &Site, base: &str) -> String {
    until("the letter", || async { !site.relay.mails().is_empty() }).await;
    let letter = site.relay.mails().remove(0).text;
    let start = format!("{base}/console/case/");
    let link = letter.split_whitespace().find(|word| word.starts_with(&start));
    link.unwrap_or_else(|| panic!("no link in {letter}")).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_account_comes_back_through_the_console() {
    let Some(customer) = Browser::start().await else { return };
    let operator = Browser::start().await.expect("a second one");
    let (site, base) = site().await;
    let _daemon = site.start().await;
    let outside = Relay::start().await;
    let Some(postfix) = Postfix::start(&site.milter(), outside.address()).await else { return };
    add_user(&site, &["anna", "--role", "operator"]);
    steal(&postfix).await;

    let link = letter_link(&site, &base).await;
    customer.goto(&link).await;
    for wanted in ["Blocked", BOB, "What to do", "Three questions", "<1.bob@shop.example>", "203.0.113.99"] {
        customer.reads(wanted).await;
    }
    for (field, answer) in [("#a1", "no"), ("#a2", "no"), ("#a3", "yes, once")] {
        customer.fill(field, answer).await;
    }
    customer.click("form[action$='/answers'] button").await;
    customer.reads("Your answers are with your provider.").await;

    operator.goto(&format!("{base}/console/")).await;
    log_in(&operator, "anna").await;
    operator.reads("Top senders").await;
    operator.click("a[href='/console/tickets']").await;
    operator.reads("yes, once").await;
    operator.click("td a[href='/console/tickets/1']").await;
    operator.reads("Have you replied to spam?").await;
    operator.click("form[action$='/approve'] button").await;
    operator.reads("The account is released").await;

    customer.reads("can send again").await;
    let mut client = Client::connect(postfix.submission).await;
    client.login(BOB, HOST).await;
    let sent = client.send(BOB, "friend@near.example", &samples("ham")[0]).await;
    assert_eq!(sent, Outcome::Sent);
    until("mail flows again", || async { !outside.to_domain("near.example").is_empty() }).await;
}

/// Sends spam from a host that doesn't log in, until it is blocked.
async fn spread(postfix: &Postfix, host: &str) {
    for (count, mail) in (1..60).zip(samples("spam").iter().cycle()) {
        let mut client = from(postfix, host).await;
        let mail = mail.renumbered(&format!("<{count}@host.example>"));
        if let Outcome::Refused("MAIL", _) =
            client.send("news@host.example", &format!("v{count}@far.example"), &mail).await
        {
            return;
        }
    }
    panic!("60 messages of spam and no block");
}

/// A client of Postfix at that address, without a login.
async fn from(postfix: &Postfix, host: &str) -> Client {
    let mut client = Client::connect(postfix.submission).await;
    client.command(&format!("XCLIENT ADDR={host} NAME=host.example")).await;
    client.command("EHLO host.example").await;
    client
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_ends_the_block_of_his_address() {
    let Some(customer) = Browser::start().await else { return };
    let (mut site, base) = site().await;
    site.set("[blocks]\nladder = [\"4s\", \"1d\"]\nautomatic_releases = 0\n");
    let _daemon = site.start().await;
    let outside = Relay::start().await;
    let Some(postfix) = Postfix::start(&site.milter(), outside.address()).await else { return };
    spread(&postfix, HOST).await;

    customer.goto(&letter_link(&site, &base).await).await;
    for wanted in ["Blocked", HOST, "Blocked since", "Unblocking possible", "What to do", "@host.example>"] {
        customer.reads(wanted).await;
    }
    // The page turns by itself when the time is over.
    customer.click("input[name='sure']").await;
    customer.click("form[action$='/unblock'] button").await;
    customer.reads("can send again").await;
    customer.reads("Unblocked").await;

    let mut client = from(&postfix, HOST).await;
    let sent = client.send("news@host.example", "friend@near.example", &samples("ham")[0]).await;
    assert_eq!(sent, Outcome::Sent);
    until("mail flows again", || async { !outside.to_domain("near.example").is_empty() }).await;
}

/// Sends spam through the milter until a block answers; without a login the address is charged.
async fn blocked(site: &Site, login: &str, address: &str) {
    let mut session = Milter::session(&site.socket(), login, address).await;
    for (count, mail) in (1..60).zip(samples("spam").iter().cycle()) {
        let mail = mail.renumbered(&format!("<{count}.{address}@shop.example>"));
        let answer = session.send("bob@shop.example", &format!("v{count}@far.example"), &mail).await;
        if link_in(&answer.text()).is_some() {
            return;
        }
    }
    panic!("60 messages of spam and no block of {login} {address}");
}

/// A site with what a console shows: two blocks, a ticket, letters, honest mail.
async fn lively() -> (Site, String, Daemon) {
    let (site, base) = site().await;
    let daemon = site.start().await;
    let mut honest = Milter::session(&site.socket(), "alice@shop.example", "203.0.113.5").await;
    for mail in samples("ham") {
        honest.send("alice@shop.example", "friend@near.example", &mail).await;
    }
    blocked(&site, BOB, HOST).await;
    blocked(&site, "", "198.51.100.77").await;
    add_user(&site, &["anna", "--role", "operator"]);
    add_user(&site, &["shop", "--role", "customer", "--customer", "hosting-4711"]);
    (site, base, daemon)
}

/// Without JavaScript: pages are read, forms are sent, confirmations are pages of their own; for customers as for operators.
#[tokio::test(flavor = "multi_thread")]
async fn everything_works_without_scripts() {
    let Some(browser) = Browser::start().await else { return };
    let (site, base, _daemon) = lively().await;
    let scripts = async |off: bool| {
        browser.chromium("Emulation.setScriptExecutionDisabled", serde_json::json!({ "value": off })).await;
    };
    scripts(true).await;
    browser.goto(&letter_link(&site, &base).await).await;
    for (field, answer) in [("#a1", "no"), ("#a2", "no"), ("#a3", "yes, once")] {
        browser.fill(field, answer).await;
    }
    browser.click("form[action$='/answers'] button").await;
    // What is only there once it was done is waited for.
    browser.click("p.note.good").await;
    browser.goto(&format!("{base}/console/")).await;
    log_in(&browser, "anna").await;
    browser.click("a[href='/console/blocks']").await;
    browser.click("td a[href^='/console/blocks/']").await;
    browser.click("a[href$='/release']").await;
    browser.click("button.grave").await;
    browser.click("a[href='/console/customers']").await;
    browser.click("a[href='/console/customers/new']").await;
    for (field, text) in [("#service", "box"), ("#contact", "a@box.example"), ("#accounts", "*@box.example")] {
        browser.fill(field, text).await;
    }
    browser.click("form[action$='/new'] button.first").await;
    browser.click("a[href$='/edit']").await;
    browser.fill("#name", "The box").await;
    browser.click("form[action$='/edit'] button.first").await;
    browser.click("a[href$='/remove']").await;
    browser.click("button.grave").await;
    browser.click("a[href='/console/blocks']").await;
    scripts(false).await;
    browser.goto(&format!("{base}/console/blocks?state=ended")).await;
    browser.reads("released by an operator").await;
    browser.goto(&format!("{base}/console/tickets/1")).await;
    browser.reads("yes, once").await;
    browser.goto(&format!("{base}/console/audit?action=customer.change")).await;
    browser.reads("customer box").await;
}

/// A customer answers and an operator approves, enters a customer and changes him, with the keyboard alone; whoever looks sees
/// at every stop where the focus is.
#[tokio::test(flavor = "multi_thread")]
async fn everything_works_by_keyboard() {
    let Some(browser) = Browser::start().await else { return };
    let (site, base, _daemon) = lively().await;
    browser.goto(&letter_link(&site, &base).await).await;
    for (field, answer) in [("#a1", "no"), ("#a2", "no"), ("#a3", "yes, once")] {
        browser.tab_to(field).await;
        browser.keys(answer).await;
    }
    browser.tab_to("form[action$='/answers'] button").await;
    browser.keys(ENTER).await;
    browser.reads("Your answers are with your provider.").await;

    browser.goto(&format!("{base}/console/")).await;
    browser.reads("Password").await;
    browser.keys("anna").await;
    browser.tab_to("#password").await;
    browser.keys(&format!("{PASSWORD}{ENTER}")).await;
    browser.reads("Top senders").await;
    browser.tab_to("a.skip").await;
    browser.tab_to("nav a[href='/console/tickets']").await;
    browser.keys(ENTER).await;
    browser.reads("yes, once").await;
    browser.tab_to("td a[href='/console/tickets/1']").await;
    browser.keys(ENTER).await;
    browser.reads("Have you replied to spam?").await;
    browser.tab_to("form[action$='/approve'] button").await;
    browser.keys(ENTER).await;
    browser.reads("The account is released").await;

    browser.tab_to("nav a[href='/console/customers']").await;
    browser.keys(ENTER).await;
    browser.tab_to("a[href='/console/customers/new']").await;
    browser.keys(ENTER).await;
    browser.reads("Enter a customer").await;
    for (field, text) in [("#service", "box"), ("#contact", "a@box.example"), ("#accounts", "*@box.example")] {
        browser.tab_to(field).await;
        browser.keys(text).await;
    }
    browser.tab_to("form[action$='/new'] button.first").await;
    browser.keys(ENTER).await;
    browser.reads("The customer is in force").await;
    browser.tab_to("a[href$='/remove']").await;
    browser.keys(ENTER).await;
    browser.reads("Remove box?").await;
    browser.tab_to("[data-confirm] button").await;
    browser.keys(ENTER).await;
    browser.reads("The customer is removed").await;
}
