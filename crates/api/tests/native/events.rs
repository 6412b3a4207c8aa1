//! What is heard live, and by whom.

use axum::http::StatusCode;
use axum::response::Response;
use http_body_util::BodyExt;

use crate::world::{Who, World};

/// Somebody who listens.
struct Listener {
    response: Response,
}

impl Listener {
    async fn new(world: &World, who: Who, last: Option<&str>) -> Self {
        let mut request = world.request(who, "get", "/api/events", "", b"");
        if let Some(last) = last {
            request.headers_mut().insert("last-event-id", last.parse().unwrap());
        }
        let response = world.send(request).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response }
    }

    /// The next piece of the stream; `None` at its end.
    async fn hear(&mut self) -> Option<String> {
        let frame = self.response.body_mut().frame().await?.unwrap();
        Some(String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap())
    }
}

/// Tells what the store has written of everything that happened.
fn tell(world: &World) {
    world.live.look(&*world.store, &mut Some(0)).unwrap();
}

/// Everything up to the end of the stream.
async fn rest(listener: &mut Listener) -> String {
    let mut heard = String::new();
    while let Some(piece) = listener.hear().await {
        heard += &piece;
    }
    heard
}

#[tokio::test]
async fn everybody_hears_of_what_is_his() {
    for (who, own, others) in
        [(Who::Shop, "bob@", "ann@"), (Who::Bank, "ann@", "bob@"), (Who::Operator, "ann@", "nobody")]
    {
        let world = World::new();
        let mut listener = Listener::new(&world, who, None).await;
        assert_eq!(listener.hear().await.unwrap(), ": listening\n\n");
        tell(&world);
        world.live.close();
        let heard = rest(&mut listener).await;
        assert!(
            heard.contains("event: block.blocked\n") && heard.contains("event: ticket.opened\n"),
            "{who:?}: {heard}"
        );
        assert!(heard.contains(own) && !heard.contains(others), "{who:?}: {heard}");
    }
}

#[tokio::test]
async fn whoever_comes_back_misses_nothing_or_is_told_that_he_did() {
    let world = World::new();
    tell(&world);
    let mut first = Listener::new(&world, Who::Operator, Some("7-0")).await;
    first.hear().await.unwrap();
    let heard = first.hear().await.unwrap();
    assert!(heard.contains("id: 7-1\n") && heard.contains("event: block.blocked\n"), "{heard}");
    let mut second = Listener::new(&world, Who::Operator, Some("7-1")).await;
    second.hear().await.unwrap();
    assert!(second.hear().await.unwrap().contains("id: 7-2\n"));
    for foreign in ["9-1", "garbage"] {
        let mut listener = Listener::new(&world, Who::Operator, Some(foreign)).await;
        listener.hear().await.unwrap();
        let heard = listener.hear().await.unwrap();
        assert!(heard.contains("event: missed\n"), "{foreign}: {heard}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_stream_shows_that_it_lives_and_ends_with_its_key() {
    let world = World::new();
    let mut listener = Listener::new(&world, Who::Shop, None).await;
    listener.hear().await.unwrap();
    assert_eq!(listener.hear().await.unwrap(), ": still here\n\n");
    for key in world.gate.keys().unwrap() {
        world.gate.revoke_key(&key.id).unwrap();
    }
    assert_eq!(listener.hear().await, None);
}

#[tokio::test]
async fn one_key_takes_no_seat_from_others() {
    let world = World::new();
    let bearer = format!("Bearer {}", world.token(Who::Shop).unwrap());
    let listens = || {
        let mut request = world.request(Who::Nobody, "get", "/api/events", "", b"");
        request.headers_mut().insert("authorization", bearer.parse().unwrap());
        world.send(request)
    };
    let mut streams = Vec::new();
    for _ in 0..pipeline::Live::SEATS_EACH {
        streams.push(listens().await);
    }
    let refused = listens().await;
    assert_eq!(
        (refused.status(), &refused.headers()["retry-after"]),
        (StatusCode::TOO_MANY_REQUESTS, &"10".parse().unwrap())
    );
    Listener::new(&world, Who::Operator, None).await;
    streams.pop();
    assert_eq!(listens().await.status(), StatusCode::OK);
}
