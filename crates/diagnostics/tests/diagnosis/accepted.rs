//! What exchangers say of recipients, without a message.

use diagnostics::Check::{Accepted, RoleAddresses};
use diagnostics::DiagnosisSettings;
use diagnostics::Outcome::{Fail, Pass, Unknown};
use model::SubjectKind::{Account, Domain};

use crate::server::Server;
use crate::world::World;

/// A domain whose exchanger is that server.
async fn world(server: &Server, private_exchangers: bool) -> World {
    let exchanger_port = server.address.port();
    let world = World::with(DiagnosisSettings { exchanger_port, private_exchangers, ..Default::default() }, "").await;
    world.dns.mx("shop.example", 10, "mx.shop.example").address_of("mx.shop.example", "127.0.0.1");
    world
}

#[tokio::test]
async fn recipients_are_asked_and_no_message_is_sent() {
    let server = Server::start("").await;
    let world = world(&server, true).await;
    let roles = (Domain, "shop.example", RoleAddresses);
    world.expect(roles, Pass, "mx.shop.example accepts abuse@shop.example and postmaster@shop.example.").await;
    world.expect((Account, "bob@shop.example", Accepted), Pass, "accepts bob@shop.example.").await;
    server.answer("RCPT TO:<abuse@", "550 5.1.1 no such user");
    world.expect(roles, Fail, "refuses abuse@shop.example: 550 5.1.1 no such user").await;
    server.answer("RCPT TO:<abuse@", "450 4.2.0 greylisted");
    world.expect(roles, Unknown, "puts off abuse@shop.example: 450").await;
    server.answer("MAIL", "550 not you");
    world.expect(roles, Unknown, "it answers 550 not you").await;
    assert_eq!((server.count("DATA"), server.count("MAIL FROM:<>") > 3, server.count("RSET") > 3), (0, true, true));
}

#[tokio::test]
async fn nobody_leads_us_into_our_own_network() {
    let server = Server::start("").await;
    let world = world(&server, false).await;
    world.expect((Domain, "shop.example", RoleAddresses), Unknown, "127.0.0.1 is a private address").await;
    assert_eq!(server.lines(), Vec::<String>::new());
    world.dns.forget("shop.example").mx("shop.example", 0, ".");
    world.expect((Domain, "shop.example", RoleAddresses), Fail, "takes no mail at all").await;
}
