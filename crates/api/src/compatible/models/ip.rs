//! Models of `/ip`.

use model::BlockState;

use super::super::schema::{Model, object, words};

pub(super) fn models() -> Vec<Model> {
    let states = [BlockState::BlockedForSpam, BlockState::Unblocked, BlockState::Unblocking].map(BlockState::as_str);
    vec![
        words("ip.IpTypeEnum", "What a network is for", ["dedicated"]),
        words("ip.IpVersionEnum", "The family", ["4", "6"]),
        words("ip.SpamStateEnum", "Where a block stands", states),
        object("ip.RoutedTo", "Where a network leads", &[("serviceName", "string?", "The service that has it")]),
        object(
            "ip.Ip",
            "A network",
            &[
                ("ip", "ipBlock", "In CIDR notation"),
                ("type", ".IpTypeEnum", "What it is for"),
                ("version", "long", "4 or 6"),
                ("description", "string?", "The customer's name"),
                ("routedTo", ".RoutedTo?", "Where it leads"),
                ("country", "string?", "Not known"),
                ("organisationId", "string?", "Not known"),
                ("canBeTerminated", "boolean", "Always false"),
            ],
        ),
        object(
            "ip.SpamIp",
            "An address that is, or was, blocked for spam",
            &[
                ("date", "datetime", "When it was blocked last"),
                ("ipSpamming", "ip", "The address; of IPv6 the first of the /64 that is counted as one"),
                ("state", ".SpamStateEnum", "Where the block stands"),
                ("time", "long", "How long the block is, in seconds"),
            ],
        ),
        object(
            "ip.SpamStats",
            "What led to a block",
            &[
                ("timestamp", "long", "When the address was blocked, in seconds since 1970"),
                ("total", "long", "Messages sent"),
                ("numberOfSpams", "long", "How many of them were spam"),
                ("averageSpamscore", "long?", "The mean score of the flagged messages"),
                ("detectedSpams", ".SpamTarget[]?", "The flagged messages"),
            ],
        ),
        object(
            "ip.SpamTarget",
            "A flagged message",
            &[
                ("date", "long", "When it was sent, in seconds since 1970"),
                ("destinationIp", "ip", "Where it was sent to; 0.0.0.0 when that is not known"),
                ("messageId", "string", "Its Message-ID, empty when it has none"),
                ("spamscore", "long", "Its score"),
            ],
        ),
    ]
}
