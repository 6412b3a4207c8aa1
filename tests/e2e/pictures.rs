//! Pictures of every page on every screen, over a full site and the real daemon: below target/screenshots, for people to look
//! at. What a program can see is asserted: nothing sticks out sideways, and nothing that the policy forbids was tried.

use std::os::unix::fs::PermissionsExt;

use customers::Language;
use serde_json::Value;

use crate::console::{add_user, log_in, site};
use crate::harness::{Browser, Daemon, Milter, Screen, Site, link_in, post, samples, until};
use crate::scene;

const THIEF: &str = "bob@shop.example";
const HOST: &str = "198.51.100.23";

/// A full site, its console's address, and what is found in it by name.
struct Stage {
    site: Site,
    base: String,
    daemon: Daemon,
}

impl Stage {
    async fn new() -> Self {
        let (mut site, base) = site().await;
        std::fs::write(site.path("customers.toml"), scene::CUSTOMERS).unwrap();
        let secret = site.path("panel.secret");
        std::fs::write(&secret, "a secret of more than 24 bytes").unwrap();
        std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
        let hook = |name: &str| {
            format!(
                "[[webhook]]\nname = \"{name}\"\nurl = \"http://127.0.0.1:9/\"\nsecret_file = \"{}\"\n",
                secret.display()
            )
        };
        site.set(&(hook(scene::HOOK) + &hook("chat-of-the-night-shift")));
        site.dns.silence("slow.example");
        scene::fill(&site.store());
        let daemon = site.start().await;
        for [name, role, customer] in [
            ["shop", "customer", "hosting-4711"],
            ["host", "customer", "server-17"],
            ["office", "customer", "office-2"],
        ] {
            add_user(&site, &[name, "--role", role, "--customer", customer]);
        }
        add_user(&site, &["anna", "--role", "operator"]);
        let stage = Self { site, base, daemon };
        stage.busy().await;
        stage
    }

    /// Customers are imported, mail flows, two are blocked, something is diagnosed.
    async fn busy(&self) {
        let file = self.site.path("entered.csv");
        std::fs::write(&file, scene::ENTERED).unwrap();
        let imported = self.site.run(&["customers", "import", &file.display().to_string()]);
        assert_eq!(imported.status.code(), Some(0), "{imported:?}");
        for sender in ["alice@shop.example", "newsletter@club.example", "accueil@office.example"] {
            let mut session = Milter::session(&self.site.socket(), sender, "203.0.113.5").await;
            for mail in samples("ham") {
                session.send(sender, "friend@near.example", &mail).await;
            }
        }
        for (login, address) in [(THIEF, HOST), ("", "198.51.100.77")] {
            blocked(&self.site, login, address).await;
        }
        for diagnosed in [["domain", "shop.example"], ["ip", "198.51.100.77"], ["account", THIEF]] {
            let _ = self.site.run(&[&["diagnose"][..], &diagnosed].concat());
        }
    }

    fn at(&self, page: &str) -> String {
        format!("{}{page}", self.base)
    }

    fn told(&self, arguments: &[&str]) -> Value {
        let output = self.site.run(&[arguments, &["--json"]].concat());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
    }
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

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_looked_at_on_every_screen() {
    let Some(browser) = Browser::start().await else { return };
    let stage = Stage::new().await;
    strangers(&browser, &stage).await;
    browser.goto(&stage.at("/console/")).await;
    log_in(&browser, "anna").await;
    browser.reads("Top senders").await;
    operators(&browser, &stage).await;
    forms(&browser, &stage).await;
    leave(&browser, &stage).await;
    customers(&browser, &stage).await;
}

/// Who has not logged in: the login, a letter's link, the page of a refusal, what isn't there.
async fn strangers(browser: &Browser, stage: &Stage) {
    looked_at(browser, stage, "login", "/console/login").await;
    log_in(browser, "nobody").await;
    browser.reads("wrong").await;
    pictures(browser, "login-wrong").await;
    looked_at(browser, stage, "link-over", "/console/case/sceneaaaaaaaaaaa.1.2.3.abc").await;
    looked_at(browser, stage, "invitation-over", "/console/enter/nothing").await;
    browser.goto(&letter_link(&stage.site, &stage.base).await).await;
    pictures(browser, "case-by-letter").await;
    let blocks = stage.told(&["blocks", "list"]);
    let first = blocks["items"][0]["reference"].as_str().unwrap().to_owned();
    let status = format!("http://{}/b/{first}", stage.daemon.http());
    for language in ["en", "fr", "de"] {
        browser.goto(&format!("{status}?language={language}")).await;
        pictures(browser, &format!("status-{language}")).await;
    }
}

async fn letter_link(site: &Site, base: &str) -> String {
    let start = format!("{base}/console/case/");
    let found = || {
        let mails = site.relay.mails();
        mails.iter().find_map(|mail| {
            let text = mail.text.replace("=\r\n", "");
            let of_thief = text.contains(THIEF) && !text.contains("198.51.100.77");
            text.split_whitespace().find(|word| of_thief && word.starts_with(&start)).map(str::to_owned)
        })
    };
    until("a letter with a link", || async { found().is_some() }).await;
    found().unwrap()
}

/// What operators look at.
async fn operators(browser: &Browser, stage: &Stage) {
    for (name, page) in [
        ("now", "/console/"),
        ("blocks", "/console/blocks"),
        ("blocks-all", "/console/blocks?state=all"),
        ("blocks-none", "/console/blocks?q=nobody"),
        ("subject-account", "/console/subjects/account/bob@shop.example"),
        ("subject-ip", "/console/subjects/ip/203.0.113.9"),
        ("tickets", "/console/tickets"),
        ("tickets-all", "/console/tickets?all=1"),
        ("reports", "/console/reports"),
        ("reports-all", "/console/reports?all=1"),
        ("report", "/console/reports/1"),
        ("report-decided", "/console/reports/5"),
        ("diagnoses", "/console/diagnosis"),
        ("diagnosis", "/console/diagnosis/1"),
        ("customers", "/console/customers"),
        ("customer-file", "/console/customer/hosting-4711"),
        ("customer-long", "/console/customer/university-of-applied-anthropology"),
        ("customer-entered", "/console/customer/reseller-88"),
        ("customer-new", "/console/customers/new"),
        ("customer-edit", "/console/customer/reseller-88/edit"),
        ("customer-remove", "/console/customer/reseller-88/remove"),
        ("import", "/console/customers/import"),
        ("delivery", "/console/delivery"),
        ("settings", "/console/settings"),
        ("settings-all", "/console/settings?all=1"),
        ("audit", "/console/audit"),
        ("missing", "/console/blocks/nothing"),
    ] {
        looked_at(browser, stage, name, page).await;
    }
    for id in 1..=9 {
        looked_at(browser, stage, &format!("ticket-{id}"), &format!("/console/tickets/{id}")).await;
    }
    looked_at(browser, stage, "blocks", "/console/blocks").await;
    browser.click("td a[href^='/console/blocks/']").await;
    browser.click("td details summary").await;
    pictures(browser, "block").await;
    browser.click("a[href$='/release']").await;
    browser.reads("Cancel").await;
    pictures(browser, "release-dialog").await;
    let page = browser.run("return document.querySelector('a[href$=\"/release\"]').href").await;
    browser.goto(page.as_str().unwrap()).await;
    pictures(browser, "release").await;
    browser.goto(&stage.at("/console/delivery")).await;
    browser.click("td a[href^='/console/delivery/events/']").await;
    pictures(browser, "event").await;
    for language in [Language::En, Language::De] {
        browser.goto(&scene::day(language).await).await;
        pictures(browser, &format!("now-day-{language}")).await;
    }
}

/// Pages that come of something that was sent.
async fn forms(browser: &Browser, stage: &Stage) {
    browser.goto(&stage.at("/console/diagnosis")).await;
    browser.run("document.querySelector('#kind').value = 'domain'").await;
    browser.fill("#who", "slow.example").await;
    browser.click("form[action='/console/diagnosis'] button").await;
    browser.reads("slow.example").await;
    pictures(browser, "diagnosis-running").await;
    browser.goto(&stage.at("/console/customers/new")).await;
    for (field, text) in [("#service", "box"), ("#contact", "nobody"), ("#networks", "198.51.100.0/24\n10.0.0.0/99")] {
        browser.fill(field, text).await;
    }
    browser.click("form[action$='/new'] button.first").await;
    browser.reads("Nothing was changed").await;
    pictures(browser, "customer-wrong").await;
    for (name, text) in
        [("import-refused", "service,kind\nnew-1,gold\nnew-2,silver\n"), ("import-done", scene::ENTERED)]
    {
        let file = stage.site.path("import.csv");
        std::fs::write(&file, text).unwrap();
        browser.goto(&stage.at("/console/customers/import")).await;
        browser.press("#csv", &file.display().to_string()).await;
        browser.click("button[formaction$='/try']").await;
        browser.reads(if name == "import-done" { "would be added" } else { "Nothing was imported" }).await;
        pictures(browser, name).await;
    }
}

/// What customers look at, in every language.
async fn customers(browser: &Browser, stage: &Stage) {
    browser.goto(&stage.at("/console/")).await;
    log_in(browser, "shop").await;
    browser.reads("My services").await;
    let made = stage.told(&["keys", "add", "Panel of a friend", "--application"]);
    let wanted = r#"{"accessRules":[{"method":"GET","path":"/ip/*"},{"method":"GET","path":"/email/*"}],"redirection":"https://panel.example/back"}"#;
    let key = made.pointer("/application/key").and_then(Value::as_str).expect("a key");
    let fields = [("X-Ovh-Application", key), ("Content-Type", "application/json")];
    let asked = post(stage.daemon.web(), "/1.0/auth/credential", &fields, wanted).await;
    let asked: Value = serde_json::from_str(&asked.body).unwrap_or_else(|error| panic!("{error}: {asked:?}"));
    browser.goto(asked["validationUrl"].as_str().expect("an address")).await;
    pictures(browser, "key").await;
    browser.click("button[value=grant]").await;
    browser.reads("has access now").await;
    pictures(browser, "key-granted").await;
    for (user, known) in [("shop", "My services"), ("host", "My services"), ("office", "My services")] {
        leave(browser, stage).await;
        browser.goto(&stage.at("/console/")).await;
        log_in(browser, user).await;
        browser.reads(known).await;
        let cases = browser.run("return [...document.querySelectorAll('td a')].map(a => a.getAttribute('href'))").await;
        let cases: Vec<_> = cases.as_array().unwrap().iter().filter_map(Value::as_str).map(str::to_owned).collect();
        for language in ["en", "fr", "de"] {
            looked_at(browser, stage, &format!("mine-{user}-{language}"), &format!("/console/?language={language}"))
                .await;
            for (nth, case) in cases.iter().enumerate() {
                let page = format!("{case}?language={language}");
                looked_at(browser, stage, &format!("case-{user}-{nth}-{language}"), &page).await;
            }
        }
        browser.goto(&stage.at("/console/?language=en")).await;
    }
}

async fn leave(browser: &Browser, stage: &Stage) {
    browser.goto(&stage.at("/console/?language=en")).await;
    browser.click("form[action='/console/logout'] button").await;
    browser.reads("Log in").await;
}

async fn looked_at(browser: &Browser, stage: &Stage, name: &str, page: &str) {
    browser.goto(&stage.at(page)).await;
    pictures(browser, name).await;
}

/// Pictures below target/screenshots.
async fn pictures(browser: &Browser, page: &str) {
    for screen in Screen::ALL {
        browser.screen(screen).await;
        fits(browser, &format!("{page} on {}", screen.name)).await;
        browser.picture(&screen.file(page)).await;
    }
    assert_eq!(browser.complaints().await, Vec::<String>::new(), "{page}");
    let weight = browser.run(WEIGHT).await.as_u64().unwrap_or(u64::MAX);
    let is_first = ["login", "now", "mine", "case", "status"].iter().any(|first| page.starts_with(first));
    assert!(!is_first || weight < LIGHT, "{page} weighs {weight} bytes");
}

/// What somebody sees first weighs no more, in bytes, with its style sheet and script, uncompressed.
const LIGHT: u64 = 50_000;
const WEIGHT: &str =
    "return [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .map(it => it.decodedBodySize).reduce((all, one) => all + one, 0)";

/// Nothing sticks out sideways, of the page or of a card.
async fn fits(browser: &Browser, page: &str) {
    let beyond = "scrollTo(0, 0); return Math.max(...[...document.querySelectorAll('html, .card')].map(it => it.scrollWidth - it.clientWidth))";
    let beyond = browser.run(beyond).await.as_i64().unwrap_or_default();
    assert!(beyond <= 0, "{page} is {beyond} pixels too wide");
}
