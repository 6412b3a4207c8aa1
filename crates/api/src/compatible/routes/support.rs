//! Calls of `/support`.

use super::super::schema::{Route, get, post};
use super::super::support;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/support/tickets", "long[]", "Your tickets", support::list)
            .query("archived", "boolean", "Only those that are over, or only those that are not")
            .query("status", "support.TicketStatusEnum", "Only those that stand there")
            .query("subject", "string", "Only those with that in the subject")
            .query("ticketNumber", "long", "Only that one")
            .query("customerReplyNeeded", "boolean", "Only those that wait for the customer, or only the others")
            .query("product", "string", "Only those about that product")
            .query("serviceName", "string", "Only those about that service")
            .query("minCreationDate", "datetime", "Only those opened then or later")
            .query("maxCreationDate", "datetime", "Only those opened then or before"),
        post("/support/tickets/create", "support.Ticket", "Open a ticket", support::create)
            .needs("subject", "string", "What it is about")
            .needs("body", "text", "What is to be said"),
        get("/support/tickets/{ticketId}", "support.Ticket", "A ticket", support::show),
        get("/support/tickets/{ticketId}/messages", "support.Message[]", "What was written", support::messages),
        post("/support/tickets/{ticketId}/reply", "void", "Answer", support::reply).needs("body", "text", "The answer"),
        post("/support/tickets/{ticketId}/close", "void", "Close it", support::close),
        post("/support/tickets/{ticketId}/reopen", "void", "Open it again", support::reopen)
            .needs("body", "text", "Why"),
    ]
}
