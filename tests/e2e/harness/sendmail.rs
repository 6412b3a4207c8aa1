//! A private Sendmail from unpacked packages: installing them would remove Postfix.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::mta::{directory, free_port, listening, loopback, missing};

/// A running Sendmail; killed when dropped.
pub(crate) struct Sendmail {
    dir: TempDir,
    child: Child,
    /// Where clients submit.
    pub(crate) submission: SocketAddr,
}

impl Sendmail {
    /// Starts one that filters through the milter on this Unix socket and hands all mail to this next hop; `None`, with
    /// a message, where Sendmail can't be had.
    pub(crate) async fn start(milter: &Path, next_hop: SocketAddr) -> Option<Self> {
        let attach = ATTACH.replace("/run/portreeve/milter.sock", &milter.display().to_string());
        Self::start_with(&attach, next_hop).await
    }

    /// Starts one without a milter.
    pub(crate) async fn unfiltered(next_hop: SocketAddr) -> Option<Self> {
        Self::start_with("", next_hop).await
    }

    async fn start_with(attach: &str, next_hop: SocketAddr) -> Option<Self> {
        let root = root();
        if !binary(&root).exists() || !may_set_host_name() {
            missing("Sendmail (unpacked below target/mta/sendmail, and unshare(1) with the right to use it)");
            return None;
        }
        let dir = directory();
        let submission = loopback(free_port());
        configure(dir.path(), &root, attach, submission, next_hop);
        let child = start(dir.path(), &root);
        let sendmail = Self { dir, child, submission };
        listening("Sendmail listens", submission).await;
        Some(sendmail)
    }
}

impl Drop for Sendmail {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            let seen = std::fs::read(self.dir.path().join("traffic")).unwrap_or_default();
            eprintln!("Sendmail's traffic:\n{}", String::from_utf8_lossy(&seen));
        }
    }
}

fn root() -> PathBuf {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/mta/sendmail");
    std::env::var_os("PORTREEVE_SENDMAIL_ROOT").map_or(default, PathBuf::from)
}

fn binary(root: &Path) -> PathBuf {
    root.join("usr/libexec/sendmail/sendmail")
}

fn may_set_host_name() -> bool {
    let mut unshare = Command::new("unshare");
    unshare.args(["-u", "true"]).stderr(Stdio::null());
    unshare.status().is_ok_and(|status| status.success())
}

/// Sendmail waits a minute at its start when the host's name has no dot: it gets a host name of its own.
fn start(dir: &Path, root: &Path) -> Child {
    let mut command = Command::new("unshare");
    command.args(["-u", "sh", "-c", "hostname mx.test.example && exec \"$@\"", "sh"]);
    command.arg(binary(root)).args(["-bD", "-q1s", "-C"]).arg(dir.join("sendmail.cf"));
    command.arg("-X").arg(dir.join("traffic"));
    command.env("LD_LIBRARY_PATH", library_path(root)).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("unshare(1)")
}

fn library_path(root: &Path) -> String {
    let multiarch = format!("{}-linux-gnu", std::env::consts::ARCH);
    let folders = ["lib", "usr/lib"].map(|lib| root.join(lib).join(&multiarch).display().to_string());
    folders.join(":")
}

fn configure(dir: &Path, root: &Path, attach: &str, listen: SocketAddr, next_hop: SocketAddr) {
    std::fs::create_dir(dir.join("mqueue")).expect("an empty directory");
    let private = PRIVATE
        .replace("@ROOT@", &root.display().to_string())
        .replace("@DIR@", &dir.display().to_string())
        .replace("@LISTEN@", &listen.port().to_string())
        .replace("@NEXTHOP@", &next_hop.port().to_string());
    let source = dir.join("sendmail.mc");
    std::fs::write(&source, private.replace("@ATTACH@", attach)).expect("a new file");
    let cf = root.join("usr/share/sendmail/cf");
    let mut m4 = Command::new(root.join("usr/bin/m4"));
    m4.arg(format!("-D_CF_DIR_={}/", cf.display())).arg(&source).current_dir(cf.join("cf"));
    let output = m4.env("LD_LIBRARY_PATH", library_path(root)).output().expect("m4");
    assert!(output.status.success(), "m4: {}", String::from_utf8_lossy(&output.stderr));
    std::fs::write(dir.join("sendmail.cf"), output.stdout).expect("a new file");
}

/// How Portreeve is attached: the very file that operators are given.
const ATTACH: &str = include_str!("../../../config/examples/sendmail.mc");

/// What makes an instance private.
const PRIVATE: &str = "\
include(`@ROOT@/usr/share/sendmail/cf/m4/cf.m4')dnl
VERSIONID(`portreeve test')dnl
OSTYPE(`linux')dnl
FEATURE(`nouucp',`reject')dnl
FEATURE(`promiscuous_relay')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`accept_unqualified_senders')dnl
FEATURE(`nocanonify')dnl
FEATURE(`no_default_msa')dnl
define(`confDOMAIN_NAME',`mx.test.example')dnl
define(`SMART_HOST',`relay:[127.0.0.1]')dnl
define(`RELAY_MAILER_ARGS',`TCP $h @NEXTHOP@')dnl
define(`confPID_FILE',`@DIR@/sendmail.pid')dnl
define(`STATUS_FILE',`@DIR@/stats')dnl
define(`QUEUE_DIR',`@DIR@/mqueue')dnl
define(`ALIAS_FILE',`')dnl
define(`confDELIVERY_MODE',`background')dnl
define(`confDONT_BLAME_SENDMAIL',`AssumeSafeChown,TrustStickyBit')dnl
define(`confTRUSTED_USER',`root')dnl
define(`confBIND_OPTS',`-DNSRCH')dnl
define(`confTO_IDENT',`0')dnl
define(`confQUEUE_LA',`1000')dnl
define(`confREFUSE_LA',`1000')dnl
define(`confCONNECTION_RATE_THROTTLE',`0')dnl
DAEMON_OPTIONS(`Family=inet, Name=MTA, Port=@LISTEN@, Addr=127.0.0.1')dnl
@ATTACH@
MAILER(`local')dnl
MAILER(`smtp')dnl
";
