//! Figures that others keep and a scrape reads: queue depths, ledger size, counts of connections.

use std::collections::HashMap;

use prometheus::Registry;
use prometheus::core::{Collector, Desc};
use prometheus::proto::{Counter, Gauge, LabelPair, Metric, MetricFamily, MetricType};

use crate::error::MetricError;

/// A series: the values of its labels, and its figure.
pub(crate) type Series = (Vec<&'static str>, f64);

type Read = Box<dyn Fn() -> Vec<Series> + Send + Sync>;

/// Where a family's figures come from: as many label values as labels, with their figures.
pub(crate) struct Source {
    name: &'static str,
    help: &'static str,
    labels: Vec<&'static str>,
    kind: MetricType,
    read: Read,
}

impl Source {
    pub(crate) fn gauge(
        name: &'static str,
        help: &'static str,
        labels: &[&'static str],
        read: impl Fn() -> Vec<Series> + Send + Sync + 'static,
    ) -> Self {
        Self { name, help, labels: labels.to_vec(), kind: MetricType::GAUGE, read: Box::new(read) }
    }

    pub(crate) fn counter(
        name: &'static str,
        help: &'static str,
        labels: &[&'static str],
        read: impl Fn() -> Vec<Series> + Send + Sync + 'static,
    ) -> Self {
        Self { name, help, labels: labels.to_vec(), kind: MetricType::COUNTER, read: Box::new(read) }
    }

    fn check(&self) -> Result<(), MetricError> {
        let lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let counts = self.kind == MetricType::COUNTER;
        let why = if !self.name.starts_with("portreeve_") || !self.name.chars().all(lower) {
            "expected portreeve_ and lower-case words joined by underscores"
        } else if counts != self.name.ends_with("_total") {
            "expected _total at the end of a counter and of nothing else"
        } else if self.help.is_empty() {
            return Err(MetricError::NoHelp(self.name));
        } else {
            return Ok(());
        };
        Err(MetricError::Name { name: self.name, why })
    }
}

/// Registers a checked source.
pub(crate) fn register(registry: &Registry, source: Source) -> Result<(), MetricError> {
    source.check()?;
    let labels = source.labels.iter().copied().map(str::to_owned).collect();
    let desc = Desc::new(source.name.into(), source.help.into(), labels, HashMap::new())?;
    registry.register(Box::new(Pulled { desc, source }))?;
    Ok(())
}

struct Pulled {
    desc: Desc,
    source: Source,
}

impl Collector for Pulled {
    fn desc(&self) -> Vec<&Desc> {
        vec![&self.desc]
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let Source { name, help, labels, kind, read } = &self.source;
        let metrics = read().into_iter().map(|(values, figure)| metric(labels, &values, figure, *kind));
        vec![family(name, help, *kind, metrics.collect())]
    }
}

/// A family as a scrape takes it.
pub(crate) fn family(name: &str, help: &str, kind: MetricType, metrics: Vec<Metric>) -> MetricFamily {
    let mut family = MetricFamily::default();
    family.set_name(name.to_owned());
    family.set_help(help.to_owned());
    family.set_field_type(kind);
    family.set_metric(metrics);
    family
}

/// One figure with its labels.
pub(crate) fn metric(labels: &[&str], values: &[&str], figure: f64, kind: MetricType) -> Metric {
    let mut metric = Metric::from_label(labels.iter().zip(values).map(|(name, value)| pair(name, value)).collect());
    if kind == MetricType::COUNTER {
        let mut counter = Counter::default();
        counter.set_value(figure);
        metric.set_counter(counter);
    } else {
        let mut gauge = Gauge::default();
        gauge.set_value(figure);
        metric.set_gauge(gauge);
    }
    metric
}

fn pair(name: &str, value: &str) -> LabelPair {
    let mut pair = LabelPair::default();
    pair.set_name(name.to_owned());
    pair.set_value(value.to_owned());
    pair
}
