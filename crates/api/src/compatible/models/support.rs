//! Models of `/support`.

use super::super::schema::{Model, object, words};

pub(super) fn models() -> Vec<Model> {
    vec![
        words("support.TicketCategoryEnum", "What a ticket is about", ["assistance", "billing", "incident"]),
        words("support.TicketStatusEnum", "Where a ticket stands", ["closed", "open", "unknown"]),
        words("support.TicketTypeEnum", "What kind of ticket it is", ["genericRequest"]),
        words("support.MessageSenderEnum", "Who wrote", ["customer", "support"]),
        object(
            "support.Ticket",
            "A ticket",
            &[
                ("ticketId", "long", "Its number"),
                ("ticketNumber", "long", "Its number, as people know it"),
                ("subject", "string", "Its subject"),
                ("state", ".TicketStatusEnum", "Where it stands"),
                ("serviceName", "string?", "The service it is about"),
                ("product", "string?", "The product it is about"),
                ("category", ".TicketCategoryEnum?", "What it is about"),
                ("type", ".TicketTypeEnum", "What kind it is"),
                ("creationDate", "datetime", "When it was opened"),
                ("updateDate", "datetime", "When something was done last"),
                ("lastMessageFrom", ".MessageSenderEnum", "Who wrote last"),
                ("canBeClosed", "boolean", "Whether it can be closed"),
                ("score", "string?", "Not known"),
                ("accountId", "string", "The customer it belongs to"),
            ],
        ),
        object(
            "support.Message",
            "A message of a ticket",
            &[
                ("messageId", "long", "Its number within the ticket"),
                ("ticketId", "long", "The ticket"),
                ("from", ".MessageSenderEnum", "Who wrote it"),
                ("body", "text", "What he wrote"),
                ("creationDate", "datetime", "When"),
                ("updateDate", "datetime", "When"),
            ],
        ),
    ]
}
