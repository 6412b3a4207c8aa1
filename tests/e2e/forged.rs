//! Who sorts by our header fields reads ours: a client's own fields of that name don't arrive, whatever came of the message.

use std::net::SocketAddr;

use testkit::Relay;

use crate::harness::{Client, Mail, Outcome, Outside, Postfix, Sendmail, Site, free_port, loopback, samples, until};

/// Everything that looks like spam is tagged and let through.
const TAGGING: &str = "[score]\ntag = 60\nreject = 0\n";

#[tokio::test(flavor = "multi_thread")]
async fn behind_postfix() {
    let (site, outside) = (Site::new(TAGGING).await, Relay::start().await);
    let _daemon = site.start().await;
    let Some(postfix) = Postfix::start(&site.milter(), outside.address()).await else { return };
    only_ours_arrive(postfix.submission, &outside).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_sendmail() {
    let (site, outside) = (Site::new(TAGGING).await, Relay::start().await);
    let _daemon = site.start().await;
    let Some(sendmail) = Sendmail::start(&site.socket(), outside.address()).await else { return };
    only_ours_arrive(sendmail.submission, &outside).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_the_proxy() {
    let (outside, port) = (Relay::start().await, free_port());
    let hop = outside.address();
    let proxy = format!("{TAGGING}[proxy]\nlisten = [\"127.0.0.1:{port}\"]\nnext_hops = [\"{hop}\"]\n");
    let site = Site::new(&proxy).await;
    let _daemon = site.start().await;
    only_ours_arrive(loopback(port), &outside).await;
}

async fn only_ours_arrive(server: SocketAddr, outside: &Relay) {
    let forged = "X-Portreeve-Score: -999\r\nX-Portreeve-Signals: none=1\r\n in=2\r\nx-portreeve-score: -998\r\n";
    for (tags, mail) in [(0, &samples("ham")[0]), (1, &samples("spam")[0])] {
        let raw = [forged.as_bytes(), &mail.raw, b""].concat();
        let mut client = Client::connect(server).await;
        let to = format!("friend{tags}@near.example");
        assert_eq!(client.send("alice@shop.example", &to, &Mail { raw }).await, Outcome::Sent);
        let arrived = || outside.to_domain("near.example").into_iter().find(|mail| mail.to == [to.clone()]);
        until("it arrives", || async { arrived().is_some() }).await;
        let text = arrived().expect("it was just there").text.to_lowercase();
        assert!(!text.contains("-999") && !text.contains("-998") && !text.contains("none=1"), "{text}");
        assert_eq!(text.matches("x-portreeve-score:").count(), tags, "{text}");
    }
}
