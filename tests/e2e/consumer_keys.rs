//! An application asks for a consumer key with python-ovh; a customer grants it in his browser, refuses it, or takes it back.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::console::{add_user, log_in, site};
use crate::harness::{Browser, Site, missing_client, until};
use crate::provider_clients::{client, json as told, script, text};

/// The application, which waits for commands.
struct Application {
    child: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Application {
    fn start(base: &str, made: &Value) -> Self {
        let mut command = Command::new(client("python/bin/python"));
        command.arg(script("consent.py")).arg(format!("{base}/1.0"));
        command.args([text(made, "/application/key"), text(made, "/secret")]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let commands = child.stdin.take().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        Self { child, commands, answers }
    }

    /// What a command is answered: what the API says, or the name of the client's exception.
    fn say(&mut self, command: &str) -> Value {
        writeln!(self.commands, "{command}").unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{command}: {error}: {line:?}"))
    }

    /// Asks for another key; where a customer grants it.
    fn ask(&mut self) -> String {
        let asked = self.say("ask");
        assert_eq!(asked["state"], "pendingValidation", "{asked}");
        assert_eq!(self.say("try"), "InvalidCredential", "nobody has granted it");
        text(&asked, "/validationUrl").to_owned()
    }
}

impl Drop for Application {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A site with a customer who logs in, and an application; `None` where the client is missing.
async fn asked() -> Option<(Site, String, crate::harness::Daemon, Value)> {
    if !client("python/bin/python").exists() {
        missing_client("python-ovh");
        return None;
    }
    let (site, base) = site().await;
    let daemon = site.start().await;
    add_user(&site, &["shop", "--role", "customer", "--customer", "server-17"]);
    let made = told(&site, &["keys", "add", "Panel of a friend", "--application", "--json"]);
    Some((site, base, daemon, made))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_grants_in_his_browser_what_he_has_read() {
    let Some(browser) = Browser::start().await else { return };
    let Some((site, base, _daemon, made)) = asked().await else { return };
    let mut application = Application::start(&base, &made);

    let url = application.ask();
    assert!(url.starts_with(&format!("{base}/console/keys/")), "{url}");
    browser.goto(&url).await;
    log_in(&browser, "shop").await;
    for wanted in
        ["Panel of a friend", "(shop)", "GET", "/ip/*", "/auth/*", "server-17", "127.0.0.0/8", "panel.example"]
    {
        browser.reads(wanted).await;
    }
    browser.click("button[value=grant]").await;
    browser.reads("“Panel of a friend” has access now.").await;
    let back = browser.run("return document.querySelector('a[rel~=external]').href").await;
    assert_eq!(back, "https://panel.example/back");
    assert_eq!(application.say("try"), json!(["198.51.100.0/24"]), "what he has himself");
    assert_eq!(application.say("elsewhere"), "NotGrantedCall", "what the rules do not name");
    let credential = application.say("credential");
    assert_eq!(credential["status"], "validated");
    assert!(credential["expiration"].is_string() && credential["allowedIPs"][0] == "127.0.0.0/8", "{credential}");
    browser.goto(&url).await;
    assert!(!browser.text().await.contains("Grant access"), "it waits no more");

    browser.goto(&application.ask()).await;
    browser.click("button[value=refuse]").await;
    browser.reads("“Panel of a friend” has no access.").await;
    assert_eq!(application.say("try"), "InvalidCredential");

    let lines = told(&site, &["audit", "list", "--action", "access.enter", "--json"]);
    let words: Vec<_> =
        lines["items"].as_array().unwrap().iter().map(|line| (text(line, "/who"), text(line, "/detail"))).collect();
    assert!(words.contains(&("user shop", "grant")) && words.contains(&("user shop", "refuse")), "{words:?}");
    let asked = |(who, detail): &&(&str, &str)| who.starts_with("application ") && *detail == "ask";
    assert_eq!(words.iter().filter(asked).count(), 2, "{words:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_ends_with_its_time_and_when_it_is_taken_back() {
    let Some((site, base, _daemon, made)) = asked().await else { return };
    let mut application = Application::start(&base, &made);
    let grant = |url: &str, more: &[&str]| {
        let token = url.rsplit('/').next().unwrap();
        let output = site.run(&[&["keys", "validate", token, "--customer", "server-17"], more].concat());
        assert!(output.status.success(), "{output:?}");
    };
    let states = || {
        let listed = told(&site, &["keys", "list", "--json"]);
        let found = listed["credentials"].as_array().unwrap().iter().map(|found| found["state"].clone());
        found.collect::<Vec<_>>()
    };

    let url = application.ask();
    grant(&url, &["--expires", "1s"]);
    until("its end", || std::future::ready(application.say("try") == "InvalidCredential")).await;
    assert_eq!(states(), ["expired"], "the list says it too");

    let url = application.ask();
    grant(&url, &[]);
    assert_eq!(application.say("try"), json!(["198.51.100.0/24"]));
    let number = application.say("credential")["credentialId"].to_string();
    let taken = site.run(&["keys", "revoke", &number]);
    assert!(taken.status.success(), "{taken:?}");
    assert_eq!(application.say("try"), "InvalidCredential");

    let taken = site.run(&["keys", "revoke", text(&made, "/application/key")]);
    assert!(taken.status.success(), "{taken:?}");
    assert_eq!(application.say("try"), "InvalidKey");
}
