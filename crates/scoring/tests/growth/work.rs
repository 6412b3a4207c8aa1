//! What reading a message costs: processor time of this thread alone, and bytes that it held at once.

use std::hint::black_box;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// A reader of raw mail.
pub(crate) type Reader = fn(&[u8]);

/// Runs at first, and again while the least of them looks too long: others on the machine can only make it longer.
const RUNS: [usize; 4] = [1, 2, 3, 6];

/// The least processor time of several runs over messages of two sizes, taken by turns until `enough` is content.
pub(crate) fn times(
    reader: Reader,
    small: &[u8],
    large: &[u8],
    enough: impl Fn(Duration, Duration) -> bool,
) -> (Duration, Duration) {
    let mut least = (Duration::MAX, Duration::MAX);
    for runs in RUNS {
        for _ in 0..runs {
            least = (least.0.min(time(reader, small)), least.1.min(time(reader, large)));
        }
        if enough(least.0, least.1) {
            break;
        }
    }
    least
}

/// The most bytes held at once while a message is read, the message not counted.
pub(crate) fn held(reader: Reader, raw: &[u8]) -> u64 {
    allocation_counter::measure(|| reader(black_box(raw))).bytes_max
}

fn time(reader: Reader, raw: &[u8]) -> Duration {
    let before = processor_time();
    reader(black_box(raw));
    processor_time().saturating_sub(before)
}

fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap(), u32::try_from(time.tv_nsec).unwrap())
}
