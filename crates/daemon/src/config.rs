//! The configuration file: each crate's table, composed; every mistake at once; the sample written from the same source.

mod certificates;
mod doubts;
mod listeners;
mod warnings;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use access::WebSettings;
use admin::{AdminSettings, HookSettings};
use alerts::AlertSettings;
use api::scan::ScanSettings;
use customers::report::ReportSettings;
use customers::{CustomerSettings, Directory, LiveDirectory, OwnersTerms};
use diagnostics::DiagnosisSettings;
use enforcement::EnforcementSettings;
use frontends::{InterceptRule, LmtpSettings, MilterSettings, ProxySettings};
use journal::JournalSettings;
use limits::{BlockSettings, LockoutSettings, OverrideRule, RateRule, Rules, Terms, TripRule};
use lookups::{DnsListRule, DnsSettings, ReputationSettings};
use owners::DirectorySettings;
use pipeline::{AllowanceRule, IdentitySettings, Mode, NodeSettings, ReportRules};
use recall::RecallSettings;
use scanners::{ClamavSettings, RspamdSettings, SpamdSettings};
use scoring::{Engine, RuleBook, RuleRow, ScoreSettings};
use settings::{Document, Problem, row_sample, table_sample};
use store::StoreSettings;
use webhooks::WebhookRule;

pub(crate) use certificates::Expiry;

use crate::log::LogSettings;
use crate::rule_tests;

/// Everything an operator can set.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) node: NodeSettings,
    pub(crate) identity: IdentitySettings,
    pub(crate) allowances: Vec<AllowanceRule>,
    pub(crate) milter: MilterSettings,
    pub(crate) proxy: ProxySettings,
    pub(crate) intercept: Vec<InterceptRule>,
    pub(crate) http: AdminSettings,
    pub(crate) web: WebSettings,
    pub(crate) scan: ScanSettings,
    pub(crate) hooks: HookSettings,
    pub(crate) store: StoreSettings,
    pub(crate) score: ScoreSettings,
    pub(crate) recall: RecallSettings,
    pub(crate) own_rules: Vec<RuleRow>,
    pub(crate) trips: Vec<TripRule>,
    pub(crate) rates: Vec<RateRule>,
    pub(crate) overrides: Vec<OverrideRule>,
    pub(crate) blocks: BlockSettings,
    pub(crate) lockout: LockoutSettings,
    pub(crate) customers: CustomerSettings,
    pub(crate) owners: DirectorySettings,
    /// The customers of the file, read with the configuration.
    pub(crate) directory: Arc<Directory>,
    pub(crate) alerts: AlertSettings,
    pub(crate) reports: ReportSettings,
    pub(crate) webhooks: Vec<WebhookRule>,
    pub(crate) lmtp: LmtpSettings,
    pub(crate) dns: DnsSettings,
    pub(crate) reputation: ReputationSettings,
    pub(crate) dns_lists: Vec<DnsListRule>,
    pub(crate) diagnosis: DiagnosisSettings,
    pub(crate) enforcement: EnforcementSettings,
    pub(crate) journal: JournalSettings,
    pub(crate) clamav: ClamavSettings,
    pub(crate) spamd: SpamdSettings,
    pub(crate) rspamd: RspamdSettings,
    pub(crate) log: LogSettings,
    /// Until when the certificates are good that clients are shown, read with the configuration.
    pub(crate) certificates: Vec<Expiry>,
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    #[error("the configuration {path} can't be read: {error}")]
    Unreadable { path: PathBuf, error: std::io::Error },
    #[error("{}", listed(path, mistakes))]
    Mistakes { path: PathBuf, mistakes: Vec<Problem> },
}

impl LoadError {
    /// One sentence: the first mistake, and how many there are besides.
    pub(crate) fn first(&self) -> String {
        let Self::Mistakes { mistakes, .. } = self else { return self.to_string() };
        let first = mistakes.first().map(ToString::to_string).unwrap_or_default();
        match mistakes.len().saturating_sub(1) {
            0 => first,
            1 => format!("{first} (and another mistake)"),
            more => format!("{first} (and {more} more mistakes)"),
        }
    }
}

fn listed(path: &Path, mistakes: &[Problem]) -> String {
    let lines: Vec<_> = mistakes.iter().map(|mistake| format!("\n  {mistake}")).collect();
    format!("the configuration {} has mistakes:{}", path.display(), lines.concat())
}

impl Config {
    /// Reads the file for a command; without one, the built-in defaults. A certificate that is being renewed hinders no command.
    pub(crate) fn load(file: Option<&Path>) -> Result<Self, LoadError> {
        Self::read(file, false)
    }

    /// Reads the file as the daemon needs it, the certificates that clients are shown included.
    pub(crate) fn load_to_serve(file: Option<&Path>) -> Result<Self, LoadError> {
        Self::read(file, true)
    }

    fn read(file: Option<&Path>, serving: bool) -> Result<Self, LoadError> {
        let Some(path) = file else { return Ok(Self::default()) };
        let text =
            std::fs::read_to_string(path).map_err(|error| LoadError::Unreadable { path: path.to_owned(), error })?;
        Self::parse_for(&text, serving).map_err(|mistakes| LoadError::Mistakes { path: path.to_owned(), mistakes })
    }

    /// Reads the text.
    pub(crate) fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        Self::parse_for(text, false)
    }

    /// Reads a configuration as the daemon would take it, the certificates that clients are shown included.
    ///
    /// # Errors
    /// Every mistake, by line.
    pub(crate) fn parse_to_serve(text: &str) -> Result<Self, Vec<Problem>> {
        Self::parse_for(text, true)
    }

    fn parse_for(text: &str, serving: bool) -> Result<Self, Vec<Problem>> {
        let mut document = Document::parse(text);
        let mut config = Self {
            node: document.table(),
            identity: document.table(),
            allowances: document.rows().unwrap_or_default(),
            milter: document.table(),
            proxy: document.table(),
            intercept: document.rows().unwrap_or_default(),
            http: document.table(),
            web: document.table(),
            scan: document.table(),
            hooks: document.table(),
            store: document.table(),
            score: document.table(),
            recall: document.table(),
            own_rules: document.rows().unwrap_or_default(),
            trips: document.rows().unwrap_or_else(TripRule::defaults),
            rates: document.rows().unwrap_or_else(RateRule::defaults),
            overrides: document.rows().unwrap_or_default(),
            blocks: document.table(),
            lockout: document.table(),
            customers: document.table(),
            owners: document.table(),
            directory: Arc::new(Directory::nobody(&CustomerSettings::default())),
            alerts: document.table(),
            reports: document.table(),
            webhooks: document.rows().unwrap_or_default(),
            lmtp: document.table(),
            dns: document.table(),
            reputation: document.table(),
            dns_lists: document.rows().unwrap_or_default(),
            diagnosis: document.table(),
            enforcement: document.table(),
            journal: document.table(),
            clamav: document.table(),
            spamd: document.table(),
            rspamd: document.table(),
            log: document.table(),
            certificates: Vec::new(),
        };
        let unread = document.wrong();
        match Directory::load(&config.customers) {
            Ok(directory) => config.directory = Arc::new(directory),
            Err(error) => document.problem("customers.file", error.to_string()),
        }
        let (expiries, unusable) = if serving { certificates::read(&config) } else { Default::default() };
        config.certificates = expiries;
        let mut found = config.contradictions();
        found.extend(unusable);
        found.extend(listeners::contradictions(&config, |option| document.has(option)));
        for (option, message) in found.into_iter().filter(|(option, _)| !doubts::is_doubtful(option, &unread)) {
            document.problem(&option, message);
        }
        // A rule that is wrong in itself fails its tests for that reason.
        let wrong = document.wrong();
        let is_right = |number| !doubts::is_within(&format!("rule[{number}]"), &wrong);
        for (option, message) in rule_tests::failed(&config.own_rules, is_right) {
            document.problem(&option, message);
        }
        let mistakes = document.finish().into_sorted();
        if mistakes.is_empty() { Ok(config) } else { Err(mistakes) }
    }

    /// Mistakes that only show when options are seen together.
    fn contradictions(&self) -> Vec<(String, String)> {
        let mut found = limits::check(&self.rules());
        found.extend(unknown_signals(&self.score));
        found.extend(self.score.contradictions());
        found.extend(scoring::rules::check(&self.own_rules));
        found.extend(alerts::check(&self.alerts));
        found.extend(webhooks::check(&self.webhooks));
        found.extend(crate::reply_address::check(&self.lmtp));
        found.extend(self.customers.contradictions());
        found.extend(self.owners.contradictions());
        found.extend(self.unknown_limits());
        found.extend(lookups::check(&self.reputation, &self.dns_lists));
        found.extend(self.identity.contradictions());
        found.extend(AllowanceRule::check(&self.allowances));
        found.extend(self.proxy.contradictions());
        found.extend(InterceptRule::contradictions(&self.intercept, &self.proxy));
        found.extend(self.http.contradictions());
        found.extend(self.web.contradictions());
        found.extend(self.scan.contradictions());
        found.extend(self.diagnosis.contradictions());
        found.extend(self.hooks.contradictions());
        found.extend(self.enforcement.contradictions());
        found.extend(crate::log::check(&self.log));
        found.extend(self.forgotten_too_soon());
        if let Some(directory) = self.journal.directory.as_ref().filter(|directory| directory.is_file()) {
            let message = format!("expected a directory, but {} is a file", directory.display());
            found.push(("journal.directory".into(), message));
        }
        if self.store.path.is_file() {
            let message = format!("expected a directory, but {} is a file", self.store.path.display());
            found.push(("store.path".into(), message));
        }
        found
    }

    /// What is counted or remembered for longer than it is kept.
    fn forgotten_too_soon(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let longest = self.trips.iter().map(|rule| rule.window).max().unwrap_or_default();
        if self.store.keep_counters < longest {
            let needed = model::time::spoken(longest);
            found.push((
                "store.keep_counters".into(),
                format!("must cover the longest window of the trip rules, {needed}"),
            ));
        }
        if self.store.keep_blocks < self.blocks.strike_memory {
            let needed = model::time::spoken(self.blocks.strike_memory);
            found.push(("store.keep_blocks".into(), format!("must cover blocks.strike_memory, {needed}")));
        }
        let counted = self.blocks.customer_automatic_releases > 0;
        if counted && self.store.keep_blocks < self.blocks.customer_release_window {
            let needed = model::time::spoken(self.blocks.customer_release_window);
            found.push(("store.keep_blocks".into(), format!("must cover blocks.customer_release_window, {needed}")));
        }
        found
    }

    /// The counting rules with the customers of the file.
    pub(crate) fn rules(&self) -> Rules {
        self.rules_over(Arc::clone(&self.directory).into())
    }

    /// The counting rules, as the ledger takes them; an override of the configuration counts more than a customer's limit.
    pub(crate) fn rules_over(&self, directory: LiveDirectory) -> Rules {
        Rules {
            trips: self.trips.clone(),
            rates: self.rates.clone(),
            overrides: self.overrides.clone(),
            blocks: self.blocks.clone(),
            monitor: self.node.mode == Mode::Monitor,
            terms: Terms::new(OwnersTerms(directory)),
        }
    }

    /// Every rule that there are limits for.
    pub(crate) fn rule_names(&self) -> BTreeSet<String> {
        let trips = self.trips.iter().map(|rule| rule.name.clone());
        trips.chain(self.rates.iter().map(|rule| rule.name.clone())).collect()
    }

    /// Customers' limits of rules that do not exist.
    fn unknown_limits(&self) -> Vec<(String, String)> {
        let known = self.rule_names();
        let limited = self.directory.limited_rules();
        let told = |rule| {
            ("customers.file".to_owned(), format!("a customer has a limit for \"{rule}\", but there is no such rule"))
        };
        limited.into_iter().filter(|rule| !known.contains(*rule)).map(told).collect()
    }

    /// The scorer with the operator's own rules.
    pub(crate) fn engine(&self) -> Engine {
        // Rules that can't be compiled were a mistake of the configuration, and then there is none.
        Engine::new(&self.score).with_rules(RuleBook::compile(&self.own_rules).unwrap_or_default())
    }

    /// The files beside it whose change is a configuration to be read again.
    pub(crate) fn watched(&self) -> Vec<PathBuf> {
        self.customers.file.iter().cloned().chain(certificates::files(self)).collect()
    }

    /// Every signal by its name, rules of the operator's included.
    pub(crate) fn signal_names(&self) -> impl Iterator<Item = &str> {
        let own = self.own_rules.iter().map(|rule| rule.name.as_str());
        scoring::table::TABLE.iter().map(|row| row.name).chain(own).chain([pipeline::EXEMPT])
    }

    /// What reports go by.
    pub(crate) fn report_rules(&self) -> ReportRules {
        ReportRules { settings: self.reports.clone(), keep_blocks: self.store.keep_blocks }
    }

    /// One line for a person: what this configuration amounts to.
    pub(crate) fn summary(&self) -> String {
        format!(
            "Mode {}, spam from {} points, refused from {}, {} rules of your own, {} trip rules, {} rate limits, {} overrides.",
            self.node.mode,
            self.score.spam,
            self.score.reject,
            self.own_rules.len(),
            self.trips.len(),
            self.rates.len(),
            self.overrides.len(),
        )
    }
}

fn unknown_signals(score: &ScoreSettings) -> Vec<(String, String)> {
    let unknown = score.unknown_points();
    unknown
        .map(|name| ("score.points".into(), format!("there is no signal {name}; config/signals.md lists them")))
        .collect()
}

impl Default for Config {
    fn default() -> Self {
        Self {
            node: NodeSettings::default(),
            identity: IdentitySettings::default(),
            allowances: Vec::new(),
            milter: MilterSettings::default(),
            proxy: ProxySettings::default(),
            intercept: Vec::new(),
            http: AdminSettings::default(),
            web: WebSettings::default(),
            scan: ScanSettings::default(),
            hooks: HookSettings::default(),
            store: StoreSettings::default(),
            score: ScoreSettings::default(),
            recall: RecallSettings::default(),
            own_rules: Vec::new(),
            trips: TripRule::defaults(),
            rates: RateRule::defaults(),
            overrides: Vec::new(),
            blocks: BlockSettings::default(),
            lockout: LockoutSettings::default(),
            customers: CustomerSettings::default(),
            owners: DirectorySettings::default(),
            directory: Arc::new(Directory::nobody(&CustomerSettings::default())),
            alerts: AlertSettings::default(),
            reports: ReportSettings::default(),
            webhooks: Vec::new(),
            lmtp: LmtpSettings::default(),
            dns: DnsSettings::default(),
            reputation: ReputationSettings::default(),
            dns_lists: Vec::new(),
            diagnosis: DiagnosisSettings::default(),
            enforcement: EnforcementSettings::default(),
            journal: JournalSettings::default(),
            clamav: ClamavSettings::default(),
            spamd: SpamdSettings::default(),
            rspamd: RspamdSettings::default(),
            log: LogSettings::default(),
            certificates: Vec::new(),
        }
    }
}

const HEAD: &str = "\
# Portreeve's configuration: every option with its documentation and its default.
# Generated by `portreeve config sample`. Options are commented out at their defaults: what you don't set follows
# the defaults of new versions. `portreeve check --config FILE` finds every mistake; SIGHUP reads the file again
# ([store], [http], [dns], [directory], [enforcement], [clamav], [spamd], [rspamd], [journal], [log], [recall], node.name and listeners take a restart;
# certificates, keys and customers are read again when their files change, too).

";

/// The sample configuration.
pub(crate) fn sample() -> String {
    [
        HEAD.to_owned(),
        table_sample::<NodeSettings>(),
        table_sample::<MilterSettings>(),
        table_sample::<ProxySettings>(),
        row_sample(&InterceptRule::examples()),
        table_sample::<AdminSettings>(),
        table_sample::<WebSettings>(),
        table_sample::<ScanSettings>(),
        table_sample::<HookSettings>(),
        table_sample::<StoreSettings>(),
        table_sample::<IdentitySettings>(),
        row_sample(&AllowanceRule::examples()),
        table_sample::<ScoreSettings>(),
        table_sample::<RecallSettings>(),
        row_sample(&RuleRow::examples()),
        row_sample(&TripRule::defaults()),
        row_sample(&RateRule::defaults()),
        row_sample(&OverrideRule::examples()),
        table_sample::<BlockSettings>(),
        table_sample::<LockoutSettings>(),
        table_sample::<CustomerSettings>(),
        table_sample::<DirectorySettings>(),
        table_sample::<AlertSettings>(),
        table_sample::<ReportSettings>(),
        row_sample(&WebhookRule::examples()),
        table_sample::<LmtpSettings>(),
        table_sample::<DnsSettings>(),
        table_sample::<ReputationSettings>(),
        row_sample(&DnsListRule::examples()),
        table_sample::<DiagnosisSettings>(),
        table_sample::<EnforcementSettings>(),
        table_sample::<JournalSettings>(),
        table_sample::<ClamavSettings>(),
        table_sample::<SpamdSettings>(),
        table_sample::<RspamdSettings>(),
        table_sample::<LogSettings>(),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use model::SubjectKind;

    use super::*;

    #[test]
    fn the_sample_is_the_defaults_and_reads_without_a_mistake() {
        let uncommented: String = sample().lines().map(|line| option_of(line).to_owned() + "\n").collect();
        assert_eq!(Config::parse(&sample()).map(|config| config.score), Ok(ScoreSettings::default()));
        // A secret can't be a part of the sample.
        let secret = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(secret.path(), "a secret of more than 24 bytes").unwrap();
        let read = Config::parse(&uncommented.replace("/etc/portreeve/panel.secret", &secret.path().to_string_lossy()));
        assert_eq!(read.as_ref().map(|config| &config.blocks), Ok(&BlockSettings::default()));
        assert_eq!(read.map(|config| config.trips), Ok(TripRule::defaults()));
    }

    #[test]
    fn the_sample_in_config_is_current() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/portreeve.toml");
        if std::env::var_os("PORTREEVE_BLESS").is_some() {
            std::fs::write(&path, sample()).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap();
        assert!(kept == sample(), "config/portreeve.toml is stale: PORTREEVE_BLESS=1 cargo test rewrites it");
    }

    /// `#key = value` and `#[[list]]` are options; `# text` is documentation.
    fn option_of(line: &str) -> &str {
        match line.strip_prefix('#') {
            Some(rest) if !rest.starts_with([' ', '#']) => rest,
            _ => line,
        }
    }

    #[test]
    fn every_mistake_is_reported_with_its_line() {
        let text = "[node]\nmode = \"off\"\n[score]\nspam = \"x\"\ncolour = 1\n[nonsense]\n";
        let mistakes: Vec<_> = Config::parse(text).err().unwrap_or_default();
        let lines: Vec<_> = mistakes.iter().map(|mistake| mistake.line).collect();
        assert_eq!(lines, [Some(2), Some(4), Some(5), Some(6)], "{mistakes:#?}");
    }

    #[test]
    fn the_gateway_of_the_examples_keeps_the_built_in_rules_for_addresses() {
        let text = include_str!("../../../config/examples/gateway.toml");
        let gateway = Config::parse(text).expect("the example is right");
        let built_in: Vec<_> =
            TripRule::defaults().into_iter().filter(|rule| rule.subject == SubjectKind::Ip).collect();
        assert_eq!(gateway.trips.get(..built_in.len()), Some(&built_in[..]));
        assert_eq!(gateway.warnings(), []);
    }
}
