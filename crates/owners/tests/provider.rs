//! The directory over HTTP: what it answers, and every way it can fail, on a driven clock.
#![cfg(test)]

use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use customers::{CustomerSettings, Directory, Elsewhere, Said, Source};
use model::time::ManualClock;
use model::{Event, EventSink, SubjectKey, SubjectKind, Timestamp};
use owners::{DirectorySettings, Provider};
use testkit::Receiver;

const SHOP: &str = r#"{"service":"hosting-4711","contact":["owner@shop.example"],"language":"fr","kind":"pro","suspended":true,"limits":{"account-rate":9}}"#;

#[derive(Default)]
struct Told(Mutex<Vec<String>>);

impl EventSink for Told {
    fn emit(&self, event: &Event<'_>) {
        let line = match event {
            Event::Degraded { part, error, .. } => format!("{part}: {error}"),
            Event::Recovered { part } => format!("{part} works"),
            _ => return,
        };
        self.0.lock().unwrap().push(line);
    }
}

struct Bench {
    server: Receiver,
    clock: ManualClock,
    told: Arc<Told>,
    provider: Arc<Provider>,
}

impl Bench {
    async fn new(change: impl FnOnce(DirectorySettings) -> DirectorySettings) -> Self {
        let server = Receiver::start().await;
        let (clock, told) = (ManualClock::at(Timestamp::from_secs(1_795_256_100)), Arc::new(Told::default()));
        let settings = DirectorySettings {
            url: Some(format!("http://{}/owner?v=1", server.address())),
            timeout: Duration::from_secs(1),
            ..DirectorySettings::default()
        };
        let provider = Provider::start(&change(settings), Arc::new(clock.clone()), Arc::clone(&told) as _);
        Self { server, clock, told, provider: provider.unwrap().unwrap() }
    }

    fn wait(&self, time: Duration) {
        self.clock.advance(time);
    }

    fn told(&self) -> Vec<String> {
        std::mem::take(&mut *self.told.0.lock().unwrap())
    }

    /// The owner that is known as soon as one is.
    async fn known(&self, subject: &SubjectKey) -> String {
        let known = async {
            loop {
                if let Some(owner) = self.provider.said(subject).owner() {
                    return owner.service.clone();
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), known).await.unwrap()
    }
}

fn bob() -> SubjectKey {
    SubjectKey::parse(SubjectKind::Account, "bob+x@shop.example").unwrap()
}

#[tokio::test]
async fn a_message_gets_what_is_known_and_the_rest_is_asked_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, "secret-token\n").unwrap();
    std::fs::set_permissions(&token, std::fs::Permissions::from_mode(0o600)).unwrap();
    let bench = Bench::new(|settings| DirectorySettings { token_file: Some(token), ..settings }).await;
    bench.server.answer_status(200, SHOP);
    assert_eq!(bench.provider.said(&bob()), Said::Nothing, "nobody waits");
    assert_eq!(bench.known(&bob()).await, "hosting-4711");
    let requests = bench.server.requests();
    assert_eq!(requests.len(), 1, "one question, however often the owner was wanted meanwhile");
    assert_eq!(requests[0].line, "GET /owner?v=1&kind=account&name=bob%2Bx%40shop.example HTTP/1.1");
    assert_eq!(requests[0].header("authorization"), "Bearer secret-token");
    let owner = bench.provider.said(&bob()).owner().unwrap();
    assert_eq!((owner.source, owner.suspended, owner.limits["account-rate"]), (Source::Directory, true, 9));
    assert_eq!(bench.provider.customer("hosting-4711").unwrap().language.as_str(), "fr");
    assert!(bench.provider.holdings("hosting-4711").is_some() && bench.provider.holdings("other").is_none());
}

#[tokio::test]
async fn file_and_store_come_first_and_what_nobody_owns_gets_the_default() {
    let bench = Bench::new(|settings| settings).await;
    bench.server.answer_status(404, "");
    let file =
        "[[customer]]\nservice = \"filed\"\ncontact = [\"x@filed.example\"]\naccounts = [\"anna@shop.example\"]\n";
    let directory = Directory::parse(file, &CustomerSettings::default()).unwrap();
    let directory = directory.asking(Some(Arc::clone(&bench.provider) as _));
    let anna = SubjectKey::parse(SubjectKind::Account, "anna@shop.example").unwrap();
    assert_eq!(directory.owner(&anna).service, "filed");
    assert_eq!(bench.provider.ask(&bob()).await, Said::Nobody);
    assert_eq!(directory.owner(&bob()).source, Source::Nowhere);
    assert_eq!(bench.server.requests().len(), 1, "only what nobody here owns is asked about, and not again at once");
    assert_eq!((bench.provider.figures().unowned, bench.told()), (1, Vec::new()));
}

#[tokio::test]
async fn while_it_fails_its_last_word_holds_and_it_is_left_alone() {
    let bench = Bench::new(|settings| settings).await;
    bench.server.answer_status(200, SHOP);
    assert!(bench.provider.ask(&bob()).await.owner().is_some());
    bench.server.answer_status(503, "");
    bench.wait(Duration::from_secs(600));
    assert!(bench.provider.ask(&bob()).await.owner().is_some(), "stale while it fails");
    assert!(bench.told()[0].starts_with("directory: asked who owns account bob+x@shop.example: it answered 503"));
    let anna = SubjectKey::parse(SubjectKind::Account, "anna@shop.example").unwrap();
    assert!(bench.provider.ask(&anna).await == Said::Nothing && bench.provider.said(&anna) == Said::Nothing);
    assert_eq!(bench.server.requests().len(), 2, "it is left alone");
    assert_eq!((bench.provider.figures().failed, bench.provider.figures().spared), (1, 1));
    bench.server.answer_status(200, SHOP);
    bench.wait(Duration::from_secs(30));
    assert!(bench.provider.ask(&anna).await.owner().is_some());
    assert_eq!(bench.told(), ["directory works"]);
}

#[tokio::test]
async fn another_status_than_two_is_told_and_owns_nothing() {
    for (status, why) in
        [(302, "redirects are not followed"), (401, "does not take the token"), (204, "it answered 204")]
    {
        let bench = Bench::new(|settings| settings).await;
        bench.server.answer_status(status, "");
        assert!(bench.provider.ask(&bob()).await == Said::Nothing);
        let told = bench.told().concat();
        assert!(told.contains(why) && told.len() < 600, "{status} {why}: {told}");
        assert_eq!((bench.provider.figures().failed, bench.provider.figures().unusable), (1, 0));
    }
}

#[tokio::test]
async fn one_record_that_can_not_be_used_concerns_its_own_name_only() {
    let huge = format!("{{\"name\":\"{}\"}}", "a".repeat(1 << 20));
    let unfit = r#"{"service":"x","contact":["nobody"],"kind":"gold"}"#;
    let deep = "[".repeat(50_000);
    for (body, why) in [
        ("", "what is no customer"),
        ("null", "what is no customer"),
        (deep.as_str(), "what is no customer"),
        (r#"{"service":1}"#, "what is no customer"),
        (r#"{"service":"x","colour":"red"}"#, "colour"),
        (unfit, "contact: expected mail addresses"),
        (huge.as_str(), "more than 65536 bytes"),
    ] {
        let bench = Bench::new(|settings| settings).await;
        bench.server.answer_status(200, body);
        assert!(bench.provider.ask(&bob()).await == Said::Nothing);
        assert!(bench.provider.ask(&bob()).await == Said::Nothing);
        assert_eq!((bench.server.requests().len(), bench.provider.figures().unusable), (1, 1), "not again at once");
        let told = bench.provider.latest_unusable().unwrap();
        assert!(told.contains(why) && told.contains("bob+x@shop.example") && told.len() < 600, "{why}: {told}");
        bench.server.answer_status(200, SHOP);
        let anna = SubjectKey::parse(SubjectKind::Account, "anna@shop.example").unwrap();
        assert!(bench.provider.ask(&anna).await.owner().is_some(), "others are asked about all the while");
        assert_eq!(bench.told(), Vec::<String>::new(), "the directory works");
    }
}

#[tokio::test]
async fn an_answer_that_can_not_be_used_is_an_answer_all_the_same() {
    let bench = Bench::new(|settings| settings).await;
    bench.server.answer_status(503, "");
    assert!(bench.provider.ask(&bob()).await == Said::Nothing);
    bench.wait(Duration::from_secs(30));
    bench.server.answer_status(200, "null");
    assert!(bench.provider.ask(&bob()).await == Said::Nothing);
    assert_eq!(bench.told().last().map(String::as_str), Some("directory works"));
}

#[tokio::test]
async fn a_directory_that_hangs_breaks_off_or_is_gone_is_told() {
    let bench = Bench::new(|settings| settings).await;
    bench.server.hang();
    assert!(bench.provider.ask(&bob()).await == Said::Nothing);
    assert!(bench.told().concat().contains("it did not answer within 1 seconds"));
    for garbage in ["", "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{", "SSH-2.0-x\r\n", &"x".repeat(1 << 20)] {
        let bench = Bench::new(|settings| settings).await;
        bench.server.answer(garbage);
        assert!(bench.provider.ask(&bob()).await == Said::Nothing);
        assert!(bench.told().concat().contains("did not speak HTTP"));
    }
    let gone = Bench::new(|settings| DirectorySettings { url: Some("http://127.0.0.1:1/".into()), ..settings }).await;
    assert!(gone.provider.ask(&bob()).await == Said::Nothing);
    assert!(gone.told().concat().contains("it can't be reached"));
}

#[test]
fn settings_that_ask_nobody_are_told() {
    let wrong = |settings: DirectorySettings| {
        settings.contradictions().into_iter().map(|(option, _)| option).collect::<Vec<_>>()
    };
    assert!(wrong(DirectorySettings::default()).is_empty());
    let url = Some("ftp://panel.example/".to_owned());
    let token_file = Some("/nowhere/token".into());
    let both = DirectorySettings { url, token_file, stale: Duration::from_secs(1), ..DirectorySettings::default() };
    assert_eq!(wrong(both), ["directory.url", "directory.token_file", "directory.stale"]);
    let idle = DirectorySettings { authorities: Some("/etc/own.pem".into()), ..DirectorySettings::default() };
    assert_eq!(wrong(idle), ["directory.url"]);
}
