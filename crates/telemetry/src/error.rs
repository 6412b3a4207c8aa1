//! Why a metric can't be exported.

/// A metric that can't be registered: a defect of the caller, found at start.
#[derive(Debug, thiserror::Error)]
pub enum MetricError {
    /// The name is not conventional.
    #[error("the metric name {name} is not conventional: {why}")]
    Name {
        /// The name.
        name: &'static str,
        /// What is expected.
        why: &'static str,
    },
    /// A metric nobody can understand.
    #[error("the metric {0} has no help text")]
    NoHelp(&'static str),
    /// The registry refused it, mostly because the name is taken.
    #[error("the metric registry refused a metric: {0}")]
    Rejected(#[from] prometheus::Error),
}
