//! Log output: text or JSON, standard output or journald.

use settings::settings;
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
    match EnvFilter::try_new(&settings.level) {
        Ok(_) => Vec::new(),
        Err(error) => vec![("log.level".into(), format!("expected a level or a filter: {error}"))],
    }
}
