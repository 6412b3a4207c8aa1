//! Mail between the tag and the reject score leaves by another next hop, all other mail by the first one.

use super::{hand_in, recipient, site};
use crate::harness::{Postfix, SmtpSink, free_port, loopback, samples, until};

#[tokio::test(flavor = "multi_thread")]
async fn suspicious_mail_leaves_from_another_server() {
    let (port, next_hop, slow) = (free_port(), loopback(free_port()), loopback(free_port()));
    let more = format!("suspicious_hops = [\"{slow}\"]\n[score]\ntag = 60\nreject = 0\n[node]\nmode = \"enforce\"");
    let site = site(port, next_hop, &more).await;
    let _daemon = site.start().await;
    let Some(postfix) = Postfix::with(loopback(port), "").await else { return };
    let Some(ordinary) = SmtpSink::start(next_hop, &[]).await else { return };
    let Some(suspicious) = SmtpSink::start(slow, &[]).await else { return };
    let mails: Vec<_> = [samples("ham").remove(0), samples("spam").remove(0)].into();
    hand_in(postfix.unfiltered, &mails).await;
    until("both have left", || async { postfix.queued() == 0 && !suspicious.mail().is_empty() }).await;
    let (ham, spam) = (recipient(0), recipient(1));
    assert!(ordinary.mail().contains(&ham) && !ordinary.mail().contains(&spam));
    assert!(suspicious.mail().contains(&spam) && !suspicious.mail().contains(&ham));
    assert!(suspicious.mail().contains("\nX-Portreeve-Score: "), "it isn't tagged");
}
