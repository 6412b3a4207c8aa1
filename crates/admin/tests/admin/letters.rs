//! Letters through the control socket.

use admin::{ControlClient, ControlError};
use limits::{AlertJob, LetterName, Store};

use crate::world::{NOW, World, block, evidence};

#[tokio::test]
async fn a_letter_is_given_up_and_tried_again_until_it_was_sent() {
    let world = World::new();
    let block = block("bobbobbobbobbobb", "bob@shop.example");
    let letter = AlertJob::first(&block, "mx1.isp.example");
    world.store.open_block(&block, &[evidence("<1@shop.example>")], Some(&letter)).unwrap();
    let door = world.control().await;
    let client = ControlClient::new(&door.path);
    let name = LetterName::of(&letter);
    let given_up = client.give_up_letter(&name, "alice").await.unwrap();
    assert_eq!((given_up.given_up, given_up.last_error.as_deref()), (Some(NOW), Some("given up by an operator")));
    let again = client.send_letter(&name, "alice").await.unwrap();
    assert!(again.waits() && again.due == NOW, "{again:?}");
    assert_eq!(world.store.pending_alerts().unwrap().as_slice(), std::slice::from_ref(&again));

    world.store.update_alert(&AlertJob { sent: Some(NOW), ..again }).unwrap();
    for done in [client.send_letter(&name, "alice").await, client.give_up_letter(&name, "alice").await] {
        assert!(matches!(done, Err(ControlError::Refused { status: 409, .. })), "{done:?}");
    }
    let other = LetterName { number: 7, ..name };
    assert!(matches!(client.send_letter(&other, "alice").await, Err(ControlError::Unknown(_))));
}
