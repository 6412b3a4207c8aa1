//! Calls of `/ip`.

use super::super::ip;
use super::super::schema::{Route, get, post};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/ip", "ipBlock[]", "Your networks", ip::list)
            .query("description", "string", "Only those with that in the customer's name (% for anything)")
            .query("ip", "ipBlock", "Only those that contain it or are contained in it")
            .query("routedTo.serviceName", "string", "Only those of that service (% for anything)")
            .query("type", "ip.IpTypeEnum", "Only those of that type")
            .query("version", "ip.IpVersionEnum", "Only those of that family"),
        get("/ip/{ip}", "ip.Ip", "A network", ip::show),
        get("/ip/{ip}/spam", "ip[]", "Its addresses that are, or were, blocked for spam", ip::spam).query(
            "state",
            "ip.SpamStateEnum",
            "Only those in that state",
        ),
        get("/ip/{ip}/spam/{ipSpamming}", "ip.SpamIp", "How an address stands", ip::spam_of),
        get("/ip/{ip}/spam/{ipSpamming}/stats", "ip.SpamStats[]", "What led to its blocks", ip::stats)
            .query("from", "datetime", "Only blocks that began then or later")
            .query("to", "datetime", "Only blocks that began then or before"),
        post("/ip/{ip}/spam/{ipSpamming}/unblock", "ip.SpamIp", "Release it when its time is over", ip::unblock),
        get("/ip/{ip}/antihack", "ip[]", "Nothing: clients ask", ip::nothing),
        get("/ip/{ip}/arp", "ip[]", "Nothing: clients ask", ip::nothing),
        get("/ip/{ip}/phishing", "long[]", "Nothing: clients ask", ip::nothing),
    ]
}
