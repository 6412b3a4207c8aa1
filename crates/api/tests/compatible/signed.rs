//! Signatures, as clients make them, and everything that can be wrong with one.

use std::time::Duration;

use access::{AccessRule, Grant};
use aws_lc_rs::digest;

use crate::world::{Answer, NET, NOW, World};

pub(crate) type Keys = (String, String, String);

fn sign(parts: [&str; 6]) -> String {
    let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, parts.join("+").as_bytes());
    let hex: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("$1${hex}")
}

/// Asks as a client that signs with the host it was given.
pub(crate) async fn ask(world: &World, keys: &Keys, method: &str, path: &str, body: &str) -> Answer {
    from(world, keys, "https://isp.example:7681", method, path, body, world.gate.now().as_secs()).await
}

pub(crate) async fn from(
    world: &World,
    keys: &Keys,
    base: &str,
    method: &str,
    path: &str,
    body: &str,
    time: i64,
) -> Answer {
    let (application, secret, consumer) = keys;
    let (time, url) = (time.to_string(), format!("{base}{path}"));
    let signature = sign([secret, consumer, method, &url, body, &time]);
    let fields = [
        ("x-ovh-application", application.as_str()),
        ("x-ovh-consumer", consumer),
        ("x-ovh-timestamp", &time),
        ("x-ovh-signature", &signature),
    ];
    world.ask(method, path, &fields, body).await
}

#[tokio::test]
async fn a_signature_is_taken_whatever_name_we_are_called_by() {
    let world = World::new();
    let keys = world.application(AccessRule::everything(), Grant::customer(["shop"]));
    let path = format!("/1.0/ip/{NET}/spam?state=unblocked");
    for base in ["https://isp.example:7681", "https://isp.example"] {
        let answer = from(&world, &keys, base, "GET", &path, "", NOW.as_secs()).await;
        assert_eq!(answer.status, 200, "{base}: {:?}", answer.body);
    }
    for base in ["http://isp.example:7681", "https://bank.example"] {
        let answer = from(&world, &keys, base, "GET", &path, "", NOW.as_secs()).await;
        assert_eq!((answer.status, answer.body["errorCode"].as_str()), (400, Some("INVALID_SIGNATURE")), "{base}");
    }
}

#[tokio::test]
async fn a_timestamp_may_be_off_by_five_minutes() {
    let world = World::new();
    let keys = world.application(AccessRule::everything(), Grant::operator());
    for (off, expected) in [(0, 200), (300, 200), (-300, 200), (301, 400), (-301, 400), (i64::MIN / 2, 400)] {
        let answer = from(&world, &keys, "https://isp.example", "GET", "/v1/ip", "", NOW.as_secs() + off).await;
        assert_eq!(answer.status, expected, "{off}");
        if expected == 400 {
            let message = answer.body["message"].as_str().unwrap();
            assert!(message.contains(&format!("it is {} here", NOW.as_secs())), "{message}");
        }
    }
}

#[tokio::test]
async fn each_wrong_key_has_its_code() {
    let world = World::new();
    let keys = world.application(AccessRule::everything(), Grant::operator());
    let other = world.application(AccessRule::everything(), Grant::operator());
    let wrong = |place: usize, with: &str| {
        let mut keys = keys.clone();
        *[&mut keys.0, &mut keys.1, &mut keys.2][place] = with.to_owned();
        keys
    };
    for (keys, code) in [
        (wrong(0, "nokey"), "INVALID_KEY"),
        (wrong(1, "nosecret"), "INVALID_SIGNATURE"),
        (wrong(2, "noconsumer"), "INVALID_CREDENTIAL"),
        (wrong(2, &other.2), "INVALID_CREDENTIAL"),
    ] {
        let answer = ask(&world, &keys, "GET", "/1.0/ip", "").await;
        assert_eq!(answer.body["errorCode"], code, "{answer:?}");
        assert_eq!(
            answer.body["httpCode"],
            if code == "INVALID_SIGNATURE" { "400 Bad Request" } else { "403 Forbidden" }
        );
    }
    let nobody = world.ask("GET", "/1.0/ip", &[("x-ovh-application", &keys.0)], "").await;
    assert_eq!(nobody.body["errorCode"], "NOT_CREDENTIAL");
    let token = world.ask("GET", "/1.0/ip", &[("authorization", "Bearer prk_no")], "").await;
    assert_eq!((token.status, token.body["class"].as_str()), (401, Some("Client::Unauthorized")));
}

#[tokio::test]
async fn whoever_guesses_is_turned_away() {
    let world = World::new();
    let keys = world.application(AccessRule::everything(), Grant::operator());
    let wrong = (keys.0.clone(), "x".to_owned(), keys.2.clone());
    for _ in 0..20 {
        assert_eq!(ask(&world, &wrong, "GET", "/1.0/ip", "").await.status, 400);
    }
    let answer = ask(&world, &wrong, "GET", "/1.0/ip", "").await;
    assert_eq!((answer.status, answer.headers["retry-after"].to_str().unwrap()), (429, "60"));
    assert_eq!(ask(&world, &keys, "GET", "/1.0/ip", "").await.status, 200, "the right keys are no guess");
    world.pass(Duration::from_secs(60));
    assert_eq!(ask(&world, &wrong, "GET", "/1.0/ip", "").await.status, 400);
}

#[tokio::test]
async fn a_credential_is_asked_for_and_ended() {
    let world = World::new();
    let (application, secret, _) = world.application(AccessRule::everything(), Grant::operator());
    let body =
        r#"{"accessRules":[{"method":"GET","path":"/*"},{"method":"POST","path":"/auth/*"}],"redirection":null}"#;
    let asked = world.ask("POST", "/1.0/auth/credential", &[("x-ovh-application", &application)], body).await;
    assert_eq!((asked.status, asked.body["state"].as_str()), (200, Some("pendingValidation")), "{asked:?}");
    let url = asked.body["validationUrl"].as_str().unwrap();
    let token = url.strip_prefix("https://isp.example/console/keys/").unwrap();
    let keys = (application.clone(), secret, asked.body["consumerKey"].as_str().unwrap().to_owned());
    assert_eq!(ask(&world, &keys, "GET", "/1.0/ip", "").await.body["errorCode"], "INVALID_CREDENTIAL");
    world.gate.grant_credential(token, Grant::customer(["shop"]), &access::Actor::at_the_socket("x"), None).unwrap();
    let current = ask(&world, &keys, "GET", "/1.0/auth/currentCredential", "").await;
    assert_eq!(
        (current.body["status"].as_str(), current.body["rules"].as_array().unwrap().len()),
        (Some("validated"), 2)
    );
    assert!(current.body["credentialId"].is_u64() && current.body["applicationId"].is_u64());
    assert_eq!(ask(&world, &keys, "POST", "/1.0/auth/logout", "").await.status, 204);
    assert_eq!(ask(&world, &keys, "GET", "/1.0/ip", "").await.body["errorCode"], "INVALID_CREDENTIAL");
    for (application, body) in [("none", body), (&application, "{"), (&application, r#"{"accessRules":[]}"#)] {
        let answer = world.ask("POST", "/v1/auth/credential", &[("x-ovh-application", application)], body).await;
        assert!([400, 403].contains(&answer.status), "{answer:?}");
    }
}
