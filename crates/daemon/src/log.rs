//! Log output: text or JSON, standard output or journald.

use settings::settings;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};

settings::choice! {
    /// How a log line looks.
    pub(crate) enum LogFormat {
        /// For people.
        Text = "text",
        /// For programs, one object a line.
        Json = "json",
    }
}

settings::choice! {
    /// Where log lines go.
    pub(crate) enum LogTarget {
        /// Standard output.
        Stdout = "stdout",
        /// The systemd journal, with fields.
        Journald = "journald",
    }
}

settings! {
    /// The log.
    pub(crate) table LogSettings = "log" {
        /// "text" or "json" (one object a line). The journal always gets fields.
        format: LogFormat = LogFormat::Text;
        /// "stdout" or "journald".
        target: LogTarget = LogTarget::Stdout;
        /// What is logged: "error", "warn", "info", "debug", "trace", or a tracing filter such as "info,frontends=debug".
        level: String = "info".to_owned();
    }
}

/// Starts logging; once in a process.
pub(crate) fn start(settings: &LogSettings) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&settings.level)?;
    let registry = tracing_subscriber::registry().with(filter);
    match (settings.target, settings.format) {
        (LogTarget::Journald, _) => registry.with(tracing_journald::layer()?).init(),
        (LogTarget::Stdout, LogFormat::Json) => registry.with(fmt::layer().json().flatten_event(true)).init(),
        (LogTarget::Stdout, LogFormat::Text) => registry.with(fmt::layer().with_ansi(false)).init(),
    }
    Ok(())
}

/// What is wrong with the settings, as `(option, sentence)`.
pub(crate) fn check(settings: &LogSettings) -> Vec<(String, String)> {
    let told = |sentence| vec![("log.level".to_owned(), sentence)];
    if let Some(word) = settings.level.split(',').map(str::trim).find(|part| is_unknown_word(part)) {
        return told(format!(
            "expected one of \"error\", \"warn\", \"info\", \"debug\", \"trace\", \"off\", or a filter such as \
             \"info,frontends=debug\", found \"{word}\""
        ));
    }
    match EnvFilter::try_new(&settings.level) {
        Ok(_) => Vec::new(),
        Err(error) => told(format!("expected a level or a filter: {error}")),
    }
}

/// A word alone would be taken for the name of a part, of which everything is logged: most likely it is a level, misspelt.
fn is_unknown_word(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') && part.parse::<LevelFilter>().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_that_is_misspelt_is_no_filter() {
        let wrong = |level: &str| check(&LogSettings { level: level.into(), ..LogSettings::default() }).len();
        for level in ["info", "WARN", "off", "info,frontends=debug", "portreeve::serve", "warn,limits=trace"] {
            assert_eq!(wrong(level), 0, "{level}");
        }
        for level in ["infos", "info,frontends", "verbose", "info,frontends=loud"] {
            assert_eq!(wrong(level), 1, "{level}");
        }
    }
}
