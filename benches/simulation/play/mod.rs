//! A town of mail senders on a driven clock: ordinary ones, and stolen accounts among them, before the real judge.
//!
//! Everything follows from one seed. What the senders write comes from templates in this folder, or from folders of real
//! mail. A simulated sender is our idea of him: the figures compare configurations, they don't promise anything.

pub(crate) mod compose;
pub(crate) mod figures;
pub(crate) mod forms;
pub(crate) mod habit;
pub(crate) mod links;
pub(crate) mod material;
pub(crate) mod occasion;
pub(crate) mod ordinary;
pub(crate) mod post;
pub(crate) mod rng;
pub(crate) mod thief;
pub(crate) mod way;
pub(crate) mod who;
pub(crate) mod words;
pub(crate) mod world;
pub(crate) mod writing;

use limits::{OverrideRule, RateRule, Rules, TripRule};
use model::SubjectKind;
use pipeline::{IdentitySettings, Mode, OnFailure, Policy};
use recall::RecallSettings;
use replay::Setup;
use scoring::ScoreSettings;

/// The default configuration, with the allowance that an operator gives to those who send newsletters.
pub(crate) fn default_setup(seed: u64) -> Setup {
    let rules =
        Rules { trips: TripRule::defaults(), rates: RateRule::defaults(), overrides: allowances(), ..Rules::default() };
    let policy = Policy {
        mode: Mode::Enforce,
        node: "simulation.example".into(),
        score: ScoreSettings::default(),
        identity: IdentitySettings::default(),
        blocks: rules.blocks.clone(),
        link: "https://help.example/b/{ref}".into(),
        on_store_failure: OnFailure::Continue,
        on_scorer_failure: OnFailure::Continue,
        alerts: false,
    };
    Setup { policy, rules, own_rules: Vec::new(), allowances: Vec::new(), recall: RecallSettings::default(), seed }
}

/// Newsletters and list servers send more than any person, and a list server sends one post in several envelopes: their
/// operator names them, as the sample configuration shows.
fn allowances() -> Vec<OverrideRule> {
    let names = vec!["*@news.example".to_owned(), "*@lists.example".to_owned()];
    let allow = |rule: &str| OverrideRule {
        rule: rule.into(),
        subject: SubjectKind::Account,
        names: names.clone(),
        limit: 50_000,
    };
    let lists = OverrideRule { names: vec!["*@lists.example".to_owned()], limit: 50, ..allow("account-spam-burst") };
    [allow("account-rate"), allow("account-recipients"), lists].to_vec()
}
