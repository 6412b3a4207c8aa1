//! What nobody means well by: paths, headers and bodies that are no request of any client.

use std::time::Duration;

use access::{AccessRule, Grant};

use crate::signed::{Keys, ask, from};
use crate::world::{IP, NET, NOW, World};

fn is_refused(answer: &crate::world::Answer) -> bool {
    let has = |field: &str| answer.body[field].is_string();
    has("class")
        && has("message")
        && has("errorCode")
        && has("httpCode")
        && answer.headers.contains_key("x-ovh-queryid")
}

#[tokio::test]
async fn odd_names_in_paths_are_no_networks() {
    let world = World::new();
    world.block_ip(IP);
    let token = world.token(Grant::operator());
    for good in [
        "198.51.100.0%2F24",
        "198.51.100.0%2f24",
        "198.51.100.9%2F24",
        "%3198.51.100.0%2F24",
        IP,
        "2001%3Adb8%3A1%3A%3A%2F48",
    ] {
        assert_eq!(world.get(&format!("/1.0/ip/{good}/spam"), &token).await.status, 200, "{good}");
    }
    let long = "9".repeat(5000);
    for odd in [
        "198.51.100.0%252F24",
        "198.51.100.0/24",
        "198.51.100.0%2F33",
        "198.51.100.0%2F-1",
        "198.51.100.0%2F24%00",
        "%00",
        "%FF%FE",
        "%",
        "%2",
        "%zz",
        "..%2F..%2Fetc",
        "..",
        "198.51.100.0%2F24;x",
        "0x7f.1",
        "198.051.100.000%2F24",
        "fe80::1%25eth0",
        "::ffff:198.51.100.0%2F12x",
        "%E2%80%AE",
        "'%20OR%201=1--",
        long.as_str(),
    ] {
        let answer = world.get(&format!("/1.0/ip/{odd}/spam"), &token).await;
        assert!(answer.status == 404 && is_refused(&answer), "{odd}: {answer:?}");
        assert!(answer.body["message"].as_str().unwrap().len() < 1200, "{answer:?}");
        let answer = world.get(&format!("/1.0/ip/{NET}/spam/{odd}"), &token).await;
        assert!([404, 405].contains(&answer.status) && is_refused(&answer), "{odd}: {answer:?}");
    }
}

#[tokio::test]
async fn what_is_no_call_is_refused_in_the_form_of_the_api() {
    let world = World::new();
    let token = world.token(Grant::operator());
    for path in
        ["/1.0/nowhere", "/v1/ip/a/b/c/d/e", "/ip/a/b/c/d/e", "/email/nowhere", "/support/x", "/auth/x", "/1.0//ip"]
    {
        let answer = world.get(path, &token).await;
        assert!(answer.status == 404 && is_refused(&answer), "{path}: {answer:?}");
        let nobody = world.ask("GET", path, &[], "").await;
        assert!(nobody.status == 403 && is_refused(&nobody), "{path}: {nobody:?}");
    }
    for query in ["state=%FF", "state=blockedForSpam&state=unblocked", "state=", "state=%00"] {
        let answer = world.get(&format!("/1.0/ip/{NET}/spam?{query}"), &token).await;
        assert!(answer.status == 400 && is_refused(&answer), "{query}: {answer:?}");
    }
}

#[tokio::test]
async fn a_request_is_good_for_as_long_as_its_time_and_for_nothing_else() {
    let world = World::new();
    let keys = world.application(AccessRule::everything(), Grant::customer(["shop"]));
    let ask_at = |path: &'static str| from(&world, &keys, "https://isp.example", "GET", path, "", NOW.as_secs());
    assert_eq!(ask_at("/v1/ip").await.status, 200);
    assert_eq!(ask_at("/v1/ip").await.status, 200, "clients that try again send the same");
    world.pass(Duration::from_secs(301));
    let late = ask_at("/v1/ip").await;
    assert!(late.status == 400 && is_refused(&late), "{late:?}");
}

#[tokio::test]
async fn keys_in_odd_forms_are_none() {
    let world = World::new();
    let good = world.application(AccessRule::everything(), Grant::operator());
    let long = "a".repeat(100_000);
    for odd in ["", " ", "'", "../x", "\u{fc}", long.as_str()] {
        for place in 0..3 {
            let mut keys: Keys = good.clone();
            *[&mut keys.0, &mut keys.1, &mut keys.2][place] = odd.to_owned();
            let answer = ask(&world, &keys, "GET", "/1.0/ip", "").await;
            assert!([400, 403, 429].contains(&answer.status) && is_refused(&answer), "{place} {odd:.9}: {answer:?}");
        }
        world.pass(Duration::from_secs(60));
    }
    for odd in ["Bearer", "Bearer ", "Basic YTpi", "bearer \u{fc}", long.as_str()] {
        let answer = world.ask("GET", "/1.0/ip", &[("authorization", odd)], "").await;
        assert!([401, 403].contains(&answer.status) && is_refused(&answer), "{odd:.9}: {answer:?}");
    }
}

#[tokio::test]
async fn bodies_are_bounded_and_read_as_what_they_are() {
    let world = World::new();
    let (application, ..) = world.application(AccessRule::everything(), Grant::operator());
    let key = [("x-ovh-application", application.as_str())];
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let many = format!(r#"{{"accessRules":[{}]}}"#, vec![r#"{"method":"GET","path":"/"}"#; 101].join(","));
    for body in ["", "null", "[]", "{}", "{\"accessRules\":1}", "\u{0}", deep.as_str(), many.as_str()] {
        let answer = world.ask("POST", "/1.0/auth/credential", &key, body).await;
        assert!([400, 429].contains(&answer.status) && is_refused(&answer), "{body:.20}: {answer:?}");
    }
    let huge = "x".repeat(300_000);
    assert_eq!(world.ask("POST", "/1.0/auth/credential", &key, &huge).await.status, 413);
}
