//! What every store promises of customers, and the registry over each of them.
#![cfg(test)]

use std::collections::BTreeSet;
use std::sync::Arc;

use customers::registry::{CustomerQuery, CustomerStore, Given, Put, Registry, RegistryError, StoredCustomer};
use customers::{CustomerRecord, CustomerSettings, Directory};
use limits::StoreError;
use model::time::ManualClock;
use model::{SubjectKey, SubjectKind, Timestamp};
use store::{MemoryStore, SqliteStore};

fn each(test: impl Fn(Arc<dyn CustomerStore>)) {
    test(Arc::new(MemoryStore::default()));
    let directory = tempfile::tempdir().unwrap();
    test(Arc::new(SqliteStore::open(directory.path()).unwrap()));
}

fn record(service: &str, networks: &[&str]) -> CustomerRecord {
    CustomerRecord {
        service: service.into(),
        contact: vec![format!("owner@{service}.example")],
        networks: networks.iter().map(|net| (*net).to_owned()).collect(),
        ..CustomerRecord::default()
    }
}

fn stored_as(record: CustomerRecord) -> StoredCustomer {
    StoredCustomer { record, changed: Timestamp(1) }
}

fn stored(service: &str, changed: i64) -> StoredCustomer {
    StoredCustomer { record: record(service, &["192.0.2.1"]), changed: Timestamp(changed) }
}

#[test]
fn customers_are_put_replaced_and_taken_out_in_one_step() {
    each(|store| {
        store.change_customers(&[stored("b", 1), stored("a", 1)], &[]).unwrap();
        store.change_customers(&[stored("b", 2), stored("c", 2)], &["a".into(), "nobody".into()]).unwrap();
        assert_eq!(store.customers().unwrap(), [stored("b", 2), stored("c", 2)]);
        store.change_customers(&[stored("b", 3)], &["b".into()]).unwrap();
        assert_eq!(store.customers().unwrap(), [stored("b", 3), stored("c", 2)], "who is put stays");
    });
}

const FILE: &str = "
    [[customer]]
    service = 'filed'
    contact = ['filed@provider.example']
    networks = ['192.0.2.0/24', '198.51.100.1']
    accounts = ['*@shop.example']
";

fn base(text: &str) -> Arc<Directory> {
    let settings =
        CustomerSettings { default_contact: vec!["support@provider.example".into()], ..CustomerSettings::default() };
    Arc::new(Directory::parse(text, &settings).unwrap())
}

fn rules() -> BTreeSet<String> {
    ["account-rate".to_owned()].into()
}

fn registry(store: &Arc<dyn CustomerStore>) -> Registry {
    Registry::open(Arc::clone(store), base(FILE), rules(), Arc::new(ManualClock::default())).unwrap()
}

/// What there is after a restart.
fn reopened(store: &Arc<dyn CustomerStore>) -> Registry {
    registry(store)
}

fn owner(registry: &Registry, kind: SubjectKind, name: &str) -> String {
    registry.live().owner(&SubjectKey::parse(kind, name).unwrap()).service.clone()
}

#[test]
fn a_customer_is_in_force_at_once_and_after_a_restart() {
    each(|store| {
        let first = registry(&store);
        first.add(record("rack", &["192.0.2.16/28"])).unwrap();
        first.add(CustomerRecord { accounts: vec!["bob@shop.example".into()], ..record("bob", &[]) }).unwrap();
        for registry in [first, registry(&store)] {
            for (kind, name, expected) in [
                (SubjectKind::Ip, "192.0.2.17", "rack"),
                (SubjectKind::Ip, "192.0.2.1", "filed"),
                (SubjectKind::Ip, "203.0.113.1", ""),
                (SubjectKind::Account, "bob@shop.example", "bob"),
                (SubjectKind::Account, "ann@shop.example", "filed"),
            ] {
                assert_eq!(owner(&registry, kind, name), expected, "{name}");
            }
            let nobody = registry.live().owner(&SubjectKey::parse(SubjectKind::Ip, "203.0.113.1").unwrap());
            assert_eq!(nobody.contacts[0].as_str(), "support@provider.example");
        }
    });
}

#[test]
fn what_somebody_else_owns_and_what_makes_no_sense_is_refused() {
    each(|store| {
        let registry = registry(&store);
        registry.add(record("rack", &["192.0.2.16/28"])).unwrap();
        let limited = |rule: &str| CustomerRecord { limits: [(rule.to_owned(), 5)].into(), ..record("new", &[]) };
        for (wanted, sentence) in [
            (record("rack", &[]), "there is a customer \"rack\" already"),
            (record("filed", &[]), "\"filed\" is in the file of customers: change the file"),
            (record("new", &["192.0.2.16/28"]), "networks: \"192.0.2.16/28\" belongs to \"rack\" as well"),
            (
                record("new", &["198.51.100.1"]),
                "networks: \"198.51.100.1\" belongs to \"filed\" as well, who is in the file of customers",
            ),
            (limited("no-rule"), "limits: there is no rule \"no-rule\" (known: account-rate)"),
            (
                CustomerRecord::default(),
                "service: is empty; expected the service's name; contact: is missing; expected mail addresses",
            ),
        ] {
            let refused = registry.add(wanted).unwrap_err().to_string();
            assert!(refused.starts_with(sentence), "{refused}");
        }
        registry.add(limited("account-rate")).unwrap();
        assert_eq!(store.customers().unwrap().len(), 2);
    });
}

#[test]
fn one_is_changed_and_taken_out() {
    each(|store| {
        let registry = registry(&store);
        assert_eq!(registry.put(record("rack", &["203.0.113.0/28"])).unwrap(), Put::Added);
        assert_eq!(registry.put(record("rack", &["203.0.113.0/28"])).unwrap(), Put::Unchanged);
        assert_eq!(registry.put(record("rack", &["203.0.113.1", "203.0.113.0/28"])).unwrap(), Put::Changed);
        assert_eq!(owner(&registry, SubjectKind::Ip, "203.0.113.1"), "rack");
        registry.remove("rack").unwrap();
        assert_eq!(owner(&registry, SubjectKind::Ip, "203.0.113.1"), "");
        assert!(matches!(registry.remove("rack"), Err(RegistryError::Unknown(_))));
        assert!(matches!(registry.remove("filed"), Err(RegistryError::InFile(..))));
        assert_eq!(store.customers().unwrap(), []);
    });
}

#[test]
fn what_somebody_owns_is_given_to_another_in_one_step() {
    each(|store| {
        let registry = registry(&store);
        registry.add(record("rack", &["203.0.113.0/28", "203.0.113.64/28"])).unwrap();
        registry.add(record("new", &[])).unwrap();
        let given = |before: Option<&str>, changed| Given { before: before.map(str::to_owned), changed };
        let give = |name, service| registry.give(SubjectKind::Ip, name, service);
        // However it is written: it is the same network.
        assert_eq!(give("203.0.113.5/28", "new").unwrap(), given(Some("rack"), true));
        assert_eq!(give("203.0.113.0/28", "new").unwrap(), given(Some("new"), false));
        assert_eq!(give("203.0.113.70", "new").unwrap(), given(None, true));
        let reopened = reopened(&store);
        for registry in [&registry, &reopened] {
            for (address, service) in [("203.0.113.1", "new"), ("203.0.113.70", "new"), ("203.0.113.71", "rack")] {
                assert_eq!(owner(registry, SubjectKind::Ip, address), service, "{address}");
            }
        }
        assert_eq!(registry.take(SubjectKind::Ip, "203.0.113.0/28").unwrap(), "new");
        assert_eq!(owner(&registry, SubjectKind::Ip, "203.0.113.1"), "");
        registry.give(SubjectKind::Account, "*@new.example", "new").unwrap();
        assert_eq!(owner(&registry, SubjectKind::Account, "bob@new.example"), "new");
    });
}

#[test]
fn what_stood_there_unused_is_his_once_when_it_is_given() {
    each(|store| {
        let registry = registry(&store);
        registry.add(record("rack", &["203.0.113.0/28"])).unwrap();
        registry.add(record("new", &[])).unwrap();
        // Of two who say the same of themselves the second is left out.
        store.change_customers(&[stored_as(record("sack", &["203.0.113.0/28"]))], &[]).unwrap();
        let registry = reopened(&store);
        assert_eq!(registry.show("sack").unwrap().unused.len(), 1);
        assert_eq!(registry.give(SubjectKind::Ip, "203.0.113.0/28", "sack").unwrap().before.as_deref(), Some("rack"));
        assert_eq!(registry.stored("sack").unwrap().networks, ["203.0.113.0/28"]);
        assert_eq!(registry.show("sack").unwrap().unused, []);
    });
}

#[test]
fn what_stands_in_the_file_is_given_to_nobody() {
    each(|store| {
        let registry = registry(&store);
        registry.add(record("rack", &[])).unwrap();
        for (name, service, sentence) in [
            (
                "198.51.100.1",
                "rack",
                "198.51.100.1 belongs to \"filed\", who is in the file of customers: change the file",
            ),
            ("203.0.113.1", "filed", "\"filed\" is in the file of customers: change the file"),
            ("203.0.113.1", "none", "no customer has the service \"none\""),
            (
                "203.0.113.1/77",
                "rack",
                "name: expected an address, or a network like 192.0.2.0/24 (IPv6: /64 or shorter)",
            ),
        ] {
            assert_eq!(registry.give(SubjectKind::Ip, name, service).unwrap_err().to_string(), sentence);
        }
        let refused = registry.take(SubjectKind::Ip, "198.51.100.1").unwrap_err().to_string();
        assert!(refused.ends_with("change the file"), "{refused}");
        let nobody = registry.take(SubjectKind::Ip, "203.0.113.9").unwrap_err().to_string();
        assert_eq!(nobody, "nobody owns exactly 203.0.113.9");
    });
}

#[test]
fn a_changed_file_comes_before_the_store_and_says_so() {
    each(|store| {
        let registry = registry(&store);
        registry.add(record("rack", &["203.0.113.0/28", "203.0.113.64/28"])).unwrap();
        let file = "[[customer]]\nservice = 'new'\ncontact = ['n@x.example']\nnetworks = ['203.0.113.0/28']\n";
        assert_eq!(registry.reload(base(file), rules()), 1);
        assert_eq!(owner(&registry, SubjectKind::Ip, "203.0.113.1"), "new");
        assert_eq!(owner(&registry, SubjectKind::Ip, "203.0.113.65"), "rack");
        let unused = registry.show("rack").unwrap().unused;
        assert_eq!(unused.len(), 1, "{unused:?}");
        assert!(unused[0].to_string().contains("belongs to \"new\" as well"), "{unused:?}");
        let file = "[[customer]]\nservice = 'rack'\ncontact = ['n@x.example']\nnetworks = ['203.0.113.80']\n";
        assert_eq!(registry.reload(base(file), rules()), 1);
        assert_eq!(owner(&registry, SubjectKind::Ip, "203.0.113.1"), "", "the file's customer is meant, whole");
        assert_eq!(registry.show("rack").unwrap().source, "file");
        assert_eq!(registry.reload(base(FILE), rules()), 0);
        assert_eq!(owner(&registry, SubjectKind::Ip, "203.0.113.1"), "rack");
    });
}

const CSV: &str = "service,name,contact,language,networks,accounts,limits,suspended\n\
    rack,Serveurs Dupont,admin@dupont.example,fr,203.0.113.0/28 2001:db8:1::/48,,,\n\
    shop,\"Shop, Ltd\",\"owner@shop.example, billing@shop.example\",,,bob@shop.example,account-rate=5000,yes\n";

#[test]
fn a_file_is_imported_once_and_again() {
    each(|store| {
        let registry = registry(&store);
        let dry = registry.import(CSV, true).unwrap();
        assert_eq!((dry.added, store.customers().unwrap().len()), (2, 0));
        let first = registry.import(CSV, false).unwrap();
        assert_eq!((first.added, first.changed, first.unchanged), (2, 0, 0));
        let written = store.customers().unwrap();
        let again = registry.import(CSV, false).unwrap();
        assert_eq!((again.added, again.changed, again.unchanged), (0, 0, 2));
        assert_eq!(store.customers().unwrap(), written);
        let other = registry.import(&CSV.replace("Dupont,", "Martin,"), false).unwrap();
        assert_eq!((other.added, other.changed, other.unchanged), (0, 1, 1));
        let shop = registry.show("shop").unwrap();
        assert_eq!((shop.customer.name.as_str(), shop.customer.contact.len()), ("Shop, Ltd", 2));
        assert!(shop.customer.suspended);
        assert_eq!(owner(&registry, SubjectKind::Ip, "2001:db8:1:2::3"), "rack");
    });
}

#[test]
fn spreadsheets_with_semicolons_and_a_mark_are_read() {
    let store: Arc<dyn CustomerStore> = Arc::new(MemoryStore::default());
    let text = "\u{feff}service;contact;networks\r\nrack;a@x.example;\"203.0.113.1;203.0.113.2\"\r\n";
    assert_eq!(registry(&store).import(text, false).unwrap().added, 1);
}

#[test]
fn every_mistake_of_a_file_is_told_with_its_line_and_nothing_is_imported() {
    each(|store| {
        let registry = registry(&store);
        let rows = [
            "service,contact,networks,kind,suspended,limits",
            "one,a@x.example,203.0.113.0/28,pro,no,",
            "two,nobody,203.0.113.0/33,gold,no,",
            "one,a@x.example,,pro,no,",
            "three,a@x.example,203.0.113.0/28,pro,no,account-rate=5",
            "four,a@x.example,,pro,no,rate=5",
            "filed,a@x.example,,pro,no,",
        ];
        let told = registry.import(&rows.join("\n"), false).unwrap();
        let lines: Vec<_> = told.mistakes.iter().map(|one| (one.line, one.field.as_str())).collect();
        let two = [(3, "kind"), (3, "contact"), (3, "networks")];
        let expected = [&two[..], &[(4, "service"), (5, "networks"), (6, "limits"), (7, "service")]].concat();
        assert_eq!(lines, expected, "{:#?}", told.mistakes);
        for (text, line, part) in [
            ("service,colour\n", 1, "there is no column \"colour\""),
            ("name\nx\n", 1, "service: is missing"),
            ("service,contact\na\n", 2, "expected 2 columns, found 1"),
            ("service,contact,suspended\na,a@x.example,maybe\n", 2, "suspended: expected \"yes\" or \"no\""),
            ("service,contact,limits\na,a@x.example,account-rate\n", 2, "limits: expected rules like"),
        ] {
            let told = registry.import(text, false).unwrap().mistakes;
            assert!(told[0].line == line && told[0].to_string().contains(part), "{told:#?}");
        }
        assert_eq!(store.customers().unwrap(), []);
    });
}

#[test]
fn customers_are_found_by_page_and_by_a_part_of_a_name() {
    let store: Arc<dyn CustomerStore> = Arc::new(MemoryStore::default());
    let registry = registry(&store);
    for number in 10..20 {
        registry.add(record(&format!("rack-{number}"), &[&format!("203.0.113.{number}")])).unwrap();
    }
    let services = |query: CustomerQuery| {
        let page = registry.list(&query);
        (page.customers.iter().map(|one| one.customer.service.clone()).collect::<Vec<_>>(), page.next)
    };
    let (first, next) = services(CustomerQuery { limit: 4, ..CustomerQuery::default() });
    assert_eq!((first.join(" "), next.as_deref()), ("filed rack-10 rack-11 rack-12".into(), Some("rack-12")));
    let (last, next) = services(CustomerQuery { limit: 7, after: Some("rack-12".into()), ..CustomerQuery::default() });
    assert_eq!((last.len(), next), (7, None));
    let (found, _) = services(CustomerQuery { search: Some("OWNER@rack-17".into()), ..CustomerQuery::default() });
    assert_eq!(found, ["rack-17"]);
    let (found, _) = services(CustomerQuery { source: Some("file".into()), ..CustomerQuery::default() });
    assert_eq!(found, ["filed"]);
}

/// A store that fails.
struct Broken;

impl CustomerStore for Broken {
    fn customers(&self) -> Result<Vec<StoredCustomer>, StoreError> {
        Ok(Vec::new())
    }

    fn change_customers(&self, _: &[StoredCustomer], _: &[String]) -> Result<(), StoreError> {
        Err(StoreError::Other("the disk is full".into()))
    }
}

#[test]
fn what_is_not_on_disk_is_not_in_force() {
    let store: Arc<dyn CustomerStore> = Arc::new(Broken);
    let registry = registry(&store);
    assert!(matches!(registry.add(record("rack", &["203.0.113.1"])), Err(RegistryError::Store(_))));
    assert_eq!(owner(&registry, SubjectKind::Ip, "203.0.113.1"), "");
    assert!(matches!(registry.show("rack"), Err(RegistryError::Unknown(_))));
}

/// A search that fits nobody looks at so many and no more, and says where to go on.
#[test]
fn a_search_looks_at_a_bounded_number() {
    let store: Arc<dyn CustomerStore> = Arc::new(MemoryStore::default());
    let registry = registry(&store);
    let rows: String = (0..CustomerQuery::MOST_LOOKED_AT + 5).map(|n| format!("s{n:06},a@b.example\n")).collect();
    registry.import(&format!("service,contact\n{rows}"), false).unwrap();
    let query = CustomerQuery { search: Some("s020004".into()), ..CustomerQuery::default() };
    let first = registry.list(&query);
    assert!(first.customers.is_empty());
    let rest = registry.list(&CustomerQuery { after: first.next, ..query });
    assert_eq!((rest.customers.len(), rest.next), (1, None));
}

/// Two people change the same customer: who saves last has seen what the first did, or changes nothing.
#[test]
fn nobody_overwrites_what_he_has_not_seen() {
    each(|store| {
        let registry = registry(&store);
        registry.add(record("rack", &["203.0.113.0/28"])).unwrap();
        let seen = registry.stored("rack").unwrap().version();
        assert_eq!(registry.replace(record("rack", &["203.0.113.64/28"]), &seen).unwrap(), Put::Changed);
        let late = registry.replace(record("rack", &["203.0.113.128/28"]), &seen);
        assert!(matches!(late, Err(RegistryError::Meanwhile(_))), "{late:?}");
        assert_eq!(registry.stored("rack").unwrap().networks, ["203.0.113.64/28"]);
        let seen = registry.stored("rack").unwrap().version();
        registry.replace(record("rack", &["203.0.113.128/28"]), &seen).unwrap();
        assert!(matches!(registry.replace(record("nobody", &[]), &seen), Err(RegistryError::Unknown(_))));
    });
}
