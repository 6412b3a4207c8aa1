//! A private Exim from unpacked packages: installing them would remove Postfix. Its router and transport are those of
//! config/examples.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::mta::{directory, free_port, listening, loopback, missing};

/// A running Exim; killed when dropped.
pub(crate) struct Exim {
    dir: TempDir,
    child: Child,
    /// Where clients submit.
    pub(crate) submission: SocketAddr,
}

impl Exim {
    /// Starts one that hands all mail to this smarthost; `None`, with a message, where Exim can't be had.
    pub(crate) async fn start(smarthost: SocketAddr) -> Option<Self> {
        let root = root();
        if !root.join("usr/sbin/exim4").exists() || !may_mount() {
            missing("Exim (unpacked below target/mta/exim, and unshare(1) with the right to use it)");
            return None;
        }
        let (dir, submission) = (directory(), loopback(free_port()));
        std::fs::create_dir(dir.path().join("spool")).expect("an empty directory");
        std::fs::write(dir.path().join("exim.conf"), configuration(dir.path(), &root, submission, smarthost))
            .expect("a new file");
        let child = exim(dir.path(), &root, "-bdf").spawn().expect("unshare(1)");
        let exim = Self { dir, child, submission };
        listening("Exim listens", submission).await;
        Some(exim)
    }

    /// Delivers what is queued. A delivery process that the daemon starts runs as another user, who may not name a
    /// configuration: so the queue is run by root.
    pub(crate) fn deliver(&self) {
        let status = exim(self.dir.path(), &root(), "-qff").status().expect("unshare(1)");
        assert!(status.success(), "exim -qff: {}", self.log());
    }

    /// Its log so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("log-main")).unwrap_or_default()
    }
}

impl Drop for Exim {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("Exim's log:\n{}", self.log());
        }
    }
}

fn root() -> PathBuf {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/mta/exim");
    std::env::var_os("PORTREEVE_EXIM_ROOT").map_or(default, PathBuf::from)
}

fn may_mount() -> bool {
    let mut unshare = Command::new("unshare");
    unshare.args(["-m", "mount", "--bind", "/etc/passwd", "/etc/passwd"]).stderr(Stdio::null());
    unshare.status().is_ok_and(|status| status.success())
}

/// The user that is compiled into Exim exists in its own view of /etc only.
fn exim(dir: &Path, root: &Path, verb: &str) -> Command {
    let mut command = Command::new("unshare");
    command.args(["-m", "sh", "-c", ENTER, "sh"]).arg(dir);
    command.arg(root.join("usr/sbin/exim4")).arg("-C").arg(dir.join("exim.conf")).arg(verb);
    let multiarch = format!("{}-linux-gnu", std::env::consts::ARCH);
    let folders = ["lib", "usr/lib"].map(|lib| root.join(lib).join(&multiarch).display().to_string());
    command.env("LD_LIBRARY_PATH", folders.join(":")).stdout(Stdio::null());
    command
}

fn configuration(dir: &Path, root: &Path, listen: SocketAddr, smarthost: SocketAddr) -> String {
    let private = PRIVATE
        .replace("@ROOT@", &root.display().to_string())
        .replace("@DIR@", &dir.display().to_string())
        .replace("@LISTEN@", &listen.port().to_string());
    private + &ATTACH.replace("127.0.0.1::2525", &format!("127.0.0.1::{}", smarthost.port()))
}

const ENTER: &str = "\
dir=$1; shift
for file in passwd group; do cp /etc/$file $dir/$file; done
grep -q ^Debian-exim: $dir/passwd || echo Debian-exim:x:7120:7120::/nonexistent:/usr/sbin/nologin >>$dir/passwd
grep -q ^Debian-exim: $dir/group || echo Debian-exim:x:7120: >>$dir/group
for file in passwd group; do mount --bind $dir/$file /etc/$file; done
chown -R Debian-exim $dir/spool && chown Debian-exim $dir && exec \"$@\"
";

/// How Portreeve is attached: the very file that operators are given.
const ATTACH: &str = include_str!("../../../config/examples/proxy-exim.conf");

/// What makes an instance private.
const PRIVATE: &str = "\
primary_hostname = exim.test.example
domainlist local_domains = exim.test.example
spool_directory = @DIR@/spool
log_file_path = @DIR@/log-%s
pid_file_path = @DIR@/pid
daemon_smtp_ports = @LISTEN@
local_interfaces = 127.0.0.1
exim_user = Debian-exim
exim_group = Debian-exim
never_users =
queue_only = true
disable_ipv6 = true
host_lookup =
rfc1413_query_timeout = 0s
keep_environment = LD_LIBRARY_PATH
exim_path = @ROOT@/usr/sbin/exim4
tls_advertise_hosts =
acl_smtp_rcpt = acl_any
acl_smtp_data = acl_any
qualify_domain = test.example

begin acl
acl_any:
  accept

";
