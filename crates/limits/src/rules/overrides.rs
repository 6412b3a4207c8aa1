//! Other limits for some subjects.

use model::SubjectKind;

settings::settings! {
    /// Overrides: another limit of one rule for some subjects, such as an allowance for a newsletter sender or a stricter
    /// limit for new accounts. Where several match, the last in the file counts.
    pub row OverrideRule = "override" {
        /// The rule's name: a trip rule's or a rate limit's.
        rule: String;
        /// The kind of the subjects; it is the rule's.
        subject: SubjectKind;
        /// Whom: accounts as "bob@example.com" or "@example.com", IPs as addresses or networks, domains as
        /// "example.com" or "*.example.com".
        names: Vec<String>;
        /// Their limit instead of the rule's. 0: the rule does not apply to them. A rate's burst grows with it.
        limit: u64;
    }
}

impl OverrideRule {
    /// An entry as the sample configuration shows it.
    pub fn examples() -> Vec<Self> {
        vec![Self {
            rule: "account-rate".into(),
            subject: SubjectKind::Account,
            names: vec!["news@shop.example".into(), "@lists.example".into()],
            limit: 5000,
        }]
    }
}
