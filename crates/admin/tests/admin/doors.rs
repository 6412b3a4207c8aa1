//! The TCP door: each route, its headers, and readiness as parts fail and recover.

use admin::{AdminSettings, PartState, Report, Site};

use crate::world::World;

#[tokio::test]
async fn metrics_are_what_prometheus_scrapes() {
    let answer = World::new().http(AdminSettings::default()).await.get("/metrics").await;
    assert_eq!(answer.status, 200);
    assert!(answer.head.contains("content-type: text/plain; version=0.0.4; charset=utf-8"), "{}", answer.head);
    assert!(answer.body.contains("# HELP portreeve_build_info "), "{}", answer.body);
}

#[tokio::test]
async fn a_process_that_serves_is_alive_even_when_it_is_not_ready() {
    let world = World::new();
    *world.part.lock().unwrap() = PartState::down([console::Remark::Failed("The disk is full.".into())]);
    let door = world.http(AdminSettings::default()).await;
    let answer = door.get("/healthz").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "ok\n"));
    assert_eq!(door.get("/readyz").await.status, 503);
}

#[tokio::test]
async fn readiness_names_each_part_and_follows_it() {
    let world = World::new();
    let door = world.http(AdminSettings::default()).await;
    let answer = door.get("/readyz").await;
    let report: Report = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((answer.status, report.ready, report.parts.len()), (200, true, 2));
    assert!(answer.body.contains("\"part\":\"resolver\",\"state\":\"degraded\""), "{}", answer.body);

    world.clock.advance(std::time::Duration::from_secs(60));
    *world.part.lock().unwrap() = PartState::down([console::Remark::Failed("The disk is full.".into())]);
    let answer = door.get("/readyz").await;
    assert!(answer.head.contains("retry-after: 60"), "{}", answer.head);
    let report: Report = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((answer.status, report.ready), (503, false));
    assert_eq!(report.parts[0].since, "2023-11-14T22:14:20Z");
    assert_eq!(report.parts[0].sentence, "The disk is full.");

    *world.part.lock().unwrap() = PartState::working([console::Remark::Failed("Writes.".into())]);
    assert_eq!(door.get("/readyz").await.status, 200);
    world.state.readiness().start_draining();
    assert_eq!(door.get("/readyz").await.status, 503);
}

#[tokio::test]
async fn the_index_tells_people_where_things_are() {
    let world = World::new();
    let door = world.http(AdminSettings::default()).await;
    let answer = door.get("/").await;
    assert!(answer.body.contains("mx1.isp.example") && answer.body.contains("href=\"/metrics\""), "{}", answer.body);
    world.state.reload(Site { node: "<b>mx2".into(), monitor: true, ..Site::default() });
    let answer = door.get("/").await;
    assert!(answer.body.contains("&lt;b&gt;mx2") && answer.body.contains("mode monitor"), "{}", answer.body);
}

#[tokio::test]
async fn pages_are_not_stored_framed_indexed_or_scripted() {
    let door = World::new().http(AdminSettings::default()).await;
    for path in ["/", "/b/abcdefghijklmnop", "/nothing", "/style.css", "/metrics"] {
        let head = door.get(path).await.head;
        for field in [
            "cache-control: no-store",
            "content-security-policy: default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "referrer-policy: no-referrer",
            "x-content-type-options: nosniff",
            "x-robots-tag: noindex, nofollow",
        ] {
            assert!(head.contains(field), "{path} lacks {field}: {head}");
        }
    }
}

#[tokio::test]
async fn the_style_is_a_style_and_the_rest_is_not_found() {
    let door = World::new().http(AdminSettings::default()).await;
    let style = door.get("/style.css").await;
    assert!(style.head.contains("content-type: text/css"), "{}", style.head);
    assert!(style.body.contains("prefers-color-scheme: dark"));
    assert_eq!(door.get("/control/blocks").await.status, 404);
    let post = "POST /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    assert_eq!(door.request(post).await.status, 405);
}

#[tokio::test]
async fn an_address_in_use_is_named() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap();
    let error = admin::listen(&AdminSettings { listen: vec![address], ..AdminSettings::default() }).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    assert!(error.to_string().contains(&address.to_string()), "{error}");
}
