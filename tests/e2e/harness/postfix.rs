//! A private Postfix in a directory of its own: config/examples is what it is configured with, plus what makes it private.

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::mail::Mail;
use super::mta::{directory, free_port, listening, loopback, missing};

/// A running Postfix; stopped when dropped.
pub(crate) struct Postfix {
    dir: TempDir,
    /// Where clients submit; XCLIENT is allowed.
    pub(crate) submission: SocketAddr,
    /// The listener without a milter, for alerts.
    pub(crate) unfiltered: SocketAddr,
}

impl Postfix {
    /// Starts one that filters through this milter and hands all mail to this next hop; `None`, with a message, where
    /// Postfix can't be had.
    pub(crate) async fn start(milter: &str, next_hop: SocketAddr) -> Option<Self> {
        Self::start_with(milter, next_hop, "", "").await
    }

    /// Starts one without a milter, with these lines more in main.cf.
    pub(crate) async fn with(next_hop: SocketAddr, main: &str) -> Option<Self> {
        Self::start_with("inet:127.0.0.1:9", next_hop, " -o smtpd_milters=", main).await
    }

    /// Starts one that asks this SMTP proxy before its queue and takes mail back on the listener without a milter.
    pub(crate) async fn filtered(proxy: SocketAddr, next_hop: SocketAddr) -> Option<Self> {
        let options = format!(" -o smtpd_milters= -o smtpd_proxy_filter={proxy}");
        Self::start_with("inet:127.0.0.1:9", next_hop, &options, "").await
    }

    /// Starts one that filters through this milter and routes replies to tickets to this LMTP listener, a Unix socket.
    pub(crate) async fn routing_replies(milter: &str, next_hop: SocketAddr, lmtp: &Path) -> Option<Self> {
        let main = listening_at(REPLIES, "inet:127.0.0.1:7626", &format!("unix:{}", lmtp.display()));
        Self::start_with(milter, next_hop, "", &main).await
    }

    async fn start_with(milter: &str, next_hop: SocketAddr, options: &str, main: &str) -> Option<Self> {
        if !Path::new("/usr/lib/postfix/sbin/master").exists() || !is_root() {
            missing("Postfix (with root, which its master needs)");
            return None;
        }
        let (submission, unfiltered) = (loopback(free_port()), loopback(free_port()));
        let postfix = Self { dir: directory(), submission, unfiltered };
        postfix.configure(milter, next_hop, options, main);
        postfix.control("start");
        listening("Postfix listens", postfix.submission).await;
        Some(postfix)
    }

    fn configure(&self, milter: &str, next_hop: SocketAddr, options: &str, more: &str) {
        for part in ["conf", "queue", "data"] {
            std::fs::create_dir(self.dir.path().join(part)).expect("an empty directory");
        }
        let owned = Command::new("chown").arg("postfix:postfix").arg(self.dir.path().join("data")).status();
        assert!(owned.is_ok_and(|status| status.success()), "chown of Postfix's data directory");
        let main = MAIN.replace("DIR", &self.dir.path().display().to_string());
        let main = main + &format!("relayhost = [{}]:{}\n", next_hop.ip(), next_hop.port());
        std::fs::write(
            self.conf().join("main.cf"),
            main + &listening_at(ATTACH_MAIN, "inet:127.0.0.1:7625", milter) + more,
        )
        .expect("a new file");
        let listeners = format!("{} inet n - n - - smtpd{options}\n", self.submission);
        let unfiltered = ATTACH_MASTER.replace("127.0.0.1:2526", &self.unfiltered.to_string());
        std::fs::write(self.conf().join("master.cf"), listeners + &unfiltered + MASTER).expect("a new file");
    }

    /// Hands a message to sendmail(1), as a web server's script does. False: it was not even queued.
    pub(crate) fn submit_locally(&self, from: &str, to: &str, mail: &Mail) -> bool {
        let mut command = Command::new("/usr/sbin/sendmail");
        command.arg("-C").arg(self.conf()).args(["-i", "-f", from, to]).stdin(Stdio::piped());
        let mut child = command.spawn().expect("sendmail(1) of Postfix");
        let mut input = child.stdin.take().expect("its input is piped");
        input.write_all(&mail.raw).expect("it reads");
        drop(input);
        child.wait().expect("it is our child").success()
    }

    /// Tries every message in its queue at once.
    pub(crate) fn flush(&self) {
        self.control("flush");
    }

    /// How many deliveries it has deferred so far.
    pub(crate) fn deferrals(&self) -> usize {
        self.log().matches("status=deferred").count()
    }

    /// How many messages are in its queue.
    pub(crate) fn queued(&self) -> usize {
        let mut command = Command::new("find");
        command.args(["incoming", "active", "deferred"].map(|queue| self.dir.path().join("queue").join(queue)));
        let found = command.args(["-type", "f"]).output().expect("find(1)");
        found.stdout.iter().filter(|byte| **byte == b'\n').count()
    }

    /// Its log so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }

    fn conf(&self) -> PathBuf {
        self.dir.path().join("conf")
    }

    fn control(&self, verb: &str) {
        let mut command = Command::new("/usr/sbin/postfix");
        command.arg("-c").arg(self.conf()).arg(verb).stdout(Stdio::null()).stderr(Stdio::null());
        let status = command.status().expect("postfix(1)");
        assert!(status.success(), "postfix {verb}: {}", self.log());
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("Postfix's log:\n{}", self.log());
        }
        let mut command = Command::new("/usr/sbin/postfix");
        command.arg("-c").arg(self.conf()).arg("stop").stdout(Stdio::null()).stderr(Stdio::null());
        // A second panic while one unwinds would hide the first.
        let _ = command.status();
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id(1)");
    id.stdout.starts_with(b"0\n")
}

/// How Portreeve is attached: the very files that operators are given.
const ATTACH_MAIN: &str = include_str!("../../../config/examples/postfix-main.cf");
const ATTACH_MASTER: &str = include_str!("../../../config/examples/postfix-master.cf");

const REPLIES: &str = include_str!("../../../config/examples/replies-postfix-main.cf");

/// An example as it is, with the address that a test's own daemon has.
fn listening_at(example: &str, default: &str, address: &str) -> String {
    assert!(example.contains(default), "the example names the address that it is for: {example}");
    example.replace(default, address)
}

/// What makes an instance private. It relays for whoever XCLIENT says, listens on loopback alone, and changes nothing on
/// the way: lines may be of any length and any bytes.
const MAIN: &str = "\
compatibility_level = 3.6
queue_directory = DIR/queue
data_directory = DIR/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = DIR/log
maillog_file_prefixes = /tmp
myhostname = mx.test.example
myorigin = mx.test.example
mydestination =
local_transport = error:5.1.1 no local mail
local_recipient_maps =
alias_maps =
alias_database =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 0.0.0.0/0
smtpd_authorized_xclient_hosts = 127.0.0.0/8
smtpd_authorized_xforward_hosts = 127.0.0.0/8
minimal_backoff_time = 1000s
smtp_host_lookup = native
disable_dns_lookups = yes
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_client_connection_count_limit = 0
smtp_line_length_limit = 0
disable_mime_output_conversion = yes
";

const MASTER: &str = "\
pickup unix n - n 1 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
lmtp unix - - n - - lmtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
";
