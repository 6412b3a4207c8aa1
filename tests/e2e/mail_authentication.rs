//! SPF, DKIM and DMARC in the running daemon: what receivers will refuse is in the score, a signature outlives the milter.

use testkit::Signer;

use crate::harness::{Mail, Milter, Site};

const ASKED: &str = r#"
[reputation]
own_addresses = ["192.0.2.25"]
mail_authentication = true
"#;

const TEXT: &str = "From: Anna <anna@shop.example>\r\nTo: bob@far.example\r\nSubject: Friday\r\n\
    Date: Mon, 03 Mar 2025 10:00:00 +0000\r\nMessage-ID: <1@shop.example>\r\n\r\nHello Bob,\r\n\r\nsee you on Friday.\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn what_receivers_will_refuse_is_in_the_score_and_a_signature_that_holds_is_not() {
    let (site, signer) = (Site::new(ASKED).await, Signer::new("s1"));
    let (key, record) = signer.record("shop.example");
    site.dns.txt("shop.example", "v=spf1 -all").txt("_dmarc.shop.example", "v=DMARC1; p=reject").txt(&key, &record);
    let daemon = site.start().await;
    let mut session = Milter::session(&site.socket(), "anna@shop.example", "198.51.100.23").await;
    let signed = signer.sign("shop.example", TEXT, false);

    let altered = signed.replace("on Friday", "on Monday");
    session.send("anna@shop.example", "bob@far.example", &Mail::new(altered.as_bytes())).await;
    let all = ["spf_not_ours=10", "dkim_invalid=10", "dmarc_will_refuse=30"];
    daemon
        .logged("all three", |line| {
            line["signals"].as_str().is_some_and(|seen| all.iter().all(|signal| seen.contains(signal)))
        })
        .await;

    session.send("anna@shop.example", "bob@far.example", &Mail::new(signed.as_bytes())).await;
    daemon.metric_reaches("portreeve_signal_hits_total", "spf_not_ours", 2.0).await;
    daemon
        .logged("SPF alone", |line| {
            line["signals"]
                .as_str()
                .is_some_and(|seen| seen.contains(all[0]) && !seen.contains("dkim") && !seen.contains("dmarc"))
        })
        .await;
}
