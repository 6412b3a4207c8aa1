//! What all findings amount to: the object that panels ask for.

use model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::finding::{Cause, Check, Finding, Outcome};

/// What a panel shows of a diagnosis; `None` is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Whether mail comes in.
    pub can_receive_email: Option<bool>,
    /// Whether mail goes out.
    pub can_send_email: Option<bool>,
    /// Whether it is locked after failed logins.
    pub is_locked: Option<bool>,
    /// Whether the MX records are as they should be.
    pub is_mx_valid: Option<bool>,
    /// Whether it is blocked for spam.
    pub is_spammer: Option<bool>,
    /// Whether the SRV record is as it should be.
    pub is_srv_valid: Option<bool>,
    /// Whether the service is suspended or over.
    pub is_suspended: Option<bool>,
    /// When this was found.
    pub last_check: Option<Timestamp>,
    /// What keeps mail from going, the first of all causes.
    pub cause: Option<Cause>,
}

impl Summary {
    /// Reads the findings.
    pub fn of(findings: &[Finding], at: Option<Timestamp>) -> Self {
        let found = Findings(findings);
        Self {
            can_receive_email: found.can_receive(),
            can_send_email: found.can_send(),
            is_locked: found.is_wrong(Check::Locked),
            is_mx_valid: found.is_right(Check::Mx),
            is_spammer: found.is_wrong(Check::Blocked),
            is_srv_valid: found.is_right(Check::Srv),
            is_suspended: found.is_wrong(Check::Suspended),
            last_check: at,
            cause: found.cause(),
        }
    }
}

struct Findings<'f>(&'f [Finding]);

impl Findings<'_> {
    fn outcome(&self, check: Check) -> Outcome {
        self.0.iter().find(|finding| finding.check == check).map_or(Outcome::Unknown, |finding| finding.outcome)
    }

    fn is_right(&self, check: Check) -> Option<bool> {
        match self.outcome(check) {
            Outcome::Pass | Outcome::Warn => Some(true),
            Outcome::Fail => Some(false),
            Outcome::Unknown => None,
        }
    }

    fn is_wrong(&self, check: Check) -> Option<bool> {
        self.is_right(check).map(|right| !right)
    }

    fn fails(&self, checks: &[Check]) -> bool {
        checks.iter().any(|check| self.outcome(*check) == Outcome::Fail)
    }

    /// Nothing may be wrong; that it is right is known only when it was tried: a message sent, or at least a login.
    fn can_send(&self) -> Option<bool> {
        if self.fails(&[Check::Suspended, Check::Blocked, Check::Locked]) {
            return Some(false);
        }
        match (self.is_right(Check::Sends), self.is_right(Check::Authentication)) {
            (None, login) => login,
            (sent, _) => sent,
        }
    }

    fn can_receive(&self) -> Option<bool> {
        if self.fails(&[Check::Suspended, Check::Mx]) {
            return Some(false);
        }
        self.is_right(Check::Accepted)
    }

    /// What a person has to mend first comes first: behind a suspension every login fails.
    fn cause(&self) -> Option<Cause> {
        let causes =
            self.0.iter().filter(|finding| finding.outcome == Outcome::Fail).filter_map(|finding| finding.cause);
        causes.min_by_key(|cause| match cause {
            Cause::Suspended => 0,
            Cause::SpamBlock => 1,
            Cause::Locked => 2,
            Cause::Password => 3,
            Cause::Infrastructure => 4,
        })
    }
}
