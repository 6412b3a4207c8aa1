//! `portreeve diagnose` through the running daemon.

use serde_json::Value;

use crate::harness::Site;

const SETTINGS: &str = r#"
[reputation]
own_addresses = ["192.0.2.25"]
[diagnosis]
autodiscover = "autodiscover.provider.example"
"#;

/// A domain whose records are as they should be.
fn well(site: &Site) {
    let key = format!("v=DKIM1; k=rsa; p={}", "MIGfMA0GCSqGSIb3DQEBAQUAA4GN".repeat(8));
    site.dns
        .mx("shop.example", 10, "mx.provider.example")
        .address_of("mx.provider.example", "192.0.2.1")
        .srv("_autodiscover._tcp.shop.example", 0, 0, 443, "autodiscover.provider.example")
        .txt("shop.example", "v=spf1 ip4:192.0.2.25 -all")
        .txt("_dmarc.shop.example", "v=DMARC1; p=reject")
        .txt("_domainkey.shop.example", "o=-")
        .txt("s1._domainkey.shop.example", &key[..220]);
}

fn outcome<'v>(view: &'v Value, check: &str) -> &'v str {
    let findings = view["task"]["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["check"] == check);
    found.and_then(|finding| finding["outcome"].as_str()).unwrap_or("")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_domain_is_diagnosed_for_people_and_for_programs() {
    let site = Site::new(SETTINGS).await;
    well(&site);
    let _daemon = site.start().await;
    let told = site.run(&["diagnose", "domain", "shop.example", "--json"]);
    let view: Value = serde_json::from_slice(&told.stdout).unwrap();
    for check in ["blocked", "mx", "srv", "spf", "dkim", "dmarc"] {
        assert_eq!(outcome(&view, check), "pass", "{check}: {view:#}");
    }
    assert_eq!(
        (view["summary"]["isMxValid"].as_bool(), view["summary"]["isSrvValid"].as_bool()),
        (Some(true), Some(true))
    );
    assert_eq!(told.status.code(), Some(0), "{view:#}");

    site.dns.forget("_dmarc.shop.example").forget("shop.example");
    let told = site.run(&["diagnose", "domain", "other.example"]);
    let text = String::from_utf8(told.stdout).unwrap();
    assert!(text.starts_with("Diagnosis 2 of the domain other.example\n"), "{text}");
    assert!(text.contains("fail     mail exchangers (MX)"), "{text}");
    assert_eq!(told.status.code(), Some(1), "{text}");
    let wrong = site.run(&["diagnose", "ip", "shop.example"]);
    assert_eq!(
        (wrong.status.code(), String::from_utf8_lossy(&wrong.stderr).contains("this is no ip")),
        (Some(2), true)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_diagnosis_that_a_killed_daemon_left_ends_in_error() {
    let site = Site::new("[dns]\ntimeout = \"60s\"\n").await;
    site.dns.silence("1.2.0.192.in-addr.arpa");
    let daemon = site.start().await;
    let config = site.config();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_portreeve"));
    command.args(["diagnose", "ip", "192.0.2.1", "--config"]).arg(config);
    let mut client = command.stderr(std::process::Stdio::null()).stdout(std::process::Stdio::null()).spawn().unwrap();
    crate::harness::until("the question", || async { site.dns.asked().iter().any(|asked| asked.starts_with("PTR")) })
        .await;
    daemon.kill();
    let _ = client.kill();
    let _ = client.wait();
    let daemon = site.start().await;
    let left = |line: &Value| line["diagnoses"] == 1;
    daemon.logged("the diagnosis that was left", left).await;
}
