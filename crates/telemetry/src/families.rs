//! Metric families made and registered in one call, and their children kept ready.

use std::borrow::Borrow;
use std::hash::Hash;

use foldhash::{HashMap, HashMapExt};
use prometheus::core::Collector;
use prometheus::{Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGaugeVec, Opts, Registry, Result};

/// A counter without labels.
pub(crate) fn counter(registry: &Registry, name: &str, help: &str) -> Result<IntCounter> {
    registered(registry, IntCounter::new(name, help)?)
}

/// A counter with labels.
pub(crate) fn counters(registry: &Registry, name: &str, help: &str, labels: &[&str]) -> Result<IntCounterVec> {
    registered(registry, IntCounterVec::new(Opts::new(name, help), labels)?)
}

/// A gauge with labels.
pub(crate) fn gauges(registry: &Registry, name: &str, help: &str, labels: &[&str]) -> Result<IntGaugeVec> {
    registered(registry, IntGaugeVec::new(Opts::new(name, help), labels)?)
}

/// A histogram; `buckets` are upper bounds.
pub(crate) fn histogram(registry: &Registry, name: &str, help: &str, buckets: &[f64]) -> Result<Histogram> {
    registered(registry, Histogram::with_opts(HistogramOpts::new(name, help).buckets(buckets.to_vec()))?)
}

fn registered<C: Collector + Clone + 'static>(registry: &Registry, metric: C) -> Result<C> {
    registry.register(Box::new(metric.clone()))?;
    Ok(metric)
}

/// Children of a counter family, looked up once: the family's own look-up takes a lock and five times as long.
pub(crate) struct Children<K> {
    known: HashMap<K, IntCounter>,
    other: IntCounter,
}

impl<K: Eq + Hash> Children<K> {
    /// Children for the keys known at start, and the one for all others. Each is exported from the start, at zero.
    pub(crate) fn new(keys: impl IntoIterator<Item = (K, IntCounter)>, other: IntCounter) -> Self {
        let mut known = HashMap::new();
        known.extend(keys);
        Self { known, other }
    }

    /// The child of a key.
    pub(crate) fn of<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> &IntCounter
    where
        K: Borrow<Q>,
    {
        self.known.get(key).unwrap_or(&self.other)
    }

    /// The sum over the known children that `wanted` picks, and over what had no child of its own.
    pub(crate) fn sum(&self, wanted: impl Fn(&K) -> bool) -> u64 {
        let known = self.known.iter().filter(|(key, _)| wanted(key)).map(|(_, child)| child.get());
        known.fold(self.other.get(), u64::saturating_add)
    }
}

/// The sum over all children of a counter family. Takes its lock: for a look once a minute, not for each message.
pub(crate) fn total(family: &IntCounterVec) -> u64 {
    let metrics = family.collect().into_iter().flat_map(|mut family| family.take_metric());
    metrics.map(|metric| metric.get_counter().get_value()).sum::<f64>() as u64
}
