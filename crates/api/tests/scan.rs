//! HTTP scan: what callers say becomes a submission, what the judge says becomes their words.
#![cfg(test)]

use std::os::unix::fs::PermissionsExt;
use std::sync::{Arc, Mutex};

use api::scan::{ScanDoor, ScanSettings, router};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode};
use http_body_util::BodyExt;
use model::{Action, Hit, Refusal, Score, Session, SignalName, Submission, Timestamp, Verdict};
use pipeline::{Admission, Judge, Judges, Judging, Stage};
use scoring::ScoreSettings;
use serde_json::Value;
use settings::ByteSize;
use tower::ServiceExt;

/// Says always the same, and keeps what it was asked.
struct Oracle {
    verdict: Verdict,
    asked: Arc<Mutex<Vec<Submission>>>,
}

impl Judge for Oracle {
    fn admit(&self, _: &Session, _: Stage<'_>) -> Admission {
        Admission::Proceed
    }

    fn judge(&self, submission: Submission) -> Judging<'_> {
        self.asked.lock().unwrap().push(submission);
        Box::pin(std::future::ready(self.verdict.clone()))
    }

    fn analysed_bytes(&self) -> usize {
        1024
    }
}

struct Bench {
    routes: Router,
    asked: Arc<Mutex<Vec<Submission>>>,
}

impl Bench {
    fn new(action: Action, hits: &[(&'static str, i32)], settings: &ScanSettings) -> Self {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let hit = |(name, points): &(&'static str, i32)| Hit {
            signal: SignalName::new(name),
            points: *points,
            why: format!("why {name}"),
        };
        let score = Score::of(hits.iter().map(hit).collect());
        let verdict = Verdict { action, reason: "test", score, at: Timestamp(0) };
        let judge: Arc<dyn Judge> = Arc::new(Oracle { verdict, asked: Arc::clone(&asked) });
        let door = ScanDoor::new(settings, Arc::new(Judges::new(judge)), ScoreSettings::default).unwrap();
        Self { routes: router(Arc::new(door)), asked }
    }

    fn saying(action: Action, hits: &[(&'static str, i32)]) -> Self {
        Self::new(action, hits, &ScanSettings::default())
    }

    async fn post(&self, path: &str, fields: &[(&str, &[u8])], body: impl Into<Body>) -> (StatusCode, Value) {
        let mut request = Request::post(path).body(body.into()).unwrap();
        for (name, value) in fields {
            let name = axum::http::HeaderName::from_bytes(name.as_bytes()).unwrap();
            request.headers_mut().append(name, HeaderValue::from_bytes(value).unwrap());
        }
        let response = self.routes.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    async fn check(&self) -> Value {
        self.post("/checkv2", &[], "Subject: x\r\n\r\nx").await.1
    }

    async fn scan(&self, sender: &str) -> Value {
        self.post("/api/v1/scan", &[("X-Mailfrom", sender.as_bytes())], "Subject: x\r\n\r\nx").await.1
    }
}

#[tokio::test]
async fn the_envelope_of_checkv2_is_taken_from_the_head() {
    let bench = Bench::saying(Action::Accept, &[]);
    let fields: [(&str, &[u8]); 9] = [
        ("From", b"<bob@shop.example>"),
        ("Rcpt", b"anna@far.example"),
        ("Rcpt", b"<carl@far.example>"),
        ("IP", b"198.51.100.23"),
        ("Helo", b"laptop.shop.example"),
        ("Hostname", b"dsl.isp.example"),
        ("User", b"Bob@Shop.example"),
        ("Queue-Id", b"4XYZ"),
        ("TLS-Cipher", b"x"),
    ];
    let (status, answer) = bench.post("/checkv2", &fields, "Subject: x\r\n\r\nHello").await;
    assert_eq!((status, answer["action"].as_str()), (StatusCode::OK, Some("no action")));
    let asked = bench.asked.lock().unwrap().remove(0);
    let (session, envelope) = (&asked.session, &asked.envelope);
    assert_eq!(session.login.as_ref().unwrap().account.as_str(), "bob@shop.example");
    assert_eq!(session.client.unwrap().to_string(), "198.51.100.23");
    assert_eq!((session.helo.as_str(), session.tls), ("laptop.shop.example", true));
    assert_eq!(session.client_name.as_ref().unwrap().as_str(), "dsl.isp.example");
    assert_eq!(envelope.sender.as_str(), "bob@shop.example");
    let recipients: Vec<_> = envelope.recipients.iter().map(|path| path.as_str()).collect();
    assert_eq!(recipients, ["anna@far.example", "carl@far.example"]);
    assert_eq!(envelope.queue_id.as_ref().unwrap().as_str(), "4XYZ");
    assert_eq!(asked.message.raw, b"Subject: x\r\n\r\nHello");
}

#[tokio::test]
async fn what_nobody_says_is_nobodys() {
    let bench = Bench::saying(Action::Accept, &[]);
    let odd: [(&str, &[u8]); 4] =
        [("User", b"  "), ("IP", b"not an address"), ("Helo", b"a\xff\tb"), ("Rcpt", b"\xff")];
    bench.post("/checkv2", &odd, "x").await;
    let asked = bench.asked.lock().unwrap().remove(0);
    assert!(asked.session.login.is_none() && asked.session.client.is_none());
    assert_eq!(asked.session.helo, "a\u{fffd}?b");
    assert_eq!(asked.envelope.recipient_count, 1);
}

#[tokio::test]
async fn actions_are_those_of_rspamd() {
    let no = || Refusal::permanent("no");
    for (action, points, word) in [
        (Action::Accept, 10, "no action"),
        (Action::Accept, 150, "add header"),
        (Action::Tag(vec![("X-Score".into(), "7\r\nBcc: x".into())]), 10, "add header"),
        (Action::Hold("why".into()), 10, "soft reject"),
        (Action::Defer(no()), 10, "soft reject"),
        (Action::Reject(no()), 300, "reject"),
    ] {
        let refused = matches!(action, Action::Defer(_) | Action::Reject(_));
        let tagged = matches!(action, Action::Tag(_));
        let answer = Bench::saying(action, &[("text_selling", points)]).check().await;
        assert_eq!(answer["action"], word);
        assert_eq!(answer["messages"]["smtp_message"].as_str(), refused.then_some("no"));
        assert_eq!((answer["score"].as_i64(), answer["required_score"].as_i64()), (Some(points.into()), Some(200)));
        assert_eq!(answer["thresholds"]["add header"], 100);
        assert_eq!(answer["symbols"]["text_selling"]["description"], "why text_selling");
        let value = answer["milter"]["add_headers"]["X-Score"]["value"].as_str();
        assert_eq!(value, tagged.then_some("7  Bcc: x"));
    }
}

#[tokio::test]
async fn the_engines_words_follow_the_strongest_signal() {
    let accept = || Action::Accept;
    for (action, hits, sender, word) in [
        (accept(), &[][..], "a@shop.example", "clean"),
        (accept(), &[], "", "bounce"),
        (accept(), &[("text_selling", 60)], "a@shop.example", "suspect"),
        (accept(), &[("text_selling", 110)], "a@shop.example", "spam:low"),
        (accept(), &[("text_selling", 210)], "a@shop.example", "spam:medium"),
        (accept(), &[("text_selling", 310)], "a@shop.example", "spam:high"),
        (accept(), &[("text_credentials", 60), ("url_risky_tld", 50)], "a@shop.example", "phishing"),
        (accept(), &[("text_advance_fee", 130)], "a@shop.example", "scam"),
        (accept(), &[("attachment_program", 110)], "a@shop.example", "malware"),
        (accept(), &[("scanner_virus", 200)], "a@shop.example", "malware"),
        (Action::Reject(Refusal::permanent("blocked")), &[], "a@shop.example", "spam:high"),
    ] {
        let answer = Bench::saying(action, hits).scan(sender).await;
        assert_eq!(answer["verdict"], word, "{hits:?}");
        assert!(answer["elapsed"].as_str().is_some_and(|text| text.ends_with("ms")));
    }
    let answer = Bench::saying(Action::Reject(Refusal::permanent("blocked")), &[("text_selling", 7)]).scan("").await;
    assert_eq!(answer["spamcause"], "550 5.7.1 blocked; text_selling +7: why text_selling");
}

#[tokio::test]
async fn no_more_is_kept_than_is_looked_at_and_too_much_is_refused() {
    let settings = ScanSettings { max_size: ByteSize(64 << 10), ..ScanSettings::default() };
    let bench = Bench::new(Action::Accept, &[], &settings);
    let picture = ["Content-Type: image/png\r\n\r\n", &"QUJD\r\n".repeat(9000)].concat().into_bytes();
    let size = picture.len() as u64;
    assert_eq!(bench.post("/checkv2", &[], picture).await.0, StatusCode::OK);
    let asked = bench.asked.lock().unwrap().remove(0);
    assert_eq!((asked.message.size, asked.message.truncated), (size, true));
    assert!((1000..=1024).contains(&asked.message.raw.len()), "a picture's end is not kept");
    assert_eq!(bench.post("/checkv2", &[], vec![b'x'; 70_000]).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    let many: Vec<(&str, &[u8])> = (0..1090).map(|_| ("Rcpt", b"a@far.example".as_slice())).collect();
    bench.post("/checkv2", &many, "x").await;
    let asked = bench.asked.lock().unwrap().remove(0);
    assert_eq!((asked.envelope.recipients.len(), asked.envelope.recipient_count), (1000, 1090));
}

#[tokio::test]
async fn what_can_t_be_scanned_is_refused_in_a_sentence() {
    let bench = Bench::saying(Action::Accept, &[]);
    for (path, fields, body, status) in [
        ("/checkv2", &[][..], "", StatusCode::BAD_REQUEST),
        ("/checkv2", &[("Compression", b"zstd".as_slice())], "x", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("/api/v1/scan", &[("Content-Encoding", b"gzip".as_slice())], "x", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("/checkv2", &[("Key", b"abc".as_slice())], "x", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("/learnspam", &[], "x", StatusCode::NOT_FOUND),
    ] {
        let (found, answer) = bench.post(path, fields, body).await;
        assert_eq!(found, status, "{path} {fields:?}");
        assert!(answer["error"].as_str().is_some_and(|error| error.len() > 10), "{answer}");
    }
    let get = bench.routes.clone().oneshot(Request::get("/checkv2").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(get.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert!(bench.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_password_is_asked_for_where_one_is_set() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    std::fs::write(&file, "a long password\n".replace(' ', "-")).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let settings = ScanSettings { password_file: Some(file.clone()), ..ScanSettings::default() };
    let bench = Bench::new(Action::Accept, &[], &settings);
    let right: [(&str, &[u8]); 2] = [("Password", b"a-long-password"), ("Authorization", b"Bearer a-long-password")];
    for field in right {
        assert_eq!(bench.post("/checkv2", &[field], "x").await.0, StatusCode::OK);
    }
    let wrong: [&[(&str, &[u8])]; 4] = [
        &[],
        &[("Password", b"a-long-passwor")],
        &[("Password", b"\xff")],
        &[("Authorization", b"Basic a-long-password")],
    ];
    for fields in wrong {
        assert_eq!(bench.post("/api/v1/scan", fields, "x").await.0, StatusCode::UNAUTHORIZED);
    }
    let options =
        |settings: &ScanSettings| settings.contradictions().into_iter().map(|(option, _)| option).collect::<Vec<_>>();
    let open = ScanSettings { listen: vec!["192.0.2.1:11333".parse().unwrap()], ..ScanSettings::default() };
    assert_eq!(options(&open), ["scan.listen"]);
    assert!(options(&ScanSettings { listen: open.listen, ..settings.clone() }).is_empty());
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o604)).unwrap();
    assert_eq!(options(&settings), ["scan.password_file"]);
}
