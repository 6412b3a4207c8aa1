//! What DNS says: pass, fail and unknown of each check.

use diagnostics::Check::{self, Dkim, Dmarc, Listed, Mx, ReverseDns, Spf, Srv};
use diagnostics::DiagnosisSettings;
use diagnostics::Outcome::{Fail, Pass, Unknown, Warn};
use model::SubjectKind::{self, Account, Domain, Ip};

use crate::world::World;

const fn shop(check: Check) -> (SubjectKind, &'static str, Check) {
    (Domain, "shop.example", check)
}

#[tokio::test]
async fn exchangers_are_there_and_ours() {
    let allowed = vec!["*.mx.provider.example".parse().unwrap()];
    let world = World::with(DiagnosisSettings { mx_allowed: allowed, ..Default::default() }, "").await;
    world.expect(shop(Mx), Fail, "There is no domain shop.example.").await;
    world.dns.txt("shop.example", "x");
    world.expect(shop(Mx), Fail, "neither MX records nor an address").await;
    world.dns.mx("shop.example", 10, "a.mx.provider.example");
    world.expect(shop(Mx), Fail, "a.mx.provider.example, which has no address").await;
    world.dns.address_of("a.mx.provider.example", "fd00::25");
    world.expect(shop(Mx), Pass, "goes to a.mx.provider.example.").await;
    world.expect((Account, "bob@shop.example", Mx), Pass, "goes to a.mx.provider.example.").await;
    world.dns.mx("shop.example", 20, "mx.elsewhere.example").address_of("mx.elsewhere.example", "10.0.0.2");
    world.expect(shop(Mx), Warn, "but also to mx.elsewhere.example.").await;
    world.dns.forget("shop.example").mx("shop.example", 20, "mx.elsewhere.example");
    world.expect(shop(Mx), Fail, "goes to mx.elsewhere.example, not here.").await;
    world.dns.forget("shop.example").mx("shop.example", 0, ".");
    world.expect(shop(Mx), Fail, "takes no mail").await;
    world.dns.fail("shop.example");
    world.expect(shop(Mx), Unknown, "DNS does not tell").await;
}

#[tokio::test]
async fn a_domain_without_mx_is_its_own_exchanger() {
    let world = World::new().await;
    world.dns.address_of("shop.example", "10.0.0.2");
    world.expect(shop(Mx), Warn, "has no MX records; its mail goes to its own address").await;
    world.dns.forget("shop.example").mx("shop.example", 5, "any.example").fail("any.example");
    world.expect(shop(Mx), Unknown, "DNS does not tell about any.example").await;
}

#[tokio::test]
async fn the_autodiscovery_record_is_to_the_letter() {
    let autodiscover = "autodiscover.provider.example".parse().ok();
    let world = World::with(DiagnosisSettings { autodiscover, ..Default::default() }, "").await;
    let (record, target) = ("_autodiscover._tcp.shop.example", "autodiscover.provider.example");
    world.expect(shop(Srv), Fail, "There is no record").await;
    world.dns.srv(record, 0, 0, 443, target);
    world.expect(shop(Srv), Pass, "0 0 443 autodiscover.provider.example.").await;
    world.dns.srv(record, 10, 0, 443, "other.example");
    world.expect(shop(Srv), Warn, "10 0 443 other.example").await;
    for (priority, weight, port, host) in
        [(1, 0, 443, target), (0, 1, 443, target), (0, 0, 80, target), (0, 0, 443, "x.example")]
    {
        world.dns.forget(record).srv(record, priority, weight, port, host);
        world.expect(shop(Srv), Fail, &format!("{priority} {weight} {port} {host}")).await;
    }
    world.dns.fail(record);
    world.expect(shop(Srv), Unknown, "DNS does not tell").await;
    World::new().await.expect(shop(Srv), Unknown, "No host for autodiscovery is configured.").await;
}

#[tokio::test]
async fn spf_covers_our_addresses() {
    let world = World::new().await;
    let says = |record: &str| {
        world.dns.forget("shop.example").txt("shop.example", "v=spf10 other").txt("shop.example", record);
    };
    world.expect(shop(Spf), Fail, "has no SPF record").await;
    world.dns.txt("spf.provider.example", "v=spf1 ip4:192.0.2.0/24 -all");
    for (record, outcome, found) in [
        ("v=spf1 include:spf.provider.example -all", Pass, "may come from our addresses"),
        ("v=spf1 ip4:198.51.100.1 -all", Fail, "may not come from 192.0.2.25"),
        ("v=spf1 ip4:198.51.100.1 ~all", Fail, "may not come from 192.0.2.25"),
        ("v=spf1 ip4:198.51.100.1 ?all", Warn, "does not say"),
        ("v=spf1 include:missing.example -all", Fail, "can't be used"),
    ] {
        says(record);
        world.expect(shop(Spf), outcome, found).await;
    }
    world.dns.txt("shop.example", "v=spf1 -all");
    world.expect(shop(Spf), Fail, "has 2 SPF records").await;
    world.dns.fail("shop.example");
    world.expect(shop(Spf), Unknown, "DNS does not tell").await;
}

#[tokio::test]
async fn a_dkim_key_is_found_under_the_selectors_we_know() {
    let world = World::new().await;
    let key = format!("v=DKIM1; k=rsa; p={}", "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQ".repeat(6));
    world.expect(shop(Dkim), Fail, "has no DKIM keys").await;
    world.dns.txt("_domainkey.shop.example", "o=~");
    world.expect(shop(Dkim), Unknown, "none that this host knows").await;
    world.dns.txt("mail._domainkey.shop.example", "v=DKIM1; p=");
    world.expect(shop(Dkim), Fail, "The key mail below _domainkey.shop.example was withdrawn").await;
    world.dns.txt("s1._domainkey.shop.example", &key[..200]);
    world.expect(shop(Dkim), Pass, "s1").await;
    world.dns.fail("_domainkey.shop.example").fail("s1._domainkey.shop.example").forget("mail._domainkey.shop.example");
    world.expect(shop(Dkim), Unknown, "DNS does not tell").await;
}

#[tokio::test]
async fn a_dmarc_policy_makes_sense() {
    let world = World::new().await;
    let below = (Domain, "news.shop.example", Dmarc);
    world.expect(below, Fail, "There is no policy for news.shop.example").await;
    for (policy, outcome, found) in [
        ("v=DMARC1; p=reject; rua=mailto:a@shop.example", Pass, "_dmarc.shop.example is"),
        ("v=DMARC1; p=none", Warn, "is delivered all the same"),
        ("v=DMARC1; p=reject; pct=0", Warn, "is delivered all the same"),
        ("v=DMARC1; p=refuse", Fail, "names no policy that exists"),
        ("v=DMARC1", Fail, "names no policy that exists"),
    ] {
        world.dns.forget("_dmarc.shop.example").txt("_dmarc.shop.example", policy);
        world.expect(below, outcome, found).await;
    }
    world.dns.txt("_dmarc.shop.example", "v=DMARC1; p=none");
    world.expect(below, Fail, "has 2 policies").await;
    world.dns.fail("_dmarc.news.shop.example");
    world.expect(below, Unknown, "DNS does not tell about _dmarc.news.shop.example").await;
}

#[tokio::test]
async fn a_name_leads_back_to_its_address() {
    let world = World::new().await;
    let address = (Ip, "192.0.2.25", ReverseDns);
    let arpa = "25.2.0.192.in-addr.arpa";
    world.expect(address, Fail, "192.0.2.25 has no name").await;
    world.dns.ptr(arpa, "out1.provider.example");
    world.expect(address, Fail, "that name does not lead back").await;
    world.dns.address_of("out1.provider.example", "192.0.2.26");
    world.expect(address, Fail, "that name does not lead back").await;
    world.dns.address_of("out1.provider.example", "192.0.2.25");
    world.expect(address, Pass, "192.0.2.25 is out1.provider.example").await;
    world.dns.fail("out1.provider.example");
    world.expect(address, Unknown, "DNS does not tell").await;
    world.dns.silence(arpa);
    world.expect(address, Unknown, "DNS does not tell").await;
    let nibbles = "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa";
    world.dns.ptr(nibbles, "six.example").address_of("six.example", "2001:db8::25");
    world.expect((Ip, "2001:db8::25", ReverseDns), Pass, "is six.example").await;
}

#[tokio::test]
async fn lists_say_what_an_entry_means() {
    let world = World::new().await;
    let address = (Ip, "192.0.2.25", Listed);
    world.expect(address, Pass, "not listed by addresses.list.example").await;
    world.dns.address_of("25.2.0.192.addresses.list.example", "127.0.0.9");
    world.expect(address, Pass, "not listed").await;
    world.dns.address_of("25.2.0.192.addresses.list.example", "127.0.0.2");
    world.expect(address, Fail, "192.0.2.25 is listed by addresses.list.example (sends spam)").await;
    world.expect(shop(Listed), Fail, "192.0.2.25 is listed by").await;
    world.dns.address_of("shop.example.domains.list.example", "127.0.0.2");
    world
        .expect(
            (Account, "bob@www.shop.example", Listed),
            Fail,
            "www.shop.example is listed by domains.list.example (spam or phishing)",
        )
        .await;
    world.dns.address_of("26.2.0.192.addresses.list.example", "127.255.255.254");
    world.expect((Ip, "192.0.2.26", Listed), Unknown, "addresses.list.example did not answer").await;
}

#[tokio::test]
async fn a_login_without_a_domain_has_none_to_look_at() {
    let world = World::new().await;
    for check in [Mx, Spf, Dkim, Dmarc, Srv] {
        world.expect((Account, "u4711", check), Unknown, "").await;
    }
}
