//! smtp-sink(1) of Postfix as a next hop that fails in the ways it can.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::mta::{directory, listening, missing};

/// A running smtp-sink; killed when dropped.
pub(crate) struct SmtpSink {
    child: Child,
    dir: TempDir,
}

impl SmtpSink {
    /// Starts one there with these options; `None`, with a message, where it can't be had.
    pub(crate) async fn start(address: SocketAddr, options: &[&str]) -> Option<Self> {
        if !Path::new("/usr/sbin/smtp-sink").exists() {
            missing("smtp-sink (of Postfix)");
            return None;
        }
        let dir = directory();
        let owned = Command::new("chown").arg("postfix").arg(dir.path()).status();
        assert!(owned.is_ok_and(|status| status.success()), "chown of smtp-sink's directory");
        let mut command = Command::new("/usr/sbin/smtp-sink");
        command.args(["-u", "postfix", "-D"]).arg(dir.path().join("mail")).args(options);
        command.arg(address.to_string()).arg("100").stdout(Stdio::null()).stderr(Stdio::null());
        let sink = Self { child: command.spawn().expect("smtp-sink"), dir };
        listening("smtp-sink listens", address).await;
        Some(sink)
    }

    /// Everything that has arrived, with its envelope in front of each message.
    pub(crate) fn mail(&self) -> String {
        let dump = std::fs::read(self.dir.path().join("mail")).unwrap_or_default();
        String::from_utf8_lossy(&dump).into_owned()
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
