//! Which sessions a rule counts.

use model::SubjectKind;

settings::choice! {
    /// Which sessions a rule counts.
    pub enum Sessions {
        /// `account` and `domain` rules count all sessions, `ip` rules those without a login.
        Charged = "charged",
        /// All.
        All = "all",
        /// Those with a login.
        Authenticated = "authenticated",
        /// Those without a login.
        Unauthenticated = "unauthenticated",
    }
}

impl Sessions {
    /// What the choice means for a kind of subject. Where a login stands behind a session, the login is charged: a
    /// webmail gateway or an office's router is not blocked for one stolen password.
    #[must_use]
    pub(crate) fn resolved(self, kind: SubjectKind) -> Self {
        match (self, kind) {
            (Self::Charged, SubjectKind::Ip) => Self::Unauthenticated,
            (Self::Charged, SubjectKind::Account | SubjectKind::Domain) => Self::All,
            (stated, _) => stated,
        }
    }

    /// Whether a session is counted; the choice has been resolved.
    pub(crate) fn cover(self, authenticated: bool) -> bool {
        match self {
            Self::Charged | Self::All => true,
            Self::Authenticated => authenticated,
            Self::Unauthenticated => !authenticated,
        }
    }
}
