//! How long the message that trips a block waits until the block is on disk, while nobody looks and while four people search.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::daemon::Daemon;
use crate::mail::mails;
use crate::milter::Milter;
use crate::web::{Who, get};

/// Blocks that trip in each half.
const TRIPS: usize = 40;
/// More messages than the rules need.
const MOST: usize = 40;
const SEARCHES: [&str; 6] = [
    "/console/blocks?q=198.18.7.0%2F24",
    "/console/blocks?q=nobody",
    "/console/blocks?q=%40d77.example",
    "/console/audit?who=user+otto",
    "/console/tickets?all=1",
    "/console/customers?q=number+77",
];
const PEOPLE: usize = 4;

/// With and without searchers.
pub(crate) fn measure(daemon: &Daemon) {
    let who = Who::Cookie(daemon.session("carla", &["--role", "operator"]));
    let key = Who::Bearer(daemon.key("tripper", &["--role", "operator"]));
    println!("the message that trips a block, from its end to its answer; the block is on disk by then");
    let mut quiet = trips(daemon, &key, "quiet");
    println!("  nobody looks        {}", spread(&mut quiet));
    let (mut searched, pages) = while_searched(daemon, &who, || trips(daemon, &key, "searched"));
    println!("  four people search  {}; {pages} pages meanwhile", spread(&mut searched));
}

/// How long each waited. Which message it was the API says: its answer comes when the block is written.
fn trips(daemon: &Daemon, key: &Who, half: &str) -> Vec<Duration> {
    let mut milter = Milter::connect(&daemon.milter());
    let mails = mails("spam");
    (0..TRIPS)
        .map(|number| trip(daemon, &mut milter, key, &format!("{half}{number}@trip{number}.example"), &mails))
        .collect()
}

fn trip(daemon: &Daemon, milter: &mut Milter, key: &Who, login: &str, mails: &[String]) -> Duration {
    for (nth, mail) in mails.iter().cycle().take(MOST).enumerate() {
        let mail = mail.replace("Message-ID: <", &format!("Message-ID: <{login}.{nth}."));
        let begun = Instant::now();
        milter.send(login, &mail);
        let took = begun.elapsed();
        let found = get(daemon.web, &format!("/api/blocks?subject={}", login.replace('@', "%40")), key);
        assert_eq!(found.status, 200, "{}", found.body);
        if found.body.contains("\"reference\"") {
            return took;
        }
    }
    panic!("{MOST} messages tripped nothing");
}

/// What the work gave, and how many pages were read meanwhile.
fn while_searched<T>(daemon: &Daemon, who: &Who, work: impl FnOnce() -> T) -> (T, u32) {
    let (over, pages) = (&AtomicBool::new(false), &AtomicU32::new(0));
    let done = std::thread::scope(|scope| {
        for person in 0..PEOPLE {
            scope.spawn(move || {
                for path in SEARCHES.iter().cycle().skip(person) {
                    if over.load(Ordering::Relaxed) {
                        return;
                    }
                    assert_eq!(get(daemon.web, path, who).status, 200, "{path}");
                    pages.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let done = work();
        over.store(true, Ordering::Relaxed);
        done
    });
    (done, pages.load(Ordering::Relaxed))
}

fn spread(times: &mut [Duration]) -> String {
    times.sort();
    let millis = |time: &Duration| time.as_secs_f64() * 1000.0;
    let (median, most) = (millis(&times[times.len() / 2]), millis(&times[times.len() * 95 / 100]));
    format!(
        "{median:.1} ms at the median, {most:.1} at 95 %, {:.1} at the slowest of {}",
        millis(&times[times.len() - 1]),
        times.len()
    )
}
