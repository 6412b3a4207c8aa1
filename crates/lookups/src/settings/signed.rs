//! Whose mail is signed behind us.

use model::DomainName;
use settings::{Setting, Value};

/// The domains of From for which a DKIM signature is added later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignedFor {
    /// All.
    All,
    /// This one and those below it.
    Domain(DomainName),
}

impl SignedFor {
    /// Whether mail from that domain is signed.
    pub(crate) fn covers(&self, domain: &DomainName) -> bool {
        match self {
            Self::All => true,
            Self::Domain(signed) => {
                let above = domain.as_str().strip_suffix(signed.as_str());
                above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
            }
        }
    }
}

impl Setting for SignedFor {
    fn allowed() -> String {
        "\"*\" for every domain, or a domain like \"shop.example\"".into()
    }
    fn read(value: &Value<'_>) -> Result<Self, String> {
        let text = String::read(value).map_err(|_| format!("expected {}", Self::allowed()))?;
        let read = if text == "*" { Some(Self::All) } else { DomainName::new(&text).map(Self::Domain) };
        read.ok_or_else(|| format!("expected {}, found \"{text}\"", Self::allowed()))
    }
    fn show(&self) -> String {
        match self {
            Self::All => "*".to_owned().show(),
            Self::Domain(domain) => domain.as_str().to_owned().show(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_stands_for_those_below_it() {
        let domain = |text| DomainName::new(text).unwrap();
        let shop = SignedFor::Domain(domain("shop.example"));
        assert!(shop.covers(&domain("shop.example")) && shop.covers(&domain("news.Shop.example")));
        assert!(!shop.covers(&domain("workshop.example")) && !shop.covers(&domain("example")));
        assert!(SignedFor::All.covers(&domain("other.example")));
    }
}
