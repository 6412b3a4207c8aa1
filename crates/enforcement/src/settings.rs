//! The `[enforcement]` table.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use model::SubjectKind;
use settings::{Setting, Value};

settings::settings! {
    /// Blocked addresses beyond SMTP: in sets that a packet filter drops by, or told to any other device by a command. Off
    /// by default. In monitor mode nothing is enforced. When it fails, mail goes on and SMTP still refuses whom it should.
    pub table EnforcementSettings = "enforcement" {
        /// Whether blocked addresses are put into the nftables sets below, with the block's end as time-out (none when
        /// somebody has to release it), and taken out at release. A rule of yours in the same table has to drop what they
        /// hold. They are ours alone: what else is in them is removed. Needs CAP_NET_ADMIN, as in
        /// systemd/portreeve-enforcement.conf.
        nftables: bool = false;
        /// The nft program.
        nft: PathBuf = "/usr/sbin/nft".into();
        /// The table that holds the sets, of family inet. Table and sets are made when they are missing.
        table: NftName = NftName::fixed("portreeve");
        /// The set of IPv4 addresses (type ipv4_addr; flags timeout).
        set4: NftName = NftName::fixed("blocked4");
        /// The set of IPv6 networks, each a /64 (type ipv6_addr; flags interval,timeout; no auto-merge).
        set6: NftName = NftName::fixed("blocked6");
        /// How often the sets are compared with the blocks, and repaired when somebody else has changed them.
        check_interval: Duration = Duration::from_secs(30), in Duration::from_secs(1)..=Duration::from_secs(3600);
        /// A program with its arguments, like ["/usr/local/sbin/tell-firewall", "--quiet"]; it is run when a subject is
        /// blocked and when it is released, with the event as JSON on its standard input. Never by a shell. It may be told
        /// the same again, after a restart for each block in force; whom it was told of and who is released meanwhile is told
        /// then. Empty: none.
        command: Vec<String> = Vec::new();
        /// Whose blocks the command is told: "ip", "account", "domain".
        command_subjects: Vec<SubjectKind> = vec![SubjectKind::Ip];
        /// How many commands run at one time.
        command_parallel: u32 = 4, in 1..=64;
        /// A command that fails is run again after 1, 5 and 30 seconds, 2 minutes and then every 5 minutes; after this
        /// long it is given up.
        command_give_up_after: Duration = Duration::from_secs(3600), in Duration::from_secs(1)..;
        /// The command and nft take no longer than this, or they are killed.
        timeout: Duration = Duration::from_secs(10), in Duration::from_millis(100)..=Duration::from_secs(600);
    }
}

impl EnforcementSettings {
    /// Whether there is anything to do.
    pub fn is_on(&self) -> bool {
        self.nftables || !self.command.is_empty()
    }

    /// Mistakes that only show when options are seen together: option and sentence.
    pub fn contradictions(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut wrong =
            |option: &str, sentence: &str| found.push((format!("enforcement.{option}"), sentence.to_owned()));
        if !self.nft.is_absolute() {
            wrong("nft", "expected a path from the root, like \"/usr/sbin/nft\"");
        }
        if self.set4 == self.set6 {
            wrong("set6", "must not be the set of IPv4 addresses: a set holds addresses of one family");
        }
        if self.command.first().is_some_and(|program| !program.starts_with('/')) {
            wrong("command", "must begin with the path of a program from the root: there is no shell to look for it");
        }
        if !self.command.is_empty() && self.command_subjects.is_empty() {
            wrong("command_subjects", "is empty: the command would never be run");
        }
        found
    }
}

/// The name of a table or set: a letter or `_`, then letters, digits and `_`; at most 31 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NftName(String);

impl NftName {
    fn fixed(name: &str) -> Self {
        Self(name.to_owned())
    }

    /// The name; `None` when nft would not take it everywhere.
    pub fn new(name: &str) -> Option<Self> {
        let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let valid = starts && name.len() <= 31 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        valid.then(|| Self(name.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NftName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Setting for NftName {
    fn allowed() -> String {
        "a name in quotes: a letter, then letters, digits and underscores, at most 31".into()
    }
    fn read(value: &Value<'_>) -> Result<Self, String> {
        let text = String::read(value).map_err(|_| format!("expected {}", Self::allowed()))?;
        Self::new(&text).ok_or_else(|| format!("expected {}, found {}", Self::allowed(), text.show()))
    }
    fn show(&self) -> String {
        format!("\"{}\"", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_be_more_than_names_are_none() {
        for name in ["", "1st", "a b", "a\";flush ruleset", "@set", "ä", &"a".repeat(32)] {
            assert_eq!(NftName::new(name), None, "{name}");
        }
        assert!(NftName::new("blocked_4").is_some());
    }

    #[test]
    fn contradictions_are_told_together() {
        let settings = EnforcementSettings {
            set6: NftName::fixed("blocked4"),
            nft: "nft".into(),
            command: vec!["tell".into()],
            command_subjects: Vec::new(),
            ..Default::default()
        };
        let options: Vec<_> = settings.contradictions().into_iter().map(|(option, _)| option).collect();
        let expected = ["nft", "set6", "command", "command_subjects"].map(|name| format!("enforcement.{name}"));
        assert_eq!(options, expected);
        assert_eq!(EnforcementSettings::default().contradictions(), []);
    }
}
