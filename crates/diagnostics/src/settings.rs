//! The `[diagnosis]` table.

use std::time::Duration;

use model::DomainName;

use crate::pattern::HostPattern;

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
        let wrong = found.into_iter().filter(|(wrong, ..)| *wrong);
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
    }
}
