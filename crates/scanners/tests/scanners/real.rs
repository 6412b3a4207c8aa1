//! The real clamd, spamd and rspamd, each with a configuration of the test's own and no network.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use model::circumstances::Word;
use scanners::{ClamavSettings, RspamdSettings, Scanner, SpamdSettings};
use tempfile::TempDir;

use crate::world::{World, submission};

/// SpamAssassin's and Rspamd's own test line (GTUBE): as good as a virus.
const GTUBE: &str = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X";
/// What the test's own signature finds.
const MARK: &str = "portreeve-test-mark-that-no-mail-has";

/// A daemon; killed with everything it started when dropped.
struct Daemon {
    child: Child,
    dir: TempDir,
}

impl Daemon {
    /// `None`, said aloud, when it is not installed.
    fn start(program: &str, prepare: impl FnOnce(&Path) -> Vec<String>) -> Option<Self> {
        if !Path::new(program).exists() {
            eprintln!("skipped: {program} is not installed (tests/run installs it when it can)");
            return None;
        }
        let dir = tempfile::Builder::new().prefix("portreeve-scanner-").tempdir_in("/tmp").unwrap();
        let arguments = prepare(dir.path());
        let mut command = Command::new(program);
        command.args(arguments).current_dir(dir.path()).env("HOME", dir.path()).process_group(0);
        let log = std::fs::File::create(dir.path().join("output")).unwrap();
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        Some(Self { child: command.spawn().unwrap(), dir })
    }

    /// Asks until it has started; loading its rules takes it some seconds.
    async fn answers(&mut self, scanner: &Scanner) {
        let started = tokio::time::Instant::now();
        while scanner.ask(&submission("Hello")).await.is_none() {
            let said = || std::fs::read_to_string(self.dir.path().join("output")).unwrap_or_default();
            assert!(self.child.try_wait().unwrap().is_none(), "{} has ended: {}", scanner.name(), said());
            assert!(started.elapsed() < Duration::from_secs(90), "{} does not answer: {}", scanner.name(), said());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn clamd_finds_over_tcp_and_over_a_unix_socket() {
    let port = free_port();
    let prepare = |dir: &Path| {
        std::fs::create_dir(dir.join("db")).unwrap();
        std::fs::write(dir.join("db/own.ndb"), format!("Portreeve.Test.Mark:0:*:{}\n", hex(MARK))).unwrap();
        let dir = dir.display();
        let config = format!(
            "Foreground yes\nDatabaseDirectory {dir}/db\nTCPSocket {port}\nTCPAddr 127.0.0.1\nLocalSocket {dir}/clamd.sock\n\
            StreamMaxLength 1M\nLogFile {dir}/log\nUser {}\n",
            user()
        );
        std::fs::write(format!("{dir}/clamd.conf"), config).unwrap();
        vec!["--config-file".into(), format!("{dir}/clamd.conf")]
    };
    let Some(mut daemon) = Daemon::start("/usr/sbin/clamd", prepare) else { return };
    let unix = format!("unix:{}/clamd.sock", daemon.dir.path().display());
    for address in [format!("127.0.0.1:{port}"), unix] {
        let world = World::new();
        let settings = ClamavSettings { address: address.parse().ok(), give_up_after: 1000, ..Default::default() };
        let scanner = world.clamav(&settings);
        daemon.answers(&scanner).await;
        let word = async |body: &str| scanner.ask(&submission(body)).await.map(|opinion| opinion.word);
        assert_eq!(word("Hello").await, Some(Word::Clean));
        assert_eq!(word(MARK).await, Some(Word::Virus("Portreeve.Test.Mark.UNOFFICIAL".into())));
        assert_eq!(word(&"x".repeat(2 << 20)).await, None, "clamd takes one megabyte here");
        let told = world.told.lines();
        // Its word may be lost with the connection, which it closes with our bytes unread.
        let sentences = ["size limit exceeded", "the connection broke"];
        assert!(sentences.iter().any(|sentence| told.last().unwrap().contains(sentence)), "{told:?}");
    }
}

#[tokio::test]
async fn spamd_rates_and_names_its_rules() {
    let port = free_port();
    let prepare = |dir: &Path| {
        let arguments =
            format!("-L -x -i 127.0.0.1 -A 127.0.0.1 -p {port} --max-children=2 --min-children=1 -s stderr");
        let mut arguments: Vec<String> = arguments.split(' ').map(str::to_owned).collect();
        arguments.extend(["-H".into(), dir.display().to_string()]);
        // spamd refuses to stay root, and needs a name to change to only then.
        if user() == "root" {
            arguments.extend(["-u".into(), "nobody".into()]);
        }
        std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o755)).unwrap();
        arguments
    };
    let Some(mut daemon) = Daemon::start("/usr/sbin/spamd", prepare) else { return };
    let world = World::new();
    let address = format!("127.0.0.1:{port}").parse().ok();
    let scanner = world.spamd(&SpamdSettings { address, give_up_after: 10_000, ..Default::default() });
    daemon.answers(&scanner).await;
    let clean = scanner.ask(&submission("See you on Friday, Anna")).await.unwrap();
    assert!(matches!(clean.word, Word::Rated { score, threshold: 500 } if score < 500), "{clean:?}");
    let spam = scanner.ask(&submission(GTUBE)).await.unwrap();
    assert!(matches!(spam.word, Word::Rated { score: 100_000.., threshold: 500 }), "{spam:?}");
    assert!(spam.symbols.contains(&"GTUBE".to_owned()), "{spam:?}");
}

#[tokio::test]
async fn rspamd_rates_and_names_its_symbols() {
    let port = free_port();
    let prepare = |dir: &Path| {
        let local = dir.join("local.d");
        std::fs::create_dir(&local).unwrap();
        let files = [
            ("worker-normal.inc", format!("bind_socket = \"127.0.0.1:{port}\"; count = 1;")),
            ("worker-proxy.inc", "enabled = false;".into()),
            ("worker-controller.inc", "enabled = false;".into()),
            ("fuzzy_check.conf", "enabled = false;".into()),
            ("redis.conf", "disabled_modules = [];".into()),
            ("statistic.conf", "classifier \"bayes\" { enabled = false; }".into()),
            // Nobody answers there: no name is ever looked up outside.
            ("options.inc", "dns { nameserver = [\"127.0.0.1:9\"]; timeout = 0.05s; retransmits = 1; }".into()),
            ("logging.inc", "level = \"error\"; type = \"console\";".into()),
        ];
        for (name, text) in files {
            std::fs::write(local.join(name), text).unwrap();
        }
        let variables = [("LOCAL_CONFDIR", ""), ("DBDIR", ""), ("RUNDIR", ""), ("LOGDIR", "")];
        let mut arguments = vec!["-f".into(), "-i".into(), "-c".into(), "/etc/rspamd/rspamd.conf".into()];
        arguments.extend(variables.map(|(name, _)| format!("--var={name}={}", dir.display())));
        arguments
    };
    let Some(mut daemon) = Daemon::start("/usr/bin/rspamd", prepare) else { return };
    let world = World::new();
    let address = format!("127.0.0.1:{port}").parse().ok();
    let scanner = world.rspamd(&RspamdSettings { address, give_up_after: 10_000, ..Default::default() });
    daemon.answers(&scanner).await;
    let clean = scanner.ask(&submission("See you on Friday, Anna")).await.unwrap();
    // Without DNS it finds fault with every address.
    assert!(matches!(clean.word, Word::Rated { score: ..900, threshold: 600 }), "{clean:?}");
    assert!(clean.symbols.contains(&"DATE_IN_PAST".to_owned()), "{clean:?}");
    let spam = scanner.ask(&submission(GTUBE)).await.unwrap();
    assert!(matches!(spam.word, Word::Rated { score: 1000.., threshold: 600 }), "{spam:?}");
}

/// Whoever runs the tests.
fn user() -> String {
    let output = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
