//! The process itself, under the names every Prometheus client uses, and the build.
//!
//! Read from `/proc/self` at each scrape; a figure that can't be read (no `/proc`, another system) is left out.

use std::collections::HashMap;
use std::fs;

use model::Timestamp;
use prometheus::Registry;
use prometheus::core::{Collector, Desc};
use prometheus::proto::{MetricFamily, MetricType};

use crate::families::gauges;
use crate::pull::{family, metric};

/// Ticks a second in `/proc/self/stat`: 100 on every Linux a Rust program runs on (proc(5), `USER_HZ`).
const TICKS: f64 = 100.0;

/// A figure's name, help text, kind, and how it is read.
type Row = (&'static str, &'static str, MetricType, fn() -> Option<f64>);

const ROWS: [Row; 4] = [
    ("process_cpu_seconds_total", "User and system CPU time spent, in seconds.", MetricType::COUNTER, cpu_seconds),
    ("process_resident_memory_bytes", "Resident memory, in bytes.", MetricType::GAUGE, resident_bytes),
    ("process_open_fds", "Open file descriptors.", MetricType::GAUGE, open_fds),
    ("process_max_fds", "The limit of open file descriptors.", MetricType::GAUGE, max_fds),
];

/// Registers the figures of this process, which started at `start`.
pub(crate) fn register(registry: &Registry, start: Timestamp) -> prometheus::Result<()> {
    let build = "The version that runs; always 1.";
    gauges(registry, "portreeve_build_info", build, &["version"])?
        .with_label_values(&[env!("CARGO_PKG_VERSION")])
        .set(1);
    let started = "When the process started, in seconds since the epoch.";
    let since = prometheus::IntGauge::new("process_start_time_seconds", started)?;
    since.set(start.as_secs());
    registry.register(Box::new(since))?;
    registry.register(Box::new(Process::new()?))
}

struct Process(Vec<Desc>);

impl Process {
    fn new() -> prometheus::Result<Self> {
        let described =
            ROWS.iter().map(|(name, help, ..)| Desc::new((*name).into(), (*help).into(), Vec::new(), HashMap::new()));
        described.collect::<prometheus::Result<_>>().map(Self)
    }
}

impl Collector for Process {
    fn desc(&self) -> Vec<&Desc> {
        self.0.iter().collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let read = ROWS.iter().filter_map(|(name, help, kind, read)| {
            Some(family(name, help, *kind, vec![metric(&[], &[], read()?, *kind)]))
        });
        read.collect()
    }
}

/// Fields 14 and 15 of proc(5)'s stat. The name in parentheses may hold spaces, so they are counted behind it.
fn cpu_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let user: f64 = fields.next()?.parse().ok()?;
    let system: f64 = fields.next()?.parse().ok()?;
    Some((user + system) / TICKS)
}

/// `VmRSS`, which the kernel gives in KiB whatever the page size.
fn resident_bytes() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib * 1024.0)
}

/// One of them is the listing itself.
fn open_fds() -> Option<f64> {
    let count = fs::read_dir("/proc/self/fd").ok()?.count();
    u32::try_from(count.saturating_sub(1)).ok().map(f64::from)
}

fn max_fds() -> Option<f64> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}
