//! A host, or all hosts below a domain.

use std::fmt;
use std::str::FromStr;

use settings::{Setting, Value};

/// `mx1.provider.example`, or `*.provider.example` for those below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPattern(String);

impl HostPattern {
    /// Whether a host fits; case does not matter.
    pub fn fits(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        match self.0.strip_prefix('*') {
            Some(below) => host.strip_suffix(below).is_some_and(|label| !label.is_empty()),
            None => host == self.0,
        }
    }

    /// Whether it stands for several.
    pub fn is_wild(&self) -> bool {
        self.0.starts_with('*')
    }
}

impl FromStr for HostPattern {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let text = text.trim().trim_end_matches('.').to_ascii_lowercase();
        let is_host = customers::is_host(text.strip_prefix("*.").unwrap_or(&text));
        if is_host { Ok(Self(text)) } else { Err(()) }
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Setting for HostPattern {
    fn allowed() -> String {
        "a host like \"mx1.provider.example\", or \"*.provider.example\" for all below it".into()
    }
    fn read(value: &Value<'_>) -> Result<Self, String> {
        let text = String::read(value).map_err(|_| format!("expected {}", Self::allowed()))?;
        text.parse().map_err(|()| format!("expected {}, found \"{text}\"", Self::allowed()))
    }
    fn show(&self) -> String {
        self.0.show()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_what_is_below() {
        let all: HostPattern = "*.Provider.example".parse().unwrap();
        assert!(all.fits("mx1.provider.example.") && all.fits("A.B.provider.example"));
        assert!(!all.fits("provider.example") && !all.fits("mx1provider.example"));
        let one: HostPattern = "mx1.provider.example".parse().unwrap();
        assert!(one.fits("MX1.provider.example") && !one.fits("mx2.provider.example"));
        assert!("*".parse::<HostPattern>().is_err() && "a b".parse::<HostPattern>().is_err());
    }
}
