//! Mail of sendmail(1): it has no client to refuse, so a refusal at the end of data becomes a bounce to the sender.

use testkit::Relay;

use crate::harness::{Outside, Postfix, Site, samples, until};

#[tokio::test(flavor = "multi_thread")]
async fn refused_local_mail_is_returned_to_its_sender() {
    let site = Site::new("[score]\nreject = 100").await;
    let daemon = site.start().await;
    let outside = Relay::start().await;
    let Some(postfix) = Postfix::start(&site.milter(), outside.address()).await else { return };

    let spam = samples("spam")[0].renumbered("<script@web.example>");
    assert!(postfix.submit_locally("www@web.example", "victim@far.example", &spam), "it is queued");
    let bounced = || outside.to_domain("web.example");
    until("the bounce", || async { !bounced().is_empty() }).await;
    let bounce = &bounced()[0];
    assert_eq!(bounce.from, "", "a bounce has no sender (RFC 5321 4.5.5)");
    assert!(bounce.text.contains("looks like spam"), "it says why:\n{}", bounce.text);
    assert!(outside.to_domain("far.example").is_empty(), "the spam itself has not left");

    let honest = samples("ham")[0].renumbered("<report@web.example>");
    assert!(postfix.submit_locally("www@web.example", "friend@near.example", &honest));
    until("honest local mail arrives", || async { outside.to_domain("near.example").len() == 1 }).await;
    // An MTA that is answered at MAIL or RCPT here tries again every second for ever.
    assert_eq!(postfix.log().matches("milter-reject: END-OF-MESSAGE").count(), 1, "{}", postfix.log());
    assert!(daemon.metric("portreeve_messages_total", "").await <= 2.0, "each message was judged once");
}
