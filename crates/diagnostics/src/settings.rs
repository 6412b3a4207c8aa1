//! The `[diagnosis]` table.

use std::path::PathBuf;
use std::time::Duration;

use customers::Address;
use model::DomainName;

use crate::pattern::HostPattern;
use crate::server::Server;

settings::choice! {
    /// How a connection that carries a password is encrypted. The certificate is always checked.
    pub enum Encryption {
        /// By STARTTLS, or not at all.
        Starttls = "starttls",
        /// From the first byte.
        Implicit = "implicit",
        /// Not; for a server on this host only.
        Off = "off",
    }
}

settings::settings! {
    /// Diagnosis of an account, an address or a domain (`portreeve diagnose`): what it is compared with, and how long it may
    /// take. What isn't set here is not checked, and told as unknown.
    pub table DiagnosisSettings = "diagnosis" {
        /// One diagnosis takes no longer than this; what isn't known by then is unknown.
        budget: Duration = Duration::from_secs(180), in Duration::from_secs(1)..=Duration::from_secs(1800);
        /// One check takes no longer than this.
        check_timeout: Duration = Duration::from_secs(30), in Duration::from_secs(1)..=Duration::from_secs(300);
        /// Diagnoses at one time; further ones wait.
        parallel: u32 = 4, in 1..=64;
        /// How long results are kept.
        keep: Duration = Duration::from_secs(30 * 86_400), in Duration::from_secs(3600)..;
        /// The mail exchangers that customers' domains should name, such as "mx1.provider.example" or "*.mx.provider.example".
        /// Empty: any that exist.
        mx_allowed: Vec<HostPattern> = Vec::new();
        /// The host that _autodiscover._tcp of a domain should name, with priority 0, weight 0 and port 443. Empty: not checked.
        autodiscover: Option<HostPattern> = None;
        /// The names under which DKIM keys are looked for: those your signer uses.
        dkim_selectors: Vec<String> = ["default", "mail", "dkim", "selector1", "selector2", "s1", "s2", "k1"].map(str::to_owned).to_vec();
        /// Where customers log in to send mail, as "host:port". Passwords are tried there, once for each diagnosis that is given one.
        /// Empty: not tried.
        submission: Option<Server> = None;
        /// How it is encrypted: "starttls", "implicit" (TLS from the first byte), or "off" (for 127.0.0.1 and ::1 only). The
        /// certificate must be that of the host's name.
        submission_tls: Encryption = Encryption::Starttls;
        /// The authorities whose certificates are believed, in PEM.
        authorities: PathBuf = PathBuf::from("/etc/ssl/certs/ca-certificates.crt");
        /// The port that domains' exchangers are asked at whether they accept a recipient (RCPT and no message).
        exchanger_port: u16 = 25;
        /// Whether exchangers at loopback and private addresses are asked too. A domain's owner chooses where its exchangers are.
        private_exchangers: bool = false;
        /// A mailbox of yours that a test message of the account is sent to. Empty: none is sent.
        test_recipient: Option<String> = None;
        /// How long the test message may take to arrive.
        test_wait: Duration = Duration::from_secs(60), in Duration::from_secs(1)..=Duration::from_secs(900);
        /// That mailbox, if it is a Maildir of this host.
        test_maildir: Option<PathBuf> = None;
        /// That mailbox, if it is looked at over IMAP: "host:port".
        test_imap: Option<Server> = None;
        /// How that is encrypted, as submission_tls.
        test_imap_tls: Encryption = Encryption::Implicit;
        /// The login of that mailbox.
        test_imap_user: Option<String> = None;
        /// A file with its password in the first line.
        test_imap_password: Option<PathBuf> = None;
    }
}

impl DiagnosisSettings {
    /// What contradicts itself, as `(option, sentence)`.
    pub fn contradictions(&self) -> Vec<(String, String)> {
        let found = [
            (self.check_timeout > self.budget, "check_timeout", "is longer than the budget of the whole diagnosis"),
            (
                !self.dkim_selectors.iter().all(|selector| is_selector(selector)),
                "dkim_selectors",
                "expected names of letters, digits, hyphens and dots, such as \"selector1\"",
            ),
            (
                self.autodiscover.as_ref().is_some_and(HostPattern::is_wild),
                "autodiscover",
                "expected one host, such as \"autodiscover.provider.example\"",
            ),
        ];
        let clear = |server: &Option<Server>, encryption| {
            encryption == Encryption::Off && server.as_ref().is_some_and(|server| !server.is_loopback())
        };
        let in_clear = "would send a password in clear over the network: \"off\" is for 127.0.0.1 and ::1";
        let mailbox = [
            (clear(&self.submission, self.submission_tls), "submission_tls", in_clear),
            (clear(&self.test_imap, self.test_imap_tls), "test_imap_tls", in_clear),
            (self.exchanger_port == 0, "exchanger_port", "expected a port from 1"),
            (
                self.test_recipient
                    .as_deref()
                    .is_some_and(|text| Address::parse(text).is_none_or(|to| !to.as_str().contains('@'))),
                "test_recipient",
                "expected a mail address like \"tests@provider.example\"",
            ),
            (
                self.test_recipient.is_some() && self.submission.is_none(),
                "test_recipient",
                "needs submission: nothing can be sent without",
            ),
            (
                self.test_maildir.is_some() && self.test_imap.is_some(),
                "test_imap",
                "the mailbox is named by test_maildir already",
            ),
            (
                self.test_imap.is_some() && (self.test_imap_user.is_none() || self.test_imap_password.is_none()),
                "test_imap",
                "needs test_imap_user and test_imap_password",
            ),
        ];
        let wrong = found.into_iter().chain(mailbox).filter(|(wrong, ..)| *wrong);
        wrong.map(|(_, option, why)| (format!("diagnosis.{option}"), why.to_owned())).collect()
    }
}

fn is_selector(selector: &str) -> bool {
    customers::is_host(selector) && DomainName::new(selector).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contradictions_are_named() {
        assert_eq!(DiagnosisSettings::default().contradictions(), []);
        let wrong = DiagnosisSettings {
            budget: Duration::from_secs(5),
            dkim_selectors: vec!["a b".into()],
            autodiscover: "*.provider.example".parse().ok(),
            ..Default::default()
        };
        let options: Vec<_> = wrong.contradictions().into_iter().map(|(option, _)| option).collect();
        assert_eq!(options, ["diagnosis.check_timeout", "diagnosis.dkim_selectors", "diagnosis.autodiscover"]);
        let wrong = DiagnosisSettings {
            submission: "mail.provider.example:25".parse().ok(),
            submission_tls: Encryption::Off,
            test_recipient: Some("postmaster".into()),
            test_imap: "127.0.0.1:143".parse().ok(),
            test_imap_tls: Encryption::Off,
            ..Default::default()
        };
        let options: Vec<_> = wrong.contradictions().into_iter().map(|(option, _)| option).collect();
        assert_eq!(options, ["diagnosis.submission_tls", "diagnosis.test_recipient", "diagnosis.test_imap"]);
    }
}
