//! Who owns what, by the file and by the store.

use super::*;
use crate::customer::{Kind, Language};
use model::SubjectKind;
use proptest::prelude::*;

fn directory(text: &str) -> Result<Directory, Vec<String>> {
    let told = |mistakes: Vec<Problem>| mistakes.iter().map(ToString::to_string).collect();
    let settings = CustomerSettings { default_contact: vec!["help@provider.example".into()], ..Default::default() };
    Directory::parse(text, &settings).map_err(told)
}

fn customer(service: &str, owns: &str) -> String {
    format!("[[customer]]\nservice = \"{service}\"\ncontact = [\"x@{service}.example\"]\n{owns}\n")
}

fn owner(directory: &Directory, kind: SubjectKind, name: &str) -> String {
    directory.owner(&SubjectKey::parse(kind, name).unwrap()).service.clone()
}

#[test]
fn the_longest_prefix_and_the_exact_login_win() {
    let text = [
        customer("net", "networks = ['192.0.2.0/24', '2001:db8::/32']"),
        customer("part", "networks = ['192.0.2.16/28', '2001:db8:1::/48', '192.0.2.200']"),
        customer("shop", "accounts = ['*@shop.example']\ndomains = ['shop.example']"),
        customer("bob", "accounts = ['Bob@shop.example', 'u4711']"),
    ];
    let directory = directory(&text.concat()).unwrap();
    for (kind, name, expected) in [
        (SubjectKind::Ip, "192.0.2.1", "net"),
        (SubjectKind::Ip, "192.0.2.17", "part"),
        (SubjectKind::Ip, "192.0.2.200", "part"),
        (SubjectKind::Ip, "198.51.100.1", ""),
        (SubjectKind::Ip, "2001:db8:2::1", "net"),
        (SubjectKind::Ip, "2001:db8:1:2::1", "part"),
        (SubjectKind::Ip, "2001:db9::1", ""),
        (SubjectKind::Account, "ann@shop.example", "shop"),
        (SubjectKind::Account, "bob@shop.example", "bob"),
        (SubjectKind::Account, "u4711", "bob"),
        (SubjectKind::Account, "ann@sub.shop.example", ""),
        (SubjectKind::Domain, "shop.example", "shop"),
    ] {
        assert_eq!(owner(&directory, kind, name), expected, "{name}");
    }
    assert_eq!(directory.len(), 4);
}

#[test]
fn what_nobody_owns_belongs_to_the_default_owner() {
    let directory = directory("").unwrap();
    let owner = directory.owner(&SubjectKey::parse(SubjectKind::Ip, "192.0.2.1").unwrap());
    assert_eq!(owner.contacts, [Address::parse("help@provider.example").unwrap()]);
    assert!(directory.is_empty());
}

#[test]
fn every_mistake_is_told_with_its_line() {
    let text = [
        customer("one", "networks = ['192.0.2.0/33', '192.0.2.0/24', '2001:db8::1/128']"),
        customer("one", "accounts = ['a*b@shop.example']\nlanguage = 'it'"),
        customer("two", "networks = ['192.0.2.77/24']\ncolour = 1"),
        "[[customer]]\nservice = ' '\ncontact = ['nobody']\n".to_owned(),
    ];
    let told = directory(&text.concat()).unwrap_err();
    let lines: Vec<_> = told.iter().filter_map(|mistake| mistake.split_once(": ")).collect();
    let expected = [
        ("line 4", "\"192.0.2.0/33\" is no network"),
        ("line 4", "\"2001:db8::1/128\" is no network"),
        ("line 6", "there is another customer \"one\""),
        ("line 8", "\"a*b@shop.example\" is no account"),
        ("line 9", "expected one of \"en\", \"fr\", \"de\""),
        ("line 13", "\"192.0.2.77/24\" belongs to \"one\" as well"),
        ("line 14", "no such option"),
        ("line 16", "is empty"),
        ("line 17", "expected mail addresses"),
    ];
    assert_eq!(lines.len(), expected.len(), "{told:#?}");
    for ((line, sentence), (expected_line, part)) in lines.iter().zip(expected) {
        assert!(*line == expected_line && sentence.contains(part), "{line}: {sentence}");
    }
}

#[test]
fn a_customer_has_his_own_limits() {
    let owns = "accounts = ['*@shop.example']\nlimits = { account-rate = 5000 }\nkind = 'mxplan'\nlanguage = 'fr'";
    let directory = directory(&customer("shop", owns)).unwrap();
    assert_eq!(directory.limited_rules().into_iter().collect::<Vec<_>>(), ["account-rate"]);
    let owner = directory.owner(&SubjectKey::parse(SubjectKind::Account, "a@shop.example").unwrap());
    assert_eq!((owner.kind, owner.language, owner.limits["account-rate"]), (Kind::Mxplan, Language::Fr, 5000));
}

#[test]
fn a_subscription_ends_with_its_last_day() {
    let owns = "accounts = ['*@shop.example']\nsuspended = true\nexpires = '2026-12-31'";
    let owner = directory(&customer("shop", owns))
        .unwrap()
        .owner(&SubjectKey::parse(SubjectKind::Account, "a@shop.example").unwrap());
    assert!(owner.suspended);
    assert_eq!(owner.expires.map(|time| time.to_string()).as_deref(), Some("2027-01-01T00:00:00Z"));
    let wrong = directory(&customer("shop", "expires = '31.12.2026'")).unwrap_err();
    assert_eq!(wrong, ["line 4: customer[1].expires: expected a day like \"2026-12-31\", found \"31.12.2026\""]);
}

#[test]
fn what_a_customer_holds_is_what_he_is_told_to_own() {
    let text = [
        customer("shop", "accounts = ['*@shop.example']\ndomains = ['shop.example']"),
        customer("bob", "accounts = ['bob@shop.example', 'u4711']"),
    ];
    let directory = directory(&text.concat()).unwrap();
    for (kind, name) in [
        (SubjectKind::Account, "bob@shop.example"),
        (SubjectKind::Account, "ann@shop.example"),
        (SubjectKind::Account, "bobby@shop.example"),
        (SubjectKind::Account, "u4711"),
        (SubjectKind::Account, "u4712"),
        (SubjectKind::Domain, "shop.example"),
        (SubjectKind::Domain, "mail.shop.example"),
    ] {
        let subject = SubjectKey::parse(kind, name).unwrap();
        for service in ["shop", "bob"] {
            let holds = directory.holdings(service).unwrap().holds(&subject);
            assert_eq!(holds, directory.owner(&subject).service == service, "{service} {name}");
        }
    }
    assert_eq!(directory.holdings("nobody"), None);
}

#[test]
fn the_sample_reads_without_a_mistake() {
    let sample = settings::row_sample(&CustomerEntry::examples());
    let options = sample.lines().map(|line| match line.strip_prefix('#') {
        Some(rest) if !rest.starts_with([' ', '#']) => format!("{rest}\n"),
        _ => format!("{line}\n"),
    });
    let directory = directory(&options.collect::<String>()).unwrap();
    assert_eq!(owner(&directory, SubjectKind::Ip, "192.0.2.20"), "server-0815");
}

proptest! {
    #[test]
    fn the_tree_finds_what_trying_every_network_finds(
        networks in prop::collection::btree_set((any::<u16>(), 16u8..=32), 1..12),
        address in any::<u16>(),
    ) {
        let net = |(bits, length): (u16, u8)| {
            Ipv4Net::new(std::net::Ipv4Addr::from(0xc000_0000 | u32::from(bits)), length).unwrap().trunc()
        };
        let nets: std::collections::BTreeSet<Ipv4Net> = networks.into_iter().map(net).collect();
        let text: String = nets.iter().enumerate().map(|(n, net)| customer(&format!("c{n}"), &format!("networks = ['{net}']"))).collect();
        let address = std::net::Ipv4Addr::from(0xc000_0000 | u32::from(address));
        let subject = SubjectKey::parse(SubjectKind::Ip, &address.to_string()).unwrap();
        let read = directory(&text).unwrap();
        for service in read.customers().map(|customer| customer.service.clone()) {
            let holds = read.holdings(&service).unwrap().holds(&subject);
            prop_assert_eq!(holds, read.owner(&subject).service == service, "{}", service);
        }
        let best = nets.iter().enumerate().filter(|(_, net)| net.contains(&address)).max_by_key(|(_, net)| net.prefix_len());
        let expected = best.map(|(n, _)| format!("c{n}")).unwrap_or_default();
        prop_assert_eq!(owner(&directory(&text).unwrap(), SubjectKind::Ip, &address.to_string()), expected);
    }
}
