//! What a message costs while nobody looks, and while somebody polls the console's first page and its list of blocks. What the
//! pages cost is measured alone and taken away: what is left is the mail's own.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::daemon::Daemon;
use crate::milter::Milter;
use crate::web::{Who, get};

const POLLED: [&str; 2] = ["/console/", "/console/blocks"];
/// A page each so often: as a dozen of open consoles that ask again every three seconds.
const PAUSE: Duration = Duration::from_millis(250);
const ROUNDS: usize = 7;
const MESSAGES: u32 = 3000;
const SESSIONS: u32 = 4;

/// Rounds with and without a poller in turn.
pub(crate) fn measure(daemon: &Daemon) {
    let who = Who::Cookie(daemon.session("berta", &["--role", "operator"]));
    let mails = mails("ham");
    send(daemon, &mails, 0);
    let (mut quiet, mut polled, mut whole, mut pages) = (Vec::new(), Vec::new(), Vec::new(), 0);
    let page = page_cost(daemon, &who);
    for round in 0..ROUNDS {
        quiet.push(send(daemon, &mails, round));
        let (cpu, asked) = while_polled(daemon, &who, || send(daemon, &mails, round));
        whole.push(cpu);
        polled.push(cpu - page * f64::from(asked) / f64::from(MESSAGES) * 1000.0);
        pages += asked;
    }
    println!("CPU-s per 1000 messages, median [lowest-highest] of {ROUNDS} rounds of {MESSAGES}");
    println!("  nobody looks                         {}", spread(&mut quiet));
    println!("  polled, all of the process           {}", spread(&mut whole));
    println!("  polled, without what the pages cost  {}", spread(&mut polled));
    println!("  ratio of the medians                 {:.3}", polled[ROUNDS / 2] / quiet[ROUNDS / 2]);
    println!("a page costs {:.2} ms of CPU; {pages} were asked for in the rounds", page * 1000.0);
}

/// CPU seconds of one page, half of each kind.
fn page_cost(daemon: &Daemon, who: &Who) -> f64 {
    let (before, count) = (daemon.cpu(), 200);
    for path in POLLED.iter().cycle().take(count) {
        assert_eq!(get(daemon.web, path, who).status, 200, "{path}");
    }
    (daemon.cpu() - before) / count as f64
}

/// What the work cost, and how many pages were asked for meanwhile.
fn while_polled(daemon: &Daemon, who: &Who, work: impl FnOnce() -> f64) -> (f64, u32) {
    let (over, asked) = (AtomicBool::new(false), AtomicU32::new(0));
    let cpu = std::thread::scope(|scope| {
        scope.spawn(|| {
            for path in POLLED.iter().cycle() {
                let begun = Instant::now();
                get(daemon.web, path, who);
                asked.fetch_add(1, Ordering::Relaxed);
                while begun.elapsed() < PAUSE {
                    if over.load(Ordering::Relaxed) {
                        return;
                    }
                    std::thread::sleep(Duration::from_millis(5));
                }
            }
        });
        let cpu = work();
        over.store(true, Ordering::Relaxed);
        cpu
    });
    (cpu, asked.into_inner())
}

/// CPU seconds of the daemon for 1000 of its messages.
fn send(daemon: &Daemon, mails: &[String], round: usize) -> f64 {
    let before = daemon.cpu();
    std::thread::scope(|scope| {
        for session in 0..SESSIONS {
            scope.spawn(move || {
                let mut milter = Milter::connect(&daemon.milter());
                for number in (session..MESSAGES).step_by(SESSIONS as usize) {
                    let mail = &mails[number as usize % mails.len()];
                    let mail = mail.replace("Message-ID: <", &format!("Message-ID: <{round}.{number}."));
                    let login = format!("{}@shop.example", number % 500);
                    assert!(matches!(milter.send(&login, &mail), b'c' | b'a'), "monitor mode refuses nothing");
                }
            });
        }
    });
    (daemon.cpu() - before) / f64::from(MESSAGES) * 1000.0
}

/// Mail of the test collection, with line ends as on the wire: "ham" or "spam".
pub(crate) fn mails(kind: &str) -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail").join(kind);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    files.map(|raw| String::from_utf8_lossy(&raw).replace("\r\n", "\n").replace('\n', "\r\n")).collect()
}

fn spread(figures: &mut [f64]) -> String {
    figures.sort_by(f64::total_cmp);
    format!("{:.3} [{:.3}-{:.3}]", figures[figures.len() / 2], figures[0], figures[figures.len() - 1])
}
