//! What the operator has decided: mode, thresholds, wording. Read once per configuration, shared by all sessions.

use limits::BlockSettings;
use scoring::ScoreSettings;

use crate::identity::IdentitySettings;

settings::choice! {
    /// Whether refusals are real.
    pub enum Mode {
        /// Refuse what has to be refused.
        Enforce = "enforce",
        /// Score, count and block as in `enforce`, and let everything pass.
        Monitor = "monitor",
    }
}

settings::choice! {
    /// What happens to mail when a part that should judge it fails.
    pub enum OnFailure {
        /// Let mail pass; blocks in memory are still enforced.
        Continue = "continue",
        /// Ask the client to come back (451).
        Tempfail = "tempfail",
    }
}

settings::settings! {
    /// This node as a whole.
    pub table NodeSettings = "node" {
        /// The node's name in logs, alerts and Message-IDs. Empty: the host's name.
        name: Option<String> = None;
        /// "enforce" refuses what has to be refused; "monitor" scores, counts, blocks and logs just the same, lets
        /// everything pass, and tells in the log what would have been refused. Start with "monitor".
        mode: Mode = Mode::Enforce;
        /// What happens to a message that could not be scored because of a defect of ours: "continue" lets it pass
        /// unscored, "tempfail" answers 451. Either way it is logged and counted.
        on_scorer_failure: OnFailure = OnFailure::Continue;
    }
}

/// The operator's decisions, as far as judging needs them.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Whether refusals are real.
    pub mode: Mode,
    /// This node's name; it stands in Message-IDs of alerts.
    pub node: String,
    /// Thresholds.
    pub score: ScoreSettings,
    /// Who is charged.
    pub identity: IdentitySettings,
    /// Length, release and wording of blocks.
    pub blocks: BlockSettings,
    /// The link of a refusal; `{ref}` is the block's reference.
    pub link: String,
    /// What happens while the store can't be written.
    pub on_store_failure: OnFailure,
    /// What happens to a message whose scoring failed.
    pub on_scorer_failure: OnFailure,
    /// Whether a block sends an alert.
    pub alerts: bool,
}

impl Policy {
    /// The link to one block.
    pub fn link_to(&self, reference: &model::BlockRef) -> String {
        self.link.replace("{ref}", reference.as_str())
    }
}
