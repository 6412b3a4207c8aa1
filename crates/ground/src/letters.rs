//! Letters that nobody sends.

use std::sync::Arc;
use std::time::Duration;

use alerts::{AlertSettings, Outbox, OutboxHandle, Post, Surroundings};
use lookups::{Dns, DnsSettings};
use model::event::NoEvents;

use crate::Ground;
use crate::diagnoses::NOBODY;

/// The outbox of the ground's store, which doesn't run.
pub fn outbox(ground: &Ground) -> OutboxHandle {
    let servers = vec![NOBODY.parse().unwrap()];
    let asked = DnsSettings { servers, timeout: Duration::from_millis(100), ..DnsSettings::default() };
    let dns = Arc::new(Dns::new(&asked, Arc::clone(&ground.clock)).unwrap());
    let settings = AlertSettings { relay: NOBODY.into(), ..AlertSettings::default() };
    let post = Post::new(&settings, "mx1.isp.example", "https://portreeve.example/b/{ref}").unwrap();
    let (store, clock) = (Arc::clone(&ground.store) as _, Arc::clone(&ground.clock));
    Outbox::new(store, clock, Arc::new(NoEvents), dns, post, Surroundings::default()).1
}
